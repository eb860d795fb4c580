"""The tables of the state. Times are seconds since 1970.

A change here needs a migration in `bot/state/migrations`: a test compares the two.
"""

from sqlalchemy import BigInteger, Boolean, Column, Float, Integer, MetaData, String, Table, Text

metadata = MetaData()

events = Table(
    "events",
    metadata,
    Column("key", String(255), primary_key=True),
    Column("state", String(8), nullable=False),  # claimed, posting, done
    Column("until", Float, nullable=False),  # end of the lease
    Column("at", Float, nullable=False, index=True),  # first claimed
    Column("message", String(255), nullable=False),  # id of the reply, "" without one
)
digests = Table(
    "digests",
    metadata,
    Column("place", String(255), primary_key=True),
    Column("name_key", String(64), primary_key=True),  # folded
    Column("name", String(64), nullable=False),  # as typed
    Column("scope", String(255), nullable=False),
    Column("person", String(255), nullable=False),  # of direct messages, else ""
    Column("every", String(8), nullable=False),
    Column("at", String(5), nullable=False),  # HH:MM
    Column("zone", String(64), nullable=False),
    Column("weekday", Integer),
    Column("highlights", Integer, nullable=False),
    Column("kind", String(8)),  # of the filter
    Column("value", Text),
    Column("less", Text, nullable=False),  # categories and titles, one a line
    Column("never", Text, nullable=False),
    Column("since", Float, nullable=False),
    Column("first", String(10), nullable=False),  # YYYY-MM-DD
    Column("refused", Integer, nullable=False),  # times in a row
)
posts = Table(
    "digest_posts",
    metadata,
    Column("key", String(255), primary_key=True),
    Column("place", String(255), nullable=False, index=True),
    Column("day", String(10), nullable=False),  # YYYY-MM-DD, "" if somebody asked for it
    Column("state", String(8), nullable=False),  # claimed, posting, done
    Column("until", Float, nullable=False),  # end of the lease
    Column("at", Float, nullable=False, index=True),  # first claimed
    Column("message", String(255), nullable=False),  # id of the post, "" without one
    Column("picks", Text, nullable=False),  # ids of highlights, separated by blanks; "" if nothing was shown
    Column("tries", Integer, nullable=False),
    # What its highlights count as in their scope, from when it was first about to be posted:
    Column("turn", Integer),  # the turn before the first one
    Column("only", String(255)),  # the theme, as in `rounds`
    Column("began", Integer),  # where the new round of the theme begins, 0 if none does
)
scopes = Table(
    "scopes",
    metadata,
    Column("scope", String(255), primary_key=True),
    Column("turn", Integer, nullable=False),  # of the last highlight shown
    Column("used", Float, nullable=False),  # when it was last used
)
rounds = Table(
    "rounds",
    metadata,
    Column("scope", String(255), primary_key=True),
    Column("only", String(255), primary_key=True),
    Column("began", Integer, nullable=False),
)
shown_highlights = Table(
    "shown",
    metadata,
    Column("scope", String(255), primary_key=True),
    Column("highlight", String(255), primary_key=True),
    Column("turn", Integer, nullable=False),  # 0 if it was only marked
    Column("kept", Boolean, nullable=False),
    Column("never", Boolean, nullable=False),
    Column("snoozed", Float, nullable=False),  # until when; 0 if it is not
)
found_lists = Table(
    "found_lists",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("at", Float, nullable=False, index=True),
    Column("found", Text, nullable=False),  # ids and numbers, see `FoundList.encode`
)
chosen = Table(
    "chosen",
    metadata,
    Column("kind", String(16), primary_key=True),
    Column("place", String(255), primary_key=True),
    Column("at", Float, nullable=False),
    Column("value", Text, nullable=False),  # JSON of ids and choices, see `bot.state.chosen`
)
votes = Table(
    "votes",
    metadata,
    Column("answer", String(255), primary_key=True),
    Column("voter", String(32), primary_key=True),  # a hash, see `feedback_store.voter`
    Column("platform", String(16), nullable=False),
    Column("verdict", String(8), nullable=False),  # helpful, wrong
    Column("at", Float, nullable=False, index=True),
)
unanswered = Table(
    "unanswered",
    metadata,
    Column("answer", String(255), primary_key=True),
    Column("reason", String(8), nullable=False),  # nothing, wrong
    Column("question", Text, nullable=False),
    Column("at", Float, nullable=False, index=True),
)
"""Empty unless `KEEP_UNANSWERED` is set."""
asked = Table(
    "asked",
    metadata,
    Column(
        "name", BigInteger, primary_key=True, autoincrement=False
    ),  # a hash of a person's or a channel's id
    Column("event", String(255), primary_key=True),  # key of the arrival
    Column("at", Float, nullable=False, index=True),
)

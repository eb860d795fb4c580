"""Digests: their plans, what they are restricted to, and what is wrong with a command."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from bot.chat.wording import messages
from bot.chat.wording.catalog import digits
from bot.chat.wording.dates import day, moment
from bot.chat.wording.lists import MAX_NAMES_LISTED, MAX_WORDS_NAMED, alternatives, count, listing, short
from bot.schedule.plan import THEME_FACETS, YEAR_IN_REVIEW, Filter, Plan, Theme
from bot.state.chosen import PostingChoices
from bot.text.truncate import clipped

MAX_HIDDEN, MAX_HIDDEN_CHARS = 20, 60
"""Hidden highlights that are listed, and code points of each."""


def restricted(only: Filter | None) -> str:
    """What a digest is restricted to: "by Ann Author"; "" if to nothing."""
    if only is None:
        return ""
    if only.kind in THEME_FACETS:
        return messages.LISTED[THEME_FACETS[only.kind]].format(names=short(only.value))
    if only.kind == "time":
        return _of_days(only.value)
    return messages.THEMES[only.value or only.kind]


def _of_days(value: str) -> str:
    """The days of a filter of the kind "time": "since 1 May 2026"; words that mean others each day as they were typed."""
    first, dots, end = value.partition("..")
    if not dots:
        return short(value)
    last = (date.fromisoformat(end) - timedelta(days=1)).isoformat() if end else ""
    span = "span" if first and last else "since" if first else "until"
    return messages.THEMES[span].format(first=day(first) if first else "", last=day(last) if last else "")


def themed(theme: Theme) -> str:
    """What a theme is restricted to: "by Ann Author"; "" if to nothing but a time."""
    return messages.LIST_SEPARATOR.join(filter(None, map(restricted, theme.filters)))


def plan_about(plan_: Plan) -> str:
    """What a digest is restricted to: "tagged favorite, by Ann Author"; "" if to nothing."""
    return restricted(plan_.only) if plan_.is_review else themed(plan_.theme)


def digest_above(about: str) -> str:
    """The heading of a digest; `about` is what it is restricted to."""
    return messages.DIGEST_ABOVE_ABOUT.format(about=about) if about else messages.DIGEST_ABOVE


def plan(plan_: Plan) -> str:
    """A plan in words: "every Monday at 09:00 (Europe/Berlin), 2 highlights tagged favorite"."""
    days = messages.PLAN_DAYS[plan_.every].format(
        weekday=messages.WEEKDAYS[plan_.weekday or 0], day=YEAR_IN_REVIEW[1]
    )
    what = f"{count(plan_.count, 'highlights')} {plan_about(plan_)}".rstrip()
    for text, names in ((messages.PLAN_LESS, plan_.less), (messages.PLAN_NEVER, plan_.never)):
        what += f"; {text.format(names=listing(names, MAX_NAMES_LISTED))}" if names else ""
    return messages.PLAN.format(days=days, time=f"{plan_.at:%H:%M}", zone=plan_.zone, what=what)


def digest_set(plan_: Plan, first: datetime) -> str:
    """Says that a digest is set, and when the first one comes."""
    return messages.DIGEST_SET_FIRST.format(plan=plan(plan_), moment=moment(first))


def digest_row(name: str, plan_: Plan, coming: datetime) -> str:
    """One of several digests: its name, its plan, and when it comes next."""
    return messages.DIGEST_ROW.format(name=name, plan=plan(plan_), moment=moment(coming))


def digest_rows(rows: Sequence[str]) -> str:
    """Several digests, one a row; behind a mark, as a row may take several lines on a phone."""
    return "\n".join(f"• {row}" for row in rows) if len(rows) > 1 else "".join(rows)


def which_digest(names: Sequence[str]) -> str:
    """Asks which of several digests is meant."""
    return messages.WHICH_DIGEST.format(names=listing(names, MAX_NAMES_LISTED * 4))


def too_many_digests(most: int) -> str:
    return messages.TOO_MANY_DIGESTS.format(most=most)


def no_name(most: int) -> str:
    """Says which names a digest may have."""
    return messages.NO_NAME.format(most=most)


def no_category(name: str, known: Sequence[str]) -> str:
    """Says that no category and no title is called so, and which categories there are."""
    return messages.NO_CATEGORY.format(name=short(name), names=listing(known, MAX_WORDS_NAMED))


def digest_status(plan_: Plan, coming: datetime) -> str:
    """The plan of a digest, and when the next one comes."""
    return messages.DIGEST_STATUS.format(plan=plan(plan_), moment=moment(coming))


def digest_round(shown: int, left: int) -> str:
    """The progress of the current round."""
    if not shown + left:
        return messages.DIGEST_NOTHING_FITS
    highlights = count(shown + left, "highlights")
    return messages.DIGEST_ROUND.format(shown=digits(shown), highlights=highlights, left=digits(left))


def digest_not_set() -> str:
    return messages.DIGEST_NONE.format(usage=messages.DIGEST_USAGE)


def digest_usage() -> str:
    """How to set a digest, in one sentence."""
    return messages.DIGEST_USAGE


def no_time(typed: str) -> str:
    return messages.NO_TIME.format(typed=short(typed, 20))


def no_zone(typed: str, suggestions: Sequence[str]) -> str:
    """Says that a time zone is not known, and suggests names that come close."""
    sentence = messages.NO_ZONE.format(typed=short(typed, 40))
    if not suggestions:
        return sentence
    return messages.DID_YOU_MEAN.format(sentence=sentence, names=alternatives(suggestions))


def no_count(most: int) -> str:
    return messages.NO_COUNT.format(most=most)


def not_granted(grants: Sequence[str]) -> str:
    """Says that the bot cannot write in a channel of Discord."""
    return messages.NOT_GRANTED.format(grants=messages.LIST_SEPARATOR.join(grants))


def hidden(marked_: Sequence[tuple[str, str]]) -> str:
    """Lists the highlights that were marked in a channel: what was done with each, and its beginning."""
    rows = [
        messages.MARKED_ROW.format(
            mark=messages.MARKS[mark], text=clipped(" ".join(text.split()), MAX_HIDDEN_CHARS, "…")
        )
        for mark, text in marked_[:MAX_HIDDEN]
    ]
    return "\n".join(
        (messages.HIDDEN, *rows, *((messages.AND_MORE.strip(", "),) if len(marked_) > MAX_HIDDEN else ()))
    )


def marked(action: str) -> str:
    """Says what was done with a highlight of a digest."""
    texts = {"keep": messages.KEPT_IN_DIGEST, "snooze": messages.SNOOZED, "never": messages.NEVER_AGAIN}
    return texts[action]


def posting(choices: PostingChoices) -> str:
    """Says how the digests of a channel are posted."""
    parts = [text for name, text in messages.POSTING_PARTS.items() if getattr(choices, name)]
    return messages.POSTING_SET.format(what=", ".join(parts) or messages.POSTING_PLAIN)


def digest_thread_name(iso: str) -> str:
    """The name of the thread of a digest that was posted on a day, YYYY-MM-DD."""
    return messages.DIGEST_THREAD_NAME.format(day=day(iso))

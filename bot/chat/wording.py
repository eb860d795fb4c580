"""All that people read in chat, in one place, so that it can be translated.

Plain sentences without markup: every platform sets them in its own way. Nothing of a note or a question stands here
but what a caller hands in.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from bot.model import Answer
from bot.schedule.plan import KINDS, Filter, Plan

if TYPE_CHECKING:
    from bot.semantic.embedding import Progress

ABOUT = (
    "Ask in your own words, as “what did she say about sleep?”. I answer with your highlights, word for word."
)
OPERATORS_ABOVE = "In a question you can also write:"
OPERATORS = (
    (('"exact phrase"',), "only passages with these words in this order"),
    (("-word",), "only passages without it"),
    (("author:name", "title:words", "tag:name"), ""),
    (("before:2024", "after:2023-06"), "by the day a highlight was added"),
)
COMMANDS_ABOVE = "Commands, answered to you alone:"
COMMANDS = (
    ("/highlight random [N]", "a highlight that you may have forgotten"),
    ("/highlight search WORDS", "the same as asking"),
    ("/highlight by AUTHOR", "what you highlighted of someone"),
    ("/highlight from TITLE", "what you highlighted in something"),
    ("/highlight tag TAG", "what you tagged"),
    ("/highlight sources", "what you have read, most highlights first"),
    ("/highlight digest daily", "highlights here every day; “digest help” says more"),
    ("/highlight help", "this"),
)


def _help() -> str:
    lines = [ABOUT, "", OPERATORS_ABOVE]
    lines += [f"  {'  '.join(signs):<16}   {meaning}".rstrip() for signs, meaning in OPERATORS]
    return "\n".join([*lines, "", *(f"{command:<27}{meaning}" for command, meaning in COMMANDS)])


HELP = _help()
"""How to ask and the commands, in columns for a terminal."""

EMPTY = "There are no highlights yet. `analects check` says what was found in the folder of notes."
NO_MORE = "That was all."
NOTHING_BEFORE = "There is nothing to show more of: ask something first."
ASK = "Ask me something in your own words, or say “help”."

TOO_MANY = "That is a lot of questions at once: I take a break for a minute."
FAILED = "Something went wrong here, and was noted. Please ask again in a while."
NOT_REMOVED = "Only who asked, or an admin, can remove this."
GONE = "The message that this belongs to is gone: please ask again."

WANTING = {
    "search": "What shall I look for? For example: /highlight search memory and sleep",
    "by": "By whom? For example: /highlight by Ann Author",
    "from": "From which title? For example: /highlight from the art of noticing",
    "tag": "With which tag? For example: /highlight tag favorite",
}
_KIND = {"author": "by", "title": "from", "tag": "tagged", "like": "like"}


def nothing_fits(answer: Answer) -> str:
    """That no highlight answers, what was looked for, and the nearest useful thing."""
    if not answer.looked_for and not answer.filters.keys() - {"without"}:
        told = "There is nothing in that to look for: name a subject, a person or a title."
    else:
        told = f"Nothing fits. I looked for {_looked_for(answer)}."
    return " ".join((told, *answer.nearest))


def _looked_for(answer: Answer) -> str:
    meant = {typed.casefold(): right for typed, right in answer.corrected.items()}
    words = [meant.get(word, word) for word in answer.looked_for]
    shown = ", ".join(words[:12]) + (", …" if len(words) > 12 else "")
    filters = filtered(answer)
    return f"{shown} ({filters})" if shown and filters else shown or filters


def filtered(answer: Answer) -> str:
    """The filters of a question in words: "author Ann Author, before 2024-01-01, phrase “two words”"."""
    parts = []
    for name, value in answer.filters.items():
        values = [value] if isinstance(value, str) else value
        parts += [f"{name} “{one}”" if name == "phrase" else f"{name} {one}" for one in values]
    return ", ".join(parts)


def corrected(answer: Answer) -> str | None:
    """Which words were taken for others; None when none was."""
    pairs = [f"“{wanted}” for “{typed}”" for typed, wanted in answer.corrected.items()]
    return f"Looked for {', '.join(pairs)}." if pairs else None


def shown_of(offset: int, shown: int, total: int, what: str = "highlights") -> str:
    """How much of a list is shown: "1–3 of 12 highlights"."""
    if shown >= total and not offset:
        return f"{total} {what if total != 1 else what.removesuffix('s')}"
    first, last = offset + 1, offset + shown
    return f"{first}–{last} of {total} {what}" if shown != 1 else f"{first} of {total} {what}"


def listed(kind: str, meant: Sequence[str]) -> str:
    """What a list of highlights holds: "by Ann Author"."""
    names = ", ".join(meant[:3]) + (", …" if len(meant) > 3 else "")
    return f"{_KIND[kind]} {names}"


def none_listed(kind: str, wanted: str, near: Sequence[str]) -> str:
    """That nothing stands in a list, and the names that come close."""
    told = f"No highlights {_KIND[kind]} “{_short(wanted)}”."
    return f"{told} Did you mean {', '.join(f'“{_short(name)}”' for name in near)}?" if near else told


def count(number: int, what: str) -> str:
    """A number with its noun: "1 highlight", "12 highlights"."""
    return f"{number:,} {what}" if number != 1 else f"1 {what.removesuffix('s')}"


def _short(text: str, most: int = 80) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


ALIKE = "More like this"
NONE_ALIKE = "No other highlight is like this one."
CLOSE = "close in meaning"
"""Beside a quote that holds none of the question's words."""


def by_meaning(progress: "Progress") -> str:
    """How many highlights are found by their meaning, or why none is."""
    if progress.state != "ready":
        return f"Found by words alone: {progress.problem or 'the model is being loaded'}"
    told = f"Found by meaning too ({progress.model}): {progress.vectors:,} of {count(progress.wanted, 'highlights')}"
    if progress.english:
        told += " in English, which is what the model reads"
    if progress.vectors < progress.wanted:
        told += "; `run`, `chat` and `ask` read the others"
    return f"{told}; {progress.problem}" if progress.problem else told


MORE = "More"
ANOTHER = "Another"
SHOW_SOURCE = "Show source"
REMOVE = "Remove"
SHARE = "Share in channel"
CHOOSE_SOURCE = "Show everything from …"
STALE = "This button comes from another version: please ask again."
HIGHLIGHT = "highlight"
"""The link to the very passage."""
SOURCE = "source"
"""The link to the source where its title can't carry it."""
UNTITLED = "Untitled"
REMARK = "Reader’s note"
CUT = "[…]"
"""Where a passage, a title or a note had to be cut for want of room."""
_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
           "November", "December")  # fmt: skip


def day(iso: str) -> str:
    """A date as people write it, "12 March 2024", from YYYY-MM-DD, a longer time or a prefix; else what was given."""
    parts = iso[:10].split("-")
    if not all(part.isdecimal() for part in parts) or len(parts) > 3:
        return iso
    if len(parts) == 1 or not 1 <= int(parts[1]) <= 12:
        return iso[:10]
    return " ".join([*(str(int(part)) for part in parts[2:]), _MONTHS[int(parts[1]) - 1], parts[0]])


def more(left: int | None) -> str:
    """The button for the next part, with how many there are yet where that is known."""
    return MORE if left is None else f"{MORE} ({left:,})"


def only_from(title: str) -> str:
    """The button that shows the highlights of one of several sources."""
    return f"From “{_short(title, 18)}”"


def shared(name: str, question: str | None) -> str:
    """Who shared an answer with the channel, and what was asked."""
    return f"{name} asked: {_short(question, 200)}" if question else f"Shared by {name}"


HOME = "Your reading, word for word"
OF_THE_DAY = "Highlight of the day"
AT_RANDOM = "At random"
NEWEST = "Read last"
ALL_SOURCES = "All sources"
HOW_TO_ASK = "How to ask"


def known(highlights: int, sources: int) -> str:
    """What the bot knows."""
    return f"I know {count(highlights, 'highlights')} of {count(sources, 'sources')}."


FIND_ABOUT = "Find highlights about this"
"""The command on a message."""
TOPIC = "Your reading, word for word"
SUBCOMMANDS = {
    "random": "A highlight that you may have forgotten",
    "search": "The same as asking, answered to you alone",
    "by": "What you highlighted of someone",
    "from": "What you highlighted in something",
    "tag": "What you tagged",
    "sources": "What you have read, most highlights first",
    "help": "How to ask",
    "digest": "Highlights in this channel, every day",
}
"""Shown while a command is typed, where a platform lists them."""
OPTIONS = {
    "words": "What to look for, in your own words",
    "author": "Whose",
    "title": "From which title",
    "tag": "With which tag",
    "count": "How many",
    "public": "Show it to everyone here at once",
}

DIGEST_HELP = "\n".join((
    "Highlights in this channel, every day at the same time:",
    "  /highlight digest daily at 9",
    "  /highlight digest weekdays at 8:30 Europe/Berlin 3 highlights",
    "  /highlight digest weekly on monday at 8pm tag favorite",
    "With “tag TAG”, “by AUTHOR” or “from TITLE” at the end only those. And:",
    "  /highlight digest status   when the next one comes",
    "  /highlight digest now      one at once",
    "  /highlight digest off      no more",
))  # fmt: skip
DIGEST_ELSEWHERE = "A digest comes to a channel on Slack or Discord: set it there."
DIGEST_ABOVE = "From your reading"
KEEP = "Keep"
NOT_THIS_ONE = "Not this one"
EVERY = {
    "daily": "Every day",
    "weekdays": "Monday to Friday",
    "monday": "Every Monday",
    "tuesday": "Every Tuesday",
    "wednesday": "Every Wednesday",
    "thursday": "Every Thursday",
    "friday": "Every Friday",
    "saturday": "Every Saturday",
    "sunday": "Every Sunday",
}
"""How often, as a menu offers it."""
DIGEST_TITLE = "Digest in this channel"
DIGEST_SET = "Set"
DIGEST_NOT_SET = "Cancel"
DIGEST_FIELDS = {
    "every": ("How often", ""),
    "at": ("At", ""),
    "zone": ("By the clocks of", "Type a city, as Berlin"),
    "count": ("How many", ""),
    "only": ("Only those", "Type a tag, an author or a title; all highlights where nothing is chosen"),
}
"""The form in which a digest is set: what stands at each field, and the hint below it."""
FILTERS = {"tag": "With the tag", "by": "By", "from": "From"}
FORM_LATE = "The form could not be opened. Write it instead, as in: /highlight digest daily at 9"
NOT_INVITED = "I can’t write in this conversation: invite me first (/invite), or set it where I am."
DIGEST_SUBCOMMANDS = {
    "set": "Highlights here, every day at the same time",
    "now": "One at once",
    "status": "When the next one comes, and what was shown",
    "off": "No more",
}
DIGEST_OPTIONS = {
    "every": "How often; every day where nothing is chosen",
    "at": "At what time: 9, 9:30, 20:15 or 8pm",
    "zone": "By the clocks of which place: Europe/Berlin",
    "highlights": "How many each time",
    "tag": "Only those with this tag",
    "by": "Only those by this author",
    "from_": "Only those from this title",
}
ONE_FILTER = "A digest is of one tag, one author or one title: choose one of them."


def not_granted(grants: Sequence[str]) -> str:
    """That the bot can't write in a channel of Discord."""
    return f"I may not write in this channel: grant me {', '.join(grants)} first."


CHOOSE_HIGHLIGHT = "Keep one, or never show it again …"


def digest_above(about: str) -> str:
    """Stands above a digest; `about`: what it is restricted to."""
    return f"{DIGEST_ABOVE} · {about}" if about else DIGEST_ABOVE


WANTING_IN_DIGEST = {
    "tag": "With which tag? For example: /highlight digest daily tag favorite",
    "by": "By whom? For example: /highlight digest daily by Ann Author",
    "from": "From which title? For example: /highlight digest daily from the art of noticing",
}


DIGEST_POSTED = "Posted."
DIGEST_UNKNOWN = "It may have been posted: I can't tell, and don't post it twice."
DIGEST_GIVEN_UP = "It could not be posted just now. Please try again in a while."
DIGEST_REFUSED = "I may not post in this channel: the log of the bot says what to grant."
DIGEST_EMPTY = "There is nothing to show: no highlight fits, or all that do were put aside here."
DIGEST_OFF = "No more digests here. What was shown is remembered, should one be set again."
DIGEST_RESTS = (
    "Digests rest: the database that they need can't be used just now. Questions are answered as ever."
)
DIGEST_NOT_YOURS = "Only who manages this channel can change its digest."
KEPT = "Noted: it comes back sooner in the next round."
NEVER_AGAIN = "Noted: it does not come here again."
GONE_FROM_NOTES = "This highlight is no longer in the notes."
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def restricted(only: Filter | None) -> str:
    """What a digest is restricted to: "by Ann Author"; "" where to nothing."""
    return "" if only is None else f"{_KIND[KINDS[only.kind]]} {_short(only.value)}"


def plan(set_: Plan) -> str:
    """A plan in words: "every Monday at 09:00 (Europe/Berlin), 2 highlights tagged favorite"."""
    days = {"daily": "every day", "weekdays": "Monday to Friday"}
    day = days.get(set_.every) or f"every {_WEEKDAYS[set_.weekday or 0]}"
    what = f"{count(set_.count, 'highlights')} {restricted(set_.only)}".rstrip()
    return f"{day} at {set_.at:%H:%M} ({set_.zone}), {what}"


def moment(shown: datetime) -> str:
    """A day and time: "Thursday, 26 November 2026 at 09:00"."""
    return f"{_WEEKDAYS[shown.weekday()]}, {day(shown.date().isoformat())} at {shown:%H:%M}"


def digest_set(set_: Plan, coming: datetime) -> str:
    """That a digest is set, and when the first one comes."""
    return f"Set: {plan(set_)}. The first comes on {moment(coming)}."


def digest_status(set_: Plan, coming: datetime, shown: int, left: int) -> str:
    """What is set, when the next one comes, how much of the round is over."""
    told = f"Set: {plan(set_)}. The next comes on {moment(coming)}."
    if not shown + left:
        return f"{told} Nothing in the notes fits it now."
    return f"{told} Shown in this round: {shown:,} of {count(shown + left, 'highlights')}; left: {left:,}."


def digest_not_set() -> str:
    return f"No digest is set here. {digest_usage()}"


def digest_usage() -> str:
    """How to set a digest, in one sentence."""
    return "Say how often and when, as in: /highlight digest daily at 9. “/highlight digest help” says more."


def no_time(typed: str) -> str:
    return f"“{_short(typed, 20)}” is no time of day: write it as 9, 9:30, 20:15 or 8pm."


def no_zone(typed: str, near: Sequence[str]) -> str:
    """That a time zone is not known, and the names that come close."""
    told = f"I know no time zone “{_short(typed, 40)}”: name a city, as Europe/Berlin."
    return f"{told} Did you mean {' or '.join(near)}?" if near else told


def no_count(most: int) -> str:
    return f"A digest has 1 to {most} highlights."

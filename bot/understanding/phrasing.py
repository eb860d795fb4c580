"""The phrasing of a question, such as "hey, do we have anything on …" or "…, who said that?", which is not searched.

It is recognised only at the beginning and end of a question, where nobody looks for these words, and only if other words are
left.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from itertools import islice

from bot.understanding import phrases
from bot.understanding.asking_words import only_asks, topic_start, without_closing_words

_KINDS = (
    "line|quote|passage|bit|part|thing|highlight|note|thread|article|piece|post|one|section|sentence|paragraph|"
    "place|stuff|text|excerpt|idea|point|joke|anecdote|remark"
)
_ABOUT = r"(?:about|on|regarding|concerning|re|from|by|where|that|saying|says|said|of|for|in|with|how|why|when|who|which)"
_SAVED = r"(?:ha(?:ve|d)|got|saved?|keep|kept|highlight(?:ed)?|read|noted?|wr(?:ite|ote)|collect(?:ed)?|mark(?:ed)?)"
_SAY = r"(?:sa(?:y|ys|id)|knows?|knew|th(?:ink|ought)|wr(?:ite|ote)|mean|recommend|suggest|argue|claim|advise|tell us|have to say)"

_OPENINGS = (
    r"(?:hey|hi|hello)\b(?: (?:there|all|everyone|folks|team|bot)\b)?[\s,.!:-]*",
    r"(?:good (?:morning|afternoon|evening)(?: (?:all|everyone|folks|team|bot))?|dear (?:all|everyone|team|bot))[,.!:]\s*",
    r"(?:ok|okay|so|please|pls|um|hmm|well|btw|yo)\b[\s,.!:-]*",
    r"(?:just )?(?:a |one )?(?:quick|short|silly) question\b[\s,.!:–—-]*",
    r"(?:i(?:'m| am|’m)? )?(?:looking for|searching for|trying to (?:find|remember)|wonder(?:ing)?|want)\b\s*",
    r"(?:(?:can|could|would) you )?(?:please )?(?:find|show|give|get|tell|remind|pull up|search|look up)\b(?: me| us)?\b"
    r"(?: for| about| of)?\b\s*",
    r"(?:is|was) (?:it|this) (?:true|right|correct) that\b\s*",
    r"i (?:vaguely |kinda |sort of )?(?:remember|recall|think|know)\b\s*",
    rf"(?:do|did|have|had) (?:we|i|you|u|they)(?: even| ever| already)? {_SAVED}\b(?: saved)?\s*",
    rf"(?:what|which|where|when) (?:else )?(?:do|did|have|had) (?:we|i|you) {_SAVED}\b(?: saved)?\s*",
    r"(?:is|are|was|were) there\b\s*|there (?:is|was|were|are)\b\s*",
    rf"(?:anything|something|stuff|everything|more)\b(?: (?:at all|saved|else))?\s*{_ABOUT}\b\s*",
    rf"(?:what|where|who) (?:was|is|were|are|'s) (?=(?:that|the|this) (?:\w+ )?(?:{_KINDS})s?\b)",
    rf"(?:that|the|this|a|an|some|any|my|those|these)(?: \w+)? (?:{_KINDS})s? {_ABOUT}\b\s*",
    rf"(?:any|some|my|those|these) (?:{_KINDS})s? {_ABOUT}\b\s*",
    rf"(?:(?:what|where|who) (?:was|is) )?(?:that|the|this) (?:{_KINDS})\b(?=[,:]| [-–—] )[\s,:–—-]*",
    r"(?:it (?:was|went|said) )?something (?:like|along the lines of|to the effect (?:that|of))\b[\s,:.…]*",
    rf"(?:notes?|highlights?|quotes?|lines?|passages?) {_ABOUT}\b\s*",
)
_USES = (
    "notes|highlights|library|collection|readings?|talk|presentation|speech|slides?|deck|newsletter|blog(?: ?post)?|post|essay|"
    "paper|meeting|class|lecture|workshop|toast"
)
"""Where a quote is taken from, or what it is for."""
_WHO = r"(?:who|where|which (?:book|article|one)|what) (?:was|is|said|says|wrote|writes)"
_CLOSING = re.compile(
    r"[\s,;:.…?!–—-]+(?:"
    r"(?:or |and )?something (?:like that|along those lines|similar|to that effect)|or so|or some such"
    rf"|{_WHO} (?:that|it|this)(?: (?:from|by|again|in))?|how did (?:it|that) go(?: again)?"
    r"|(?<=[,;.…?!–—-] )(?:remember|anyone|any ideas?|(?:many )?thanks|thank you|thx|cheers)"
    r"(?: (?:so much|a lot|in advance))?"
    r"|with (?:us|me|everyone|the team)"
    rf"|(?:for|in) (?:my|our|your|the|this|a|an|today['’]s|tomorrow['’]s)(?: next)? (?:{_USES})"
    r")[\s?!.…]*$",
    re.IGNORECASE,
)
_MARKS = " ?!.,;:-？！。，、；：¿¡"
"""Marks that are no question by themselves."""


def _any_opening(patterns: Iterable[str]) -> re.Pattern[str]:
    """The first of these patterns that leaves a question behind it. In atomic groups, none gives back what it has matched."""
    marks = re.escape(_MARKS)
    alternatives = "|".join(f"(?>{pattern})" for pattern in patterns)
    return re.compile(f"(?:{alternatives})(?=[{marks}]*[^{marks}])", re.IGNORECASE)


_OPENING = _any_opening((*_OPENINGS, *phrases.OPENINGS))


@cache
def _unspaced_opening() -> re.Pattern[str]:
    """The same for Chinese and Japanese, compiled when a text may have these."""
    return _any_opening(phrases.UNSPACED_OPENINGS)


MAX_CLOSING_CHARS = 60
"""Code points at the end of a question in which a closing is looked for."""

MAX_OPENINGS, MAX_CLOSINGS = 6, 2
"""Openings ("hey", "can you find", …) and closings of a question that are recognised one after the other."""

_ABOUT_SOMEONE = re.compile(
    r"(?P<ask>what (?:exactly )?(?:(?:did|does|do|has|would|was|is) )?)(?P<name>[^?!.,;:]{2,60}?)"
    rf"(?P<say> (?:actually |ever )?{_SAY}\b(?: again)?)(?: (?:about|of|on|regarding|that)\b)?",
    re.IGNORECASE,
)
_ENDS = r"(?= (?:on|about|regarding|concerning|where|that|when|who|says?|said)\b| [-–—] |[?!.,;:]|$)"
_BY = re.compile(rf"\b(?:by|from|in|according to) (?P<name>[^?!.,;:]{{2,60}}?){_ENDS}", re.IGNORECASE)
_WORD = r"[^\W\d_][\w.’'-]{0,40}"
_SOMEONE_ON = re.compile(
    rf"(?P<name>{_WORD}(?: {_WORD}){{0,5}}?)(?: (?:on|about|says|said|-|–|—)|:) ", re.IGNORECASE
)
_SOMEONES = re.compile(
    r"\b(?P<name>(?:[^\W\d_][\w.-]{0,40} )?[^\W\d_][\w.-]{0,40})(?:['’]s|(?<=s)['’]) ", re.IGNORECASE
)
_APOSTROPHE = re.compile("['’]")

MAX_NAME_SLOTS = 4
"""Places for a name of one kind ("by …") that are looked at."""

NAME_SCAN_LIMIT = 400
"""Code points of a question in which names are looked for. A longer question is a pasted text."""


@dataclass(frozen=True, slots=True)
class Phrasing:
    """A question without its phrasing."""

    text: str
    """The question with blanks in place of its phrasing: every other word keeps its position."""
    name_slots: tuple[tuple[int, int], ...] = ()
    """Ranges of the question where an author or title may be named: "by …", "what did … say"."""


def strip_phrasing(text: str) -> Phrasing:
    """Recognises the phrasing of a question. A text without any comes back as it is."""
    question, begin = text, len(text) - len(text.lstrip())
    text, start = _without_openings(text, begin)
    text = _without_closing(text, start)
    text = without_closing_words(text, start, asks=start > begin)
    slots: list[tuple[int, int]] = []
    found = _about_someone(text, start)
    if found is not None:
        text, slots = found
    elif opinion := phrases.opinion(question, start):
        begin, end = opinion.span("on")
        text = text[:begin] + " " * (end - begin) + text[end:]
        slots.append(opinion.span("name"))
    elif someone := _SOMEONE_ON.match(text, start):
        slots.append(someone.span("name"))
    asked = question[:NAME_SCAN_LIMIT]
    for pattern in (_BY, _SOMEONES) if _APOSTROPHE.search(asked) else (_BY,):
        slots += islice((one.span("name") for one in pattern.finditer(asked)), MAX_NAME_SLOTS)
    return Phrasing(text, tuple(dict.fromkeys(slots)))


def _without_openings(text: str, start: int) -> tuple[str, int]:
    """Blanks openings of the question at `start`, unless nothing else is left; and where the rest begins."""
    for _ in range(MAX_OPENINGS):
        end = _end_of_opening(text, start)
        if end is None:
            break
        text = text[:start] + " " * (end - start) + text[end:]
        start = end + len(text[end:]) - len(text[end:].lstrip())
    return text, start


def _end_of_opening(text: str, start: int) -> int | None:
    """Where the opening at `start` ends, if there is one and a question is left behind it."""
    if not _asks_about_someone(text, start):
        end = topic_start(text, start)
        if end > start and text[end:].strip(_MARKS):
            return end
    found = _OPENING.match(text, start)
    if found is None and not text.isascii():
        found = _unspaced_opening().match(text, start)
    return found and found.end()


def _asks_about_someone(text: str, start: int) -> re.Match[str] | None:
    """The match, if the question asks what a person says about a topic; None if it does not."""
    patterns = (_ABOUT_SOMEONE, *phrases.ABOUT_SOMEONE)
    found = next(filter(None, (pattern.match(text, start) for pattern in patterns)), None)
    return found if found and text[found.end() :].strip(_MARKS) and not only_asks(found["name"]) else None


def _about_someone(text: str, start: int) -> tuple[str, list[tuple[int, int]]] | None:
    """The name and the topic of a question for what somebody says, and where the name stands."""
    found = _asks_about_someone(text, start)
    if found is None:
        return None
    if ended := phrases.PARTICIPLE.search(text, found.end()):
        text = text[: ended.start()] + " " * (len(text) - ended.start())
    begin, end = found.span("name")
    blanked = text[:start] + " " * (begin - start) + text[begin:end]
    return blanked + " " * (found.end() - end) + text[found.end() :], [(begin, end)]


def _without_closing(text: str, start: int) -> str:
    """Blanks closings of the question, unless nothing else is left after `start`."""
    for _ in range(MAX_CLOSINGS):
        end = len(text.rstrip())
        first = max(start, end - MAX_CLOSING_CHARS)
        patterns = (_CLOSING, *phrases.closings(text))
        found = next(filter(None, (pattern.search(text[first:end]) for pattern in patterns)), None)
        if found is None or not text[start : first + found.start()].strip(_MARKS):
            break
        text = text[: first + found.start()] + " " * (len(text) - first - found.start())
    return text

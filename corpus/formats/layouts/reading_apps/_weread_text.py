"""WeRead's older and plain forms: the text that its app shares (`◆ passage`), and the plugin's first template (`## Reviews`)."""

import re
from collections.abc import Sequence

from corpus.formats.layout import LONE_COMMENT

_SIGN = "◆"
_SHARED_THOUGHT = re.compile(
    r"◆[ \t]*(?P<date>\d{4}[/.-]\d{1,2}[/.-]\d{1,2})[ \t]*(?:\d{1,2}:\d\d(?::\d\d)?)?[ \t]*"
    r"(?:[发發]表想法|[认認][为為]\w{1,8})?[ \t]*$"
)
"""The line above a thought or a review of the book. A passage below it stands after "原文：" ("original text")."""
_ORIGINAL = re.compile(r"原文[：:][ \t]*")
_END = re.compile(r"-{1,3}[ \t]*[来來]自微信[读讀][书書][ \t]*$")
_HEAD = re.compile(r"\d{1,6}[ \t]*[个個][笔筆][记記][ \t]*$")
_PART = re.compile(r"第\w{1,8}[章回卷部篇节節編编]")
"""The beginning of the name of a part or chapter."""
_SENTENCE_ENDS = tuple("。！？…；，.!?;,”’」』")
_MAX_CHAPTER = 60
"""A longer line is text, not the name of a chapter."""
_HEAD_LINES = 12
"""How many lines at the top of a text are searched for the number of its notes."""
_REVIEWS = re.compile(r"##[ \t]+Reviews[ \t]*$")
_MADE = re.compile(r"[ \t]+-[ \t]+Created at[ \t]+\d")
_CHILD = re.compile(r"[ \t]+-[ \t]+(?P<text>.*)$")
_ITEM = re.compile(r"-(?:[ \t]+(?P<text>.*))?$")
_NOTHING = frozenset({"", "undefined", "null", "None"})


def shared_text(lines: Sequence[str]) -> list[str] | None:
    """Rewrites a text shared from the app in which the sign stands before each passage, and the names of chapters have none.

    In the other form of that text the sign stands before the chapters, and the passages are quotes. Returns None for it, and for
    all other notes.
    """
    signs = [at for at, line in enumerate(lines) if line.startswith(_SIGN)]
    head = next((at for at, line in enumerate(lines[:_HEAD_LINES]) if _HEAD.match(line)), None)
    if head is None or not signs or any(line.startswith((">", "#")) for line in lines):
        return None
    found = list(lines)
    chapters = _chapters(lines, head)
    found[head] = ""
    for at, end in zip(signs, [*signs[1:], len(lines)], strict=True):
        last = next((no for no in range(at, end) if no in chapters or _END.match(lines[no])), end)
        found[at:last] = _block(lines[at:last])
        found[last:end] = ["" if _END.match(line) else line for line in lines[last:end]]
    for at in chapters:
        found[at] = f"## {lines[at].strip()}"
    return found


def _chapters(lines: Sequence[str], head: int) -> set[int]:
    """Returns the lines that name a chapter: below an empty line, and above a line with the sign or another such name."""
    found: set[int] = set()
    spaced = any(not line.strip() for line in lines[head + 1 :])
    below: str | None = None
    for at in range(len(lines) - 1, head, -1):
        line = lines[at].strip()
        if not line:
            continue
        apart = not spaced or at == head + 1 or not lines[at - 1].strip()
        named = len(line) <= _MAX_CHAPTER and not line.endswith(_SENTENCE_ENDS)
        above = below is not None and (below.startswith(_SIGN) or (_PART.match(line) and _PART.match(below)))
        signed = line.startswith(_SIGN) or _ORIGINAL.match(line)
        if apart and named and above and not signed:
            found.add(at)
        below = line
    return found


def _block(lines: Sequence[str]) -> list[str]:
    """Rewrites the lines of one passage, or of a thought with its passage. A thought without one is dropped."""
    thought = _SHARED_THOUGHT.match(lines[0])
    if thought is None:
        passage, words = [lines[0].removeprefix(_SIGN).strip(), *lines[1:]], []
    else:
        own = [at for at, line in enumerate(lines) if _ORIGINAL.match(line)]
        begin = own[-1] if own else len(lines)  # the reader may write these words, too
        words = [line.strip() for line in lines[1:begin] if line.strip()]
        passage = [_ORIGINAL.sub("", lines[begin], count=1), *lines[begin + 1 :]] if own else []
    while passage and not passage[-1].strip():
        passage.pop()
    if not passage:
        return [LONE_COMMENT, *[""] * (len(lines) - 1)]
    quoted = [f"> {line.strip()}".rstrip() for line in passage]
    quoted[0] = f"> 📌 {passage[0].strip()}"
    if thought is not None:
        quoted.append(f"**Date:** {thought['date']}")
        quoted += [f"**Note:** {words[0]}", *(f"    {line}" for line in words[1:])] if words else []
    return [*quoted, *[""] * (len(lines) - len(quoted))]


def first_reviews(lines: list[str]) -> None:
    """Labels the thoughts below "## Reviews" of the plugin's first template, which stand below a copy of their passage.

    A thought about a whole chapter has no passage, and is dropped. Changes the list.
    """
    at = next((no for no, line in enumerate(lines) if line[:2] == "##" and _REVIEWS.match(line)), len(lines))
    if not any(map(_MADE.match, lines[at:])):
        return
    lines[at] = "## Highlights"
    begin: int | None = None
    child: int | None = None
    """The lines with the passage and the thought."""
    for number in range(at + 1, len(lines)):
        line = lines[number]
        if (item := _ITEM.match(line)) is not None:
            begin, child = number, None
        elif line.startswith("#"):
            begin = child = None
        elif begin is None:
            continue
        elif _MADE.match(line):
            item = _ITEM.match(lines[begin])
            if item is not None and (item["text"] or "").strip() in _NOTHING:
                lines[begin : number + 1] = [LONE_COMMENT, *[""] * (number - begin)]
            begin = child = None
        elif child is not None:
            lines[number] = f"        {line.strip()}" if line.strip() else ""
        elif (thought := _CHILD.match(line)) is not None:
            child = number
            lines[number] = f"    - **Note:** {thought['text']}"

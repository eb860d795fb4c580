"""WeRead (微信读书): `> 📌 passage`, `> ⏱ date ^id`, `- 💭 remark`, properties in a callout, reviews at the end."""

import re
from collections.abc import Sequence

from corpus.formats import link_tail
from corpus.formats.layout import LONE_COMMENT, Layout, Text
from corpus.formats.layouts.reading_apps._weread_text import first_reviews, shared_text

_MARKS = re.compile(r"(?m)^>?[ \t]*(?:-[ \t]*)?📌")
_TIME = re.compile(r"[> \t-]*⏱[ \t]*(?P<date>[\d/\- :]*\d)[ \t]*(?P<id>[ \t]*\^\S+)?[ \t]*$")
_ID = re.compile(r"(?:[ \t]+\^[\w-]+|(?<=\S)\^\d+-[\w-]+)[ \t]*$")
_PICTURE = re.compile(r"(?:\[插图\]\s*)+$")
"""The sign for a picture of the book, alone. Such a passage has no words."""
_WORDLESS = "> 📌 "
_PIN = re.compile(r"^>?[ \t]*(?:-[ \t]+)?📌[\s\ufe0f🔥]*")
_LINKED = re.compile(r"\[(?P<text>.+)\]\(<?(?P<url>weread:[^<>\s]+)>?\)$")
_OPEN = re.compile(r"^(?P<signs>>?[ \t]*(?:-[ \t]+)?[📌🔥][ \t📌🔥\ufe0f]*)\[(?P<text>.*)$")
"""A passage whose link text goes on in the lines below, if the line has no address."""
_ADDRESS = re.compile(r"<?(?P<url>weread:[^<>\s]+)>?\)(?:[ \t]+\^\S+)?[ \t]*$")
_SIGNED = re.compile(r"(?:>?[ \t]*(?:-[ \t]+)?[📌🔥📊⏱💭]|#)")
"""The next sign or heading: a link text does not go beyond it."""
_OWN = re.compile(r"^>?[ \t]*(?:-[ \t]+)?💭[ \t]*(?P<text>.*)$")
_PASSAGES = re.compile(r"高亮|划线|读书笔记|摘录")
_REVIEWS = re.compile(r"本书评论")
"""Headings above the passages, and above the reader's review of the book."""
_PLAIN = re.compile(r"[ \t]*[^\s>\-*#|\[!<^~`📌💭⏱🔥📊◆]")
"""A line that begins with words."""
_POPULAR = re.compile(r"^>?[ \t]*(?:🔥|📊)")
"""A passage that other readers marked, or the number of those readers."""
_CHAPTER = re.compile(r"^(#{2,4}[ \t]+)?◆[ \t]*")
_NO_CHAPTER = re.compile(
    r"^#{2,4}[ \t]+(?:划线评论|章节评论)(?:[ \t]*No\.\d+)?(?:[ \t]*⏱[ \t]*[\d/\- :]*)?[ \t]*$"
)
_REVIEW = re.compile(r"#{2,4}[ \t]+划线评论")
_COUNT = re.compile(r"\d+个笔记[ \t]*$|-- 来自微信读书[ \t]*$")
_TITLE = re.compile(r"^《(?P<title>.+)》[ \t]*$")
_THOUGHT_LINES = 100
"""How many lines of a thought are searched for the passage that it is about."""
_THOUGHTS = "的想法"
"""The end of a heading above a thought, in the theme with thoughts at the end."""
_OTHERS = re.compile(r"点赞的评论|热门划线")
"""Headings above comments of other readers, and above passages that many of them marked."""
_NONE = re.compile(r">[ \t]*暂无\w{2,6}[ \t]*$")
"""The words of a theme where there are no highlights."""
_SHARED = re.compile(r"[ \t]{1,4}—[ \t]{1,4}(?:🙋[ \t]{0,4})?\d{1,9}[ \t]{0,4}人划线(?=[ \t]|$)")
"""The number of readers who marked the passage."""
_TIMED = re.compile(r"(?P<text>.*\S)[ \t]+-[ \t]+⏱[ \t]*(?P<date>[\d/\- :]*\d)[ \t]*$")
_THOUGHT = re.compile(r"^[\d/\- :]{8,20}[ \t]*发表想法[ \t]*$")


def evidence(text: Text) -> int:
    """Its front matter, or its signs with its headings."""
    if "weread" in (text.front.first("doc_type") or "") or "weread.qq.com" in (
        text.front.first("pcurl", "weread", "url") or ""
    ):
        return 3
    if (
        "📌" in text.body
        and _MARKS.search(text.body)
        and ("高亮划线" in text.body or "⏱" in text.body or "读书笔记" in text.body)
    ):
        return 3
    return 2 if "高亮划线" in text.body or _is_shared(text.body) else 0


def _is_shared(body: str) -> bool:
    """Whether a text begins with the number of its notes, as one shared from the app does, and has the sign of its passages."""
    return ("个笔记" in body[:400] or "個筆記" in body[:400]) and "◆" in body


def rewrite(lines: Sequence[str]) -> list[str]:
    """Turns the signs into labels. In WeRead's own export a thought stands before its passage; it is moved after it."""
    if (shared := shared_text(lines)) is not None:
        _text_head(lines, shared)
        return shared
    lines = _without_others(_closed_links(lines))
    found = [_line(line) for line in lines]
    _drop_wordless(found)
    first_reviews(found)
    _timed_thoughts(lines, found)
    _further_paragraphs(lines, found)
    _reviewed(lines, found)
    _text_head(lines, found)
    _thoughts_above(lines, found)
    _book_review(found)
    at = 0
    while at < len(lines):
        if _THOUGHT.match(lines[at]):
            end = next(
                (
                    index
                    for index in range(at + 1, min(len(lines), at + _THOUGHT_LINES))
                    if lines[index].startswith(">")
                ),
                None,
            )
            if end is not None:
                stop = next(
                    (index for index in range(end, len(lines)) if not lines[index].startswith(">")),
                    len(lines),
                )
                thought = [line for line in found[at + 1 : end] if line.strip()]
                moved = [
                    *found[end:stop],
                    found[at],
                    f"**Note:** {thought[0]}" if thought else "",
                    *thought[1:],
                ]
                if at and found[at - 1].strip():
                    moved.insert(0, "")  # the passage above is another one
                found[at:stop] = moved + [""] * (stop - at - len(moved))
                at = stop
        at += 1
    return found


def _drop_wordless(found: list[str]) -> None:
    """Drops passages without words, with the date and the thoughts right below them."""
    dropped = False
    for at, line in enumerate(found):
        ends = not line.strip() or line[0] == "#" or line.startswith("> 📌")
        below = found[at + 1].lstrip("> \t") if at + 1 < len(found) else ""
        alone = line == _WORDLESS and (not below or below.startswith(("**Date:**", "-", "#")))
        dropped = alone or (dropped and not ends)
        if dropped:
            found[at] = ""


def _closed_links(lines: Sequence[str]) -> list[str]:
    """Puts a passage whose link text runs over several lines into one quote, with its link at the end."""
    found = list(lines)
    for at, line in enumerate(lines):
        opened = _OPEN.match(line) if "[" in line and "](" not in line else None
        if opened is None:
            continue
        end = at + 1
        while end < len(lines) and "](" not in lines[end] and not _SIGNED.match(lines[end]):
            end += 1
        text, _, behind = lines[end].rpartition("](") if end < len(lines) else ("", "", "")
        address = _ADDRESS.match(behind)
        if address is None:
            continue
        if "📌" not in opened["signs"]:  # other readers marked it
            found[at : end + 1] = [">"] * (end + 1 - at)
            continue
        found[at] = f"> 📌 {opened['text']}"
        found[at + 1 : end] = [f"> {between.removeprefix('>').strip()}" for between in lines[at + 1 : end]]
        found[end] = f"> {text.removeprefix('>').strip()} ([View]({address['url']}))"
    return found


def _further_paragraphs(lines: Sequence[str], found: list[str]) -> None:
    """Adds the quote sign to further paragraphs of a passage, which have no sign. It must be a note that marks thoughts with 💭."""
    if not any(map(_OWN.match, lines)):
        return
    listed = inside = False
    blank: list[int] = []
    for at, line in enumerate(lines):
        if line.startswith("#"):
            listed, inside = (
                _REVIEWS.search(line) is None and (listed or _PASSAGES.search(line) is not None),
                False,
            )
        elif found[at].startswith("> ") and not found[at].startswith(("> [!", "> -", "> **")):
            inside, blank = listed, []
        elif not line.strip():
            blank.append(at)
        elif inside and _PLAIN.match(line):
            found[at] = f"> {found[at].strip()}"
            for number in blank:
                found[number] = ">"
            blank = []
        else:
            inside = False


def _reviewed(lines: Sequence[str], found: list[str]) -> None:
    """Puts the usual sign before a passage in a callout below the heading of a review."""
    at = 0
    while at < len(lines):
        if lines[at].startswith("#") and _REVIEW.match(lines[at]) is not None:
            below = next(
                (index for index in range(at + 1, min(len(lines), at + 4)) if lines[index].strip()), None
            )
            if below is not None and below + 1 < len(lines) and lines[below].startswith("> [!"):
                found[below], found[below + 1] = "", f"> 📌 {found[below + 1].lstrip('> ')}"
        at += 1


def _text_head(lines: Sequence[str], found: list[str]) -> None:
    """Turns the head of a text shared from the app (《title》, then the author) into properties."""
    first = next((at for at, line in enumerate(lines[:10]) if line.strip()), None)
    if first is None or (title := _TITLE.match(lines[first])) is None:
        return
    below = next((at for at in range(first + 1, min(len(lines), first + 4)) if lines[at].strip()), None)
    found[first] = f"- 书名： {title['title']}"
    if below is not None and not lines[below].startswith(("◆", ">", "#")) and "个笔记" not in lines[below]:
        found[below] = f"- 作者： {lines[below].strip().removesuffix('著').strip()}"


def _without_others(lines: Sequence[str]) -> list[str]:
    """Drops what other readers wrote or marked: liked comments, passages below the heading of popular ones, and their number."""
    found = list(lines)
    dropped = 0
    """Level of the heading above the comments; 0 outside of them."""
    for at, line in enumerate(lines):
        level = len(line) - len(line.lstrip("#"))
        if level and line[level : level + 1] == " ":
            dropped = level if _OTHERS.search(line) is not None else dropped if level > dropped else 0
        if dropped or line.startswith("> 👍") or _NONE.match(line):
            found[at] = ""
        elif "人划线" in line:
            found[at] = _SHARED.sub("", line)
    return found


def _timed_thoughts(lines: Sequence[str], found: list[str]) -> None:
    """Moves the time at the end of a thought of several lines to its first line, where the common reader looks for it."""
    first: int | None = None
    for at, line in enumerate(lines):
        if _OWN.match(line):
            first = at
        elif line.startswith((">", "#")):
            first = None
        elif first is not None and "⏱" in line and (timed := _TIMED.match(line)) is not None:
            found[at] = timed["text"]
            found[first] = f"{found[first].rstrip()} - ⏱ {timed['date']}"
            first = None


def _book_review(found: list[str]) -> None:
    """Marks the first line of the reader's review of the book, which is left out."""
    inside = False
    for at, line in enumerate(found):
        if line.startswith("#"):
            inside = _REVIEWS.search(line) is not None or (inside and "书评" in line)
        elif inside and any(map(str.isalnum, line)) and not line.startswith(("> 📌", "**Date:**")):
            found[at] = LONE_COMMENT
            return


def _thoughts_above(lines: Sequence[str], found: list[str]) -> None:
    """Moves a thought that stands above the second copy of its passage below it, with a label.

    Below a heading of its own it has all lines up to the passage, otherwise the line right above.
    """
    seen: set[str] = set()
    begin: int | None = None
    """The line below the heading above a thought; None outside of such a section."""
    for at, line in enumerate(found):
        if line.startswith("#"):
            begin = at + 1 if line.rstrip().endswith(_THOUGHTS) else None
        if not line.startswith("> 📌"):
            continue
        words = link_tail.cut(line).text
        above = "\n".join(found[at - 1 if begin is None else begin : at]).strip() if at else ""
        plain = begin is not None or lines[at - 1][:1] not in (*">#-*![|`", "")
        if words in seen and above and plain:
            end = at + 1
            while end < len(found) and found[end].strip() and found[end][0] not in ">#-*":
                end += 1
            start = at - 1 if begin is None else begin
            first, *rest = above.split("\n")
            moved = [
                *found[at:end],
                f"**Note:** {first}",
                *(f"    {text}" if text.strip() else "" for text in rest),
            ]
            found[start:end] = moved + [""] * (end - start - len(moved))
        seen.add(words)
        begin = None


def _line(line: str) -> str:
    """Turns the signs of a line into labels, and removes ids."""
    if (match := _TIME.match(line)) is not None:
        return f"{'> ' if line.startswith('>') else ''}**Date:** {match['date'].strip()}"
    if _THOUGHT.match(line):
        return f"**Date:** {line.split('发')[0].strip()}"
    if _NO_CHAPTER.match(line) or _COUNT.match(line):
        return ""
    line = _ID.sub("", line)
    line = _CHAPTER.sub(lambda match: match.group(1) or "## ", line)
    if line.startswith(">> "):
        line = line[1:]
    if (pin := _PIN.match(line)) is not None:
        words = line[pin.end() :].strip()
        if (linked := _LINKED.match(words)) is not None:
            words = f"{linked['text']} ([View]({linked['url']}))"
        return f"> 📌 {_PICTURE.sub('', words) and words}"
    if (linked := _LINKED.match(line.removeprefix("> "))) is not None and line.startswith("> "):
        return f"> {linked['text']} ([View]({linked['url']}))"
    if (thought := _OWN.match(line)) is not None:
        return f"{'> ' if line.startswith('>') else '- '}💭 {thought['text']}"
    return ">" if _POPULAR.match(line) else line


LAYOUT = Layout(
    "weread",
    "WeRead (微信读书)",
    evidence,
    rewrite=rewrite,
    category="books",
    repeats=True,
    marks=("📌", "高亮划线", "个笔记", "個筆記"),
    properties=frozenset({"doc_type", "pcurl", "weread", "url"}),
)

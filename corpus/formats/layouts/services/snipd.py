"""Podcast episodes exported by Snipd itself: "## Snips", then a part for every snip, with a rule after it.

Older: `### [02:56] Title`, `[🎧 Play snip - 1min (02:49 - 04:42)](link)`. Newer: `### [Title](link)`, `🎧 03:12 - 05:18 (02:05)`.
Takeaways, quote and transcript stand below. They are one highlight, as in Readwise's export of such snips. Text between the player
and the first of these headings is the reader's note, or Snipd's list of takeaways, which its reader may have edited.
"""

import html
import re
from collections.abc import Sequence

from corpus.formats import properties
from corpus.formats.entry import Entry
from corpus.formats.header import Header
from corpus.formats.layout import Layout, Reading, Text
from corpus.formats.layouts.services.mirror import RULE

_SNIPS = re.compile(r"#{1,3}[ \t]+Snips\b")
_HEADING = re.compile(r"#{1,6}[ \t]+(.*)$")
_LINK = re.compile(r"\]\((https://share\.snipd\.com/snip/[^\s()]+)\)")
_LINKED_TITLE = re.compile(r"\[(.*)\]\(https://share\.snipd\.com/snip/[^\s()]+\)[ \t]*(.*)$")
_TIMED_TITLE = re.compile(r"\[[\d:]+\][ \t]*")
_PLAYED = re.compile(r"\[?🎧.*?(\d{1,2}(?::\d{2}){1,2} - \d{1,2}(?::\d{2}){1,2})")
_PART = re.compile(
    r"#{2,6}[ \t]+(?:💬|📚|✨|📝|🔑|🗒)|#{3,6}[ \t]+(?:Quote|Transcript|Key takeaways|Summary)\b"
)
"""Headings above the parts of a snip, written by the template."""
_SPOKEN = re.compile(r"#{2,6}[ \t]+(?:💬|📚)|#{3,6}[ \t]+(?:Quote|Transcript)\b")
"""Headings above what was said in the episode."""
_PART_NAME = re.compile(r"💬|📚|✨|🔑|(?:Quote|Transcript)\b")
"""Titles of snips that have only the part with this name."""
_NOTE = re.compile(r"#{2,6}[ \t]+(?:📝|🗒)|#{3,6}[ \t]+(?:My )?Notes?\b", re.I)
_LISTED = re.compile(r"(?:[-*+]|\d{1,3}[.)])[ \t]|[ \t]+\S")
_CALLOUT = re.compile(r"(?<=^> )\[!\w+\][+-]?[ \t]*")
_QUOTED = re.compile(r"</?blockquote>")
_BREAK = re.compile(r"<br ?/?>")
_BLANK_LINES = re.compile(r"\n\s*\n")
_PLAYER = re.compile(r"</?(?:audio|iframe|details|summary)\b", re.I)


def evidence(text: Text) -> int:
    """Links to snips, and Snipd's signature or a heading "Snips"."""
    if "share.snipd.com/" not in text.body:
        return 0
    return 3 if "Created with [Snipd]" in text.body or any(map(_SNIPS.match, text.lines)) else 0


def read(text: Text) -> Reading:
    """Reads the episode's snips in order: one between each two rules."""
    header = Header()
    lines = text.lines
    start = next((index for index, line in enumerate(lines) if _SNIPS.match(line)), len(lines))
    header.values["category"] = ["podcasts"]
    for line in lines[:start]:
        header.read(line)
        if line.startswith("# "):
            header.h1 = header.h1 or line[2:].strip()
    entries: list[Entry] = []
    begin = start + 1
    for index in range(begin, len(lines) + 1):
        if index == len(lines) or RULE.match(lines[index]):
            if (entry := _snip(lines[begin:index], text.front.first_line + begin)) is not None:
                entries.append(entry)
            begin = index + 1
    return Reading(tuple(entries), header)


def _snip(lines: Sequence[str], number: int) -> Entry | None:
    """Reads one snip; None without a link or a heading."""
    link = next((match.group(1) for line in lines if (match := _LINK.search(line)) is not None), None)
    first = next((index for index, line in enumerate(lines) if _HEADING.match(line)), None)
    if link is None or first is None:
        return None
    title = _HEADING.sub(r"\1", lines[first]).strip().lstrip("⭐\ufe0f \t")
    tagged = ""
    if (linked := _LINKED_TITLE.match(title)) is not None:
        title, tagged = linked.groups()
    location = next((match.group(1) for line in lines if (match := _PLAYED.match(line)) is not None), None)
    kept = [_TIMED_TITLE.sub("", title).strip()]
    own: list[str] = []
    spoken = any(map(_SPOKEN.match, lines[first + 1 :]))
    """Whether the snip has words of the episode. Then all text above them may be the reader's."""
    noted = _PART_NAME.match(kept[0]) is None
    for line in lines[first + 1 :]:
        line = _CALLOUT.sub("", line)
        if _PART.match(line) or _NOTE.match(line):
            noted = _NOTE.match(line) is not None
            continue
        if line.strip() in (">", "> Transcript") or _PLAYED.match(line) or _PLAYER.match(line):
            continue
        if line.startswith("<blockquote>"):
            line = _spoken(line)
        into = own if noted and (spoken or not _LISTED.match(line)) else kept
        if line.strip():
            into.append(line.rstrip())
        else:
            for part in (kept, own):
                part += [""] if part and part[-1] else []
    return Entry(
        "\n".join(kept).strip(),
        number + first,
        link,
        location,
        remark="\n".join(own).strip() or None,
        tags=properties.tags([tagged]),
        marked=True,
    )


def _spoken(line: str) -> str:
    """Returns what each speaker said, without the HTML that older exports write around it."""
    text = _BREAK.sub("\n", line.replace("<b>", "**").replace("</b>", "**"))
    return html.unescape(_BLANK_LINES.sub("\n\n", _QUOTED.sub("\n", text)).strip())


LAYOUT = Layout("snipd", "Snipd's own export", evidence, read, marks=("share.snipd.com/",))

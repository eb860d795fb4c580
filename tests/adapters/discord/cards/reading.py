"""Reads a text as Discord does: the visible text, links, pings and markup. If in doubt, it finds more markup than the client does.

The client uses the rules of simple-markdown with additions, and tries them in order at each position of the text. The server looks
for pings in the raw text and ignores escapes.
"""

import re
from dataclasses import dataclass, field

PING = re.compile(r"@(?:everyone|here)|<@[!&]?\d+>", re.I)
"""The server treats these parts of the raw text as pings, unless the allowed mentions forbid it."""

_ESCAPE = re.compile(r"\\([^0-9A-Za-z\s])")
_STRONG = re.compile(r"\*\*((?:\\[\s\S]|[^\\])+?)\*\*(?!\*)")
_LINK = re.compile(
    r"\[((?:\[[^\]]*\]|[^\[\]]|\](?=[^\[]*\]))*)\]\(\s*<?((?:[^\s\\]|\\.)*?)>?(?:\s+['\"]([\s\S]*?)['\"])?\s*\)"
)
_OTHERS = {
    "code block": r"```[\s\S]*?```",
    "code": r"(`+)([\s\S]*?[^`])\1(?!`)",
    "address": r"(?:https?|steam)://[^\s<]+[^<.,:;\"'\]\s]",
    "autolink": r"<[^: >]+:/[^ >]+>|<[^\s<>@]+@[^\s<>@]+\.[^\s<>@]+>|<\+?[0-9][0-9 ]+>",
    "underline": r"__((?:\\[\s\S]|[^\\])+?)__(?!_)",
    "italics": r"\*(?=\S)((?:\*\*|\\[\s\S]|\s+(?:\\[\s\S]|[^\s*\\]|\*\*)|[^\s*\\])+?)\*(?!\*)|_((?:__|\\[\s\S]|[^\\_])+?)_(?!\w)",
    "strike": r"~~([\s\S]+?)~~(?!_)",
    "spoiler": r"\|\|([\s\S]+?)\|\|",
    "mention": r"<@[!&$]?\d+>|<#\d+>|@(?:everyone|here)|</[^:>\n]+:\d+>|<id:\w+>",
    "emoji": r"<a?:\w+:\d+>|:[^\s:]+?:",
    "time": r"<t:-?\d+(?::[tTdDfFR])?>|<@time:[^>]*>",
    "invite": r"(?i:discord(?:app)?\.(?:gg|com|new|gift)/\S+)",
    "shrug": r"¯\\_\(ツ\)_/¯",
}
_PLAIN = re.compile(r"[^\\\[*`hs<_~|@:dD¯]+")
"""Runs of characters that cannot begin a match of any rule."""
_INLINE = [(name, re.compile(rule)) for name, rule in _OTHERS.items()]
_LINE = {
    "heading": re.compile(r" *#{1,3}\s+(?!#)"),
    "subtext": re.compile(r"-# +(?!-#)"),
    "list": re.compile(r" *(?:[*+-]|\d+\.) +\S"),
    "quote": re.compile(r" *>(?!>>) +| *>>> "),
}


@dataclass
class Read:
    """A text as people see it."""

    shown: str = ""
    bold: list[str] = field(default_factory=list)
    links: list[tuple[str, str]] = field(default_factory=list)
    """Label and target of every masked link."""
    live: list[str] = field(default_factory=list)
    """All other parts that are not literal."""


def read(markdown: str, into: Read | None = None, in_quote: bool = False) -> Read:
    """Reads whole lines."""
    result = Read() if into is None else into
    for number, line in enumerate(markdown.split("\n")):
        result.shown += "\n" if number else ""
        for name, rule in _LINE.items():
            if name != "quote" or not in_quote:
                result.live += [name] if rule.match(line) else []
    for name, rule in (("code block", _INLINE[0][1]), ("spoiler", re.compile(_OTHERS["spoiler"]))):
        if rule.search(re.sub(r"\\[^0-9A-Za-z\s]", "", markdown)):
            result.live.append(name)
    result.shown = ""
    _inline(markdown, result)
    return result


def _inline(text: str, result: Read) -> None:
    place = 0
    while place < len(text):
        place = _token(text, place, result)


def _token(text: str, place: int, result: Read) -> int:
    if found := _PLAIN.match(text, place):
        result.shown += found[0]
        return found.end()
    if found := _ESCAPE.match(text, place):
        result.shown += found[1]
        return found.end()
    if found := _LINK.match(text, place):
        result.links.append((found[1], found[2]))
        result.shown += found[1]
        return found.end()
    if found := _STRONG.match(text, place):
        inner = Read()
        _inline(found[1], inner)
        result.bold.append(inner.shown)
        result.shown += inner.shown
        result.links += inner.links
        result.live += inner.live
        return found.end()
    for name, rule in _INLINE:
        if rule.match(text, place):
            result.live.append(name)
    result.shown += text[place]
    return place + 1


def unquoted(markdown: str) -> str:
    """The text of a block quote. Fails if a line is outside the quote."""
    lines = markdown.split("\n")
    assert all(re.match(r"> ", line) for line in lines), markdown
    return "\n".join(line[2:] for line in lines)

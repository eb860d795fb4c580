"""Reads mrkdwn as Slack does (docs.slack.dev/messaging/formatting-message-text).

`<…>` is a mention, a special word, a date or a link; `*`, `_`, `~` and backquotes are formatting, and have no
escape; `>` or `&gt;` at the start of a line is a quote; `&amp;`, `&lt;` and `&gt;` are unescaped once;
`:name:` is an emoji. Bare URLs become links unless the text object is `verbatim`; `@here` and `@name` mean
something only with `link_names` or `parse=full`. If the documentation leaves a case open, this reader picks
the reading that exposes more mistakes of the bot.
"""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass

_ANGLE = re.compile(r"<([^<>\n]*)>")
_FENCE = re.compile(r"```(.+?)```", re.DOTALL)
_CODE = re.compile(r"`([^`\n]+)`")
_QUOTE = re.compile(r"^(?:&gt;&gt;&gt;|&gt;|>>>|>) ?", re.MULTILINE)
_MARKS = tuple(
    re.compile(rf"(?<![\w{sign}]){sign}(?=[^\s{sign}])([^{sign}\n]*?)(?<=[^\s{sign}]){sign}(?![\w{sign}])")
    for sign in (r"\*", "_", "~")
)
_BARE = re.compile(
    r"https?://[^\s<>|\x00]+|(?<![\w@.-])(?:[\w-]+\.)+(?:com|org|net|io|co|dev|app|ai|me|info)(?![\w-])(?:/[^\s<>|\x00]*)?",
    re.IGNORECASE,
)
_NAMED = re.compile(r"(?<![\w&])@([\w.-]+)")
_EMOJI_NAME = re.compile(r":([a-z0-9_+-]+):")
_PLACEHOLDER = re.compile(r"\x00(\d+)\x00")
_LINK = re.compile(r"[a-z][a-z0-9+.-]*:.+", re.IGNORECASE)

EMOJI = {
    "smile": "😄", "joy": "😂", "tada": "🎉", "fire": "🔥", "heart": "❤️", "rocket": "🚀", "eyes": "👀",
    "+1": "👍", "-1": "👎", "thumbsup": "👍", "warning": "⚠️", "x": "❌", "bulb": "💡", "100": "💯",
    "book": "📖", "books": "📚", "star": "⭐", "point_right": "👉", "wave": "👋", "bookmark": "🔖",
}  # fmt: skip
"""Some of Slack's emoji names, enough to see a text turned into one."""


@dataclass(frozen=True)
class Link:
    """The label of a link, and where a click leads."""

    label: str
    url: str


@dataclass(frozen=True)
class Reading:
    """A text as people see it, whom it pings, and its links."""

    text: str = ""
    pings: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()


def unescape(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def with_emoji(text: str) -> str:
    return _EMOJI_NAME.sub(lambda found: EMOJI.get(found[1], found[0]), text)


class _Reader:
    """Reads one text. A numbered placeholder stands for each finished part, so that later steps leave it alone."""

    def __init__(self, names: Mapping[str, str]) -> None:
        self.names = names
        self.finished: list[str] = []
        self.pings: list[str] = []
        self.links: list[Link] = []

    def hold(self, shown: str) -> str:
        self.finished.append(shown)
        return f"\x00{len(self.finished) - 1}\x00"

    def link(self, label: str, url: str) -> str:
        self.links.append(Link(self.release(label), unescape(url)))
        return self.hold(label)

    def release(self, text: str) -> str:
        while _PLACEHOLDER.search(text):
            text = _PLACEHOLDER.sub(lambda found: self.finished[int(found[1])], text)
        return text

    def angle(self, found: re.Match[str]) -> str:
        content, _, label = found[1].partition("|")
        label = unescape(label)
        if re.fullmatch(r"@[UW]\w+", content):
            self.pings.append(content[1:])
            return self.hold("@" + (label or self.names.get(content[1:], content[1:])))
        if re.fullmatch(r"#[CGD]\w+", content):
            return self.hold("#" + (label or self.names.get(content[1:], content[1:])))
        if content.startswith("!subteam^"):
            self.pings.append(content.removeprefix("!subteam^"))
            return self.hold(label or "@" + content.removeprefix("!subteam^"))
        if content.startswith("!date^"):
            return self.date(content, label)
        if content in ("!channel", "!here", "!everyone", "!group"):
            self.pings.append("channel" if content == "!group" else content[1:])
            return self.hold("@" + content[1:])
        if content.startswith("!"):
            return self.hold(label or content)
        if _LINK.fullmatch(content):
            return self.link(label or unescape(content), content)
        return self.hold(found[0])

    def date(self, content: str, label: str) -> str:
        parts = content.split("^")
        try:
            stamp = time.gmtime(int(parts[1]))
            pattern = parts[2]
        except (ValueError, IndexError, OverflowError, OSError):
            return self.hold(label)
        shown = re.sub(r"\{date\w*\}", time.strftime("%B %-d, %Y", stamp), pattern)
        shown = re.sub(r"\{time\w*\}", time.strftime("%H:%M", stamp), shown)
        return self.link(shown, parts[3]) if len(parts) > 3 else self.hold(shown)

    def bare(self, found: re.Match[str]) -> str:
        shown = found[0].rstrip(".,;:!?)")
        target = shown if "://" in shown else f"http://{shown}"
        return self.link(unescape(shown), target) + found[0][len(shown) :]

    def named(self, found: re.Match[str]) -> str:
        self.pings.append(found[1] if found[1] in ("channel", "here", "everyone") else f"@{found[1]}")
        return self.hold(found[0])


def read(
    text: str,
    *,
    names: Mapping[str, str] | None = None,
    verbatim: bool = False,
    link_names: bool = False,
    formatted: bool = True,
) -> Reading:
    """Reads one mrkdwn text.

    `names` maps ids to the names that people see. `link_names` stands for Slack's `link_names` or
    `parse=full`. `formatted=False` stands for `mrkdwn: false` on a message: no formatting, but `<…>` is
    still read.
    """
    reader = _Reader(names or {})
    text = text.replace("\x00", "�")
    text = _ANGLE.sub(reader.angle, text)
    if formatted:
        text = _FENCE.sub(lambda found: reader.hold(unescape(found[1].strip("\n"))), text)
        text = _CODE.sub(lambda found: reader.hold(unescape(found[1])), text)
    if link_names:
        text = _NAMED.sub(reader.named, text)
    if not verbatim:
        text = _BARE.sub(reader.bare, text)
    if formatted:
        text = _QUOTE.sub("", text)
        for mark in _MARKS:
            text = mark.sub(r"\1", text)
    shown = reader.release(with_emoji(unescape(text)))
    return Reading(shown, tuple(reader.pings), tuple(reader.links))

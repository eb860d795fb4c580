"""Escapes the text of notes and of people for Discord's Markdown, and writes links.

Discord's client follows the rules of simple-markdown, with additions. What is known of them:
- `\\` makes any character literal except letters, digits and spaces, which cannot be escaped.
- Nothing can be escaped in the label of a masked link. A label with a mention, an address, an emoji or brackets turns the whole
  link into plain text.
- A masked link extends to the last `](` on its way, even after an escaped bracket: `[ours](…) \\](theirs)` leads to theirs. So the
  parenthesis is escaped as well.
- `:smile:` in a bot's message becomes an emoji; `https://…` becomes a link anywhere.
- Lists, headings, subtext and quotes are recognised at the beginning of a line, also inside a quote. Each line of a quote begins
  with `> `, empty lines too.
The server looks for pings in the raw text and ignores escapes: `\\<@1>` would ping. So `<\\@1>` is written, and `@everyone`, where
nothing can be escaped, gets a zero-width space.
"""

import re
from collections.abc import Iterable
from urllib.parse import quote, urlsplit, urlunsplit

from bot.text import safe_links
from bot.text.sanitize import one_line, visible

MAX_URL_CHARS = 700
"""Maximum length of a linked address: two of them in an attribution still leave space for the quote."""

PING_STOP = "\u200b"
"""A zero-width space, put after the @ of "@everyone"."""

_MARKUP = re.compile(r"[\\*_~|`<>@\[\]]|:(?!\s)|(?<=\])\(")
_LINE_MARKUP = re.compile(r"^([ \t]*)([-+=#]|\d{1,9}(?=[.)]))", re.M)
_AFTER_ANGLE = re.compile(r"(?<=\\<)[/#]")
_INVITE = re.compile(r"(discord(?:app)?\.\w{2,8})/", re.I)
_ENTITY = re.compile(r"&(?=#?\w{1,32};)")
_EVERYONE = re.compile(r"@(?=everyone|here)", re.I)
_UNSAFE_IN_LABEL = re.compile(r"[\\*_~|`<>@\[\]]|://|:[^\s:]+:|discord\S*/", re.I)
_EMOJI = re.compile(
    "[\u00a9\u00ae\u203c\u2049\u20e3\u2122\u2139\u2194-\u21aa\u231a-\u23ff\u24c2\u25aa-\u27bf\u2934\u2935\u2b05-\u2b55\u3030\u303d"
    "\u3297\u3299\ufe0f\U0001f000-\U0001faff]"
)


def literal(text: str) -> str:
    """Markdown that shows the text unchanged: without pings, links, previews or markup."""
    text = _LINE_MARKUP.sub(_escape_line_markup, _escape(visible(text)))
    return _EVERYONE.sub(f"@{PING_STOP}", text)


def literal_line(text: str) -> str:
    """Like `literal`, but on one line, for text that does not stand at the beginning of a line."""
    return _EVERYONE.sub(f"@{PING_STOP}", _escape(one_line(text)))


def headed(parts: Iterable[tuple[str, str]]) -> str:
    """Markdown with bold headings, each with its lines below, that shows the texts unchanged."""
    return "\n\n".join(f"**{literal_line(heading)}**\n{literal(lines)}" for heading, lines in parts)


def quoted(markdown: str) -> str:
    """Markdown as a block quote: `> ` before every line."""
    return "\n".join(f"> {line}" for line in markdown.split("\n"))


def linkable_url(url: str | None) -> str | None:
    """The address as it can stand in a masked link; None if it must not be linked.

    Characters that would end the link or the markup around it are percent-encoded; for servers it is still the same address.
    """
    if (safe := safe_links.web(url, MAX_URL_CHARS)) is None:
        return None
    parts = urlsplit(safe)
    if not parts.netloc.isascii() or "[" in parts.netloc or set(parts.netloc) & set("()*_'~|;,"):
        return None
    rest = [quote(part, "/%:@!$&+,;=~-._?#") for part in (parts.path, parts.query, parts.fragment)]
    encoded = urlunsplit((parts.scheme, parts.netloc, *rest))
    return encoded if len(encoded) <= MAX_URL_CHARS else None


def link(label: str, target: str) -> str:
    """A masked link. `label` is one of ours, or one that `can_label` allows; `target` comes from `linkable_url`."""
    return f"[{label}]({target})"


def can_label(label: str, target: str) -> bool:
    """Whether text of a note can be the label of a link: it is shown unchanged and does not look like another address."""
    return (
        any(character.isalnum() for character in label)
        and not _UNSAFE_IN_LABEL.search(label)
        and not _EMOJI.search(label)
        and not _ENTITY.search(label)
        and safe_links.honest(label, target)
    )


def utf16_units(text: str) -> int:
    """Length in UTF-16 code units, to compare with Discord's limits. Of all ways to count, this gives the highest number."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _escape(text: str) -> str:
    text = _MARKUP.sub(r"\\\g<0>", text)
    if "<" in text:
        text = _AFTER_ANGLE.sub(r"\\\g<0>", text)
    text = _INVITE.sub(r"\1\\/", text)
    return _ENTITY.sub(r"\\&", text)


def _escape_line_markup(found: "re.Match[str]") -> str:
    """Escapes markup at the beginning of a line. After a number, its dot is escaped, because digits cannot be."""
    return f"{found[1]}\\{found[2]}" if not found[2].isdigit() else f"{found[1]}{found[2]}\\"

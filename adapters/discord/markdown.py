"""Text of notes and people made literal in Discord's Markdown, and the links that are meant.

What is known of Discord's client (its rules are those of simple-markdown with additions):
- `\\` before any sign that is no letter, digit or blank makes it literal; a letter can't be escaped.
- Inside the label of a masked link nothing can be escaped, and a label with a mention, an address, an emoji or brackets
  makes the whole link plain text, target and all.
- A masked link goes on to the last `](` that it can reach, an escaped bracket too: `[ours](…) \\](theirs)` leads to theirs.
  So that parenthesis is escaped as well.
- `:smile:` in a bot's message becomes an emoji; `https://…` becomes a link anywhere.
- Lists, headings, subtext and quotes are read at the beginning of a line, of a quoted line too. Each line of a quote begins with
  `> `, blank after it, empty lines too.
The server reads pings in the raw text and knows no escapes: `\\<@1>` would ping. So `<\\@1>` is written, and `@everyone`,
which has no sign in it to escape, gets a zero-width space.
"""

import re
from urllib.parse import quote, urlsplit, urlunsplit

from bot.text import safe_links
from bot.text.sanitize import one_line, visible

MOST_ADDRESS = 700
"""Characters of an address; with two of them in an attribution there is still room for the quote."""

PING_STOP = "\u200b"
"""Stands between the @ of "@everyone" and the word."""

_SIGNS = re.compile(r"[\\*_~|`<>@\[\]]|:(?!\s)|(?<=\])\(")
_LINE_SIGN = re.compile(r"^([ \t]*)([-+=#]|\d{1,9}(?=[.)]))", re.M)
_AFTER_ANGLE = re.compile(r"(?<=\\<)[/#]")
_INVITE = re.compile(r"(discord(?:app)?\.\w{2,8})/", re.I)
_ENTITY = re.compile(r"&(?=#?\w{1,32};)")
_EVERYONE = re.compile(r"@(?=everyone|here)", re.I)
_LABEL_SIGNS = re.compile(r"[\\*_~|`<>@\[\]]|://|:[^\s:]+:|discord\S*/", re.I)
_EMOJI = re.compile(
    "[\u00a9\u00ae\u203c\u2049\u20e3\u2122\u2139\u2194-\u21aa\u231a-\u23ff\u24c2\u25aa-\u27bf\u2934\u2935\u2b05-\u2b55\u3030\u303d"
    "\u3297\u3299\ufe0f\U0001f000-\U0001faff]"
)


def literal(text: str) -> str:
    """The text as Markdown that shows it as it stands: no ping, no link, no preview, no markup."""
    text = _LINE_SIGN.sub(_escaped_line_sign, _escaped(visible(text)))
    return _EVERYONE.sub(f"@{PING_STOP}", text)


def literal_line(text: str) -> str:
    """The same on one line, for what stands behind other things on it."""
    return _EVERYONE.sub(f"@{PING_STOP}", _escaped(one_line(text)))


def quoted(markdown: str) -> str:
    """Every line as a line of a block quote."""
    return "\n".join(f"> {line}" for line in markdown.split("\n"))


def address(url: str | None) -> str | None:
    """The address as it can stand in a masked link; None where it is not to be linked.

    What would end the link, or a format around it, is percent-encoded: the same address to any server.
    """
    if (safe := safe_links.web(url, MOST_ADDRESS)) is None:
        return None
    parts = urlsplit(safe)
    if not parts.netloc.isascii() or "[" in parts.netloc or set(parts.netloc) & set("()*_'~|;,"):
        return None
    rest = [quote(part, "/%:@!$&+,;=~-._?#") for part in (parts.path, parts.query, parts.fragment)]
    encoded = urlunsplit((parts.scheme, parts.netloc, *rest))
    return encoded if len(encoded) <= MOST_ADDRESS else None


def link(label: str, target: str) -> str:
    """A masked link. `label` is one of ours, or one that `can_label` allows; `target` comes from `address`."""
    return f"[{label}]({target})"


def can_label(label: str, target: str) -> bool:
    """Whether a text of a note can be the label of a link: it shows as it stands, and looks like no other address."""
    return (
        any(character.isalnum() for character in label)
        and not _LABEL_SIGNS.search(label)
        and not _EMOJI.search(label)
        and not _ENTITY.search(label)
        and safe_links.honest(label, target)
    )


def units(text: str) -> int:
    """Its length as counted here against Discord's limits: UTF-16 code units, the greatest of all ways to count."""
    return len(text) + sum(character > "\uffff" for character in text)


def _escaped(text: str) -> str:
    text = _SIGNS.sub(r"\\\g<0>", text)
    if "<" in text:
        text = _AFTER_ANGLE.sub(r"\\\g<0>", text)
    text = _INVITE.sub(r"\1\\/", text)
    return _ENTITY.sub(r"\\&", text)


def _escaped_line_sign(found: "re.Match[str]") -> str:
    """A number is escaped at its point: digits can't be."""
    return f"{found[1]}\\{found[2]}" if not found[2].isdigit() else f"{found[1]}{found[2]}\\"

"""What a person typed, out of the text of a Slack event.

Slack escapes `&`, `<` and `>` and writes mentions, channels, links and dates in angle brackets
(docs.slack.dev/messaging/formatting-message-text); emoji come as `:name:`.
"""

import re
from html import unescape

_MARKUP = re.compile(r"<([^<>]*)>")
_EMOJI = re.compile(r"(?<![\w:]):[a-z0-9_+'-]+(?:::skin-tone-[2-6])?:(?![\w:])")
_ENTITY = re.compile(r"&(?:amp|lt|gt);")
_BLANKS = re.compile(r"[ \t]+")


def plain(text: str) -> str:
    """The question in it, without mentions and emoji; links as their labels."""
    words = _EMOJI.sub(" ", _MARKUP.sub(_shown, text))
    return _BLANKS.sub(" ", _ENTITY.sub(lambda found: unescape(found.group()), words)).strip()


def mentions(text: str, user: str) -> bool:
    """Whether this person or bot is mentioned by name."""
    return re.search(rf"<@{re.escape(user)}(?:\|[^>]*)?>", text) is not None


def _shown(found: re.Match[str]) -> str:
    target, _, label = found.group(1).partition("|")
    if target.startswith("@"):
        return f" {label} "
    if target.startswith("#"):
        return f" {label} "
    if target.startswith("!"):
        return f" {label} " if target.startswith("!date") else " "
    return f" {label or target.removeprefix('mailto:')} "

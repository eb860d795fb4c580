"""Reads what a person typed from the text of a Slack event.

Slack escapes `&`, `<` and `>` and writes mentions, channels, links and dates in angle brackets
(docs.slack.dev/messaging/formatting-message-text); emoji come as `:name:`.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from html import unescape

from bot.text.sanitize import has_words

_MARKUP = re.compile(r"<([^<>]*)>")
_EMOJI = re.compile(r"(?<![\w:]):[a-z0-9_+'-]+(?:::skin-tone-[2-6])?:(?![\w:])")
_ENTITY = re.compile(r"&(?:amp|lt|gt);")
_BLANKS = re.compile(r"[ \t]+")


def plain(text: str) -> str:
    """The question in a text: without mentions and emoji, and with links as their labels."""
    words = _EMOJI.sub(" ", _MARKUP.sub(_shown, text))
    return _BLANKS.sub(" ", _ENTITY.sub(lambda found: unescape(found.group()), words)).strip()


def readable(text: str) -> str:
    """A text in Slack's markup as people read it: links as their labels, spaces and emoji unchanged."""
    shown = _MARKUP.sub(lambda found: _shown(found).strip(), text)
    return _ENTITY.sub(lambda found: unescape(found.group()), shown).strip()


def words(message: Mapping[str, object]) -> str:
    """The words of a message: from its text, else from its blocks, else from forwarded messages and attachments."""
    own = plain(str(message.get("text") or ""))
    if has_words(own):
        return own
    in_blocks = _joined(_in_blocks(message.get("blocks")))
    return in_blocks if has_words(in_blocks) else attached_words(message) or own


def attached_words(message: Mapping[str, object]) -> str:
    """The words of forwarded messages and other attachments of a message."""
    attachments = message.get("attachments")
    return _joined(
        text
        for attachment in (attachments if isinstance(attachments, list) else ())
        if isinstance(attachment, dict)
        for text in _in_attachment(attachment)
    )


def whole(message: Mapping[str, object]) -> str:
    """All words of a message, also the words of its forwarded messages and attachments."""
    return _joined(
        (
            words(message),
            "" if not has_words(plain(str(message.get("text") or ""))) else attached_words(message),
        )
    )


def _joined(texts: Iterable[str]) -> str:
    return "\n".join(text for text in texts if has_words(text))


def _in_attachment(attachment: Mapping[str, object]) -> Iterator[str]:
    """The title and text of an attachment; else its blocks; else the fallback."""
    texts = [plain(str(attachment.get(name) or "")) for name in ("pretext", "title", "text")]
    if not any(map(has_words, texts)):
        blocks = [attachment.get("blocks")]
        forwarded = attachment.get("message_blocks")
        for entry in forwarded if isinstance(forwarded, list) else ():
            message = entry.get("message") if isinstance(entry, dict) else None
            blocks.append(message.get("blocks") if isinstance(message, dict) else None)
        texts = [text for block in blocks for text in _in_blocks(block)]
    if not any(map(has_words, texts)):
        texts = [plain(str(attachment.get("fallback") or ""))]
    yield from texts


def _in_blocks(blocks: object) -> Iterator[str]:
    """The texts in blocks. All elements of a section of rich text make one text; buttons and mentions are left out."""
    for block in blocks if isinstance(blocks, list) else ():
        if not isinstance(block, dict):
            continue
        kind = block.get("type")
        if kind in ("rich_text", "rich_text_list"):
            yield from _in_blocks(block.get("elements"))
        elif str(kind).startswith("rich_text_"):
            elements = block.get("elements")
            parts = [
                element
                for element in (elements if isinstance(elements, list) else ())
                if isinstance(element, dict)
            ]
            yield "".join(str(part.get("text") or "") for part in parts).strip()
        elif kind in ("section", "header"):
            fields = block.get("fields")
            yield from map(_of_object, [block.get("text"), *(fields if isinstance(fields, list) else ())])
        elif kind == "context":
            elements = block.get("elements")
            yield from map(_of_object, elements if isinstance(elements, list) else ())
        elif kind == "markdown":
            yield str(block.get("text") or "")


def _of_object(text: object) -> str:
    """The words of a text object."""
    if not isinstance(text, dict):
        return ""
    shown = text.get("text")
    if not isinstance(shown, str):
        return ""
    return plain(shown) if text.get("type") == "mrkdwn" else shown


def mentions(text: str, user: str) -> bool:
    """Whether a text mentions this person or bot."""
    return re.search(rf"<@{re.escape(user)}(?:\|[^>]*)?>", text) is not None


def around_mention(text: str, user: str) -> tuple[str, str] | None:
    """The text before and after the first mention of this person or bot; None if there is none.

    Mentions of others before it ("@bob @Analects …") are not part of the text.
    """
    found = re.search(rf"<@{re.escape(user)}(?:\|[^>]*)?>", text)
    return (plain(text[: found.start()]), plain(text[found.end() :])) if found is not None else None


def _shown(found: re.Match[str]) -> str:
    target, _, label = found.group(1).partition("|")
    if target.startswith("@"):
        return f" {label} "
    if target.startswith("#"):
        return f" {label} "
    if target.startswith("!"):
        return f" {label} " if target.startswith("!date") else " "
    return f" {label or target.removeprefix('mailto:')} "

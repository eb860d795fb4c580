"""The digests of channels as a feed in Atom (RFC 4287): each digest one entry, the newest first.

It holds the passages that were posted, as the library has them now: what became private or was deleted since is left out. No name
of a channel or a person is in it. Digests in direct messages are in no feed, and those of private channels neither.
"""

import asyncio
import html
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol
from xml.etree import ElementTree

from bot.answering import lookup
from bot.chat import wording
from bot.chat.attribution import attribution
from bot.model import Quote
from bot.search.index import Index
from bot.state.digest_store import DigestStore, PostedDigest
from bot.text.sanitize import one_line, visible
from bot.text.truncate import clipped

MAX_ENTRIES = 50
MAX_TITLE_CHARS = 120
_ATOM = "http://www.w3.org/2005/Atom"
_NAMES = uuid.UUID("6f5bb6f0-3a0e-5d0a-9a55-9c1b1f7a2c4e")
"""Namespace of the ids of feeds and entries (RFC 9562, version 5): the same digest has the same id for good."""


class Places(Protocol):
    """What platforms say about channels; `bot.delivery.platform.Platforms`."""

    async def is_public(self, place: str) -> bool:
        """Whether everyone in the server or workspace can read a channel; False if that is not known."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One digest."""

    key: str
    at: float
    """When it was posted, in seconds since 1970."""
    quotes: tuple[Quote, ...]


@dataclass(frozen=True, slots=True)
class DigestFeed:
    """Makes the feed."""

    store: DigestStore
    places: Places

    async def atom(self, index: Index, place: str = "", owner: str = "", address: str = "") -> bytes | None:
        """The feed of a channel ("slack:C012"), or of all; None if this channel has no digest that may be shown.

        `owner` tells this bot from others, so that no two have a feed of the same id; `address` is the URL of the request.
        Raises StateError.
        """
        digests = await self.store.channel_digests()
        asked = dict.fromkeys(
            digest.place for digest in digests if not digest.person and place in ("", digest.place)
        )
        shown = [one for one in asked if await self.places.is_public(one)]
        if place and not shown:
            return None
        posted = [post for one in shown for post in await self.store.posted(one, MAX_ENTRIES)]
        posted = sorted(posted, key=lambda one: (-one.at, one.key))[:MAX_ENTRIES]
        return await asyncio.to_thread(_document_of, f"{owner}:{place or 'all'}", posted, index, address)


def _document_of(name: str, posted: Sequence[PostedDigest], index: Index, address: str) -> bytes:
    """The feed of these posts. Those of which no highlight is left in the notes are left out."""
    entries = [Entry(one.key, one.at, lookup.of_ids(one.picks, index)) for one in posted]
    return document(name, [entry for entry in entries if entry.quotes], address)


def document(name: str, entries: Sequence[Entry], address: str = "") -> bytes:
    """The feed as XML. `name` tells one feed from every other; it is not shown. `address` is its own address, "" if that is
    unknown."""
    ElementTree.register_namespace("", _ATOM)
    feed = ElementTree.Element(f"{{{_ATOM}}}feed")
    _add(feed, "id", _id(f"feed:{name}"))
    _add(feed, "title", wording.DIGEST_ABOVE)
    _add(feed, "updated", _time(max((one.at for one in entries), default=0.0)))
    if address:
        ElementTree.SubElement(feed, f"{{{_ATOM}}}link", {"rel": "self", "href": _printable(address)})
    author = ElementTree.SubElement(feed, f"{{{_ATOM}}}author")
    _add(author, "name", "Analects")
    for one in entries:
        entry = ElementTree.SubElement(feed, f"{{{_ATOM}}}entry")
        _add(entry, "id", _id(f"digest:{one.key}"))
        _add(entry, "title", _title(one.quotes))
        _add(entry, "updated", _time(one.at))
        _add(entry, "published", _time(one.at))
        page = attribution(one.quotes[0]).url or attribution(one.quotes[0]).source.url
        if page is not None:
            ElementTree.SubElement(entry, f"{{{_ATOM}}}link", {"rel": "alternate", "href": page})
        content = ElementTree.SubElement(entry, f"{{{_ATOM}}}content", {"type": "html"})
        content.text = "\n".join(map(_html, one.quotes))
    body: bytes = ElementTree.tostring(feed, encoding="utf-8", xml_declaration=True)
    return body + b"\n"


def _html(quote: Quote) -> str:
    """A quote as HTML. Its text is escaped here for HTML, and once more by the writer for XML."""
    found = attribution(quote)
    lines = "<br/>".join(html.escape(line) for line in _printable(visible(quote.text)).split("\n"))
    title = html.escape(_printable(found.source.title))
    if found.source.url is not None and found.source.links_title(found.source.title):
        title = f'<a href="{html.escape(found.source.url)}">{title}</a>'
    facts = [
        html.escape(_printable(", ".join(found.source.authors))),
        title,
        html.escape(_printable(found.location)),
    ]
    if found.url is not None:
        facts.append(f'<a href="{html.escape(found.url)}">{html.escape(wording.HIGHLIGHT)}</a>')
    return f"<blockquote>{lines}</blockquote>\n<p>— {' · '.join(filter(None, facts))}</p>"


def _title(quotes: Sequence[Quote]) -> str:
    sources = dict.fromkeys(attribution(quote).source.title for quote in quotes)
    return clipped(one_line(" · ".join(sources)), MAX_TITLE_CHARS, "…")


def _add(parent: ElementTree.Element, name: str, text: str) -> None:
    ElementTree.SubElement(parent, f"{{{_ATOM}}}{name}").text = _printable(text)


def _printable(text: str) -> str:
    """Without the characters that XML 1.0 does not allow (2.2, Char)."""
    return "".join(
        one
        for one in text
        if one in "\t\n" or (" " <= one < "\ufffe" and not "\ud800" <= one <= "\udfff") or one > "\uffff"
    )


def _id(name: str) -> str:
    return uuid.uuid5(_NAMES, name).urn


def _time(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

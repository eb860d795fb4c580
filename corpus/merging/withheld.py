"""Withheld highlights of a Readwise account: they must not be quoted, even if a note has a copy. One file per source, no text.

A reader may tag a highlight private, delete or rewrite it in Readwise after an export. The exported note still has the old copy.
So a file `7.withheld.json` stands next to the fetched `7.json`. It has digests of the names by which copies are found (see
`corpus.merging.private_copies`), keyed with a salt of this machine:

    {"layout":"readwise withheld 1","user_book_id":7,"salt":"…","private":{"70":"…"},"gone":{"71":"…"}}

The salt is also kept in a file of its own, so that it stays the same when nothing is withheld.

A private highlight hides copies in every note, as a private note does. A gone highlight (deleted, discarded, or the old text of a
rewritten one) hides copies in Readwise's own exports only: notes that a person wrote stay.
"""

import re
from collections.abc import Iterable, Mapping

import msgspec

from corpus.formats import registry, shapes
from corpus.formats.readwise_api import UnreadableError
from corpus.merging import copy_forms, private_copies
from corpus.merging.duplicates import DIGEST_BYTES, Copy, digest
from corpus.model import Source
from corpus.origins import WITHHELD_SUFFIX
from corpus.plain_text import plain

SHAPE = shapes.WITHHELD
LAYOUT = "readwise withheld 1"
SUFFIX = WITHHELD_SUFFIX

_READWISE_LINK = re.compile(r"https?://(?:[\w-]+\.)*readwise\.io/", re.I)


class Withheld(msgspec.Struct, frozen=True, tag_field="layout", tag=LAYOUT):
    """The withheld highlights of one source: by id, the digests of their names (`DIGEST_BYTES` each), concatenated."""

    user_book_id: int
    salt: str
    """Hexadecimal."""
    private: Mapping[int, bytes]
    gone: Mapping[int, bytes]

    @property
    def key(self) -> bytes:
        """The salt of the digests."""
        return bytes.fromhex(self.salt)

    @property
    def private_names(self) -> bytes:
        return b"".join(self.private.values())

    @property
    def gone_names(self) -> bytes:
        return b"".join(self.gone.values())


_decode = msgspec.json.Decoder(Withheld).decode


def encode(withheld: Withheld) -> bytes:
    return msgspec.json.encode(withheld) + b"\n"


def decode(data: bytes | str) -> Withheld:
    """Raises UnreadableError."""
    try:
        found = _decode(data)
        sizes = {len(packed) % DIGEST_BYTES for packed in (*found.private.values(), *found.gone.values())}
        if sizes - {0} or not 1 <= len(found.key) <= 64:
            raise ValueError
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise UnreadableError(f"damaged, or of another version: {type(error).__name__}") from None
    return found


def private_names(source: Source, text: str, remark: str | None, links: Iterable[str]) -> set[str]:
    """Returns the names by which copies of a private highlight are found.

    These are its text, each line of its text and remark, and its own links.
    """
    texts = {copy_forms.compared(plain(text)), *copy_forms.units(text)}
    texts.update(copy_forms.units(remark or ""))
    return {*_names(source, texts), *link_names(links)}


def gone_names(source: Source, text: str, links: Iterable[str]) -> set[str]:
    """Returns the names by which exported copies of a deleted highlight are found: its whole text and its own links."""
    return {*_names(source, [copy_forms.compared(plain(text))]), *link_names(links)}


def digests(names: Iterable[str], salt: bytes) -> bytes:
    return b"".join([digest(name, salt) for name in sorted(names)])


def split(names: bytes) -> set[bytes]:
    """Splits concatenated digests."""
    return {names[at : at + DIGEST_BYTES] for at in range(0, len(names), DIGEST_BYTES)}


def link_names(links: Iterable[str]) -> set[str]:
    """Returns the names of those links that belong to one highlight alone."""
    return {name for link in links if (name := private_copies.own_link_name(link)) is not None}


def is_exported(copy: Copy) -> bool:
    """Whether a copy stands in a note that Readwise exported."""
    link = copy.entry.link
    return copy.note.shape in registry.exported_by_readwise() or bool(link and _READWISE_LINK.match(link))


def _names(source: Source, texts: Iterable[str]) -> set[str]:
    sources = list(private_copies.source_names(source, source.title))
    return {name for text in texts if text for name in copy_forms.names(text, sources)}

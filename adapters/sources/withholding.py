"""Decides which highlights must no longer be quoted after a change in Readwise (`corpus.merging.withheld`).

A private highlight stays private until the account shows it again, even if it is deleted meanwhile. A highlight is gone if
Readwise reports it as deleted, discarded or rewritten. A highlight that is merely missing is not gone: the token may be another
account's.
"""

from collections.abc import Iterable

from adapters.sources.readwise_types import SourceChange
from corpus.formats.readwise_api import FetchedHighlight, FetchedSource, source_of
from corpus.merging import withheld
from corpus.merging.withheld import Withheld

DOCUMENT_NOTE = 0
"""Stands for the remark on a source among the ids of its highlights: no highlight has it."""


def after(
    before: Withheld | None,
    stored: FetchedSource | None,
    change: SourceChange,
    kept: FetchedSource | None,
    salt: str,
) -> Withheld | None:
    """The withheld highlights after a change; None if there are none. `stored` is the source as kept so far, `kept` as kept
    now."""
    if before is not None and before.salt != salt:
        before = None  # its digests say nothing beside those of the others; a full run makes them anew
    if change.unreadable or change.about is None:
        return before
    about, private, gone = change.about, *_parts(before)
    old = {highlight.id: highlight for highlight in stored.highlights} if stored is not None else {}
    hidden = {**(old if change.wholly == "private" else {}), **change.private}
    for id_, one in hidden.items():
        private[id_] = _private(about, one, salt) + (
            _private(about, old[id_], salt) if id_ in old and old[id_].text != one.text else b""
        )
        gone.pop(id_, None)
    if change.wholly == "private" and about.document_note:
        names = withheld.private_names(source_of(about), "", about.document_note, ())
        private[DOCUMENT_NOTE] = withheld.digests(names, bytes.fromhex(salt))
    elif change.wholly != "private":
        private.pop(DOCUMENT_NOTE, None)
    deleted = {**(old if change.wholly == "deleted" else {}), **change.deleted}
    for id_, one in deleted.items():
        if id_ not in private:
            versions = [each for each in (one, old.get(id_)) if each is not None and each.text]
            gone[id_] = b"".join(_gone(about, each, salt) for each in versions) or gone.get(id_, b"")
    for one in kept.highlights if kept is not None else ():
        _show(one, old.get(one.id), about, private, gone, salt)
    return _withheld(about.user_book_id, salt, private, gone)


def dropped(
    before: Withheld | None, stored: FetchedSource, kept: FetchedSource | None, salt: str
) -> Withheld | None:
    """The same after highlights became private by the settings."""
    private, gone = _parts(before)
    left = {highlight.id for highlight in kept.highlights} if kept is not None else set()
    for highlight in stored.highlights:
        if highlight.id not in left:
            private[highlight.id] = _private(stored, highlight, salt)
    return _withheld(stored.user_book_id, salt, private, gone)


def _show(
    one: FetchedHighlight,
    stored: FetchedHighlight | None,
    about: FetchedSource,
    private: dict[int, bytes],
    gone: dict[int, bytes],
    salt: str,
) -> None:
    """Removes a highlight from the withheld ones; its text from before a rewrite counts as gone."""
    private.pop(one.id, None)
    if stored is None:
        gone.pop(one.id, None)
    elif stored.text != one.text:
        names = withheld.split(gone.get(one.id, b"")) | withheld.split(_gone(about, stored, salt))
        gone[one.id] = b"".join(sorted(names - withheld.split(_gone(about, one, salt))))


def _parts(before: Withheld | None) -> tuple[dict[int, bytes], dict[int, bytes]]:
    return (dict(before.private), dict(before.gone)) if before is not None else ({}, {})


def _withheld(id_: int, salt: str, private: dict[int, bytes], gone: dict[int, bytes]) -> Withheld | None:
    private = {one: names for one, names in sorted(private.items()) if names}
    gone = {one: names for one, names in sorted(gone.items()) if names}
    return Withheld(id_, salt, private, gone) if private or gone else None


def _private(about: FetchedSource, one: FetchedHighlight, salt: str) -> bytes:
    names = withheld.private_names(source_of(about), one.text, one.note, _links(one))
    return withheld.digests(names, bytes.fromhex(salt))


def _gone(about: FetchedSource, one: FetchedHighlight, salt: str) -> bytes:
    names = withheld.gone_names(source_of(about), one.text, _links(one))
    return withheld.digests(names, bytes.fromhex(salt))


def _links(one: FetchedHighlight) -> Iterable[str]:
    return [link for link in (one.url, one.readwise_url) if link]

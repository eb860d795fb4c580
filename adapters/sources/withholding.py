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
"""The remark on a source is stored under this id, among the ids of highlights. No highlight has it."""


def after_change(
    before: Withheld | None,
    stored: FetchedSource | None,
    change: SourceChange,
    kept: FetchedSource | None,
    salt: str,
) -> Withheld | None:
    """The withheld highlights after a change; None if there are none. `stored` is the source as stored until now, `kept` as stored
    from now on."""
    if before is not None and before.salt != salt:
        before = (
            None  # digests with another salt cannot be compared with new ones; a full run makes them again
        )
    if change.unreadable or change.about is None:
        return before
    about, private, gone = change.about, *_parts(before)
    old_highlights = (
        {highlight.id: highlight for highlight in stored.highlights} if stored is not None else {}
    )
    hidden = {**(old_highlights if change.all_withheld_as == "private" else {}), **change.private}
    for id_, highlight in hidden.items():
        private[id_] = _private(about, highlight, salt) + (
            _private(about, old_highlights[id_], salt)
            if id_ in old_highlights and old_highlights[id_].text != highlight.text
            else b""
        )
        gone.pop(id_, None)
    if change.all_withheld_as == "private" and about.document_note:
        names = withheld.private_names(source_of(about), "", about.document_note, ())
        private[DOCUMENT_NOTE] = withheld.digests(names, bytes.fromhex(salt))
    elif change.all_withheld_as != "private":
        private.pop(DOCUMENT_NOTE, None)
    deleted = {**(old_highlights if change.all_withheld_as == "deleted" else {}), **change.deleted}
    for id_, highlight in deleted.items():
        if id_ not in private:
            versions = [
                version
                for version in (highlight, old_highlights.get(id_))
                if version is not None and version.text
            ]
            gone[id_] = b"".join(_gone(about, version, salt) for version in versions) or gone.get(id_, b"")
    for highlight in kept.highlights if kept is not None else ():
        _show(highlight, old_highlights.get(highlight.id), about, private, gone, salt)
    return _withheld(about.user_book_id, salt, private, gone)


def after_new_settings(
    before: Withheld | None, stored: FetchedSource, kept: FetchedSource | None, salt: str
) -> Withheld | None:
    """The withheld highlights after PRIVATE_TAGS made more highlights private; None if there are none."""
    private, gone = _parts(before)
    kept_ids = {highlight.id for highlight in kept.highlights} if kept is not None else set()
    for highlight in stored.highlights:
        if highlight.id not in kept_ids:
            private[highlight.id] = _private(stored, highlight, salt)
    return _withheld(stored.user_book_id, salt, private, gone)


def _show(
    highlight: FetchedHighlight,
    stored: FetchedHighlight | None,
    about: FetchedSource,
    private: dict[int, bytes],
    gone: dict[int, bytes],
    salt: str,
) -> None:
    """Removes a highlight from the withheld ones. If it was rewritten, its old text counts as gone."""
    private.pop(highlight.id, None)
    if stored is None:
        gone.pop(highlight.id, None)
    elif stored.text != highlight.text:
        names = withheld.split(gone.get(highlight.id, b"")) | withheld.split(_gone(about, stored, salt))
        gone[highlight.id] = b"".join(sorted(names - withheld.split(_gone(about, highlight, salt))))


def _parts(before: Withheld | None) -> tuple[dict[int, bytes], dict[int, bytes]]:
    return (dict(before.private), dict(before.gone)) if before is not None else ({}, {})


def _withheld(id_: int, salt: str, private: dict[int, bytes], gone: dict[int, bytes]) -> Withheld | None:
    private = {id_: digests for id_, digests in sorted(private.items()) if digests}
    gone = {id_: digests for id_, digests in sorted(gone.items()) if digests}
    return Withheld(id_, salt, private, gone) if private or gone else None


def _private(about: FetchedSource, highlight: FetchedHighlight, salt: str) -> bytes:
    names = withheld.private_names(source_of(about), highlight.text, highlight.note, _links(highlight))
    return withheld.digests(names, bytes.fromhex(salt))


def _gone(about: FetchedSource, highlight: FetchedHighlight, salt: str) -> bytes:
    names = withheld.gone_names(source_of(about), highlight.text, _links(highlight))
    return withheld.digests(names, bytes.fromhex(salt))


def _links(highlight: FetchedHighlight) -> Iterable[str]:
    return [link for link in (highlight.url, highlight.readwise_url) if link]

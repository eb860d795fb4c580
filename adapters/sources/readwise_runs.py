"""The two kinds of run over Readwise's export: one fetches changes, the other everything. Both take pages and update the stored
copy."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from msgspec.structs import replace

from adapters.sources import withholding
from adapters.sources.errors import ReplacementRefusedError
from adapters.sources.outcome import Outcome
from adapters.sources.readwise_store import ReadwiseStore
from adapters.sources.readwise_types import SourceChange
from corpus.formats.readwise_api import FetchedHighlight, FetchedSource, decode, encode, heading_level


def merge(before: FetchedSource | None, change: SourceChange, whole: bool) -> FetchedSource | None:
    """The source after a change; None if nothing of it is left. `whole` says that the change has all of its highlights."""
    if change.unreadable:
        return before
    if change.source is None:
        return None
    highlights: dict[int, FetchedHighlight] = {}
    for highlight in before.highlights if before is not None else ():
        if highlight.id in change.left_as_is or not (whole or highlight.id in change.gone):
            highlights[highlight.id] = highlight
    highlights |= {highlight.id: highlight for highlight in change.source.highlights}
    if not highlights:
        return None
    return replace(change.source, highlights=tuple(highlights[id_] for id_ in sorted(highlights)))


@dataclass
class _Run:
    """The part that both kinds of run share."""

    store: ReadwiseStore
    key: str
    """Salt for the digests of withheld highlights; hexadecimal."""
    added: int = 0
    changed: int = 0
    removed: int = 0
    arrived_sources: int = 0
    arrived_highlights: int = 0

    def _replace(self, id_: int, after: FetchedSource | None) -> None:
        """Replaces the stored source, and counts the difference."""
        before = self.store.source(id_)
        if after is None:
            self.store.remove(id_)
        elif after != before:
            self.store.put(after)
        old, new = _by_id(before), _by_id(after)
        self.added += len(new.keys() - old.keys())
        self.removed += len(old.keys() - new.keys())
        self.changed += sum(old[id_] != new[id_] for id_ in old.keys() & new.keys())

    def _withhold(
        self, change: SourceChange, stored: FetchedSource | None, after: FetchedSource | None
    ) -> None:
        """Writes the digests of a source's withheld highlights, before their text is removed."""
        before = self.store.withheld(change.id)
        found = withholding.after_change(before, stored, change, after, self.key)
        if found != before:
            self.store.put_withheld(change.id, found)

    def _count(self, change: SourceChange) -> None:
        self.arrived_sources += 1
        self.arrived_highlights += passages(change.source)


@dataclass
class ChangesRun(_Run):
    """A run that fetches what changed since a given time."""

    incomplete: dict[int, FetchedSource | None] = field(default_factory=dict)
    """Changed sources that are not stored: new ones, ones that were private, ones whose file is damaged. Each is fetched whole
    before it is written."""

    def take(self, found: Sequence[SourceChange]) -> None:
        """Stores the changes of a page."""
        for change in found:
            self._count(change)
            before = self.store.source(change.id)
            if before is not None:
                after = merge(before, change, whole=False)
                self._withhold(change, before, after)
                self._replace(change.id, after)
                continue
            self._withhold(change, None, change.source)
            if change.source is None:
                self.incomplete.pop(change.id, None)
            else:
                self.incomplete[change.id] = merge(self.incomplete.get(change.id), change, whole=False)

    def take_whole(self, found: Sequence[SourceChange]) -> None:
        """Stores sources that came with all of their highlights."""
        for change in found:
            stored_already = change.id not in self.incomplete
            self.incomplete.pop(change.id, None)
            before = self.store.source(change.id)
            after = merge(before, change, whole=not stored_already)
            self._withhold(change, before, after)
            self._replace(change.id, after)

    def finish(self) -> None:
        """Stores the sources that could not be fetched whole, with the highlights that came."""
        for id_, source in self.incomplete.items():
            self._replace(id_, source)
        self.incomplete = {}

    def totals(self, highlights_before: int) -> Outcome:
        """The totals after the run."""
        highlights = highlights_before + self.added - self.removed
        return Outcome(len(self.store.ids()), highlights, self.added, self.changed, self.removed)


@dataclass
class FullRun(_Run):
    """A run that fetches everything."""

    first: bool = False
    """Whether no full run has ever finished. Then nothing stored needs protection, and sources are written as they arrive."""
    seen: set[int] = field(default_factory=set)
    unexplained: int = 0
    """Stored highlights that are missing from the export, though Readwise does not report them as deleted."""
    _staged: dict[int, bytes | None] = field(default_factory=dict)
    """Sources that will be written at the end, because they differ from the stored ones. None means that the source is to be
    removed."""

    def take(self, found: Sequence[SourceChange]) -> None:
        """Takes the sources of a page."""
        for change in found:
            self._count(change)
            seen_before = change.id in self.seen  # part of it came on an earlier page
            self.seen.add(change.id)
            before = self.store.source(change.id)
            base = self._staged_source(change.id, before) if seen_before else before
            after = merge(base, change, whole=not seen_before)
            self._withhold(change, before, after)
            if self.first:
                self._replace(change.id, after)
            elif after == before:
                self._staged.pop(change.id, None)
            else:
                self._staged[change.id] = None if after is None else encode(after)
            if change.source is not None and not seen_before:
                self.unexplained += len(_by_id(before).keys() - _by_id(after).keys() - change.gone)

    def missing(self) -> set[int]:
        """Stored sources that are missing from the export."""
        return self.store.ids() - self.seen

    def finish(self, force: bool) -> None:
        """Replaces the stored sources. It writes all new ones before it removes any. Raises ReplacementRefusedError."""
        missing = sorted(self.missing())
        if not self.first and not force:
            self._refuse_mass_deletion(missing)
        for id_, staged in sorted(self._staged.items(), key=lambda item: (item[1] is None, item[0])):
            self._replace(id_, None if staged is None else decode(staged))
        for id_ in missing:
            self._replace(id_, None)

    def totals(self, highlights_before: int) -> Outcome:
        """The totals after the run."""
        del highlights_before
        sources = highlights = 0
        for source in self.store.all_sources():
            sources += 1
            highlights += passages(source)
        return Outcome(sources, highlights, self.added, self.changed, self.removed)

    def _refuse_mass_deletion(self, missing: Iterable[int]) -> None:
        present = sum(passages(source) for source in self.store.all_sources())
        dropped = self.unexplained + sum(passages(self.store.source(id_)) for id_ in missing)
        if dropped * 2 > present:
            raise ReplacementRefusedError(
                f"Readwise no longer has {dropped:,} of {present:,} highlights, and does not say that they were deleted. Does "
                "READWISE_TOKEN belong to another account? Nothing was removed. If this is intended, run: "
                "analects sync --full --force"
            )

    def _staged_source(self, id_: int, before: FetchedSource | None) -> FetchedSource | None:
        if self.first or id_ not in self._staged:
            return before
        staged = self._staged[id_]
        return None if staged is None else decode(staged)


def passages(source: FetchedSource | None) -> int:
    """The number of highlights of a source, without headings."""
    return len(_by_id(source))


def _by_id(source: FetchedSource | None) -> dict[int, FetchedHighlight]:
    if source is None:
        return {}
    return {highlight.id: highlight for highlight in source.highlights if heading_level(highlight) is None}

"""Copies of highlights before they are merged: the keys that tell which copies are the same highlight, and the ids."""

import hashlib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from corpus.formats.entry import Entry, Note
from corpus.formats.readwise_api import SHAPE as FETCHED
from corpus.formats.saved_message import SHAPE as SAVED
from corpus.merging import copy_forms, private_copies
from corpus.model import Source
from corpus.normalize import key
from corpus.plain_text import plain
from corpus.privacy.rules import PrivacyRules

MIN_LETTERS_SAME_ANYWHERE = 40
"""The same text in two sources is one highlight if it is at least this long, counted by `copy_forms.letters`. A shorter text
("Formatting") is one highlight only within a source."""

DIGEST_BYTES = 8
"""Size of the digest of a name; see `ties` and `Keyed.private_names`."""


@dataclass(frozen=True, slots=True)
class Keyed:
    """A note with the costly results for its entries: the texts as shown and as compared, and which of them are private."""

    note: Note
    keys: tuple[str, ...]
    """The normalised text of each entry."""
    shown: tuple[str | None, ...] = ()
    """Each entry as a person reads it; None if that equals its text."""
    read_as: tuple[str, ...] = ()
    """Each entry in the form in which private highlights are compared; see `corpus.merging.private_copies`."""
    beside: tuple[tuple[str, ...], ...] = ()
    """Further forms in which each entry is compared with private texts; see `copy_forms.forms_beside`."""
    private: tuple[bool, ...] = ()
    """Which entries are private."""
    whole: bool = False
    """Whether the note is private as a whole."""
    hidden: frozenset[str] = frozenset()
    """The note's private lines and paragraphs, in the form in which they are compared."""
    parts: frozenset[str] = frozenset()
    """The same without their sentences and other forms; see `copy_forms.parts`."""

    @classmethod
    def of(cls, note: Note, text: str = "", rules: PrivacyRules | None = None) -> "Keyed":
        """`text` is the note's raw text, which decides what is private. Without rules nothing is private."""
        keys = tuple(key(entry.text) for entry in note.entries)
        shown = tuple(
            None if (plain_text := _shown(note, entry)) == entry.text else plain_text
            for entry in note.entries
        )
        read_as = tuple(
            copy_forms.compared(
                entry.text if plain_text is None else plain_text, name if plain_text is None else None
            )
            for entry, plain_text, name in zip(note.entries, shown, keys, strict=True)
        )
        if rules is None:
            return cls(note, keys, shown, read_as, ((),) * len(keys), (False,) * len(keys))
        beside = tuple(
            copy_forms.forms_beside(
                entry.text, entry.text if plain_text is None else plain_text, entry.remark
            )
            for entry, plain_text in zip(note.entries, shown, strict=True)
        )
        found = private_copies.decide(note, text, rules)
        return cls(
            found.note, keys, shown, read_as, beside, found.private, found.whole, found.hidden, found.parts
        )

    @property
    def holds_private(self) -> bool:
        """Whether anything in the note is private."""
        return self.whole or bool(self.hidden) or any(self.private)

    def private_texts(self) -> set[str]:
        """Returns the names of all private texts in the note. They hide copies in other notes."""
        if not self.holds_private:
            return set()
        texts = [text for text, private in zip(self.read_as, self.private, strict=True) if private]
        sources = private_copies.note_names(self.note)
        return {name for text in (*texts, *self.hidden) for name in copy_forms.names(text, sources)}

    def private_parts(self) -> frozenset[str]:
        """Returns the private texts in the note as far as they may be passages, whole."""
        entries = (text for text, private in zip(self.read_as, self.private, strict=True) if private)
        return self.parts.union(entries)

    def private_names(self, salt: bytes) -> bytes:
        """Returns the digests of `private_texts`, concatenated."""
        return b"".join([digest(name, salt) for name in sorted(self.private_texts())])


@dataclass(slots=True)
class Copy:
    """One entry of a note, on its way to become a highlight."""

    note: Note
    entry: Entry
    source: Source
    source_key: str
    """Key of the source as shown. It tells sources apart."""
    id_key: str
    """Key of the source as the note itself names it. The file name plays no part."""
    key: str
    shown: str | None
    """The copy as a person reads it; None if that equals its text."""
    read_as: str
    private: bool
    beside: tuple[str, ...] = ()

    @property
    def fetched(self) -> bool:
        """Whether it comes from a Readwise account, not from a person's note."""
        return self.note.shape == FETCHED


def _shown(note: Note, entry: Entry) -> str:
    """Returns an entry as a person reads it. Nothing in a saved message is markup."""
    return entry.text if note.shape == SAVED else plain(entry.text)


def source_key(source: Source) -> str:
    """Returns the key that all notes of one source share: title and authors."""
    return "\x1f".join((key(source.title), *sorted(key(author) for author in source.authors)))


def id_key(note: Note, name: str) -> str:
    """Returns the source's part of an id. `name` is its `source_key`."""
    return name if note.titled else f"untitled\x1f{note.source.url or ''}"


def ties(keyed: Keyed, salt: bytes) -> bytes:
    """Returns digests of everything through which a note can affect the highlights of another one, concatenated.

    These are the source, every link, and every text that is one highlight wherever it stands; for notes that do not name their
    source, every text. Each digest has `DIGEST_BYTES`. It is BLAKE2b keyed with `salt`, so that it reveals nothing of the text.
    """
    note = keyed.note
    name = source_key(note.source)
    found = {f"p{note.path}"}
    for source in note.sources:
        found.add(f"s{source_key(source)}")
        found.update(f"w{name}" for name in private_copies.work_names(source))
    sources = private_copies.note_names(note)
    for entry, text, read_as in zip(note.entries, keyed.keys, keyed.read_as, strict=True):
        if entry.link:
            found.add(f"l{entry.link}")
        if is_long(text):
            found.add(f"t{text}")
            if read_as == text:
                continue  # its names are this one
        elif not note.titled:
            found.add(f"u{id_key(note, name)}\x1f{text}")
        found.update(copy_forms.names(read_as, sources))
    for forms in keyed.beside:
        found.update(f"t{form}" for form in forms)
    for read_as in keyed.hidden:
        found.update(copy_forms.names(read_as, sources))
    return b"".join([digest(name, salt) for name in found])


def digest(name: str, salt: bytes = b"") -> bytes:
    """Returns bytes that stand for a name. With a salt, they reveal nothing of it."""
    return hashlib.blake2b(name.encode("utf-8", "surrogatepass"), digest_size=DIGEST_BYTES, key=salt).digest()


def is_long(text: str) -> bool:
    """Whether a normalised text is one highlight wherever it stands."""
    return copy_forms.letters(text) >= MIN_LETTERS_SAME_ANYWHERE


def text_names(copy: Copy) -> list[tuple[str, ...]]:
    """Returns the keys of a text: one for all sources if it is long, else one for its source and one for its link."""
    if is_long(copy.key):
        return [("text", copy.key)]
    found: list[tuple[str, ...]] = [
        ("here", copy.source_key, copy.source.url or "", copy.key, copy.entry.link or "")
    ]
    if copy.entry.link:
        found.append(("link", copy.entry.link, copy.key))
    return found


def ids(groups: Sequence[Sequence[Copy]], best: Callable[[Sequence[Copy]], Copy]) -> list[str]:
    """Returns an id for every highlight.

    It is derived from the source and the link. If two highlights share these, it is derived from the source and the text; if they
    share these as well, from everything known; and finally from a number.

    Copies fetched from an account never change the id of a highlight that also stands in a note. So the bot does not forget which
    highlights it has shown or hidden when a token is added.
    """
    written = {place: [copy for copy in group if not copy.fetched] for place, group in enumerate(groups)}
    noted = {place: copies for place, copies in written.items() if copies}
    taken: set[str] = set()
    found = _ids(noted, best, taken)
    rest = {place: group for place, group in enumerate(groups) if place not in noted}
    found |= _ids(rest, best, taken)
    return [found[place] for place in range(len(groups))]


def _ids(
    groups: Mapping[int, Sequence[Copy]], best: Callable[[Sequence[Copy]], Copy], taken: set[str]
) -> dict[int, str]:
    """Returns the ids of these highlights by their index. Ids in `taken` are avoided; new ones are added to it."""
    found: dict[int, str] = {}
    for level in (_by_link, _by_text, _by_everything):
        names = {
            place: {digest(name).hex() for copy in group if (name := level(copy)) is not None}
            for place, group in groups.items()
            if place not in found
        }
        count = Counter(name for own in names.values() for name in own)
        for place, own in names.items():
            if free := [name for name in own if count[name] == 1 and name not in taken]:
                found[place] = min(free)
        taken.update(found.values())
    left = [place for place in groups if place not in found]
    for number, place in enumerate(
        sorted(left, key=lambda place: [_by_everything(copy) for copy in groups[place]])
    ):
        numbered = f"{_by_everything(best(groups[place]))}\x1e{number}"
        while digest(numbered).hex() in taken:
            numbered += "\x1e"
        found[place] = digest(numbered).hex()
        taken.add(found[place])
    return found


def _by_link(copy: Copy) -> str | None:
    own = copy.entry.link is not None and copy.note.shape != "plain"
    return f"{copy.id_key}\x1elink\x1f{copy.entry.link}" if own else None


def _by_text(copy: Copy) -> str:
    return f"{copy.id_key}\x1etext\x1f{copy.key}"


def _by_everything(copy: Copy) -> str:
    return f"{_by_text(copy)}\x1f{copy.source_key}\x1f{copy.source.url}\x1f{copy.entry.link}\x1f{copy.entry.text}"

"""The highlights fetched from Readwise, on disk: one file per source (`corpus.formats.readwise_api`), and how far fetching got.

    STATE_PATH/fetched/readwise/7.json     the source with the id 7
    STATE_PATH/fetched/readwise/7.withheld.json
                                           digests of its private and deleted highlights (`corpus.merging.withheld`)
    STATE_PATH/fetched/readwise.json       when the last runs began and ended; written only when a run has ended
    STATE_PATH/fetched/readwise.lock       held by the process that fetches

Every file is replaced in one step and can be read only by its owner. No file has private text.
"""

import hashlib
import secrets
from collections.abc import Iterator
from logging import getLogger
from pathlib import Path

import msgspec
from pydantic import SecretStr

from adapters.sources import private_files
from corpus.formats import readwise_api
from corpus.formats.readwise_api import FetchedSource
from corpus.merging import withheld
from corpus.merging.withheld import Withheld

log = getLogger("analects.sources")


class Progress(msgspec.Struct, frozen=True, omit_defaults=True):
    """How far fetching got. Times are seconds since 1970."""

    format: int = 1
    """2 if digests of withheld highlights are stored, too."""
    began: float | None = None
    """When the last successful run began: the earlier of our clock's time and the service's. The next run asks for what changed
    since then."""
    succeeded: float | None = None
    """When that run ended."""
    full_succeeded: float | None = None
    """When everything was last fetched."""
    account: str = ""
    """A digest of the token, keyed with `salt`, to notice when another token is set."""
    salt: str = ""
    private_tags: tuple[str, ...] = ()
    """`PRIVATE_TAGS` at the last run."""
    sources: int = 0
    highlights: int = 0


class ReadwiseStore:
    """The files. Methods raise OSError if the disk does."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "readwise"
        """The folder of the sources' files, which the loader reads."""
        self.lock_file = folder / "readwise.lock"
        self._progress_file = folder / "readwise.json"

    def prepare(self) -> None:
        """Makes the folder, and deletes files that a killed process left half written. Hold the lock."""
        private_files.make_folder(self.folder.parent)
        private_files.make_folder(self.folder)
        private_files.remove_unfinished(self.folder)
        if not any(self.folder.glob(f"*{withheld.SUFFIX}")):
            # The salt is made before anything is withheld. Made later, it would force all notes to be read again.
            nothing = Withheld(0, new_salt(), {}, {})
            private_files.write(self.folder / f"salt{withheld.SUFFIX}", withheld.encode(nothing))

    def progress(self) -> Progress:
        """How far fetching got."""
        return private_files.load_progress(self._progress_file, Progress)

    def save_progress(self, progress: Progress) -> None:
        private_files.save_progress(self._progress_file, progress)

    def ids(self) -> set[int]:
        """Ids of the sources that are there."""
        try:
            return {int(file.stem) for file in self.folder.iterdir() if _is_source(file)}
        except FileNotFoundError:
            return set()

    def source(self, id_: int) -> FetchedSource | None:
        """The stored source; None if it is missing or damaged."""
        try:
            return readwise_api.decode(self._file(id_).read_bytes())
        except (FileNotFoundError, readwise_api.UnreadableError):
            return None

    def all_sources(self) -> Iterator[FetchedSource]:
        for id_ in sorted(self.ids()):
            if (source := self.source(id_)) is not None:
                yield source

    def put(self, source: FetchedSource) -> None:
        private_files.write(self._file(source.user_book_id), readwise_api.encode(source))

    def withheld(self, id_: int) -> Withheld | None:
        """The withheld highlights of a source; None if nothing is known about them."""
        try:
            return withheld.decode(self._withheld_file(id_).read_bytes())
        except (FileNotFoundError, readwise_api.UnreadableError):
            return None

    def put_withheld(self, id_: int, found: Withheld | None) -> None:
        file = self._withheld_file(id_)
        if found is None:
            file.unlink(missing_ok=True)
        else:
            private_files.write(file, withheld.encode(found))

    def salt(self) -> tuple[str, bool]:
        """The salt for the digests of withheld highlights, and whether all their files can be read and have this salt."""
        salts = dict(self._salts())
        found = min(filter(None, salts.values()), default="") or new_salt()
        return found, all(salt == found for salt in salts.values())

    def remove_damaged_withheld(self, salt: str) -> None:
        """Removes files of withheld highlights that are damaged or have another salt. A full run has written new ones."""
        for file, file_salt in self._salts():
            if file_salt != salt:
                file.unlink(missing_ok=True)

    def _salts(self) -> Iterator[tuple[Path, str]]:
        """The salt of each file of withheld highlights; empty if it is damaged."""
        for file in sorted(self.folder.glob(f"*{withheld.SUFFIX}")):
            try:
                yield file, withheld.decode(file.read_bytes()).salt
            except readwise_api.UnreadableError:
                yield file, ""

    def remove(self, id_: int) -> None:
        self._file(id_).unlink(missing_ok=True)

    def _withheld_file(self, id_: int) -> Path:
        return self.folder / f"{id_}{withheld.SUFFIX}"

    def _file(self, id_: int) -> Path:
        return self.folder / f"{id_}.json"


def account_digest(token: SecretStr, api_url: str, salt: str) -> str:
    """Sixteen hexadecimal digits that identify a token without revealing it (keyed BLAKE2b)."""
    account = f"{api_url}\n{token.get_secret_value()}".encode("utf-8", "surrogatepass")
    return hashlib.blake2b(account, digest_size=8, key=bytes.fromhex(salt)).hexdigest()


def new_salt() -> str:
    return secrets.token_hex(16)


def _is_source(file: Path) -> bool:
    return file.suffix == ".json" and file.stem.isascii() and file.stem.removeprefix("-").isdecimal()

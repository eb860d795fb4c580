"""Where saved messages go: notes in a folder, one file for each message (`corpus.formats.saved_message`)."""

import asyncio
import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path
from typing import Protocol

from bot.runtime import private_files
from corpus.errors import AnalectsError
from corpus.formats import saved_message
from corpus.formats.saved_message import SavedMessage


class SaveError(AnalectsError):
    """A message could not be saved; the reason in a few words, never its text."""


class TooLongError(SaveError):
    """The message is longer than the store takes."""

    def __init__(self, most: int) -> None:
        super().__init__("too long")
        self.most = most


class Kept(Enum):
    """The result of saving a message."""

    NEW = "new"
    BEFORE = "before"
    """It was already stored, and is unchanged."""
    MAYBE_BEFORE = "maybe before"
    """Stored; unknown whether it already was."""


class MessageStore(Protocol):
    """Keeps messages. Saving one twice keeps it once."""

    async def save(self, key: str, message: SavedMessage) -> Kept:
        """Saves a message whose `key` identifies it for good. Raises SaveError."""


@dataclass(frozen=True, slots=True)
class FolderStore:
    """Implements `MessageStore` with files that only their owner can read."""

    folder: Path

    async def save(self, key: str, message: SavedMessage) -> Kept:
        data = saved_message.encode(message).encode("utf-8", "replace")
        try:
            is_new = await asyncio.to_thread(self._write, file_name(key, message.sent), data)
        except OSError as error:
            raise SaveError(error.strerror or type(error).__name__) from None
        return Kept.NEW if is_new else Kept.BEFORE

    def prepare(self) -> None:
        """Makes the folder if it is missing. An existing folder keeps its permissions. Raises OSError."""
        if not self.folder.is_dir():
            private_files.make_folder(self.folder)

    def _write(self, name: str, data: bytes) -> bool:
        self.prepare()
        return private_files.write_new(self.folder / name, data)


def file_name(key: str, sent: str) -> str:
    """The file of a message: the day on which it was sent, and a digest of its key. No word of the message is in it."""
    try:
        day = datetime.fromisoformat(sent).astimezone(UTC).date().isoformat()
    except (ValueError, OverflowError):
        day = "undated"
    digest = hashlib.blake2b(key.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
    return f"{day} {digest}.md"

"""The settings that the bot has confirmed to people: digests of channels, and highlights kept or hidden.

The state file can be lost while the process runs (`ReplacedError`). Then these settings are written to the new file. Days that had
their digest are remembered too, so that none is posted twice. This is done only for a database that one process uses: another
replica may have changed a shared one meanwhile.
"""

from dataclasses import dataclass, field
from datetime import date

from bot.state.claims import Claim
from bot.state.digest_store import ChannelDigest, DigestStore, Mark

REMEMBERED_DAYS_S = 3 * 24 * 3600.0
"""How far back digests of a day are remembered, in seconds: longer than any `DIGEST_GRACE`."""


@dataclass(slots=True)
class ConfirmedSettings:
    """The settings that the database must hold."""

    _digests: dict[tuple[str, str], ChannelDigest | None] = field(default_factory=dict)
    """By place and name; None if the digest was removed."""
    _marks: dict[tuple[str, str], Mark] = field(default_factory=dict)
    """By scope and highlight."""
    _finished: set[tuple[str, date]] = field(default_factory=set)
    """Keys of digests and days."""

    def set_digest(self, digest: ChannelDigest) -> None:
        self._digests[digest.place, digest.name.casefold()] = digest

    def remove_digest(self, place: str, name: str) -> None:
        self._digests[place, name.casefold()] = None

    def mark(self, scope: str, highlight: str, mark: Mark) -> None:
        if mark == "undo":
            self._marks.pop((scope, highlight), None)
        else:
            self._marks[scope, highlight] = mark

    def shown(self, scope: str, ids: tuple[str, ...]) -> None:
        """Clears the 'keep' mark of highlights that were shown."""
        for id_ in ids:
            if self._marks.get((scope, id_)) == "keep":
                del self._marks[scope, id_]

    def finish(self, digest: str, day: date) -> None:
        self._finished.add((digest, day))

    async def load(self, store: DigestStore, now: float) -> None:
        """Loads what the database holds at `now`, in seconds since 1970. Raises StateError."""
        self._digests = {(one.place, one.name.casefold()): one for one in await store.channel_digests()}
        self._marks = dict(await store.marks())
        self._finished = await store.finished_days(now - REMEMBERED_DAYS_S)

    async def restore(self, store: DigestStore, now: float) -> int:
        """Writes the settings that the database lacks; returns how many. Raises StateError."""
        stored = {(one.place, one.name.casefold()): one for one in await store.channel_digests()}
        restored = 0
        for (place, name), digest in self._digests.items():
            if stored.get((place, name)) == digest:
                continue
            if digest is None:
                await store.remove_digest(place, name)
            else:
                await store.set_digest(digest)
            restored += 1
        marks = await store.marks()
        for (scope, highlight), mark in self._marks.items():
            if marks.get((scope, highlight)) != mark:
                await store.mark(scope, highlight, mark)
                restored += 1
        for digest_key, day in self._finished - await store.finished_days(now - REMEMBERED_DAYS_S):
            key = f"{digest_key}:{day}"
            if (await store.claim_post(key, digest_key.partition("#")[0], day)).claim is Claim.MINE:
                await store.complete(key, "", None)
        return restored

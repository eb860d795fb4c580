"""Choices that people made with a command: `/highlight settings` for a server, `/highlight digest posting` for a channel.

Only ids and choices are stored: no name of a channel, a role or a person.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Literal, Protocol, Self, get_args

Kind = Literal["server", "posting", "language"]
"""What a choice is about. "language" is that of a channel's digests: the code alone, as "de"."""
Pressers = Literal["everyone", "asker"]
"""Who may press the buttons below an answer that everybody sees."""
DigestPressers = Literal["everyone", "managers"]
"""Who may keep or hide the highlights of a digest."""


@dataclass(frozen=True, slots=True)
class ServerChoices:
    """The choices made by those who manage a server. The defaults restrict nothing."""

    channels: tuple[str, ...] = ()
    """Ids of the channels and categories where the bot answers; all if empty."""
    roles: tuple[str, ...] = ()
    """Ids of the roles that may ask; everyone if empty."""
    threads: bool = False
    """Whether a question is answered in a thread of its own."""
    buttons: Pressers = "everyone"
    digest_buttons: DigestPressers = "everyone"

    def encode(self) -> str:
        return json.dumps(asdict(self), separators=(",", ":"))

    @classmethod
    def decode(cls, text: str) -> Self:
        """The choices in `text`. Raises ValueError."""
        found = _object(text)
        buttons, digest_buttons = str(found.get("buttons")), str(found.get("digest_buttons"))
        if buttons not in get_args(Pressers) or digest_buttons not in get_args(DigestPressers):
            raise ValueError("unknown choice")
        return cls(
            _ids(found.get("channels")),
            _ids(found.get("roles")),
            found.get("threads") is True,
            buttons,  # type: ignore[arg-type]  # checked above
            digest_buttons,  # type: ignore[arg-type]
        )


@dataclass(frozen=True, slots=True)
class PostingChoices:
    """How the digests of a channel are posted."""

    thread: bool = False
    """Whether each digest opens a thread."""
    ping: str = ""
    """Id of the role that is pinged; "" for none."""
    publish: bool = False
    """Whether it is published to the servers that follow the channel."""

    def encode(self) -> str:
        return json.dumps(asdict(self), separators=(",", ":"))

    @classmethod
    def decode(cls, text: str) -> Self:
        """The choices in `text`. Raises ValueError."""
        found = _object(text)
        return cls(found.get("thread") is True, str(found.get("ping") or ""), found.get("publish") is True)


class ChosenStore(Protocol):
    """Stores encoded choices, by kind and channel or server ("discord:123")."""

    async def load_chosen(self, kind: Kind, place: str) -> str | None:
        """The stored choice, or None. While the database is unavailable: the last known one."""

    async def save_chosen(self, kind: Kind, place: str, value: str) -> None:
        """Stores a choice. Raises StateError if that fails."""


class MemoryChosen:
    """Implements `ChosenStore` for the life of the process."""

    def __init__(self) -> None:
        self._values: dict[tuple[Kind, str], str] = {}

    async def load_chosen(self, kind: Kind, place: str) -> str | None:
        return self._values.get((kind, place))

    async def save_chosen(self, kind: Kind, place: str, value: str) -> None:
        self._values[kind, place] = value


def _object(text: str) -> Mapping[str, object]:
    found = json.loads(text)
    if not isinstance(found, dict):
        raise ValueError("not an object")
    return found


def _ids(found: object) -> tuple[str, ...]:
    return tuple(map(str, found)) if isinstance(found, list) else ()

"""One result of `analects doctor`."""

from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """What was checked and what was found; `fix` says what to do where something is wrong."""

    check: str
    ok: bool
    finding: str
    fix: str | None = None

    def to_json(self) -> dict[str, str | bool | None]:
        """The finding as a JSON object."""
        return asdict(self)


def failed(check: str, message: str) -> Finding:
    """A finding from the message of a SettingsError: what is wrong stands before the last semicolon, the fix after it."""
    finding, _, fix = message.rpartition("; ")
    return Finding(check, False, finding or message, fix if finding else None)

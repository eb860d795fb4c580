"""One result of `analects doctor`."""

from dataclasses import asdict, dataclass

from bot.settings import SettingsError


@dataclass(frozen=True, slots=True)
class Finding:
    """What was checked, and what was found. `fix` says what to do if something is wrong."""

    check: str
    ok: bool
    finding: str
    fix: str | None = None

    def to_json(self) -> dict[str, str | bool | None]:
        """The finding as a JSON object."""
        return asdict(self)


def failed(check: str, error: SettingsError) -> Finding:
    """The finding for a setting that cannot be used."""
    return Finding(check, False, f"{error.variable}: {error.finding}", error.fix)

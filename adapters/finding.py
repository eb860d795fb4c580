"""A finding of `analects doctor`."""

from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """What was looked at and how it is; `mend` where something is to be done."""

    check: str
    ok: bool
    finding: str
    mend: str | None = None

    def told(self) -> dict[str, str | bool | None]:
        """As JSON."""
        return asdict(self)


def _wrong(check: str, sentence: str) -> Finding:
    """A sentence of settings: the variable and what is wrong before the last semicolon, the mend behind it."""
    finding, _, mend = sentence.rpartition("; ")
    return Finding(check, False, finding or sentence, mend if finding else None)

"""What was shown where, by ids and turns; `bot.digest.picking` explains turns and rounds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class History:
    """What was shown in a scope: a channel ("slack:C012"), or a person alone ("slack:U012")."""

    turn: int = 0
    """The turn of the last highlight shown."""
    began: int = 0
    """The turn at which the current round (of all highlights, or of those of a filter) began."""
    turns: Mapping[str, int] = field(default_factory=dict)
    """By id, the turn in which a highlight was last shown."""
    kept: frozenset[str] = frozenset()
    """Ids marked "Keep": they come back sooner."""
    never: frozenset[str] = frozenset()
    """Ids marked "Not this one": they are not shown again."""
    snoozed: frozenset[str] = frozenset()
    """Ids marked "Snooze" less than a month ago: they are not shown now."""
    under_way: Sequence[str] = ()
    """Ids that are being posted, or may be: they have no turn yet."""


@dataclass(frozen=True, slots=True)
class Shown:
    """Highlights that were just shown."""

    scope: str
    only: str
    """`Filter.key`; "" without a filter."""
    ids: tuple[str, ...]
    began: int
    """See `History`."""


def record(history: History, scope: str, only: str, ids: Sequence[str]) -> Shown:
    """What to record when `ids` were shown and nobody noted where a new round began: the first id that was already shown in the
    round begins the next one."""
    repeated = (number for number, one in enumerate(ids) if history.turns.get(one, 0) > history.began)
    first = next(repeated, None)
    return Shown(scope, only, tuple(ids), history.began if first is None else history.turn + first)

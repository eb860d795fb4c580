"""What was shown where, by ids and turns; `bot.digest.picking` explains turns and rounds.

What is being posted counts as shown. It takes its turns when its post begins: if the process is killed then, nobody knows for a
while whether it was posted. If it certainly was not, its highlights count as not shown again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class History:
    """What was shown in a scope: a channel ("slack:C012"), or a person alone ("slack:U012")."""

    turn: int = 0
    """The last turn that was taken."""
    began: int = 0
    """The turn at which the current round (of all highlights, or of those of a filter) began."""
    turns: Mapping[str, int] = field(default_factory=dict)
    """By id, the turn in which a highlight was last shown, or is being posted."""
    kept: frozenset[str] = frozenset()
    """Ids marked "Keep": they come back sooner."""
    never: frozenset[str] = frozenset()
    """Ids marked "Not this one": they are not shown again."""
    snoozed: frozenset[str] = frozenset()
    """Ids marked "Snooze" less than a month ago: they are not shown now."""
    under_way: frozenset[str] = frozenset()
    """Ids that are being posted: nothing else shows them now."""


@dataclass(frozen=True, slots=True)
class Shown:
    """Highlights that were just shown, or are about to be."""

    scope: str
    only: str
    """`Filter.key`; "" without a filter."""
    ids: tuple[str, ...]
    new_round: int | None = None
    """The number, from 0, of the first id that belongs to a new round; None if all belong to the current one."""


def record(history: History, scope: str, only: str, ids: Sequence[str]) -> Shown:
    """What to record when `ids` are shown and nobody noted where a new round begins: the first id that was already shown in the
    round begins the next one."""
    repeated = (number for number, one in enumerate(ids) if history.turns.get(one, 0) > history.began)
    return Shown(scope, only, tuple(ids), next(repeated, None))

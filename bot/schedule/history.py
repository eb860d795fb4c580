"""What was shown where, by ids and turns: see `bot.digest.picking`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class History:
    """What was shown in a scope: a channel ("slack:C012"), or to a person alone ("slack:U012")."""

    turn: int = 0
    """Of the last one shown."""
    began: int = 0
    """The turn at which the round of these highlights (all, or those of a filter) began."""
    turns: Mapping[str, int] = field(default_factory=dict)
    """Ids to the turn in which each was last shown."""
    kept: frozenset[str] = frozenset()
    never: frozenset[str] = frozenset()
    under_way: Sequence[str] = ()
    """Ids of what is just being posted, or may be: it has no turn yet."""


@dataclass(frozen=True, slots=True)
class Shown:
    """Highlights that were just shown."""

    scope: str
    only: str
    """`Filter.key`; "" without a filter."""
    ids: tuple[str, ...]
    began: int
    """See `History`."""


def noted(history: History, scope: str, only: str, ids: Sequence[str]) -> Shown:
    """What is to be kept when these are shown next: a round begins with the first that was shown in the one before."""
    again = (number for number, one in enumerate(ids) if history.turns.get(one, 0) > history.began)
    first = next(again, None)
    return Shown(scope, only, tuple(ids), history.began if first is None else history.turn + first)

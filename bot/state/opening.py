"""Opens the database of the state, with a store for each kind of thing it keeps."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bot.state.available_chosen import StoredChosen
from bot.state.claims import StoredClaims
from bot.state.digest_store import DigestStore

if TYPE_CHECKING:  # SQLAlchemy is imported only when a database is opened
    from bot.state.database.asked import DatabaseAsked
    from bot.state.database.feedback import DatabaseFeedback
    from bot.state.database.found import DatabaseFoundLists


@dataclass(frozen=True, slots=True)
class State:
    """An open database."""

    claims: StoredClaims
    """Closing them closes the database."""
    digests: DigestStore
    found: "DatabaseFoundLists | None" = None
    feedback: "DatabaseFeedback | None" = None
    check: Callable[[], None] = lambda: None
    """Raises ReplacedError if the file is not the one that was opened."""
    is_own: bool = False
    """Whether only this process uses it."""
    chosen: StoredChosen | None = None
    asked: "DatabaseAsked | None" = None
    """Only for a database that replicas share."""


StateOpener = Callable[[], Awaitable[State]]


@dataclass(frozen=True, slots=True)
class StateTimeouts:
    """Time limits and pauses, in seconds."""

    statement_s: float = 5.0
    """For one transaction, not counting the wait for its turn."""
    opening_s: float = 30.0
    """For opening, with all that a migration takes. Start-up waits only `statement_s`;
    opening goes on in the background."""
    retry_s: float = 1.0
    """Before a database that failed is opened again; doubled each time."""
    max_retry_s: float = 30.0
    steady_s: float = 60.0
    """If a database worked this long before it failed, the first pause is the short one again."""


def opener(database_url: str | None, folder: Path, keep_unanswered_s: float = 0.0) -> StateOpener:
    """Opens the state that the settings name. Alembic and SQLAlchemy are imported only when it is called."""

    async def open_() -> State:
        from bot.state.database.engine import address

        return await open_state(address(database_url, folder), keep_unanswered_s=keep_unanswered_s)

    return open_


async def open_state(
    url: str, clock: Callable[[], float] | None = None, keep_unanswered_s: float = 0.0
) -> State:
    """Opens the state at an address; `clock` as in `Database.open`. Raises StateError.

    Questions that found nothing are kept for `keep_unanswered_s` seconds; 0: none is.
    """
    from bot.state.database.asked import DatabaseAsked
    from bot.state.database.chosen import DatabaseChosen
    from bot.state.database.claims import DatabaseClaims
    from bot.state.database.digests import DatabaseDigestStore
    from bot.state.database.engine import Database
    from bot.state.database.feedback import DatabaseFeedback
    from bot.state.database.found import DatabaseFoundLists

    database = await Database.open(url, clock)
    return State(
        DatabaseClaims(database),
        DatabaseDigestStore(database),
        DatabaseFoundLists(database),
        DatabaseFeedback(database, keep_unanswered_s),
        database.check,
        database.is_file,
        DatabaseChosen(database),
        None if database.is_file else DatabaseAsked(database),
    )

"""`analects gaps`: unanswered questions, and those marked as wrongly answered, from the database."""

import asyncio
import time
from datetime import UTC, datetime

from adapters.json_output import Json
from bot.chat import wording
from bot.chat.replies import Notice
from bot.settings import Settings
from bot.state.claims import StateError
from bot.state.feedback_store import Gap


async def _stored(settings: Settings) -> list[Gap]:
    """The stored questions; none if KEEP_UNANSWERED is not set. Raises StateError."""
    from bot.state.database.engine import address
    from bot.state.opening import open_state

    if settings.keep_unanswered is None:
        return []
    url = settings.database_url.get_secret_value() if settings.database_url else None
    state = await open_state(address(url, settings.state_path), keep_unanswered_s=settings.keep_unanswered_s)
    try:
        return await state.feedback.gaps() if state.feedback is not None else []
    finally:
        await state.claims.close()


def gaps(settings: Settings) -> list[Gap]:
    """The stored questions, for the command line. Raises StateError."""
    return asyncio.run(_stored(settings))


async def notice(settings: Settings) -> Notice:
    """The reply to `/highlight gaps` in a terminal. Whoever can read the state may read it."""
    if settings.keep_unanswered is None:
        return Notice(wording.GAPS_OFF)
    try:
        return Notice(wording.gaps(await _stored(settings), settings.keep_unanswered, time.time()))
    except StateError as error:
        return Notice(str(error))


def as_json(gaps: list[Gap]) -> Json:
    """`why` is "nothing" or "wrong". `last` says in ISO format (UTC) when the question was last asked or marked."""
    return [
        {
            "question": gap.question,
            "why": gap.reason,
            "times": gap.times,
            "last": datetime.fromtimestamp(gap.at, UTC).isoformat(timespec="seconds"),
        }
        for gap in gaps
    ]

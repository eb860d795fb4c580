"""Observes every response of a platform: how often it asks the bot to wait, and what time it is there.

Only the HTTP session sees every response, also those after which a library tries again by itself.
"""

from collections.abc import Callable
from types import SimpleNamespace

import aiohttp

from bot.runtime.clock_check import ClockCheck


def response_trace(on_rate_limit: Callable[[], None], clock: ClockCheck | None = None) -> aiohttp.TraceConfig:
    """A trace for a session. Calls `on_rate_limit` for every 429 response, and gives `clock` the date of each."""
    trace = aiohttp.TraceConfig()

    async def request_started(_: object, context: SimpleNamespace, __: object) -> None:
        if clock is not None:
            context.sent_at = clock.now()

    async def request_ended(
        _: object, context: SimpleNamespace, params: aiohttp.TraceRequestEndParams
    ) -> None:
        if params.response.status == 429:
            on_rate_limit()
        date = params.response.headers.get("Date")
        if clock is not None and date is not None:
            clock.observe(date, context.sent_at)

    trace.on_request_start.append(request_started)
    trace.on_request_end.append(request_ended)
    return trace

"""Counts how often a platform asks to wait. The HTTP session is the one place that sees every response."""

from collections.abc import Callable

import aiohttp


def rate_limit_trace(on_rate_limit: Callable[[], None]) -> aiohttp.TraceConfig:
    """A trace for a session. Calls `on_rate_limit` for every 429 response, also for those that a library retries by itself."""
    trace = aiohttp.TraceConfig()

    async def request_ended(_: object, __: object, params: aiohttp.TraceRequestEndParams) -> None:
        if params.response.status == 429:
            on_rate_limit()

    trace.on_request_end.append(request_ended)
    return trace

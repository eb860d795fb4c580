"""Counts how often a platform asks to wait, at the one place that sees every answer: the HTTP client's session."""

from collections.abc import Callable

import aiohttp


def of_limits(met: Callable[[], None]) -> aiohttp.TraceConfig:
    """For a session: tells of every answer 429, also of those that a library waits out by itself."""
    trace = aiohttp.TraceConfig()

    async def ended(_: object, __: object, params: aiohttp.TraceRequestEndParams) -> None:
        if params.response.status == 429:
            met()

    trace.on_request_end.append(ended)
    return trace

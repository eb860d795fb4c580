"""The HTTP server answers within a second, even if others hold connections open. It does not wait for unfinished requests."""

import asyncio
import gzip
import time
from collections.abc import AsyncIterator
from io import BytesIO

import aiohttp
import pytest
from aiohttp import web

from adapters import http_limits
from adapters.http_server import HttpServer
from adapters.metrics import Durations, Metrics, Watched
from bot.access.rules import Rules
from bot.chat.conversation import Bot
from bot.runtime.health import Health
from bot.service import Service
from bot.state.memory_claims import MemoryClaims

MEGABYTE = 1024 * 1024
HALF_A_HEAD = b"POST /echo HTTP/1.1\r\nHost: x\r\nContent-"


@pytest.fixture
async def server(bot: Bot) -> AsyncIterator[HttpServer]:
    health = Health()
    http_server = HttpServer(
        health, Metrics(Watched(Service(bot, Rules(), MemoryClaims()), health, None), Durations())
    )

    async def echo(request: web.Request) -> web.Response:
        return web.Response(body=await request.read())

    http_server.post("/echo", echo)
    await http_server.start("127.0.0.1", 0, needed=True)
    yield http_server
    await http_server.close()


async def answer(server: HttpServer, request_bytes: bytes) -> bytes:
    """Sends these bytes, and returns everything that the server sends before it closes the connection."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(request_bytes)
    try:
        async with asyncio.timeout(30):
            return await reader.read()
    finally:
        writer.close()


async def seconds_for_health(server: HttpServer) -> float:
    began = time.monotonic()
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"http://127.0.0.1:{server.port}/healthz") as response,
    ):
        assert response.status == 200
    return time.monotonic() - began


@pytest.mark.slow
async def test_a_thousand_half_open_connections_do_not_delay_other_requests(server: HttpServer) -> None:
    import resource

    files = resource.getrlimit(resource.RLIMIT_NOFILE)
    # both ends of each connection are in this process
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(4096, files[1]), files[1]))
    writers = []
    try:
        for number in range(1000):
            _, writer = await asyncio.open_connection("127.0.0.1", server.port)
            writer.write(HALF_A_HEAD if number % 2 else b"")
            writers.append(writer)
            if number % 250 == 249:
                assert await seconds_for_health(server) < 1
        assert server._runner is not None
        assert server._runner.server is not None
        assert len(server._runner.server.connections) <= http_limits.MAX_SILENT_CONNECTIONS
    finally:
        for writer in writers:
            writer.close()
        resource.setrlimit(resource.RLIMIT_NOFILE, files)


@pytest.mark.parametrize("request_bytes", [b"", HALF_A_HEAD])
async def test_a_connection_without_a_complete_head_is_closed(
    request_bytes: bytes, server: HttpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http_limits, "HEAD_TIMEOUT_S", 0.05)
    assert await answer(server, request_bytes) == b""


@pytest.mark.long
async def test_a_request_without_a_complete_body_gets_408(
    server: HttpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http_limits, "BODY_TIMEOUT_S", 0.05)
    response = await answer(server, b"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc")
    assert response.startswith(b"HTTP/1.1 408")


async def test_a_body_that_cannot_be_read_is_refused_and_not_logged(
    server: HttpServer, caplog: pytest.LogCaptureFixture
) -> None:
    broken = gzip.compress(b"payload" * 100)[:-20] + b"garbage in the middle"
    head = (
        f"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Encoding: gzip\r\nContent-Length: {len(broken)}\r\n\r\n"
    )
    response = await answer(server, head.encode() + broken)
    assert response[9:12] in (b"400", b"401")
    response = await answer(
        server, b"POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nno number\r\n"
    )
    assert response[9:12] in (b"400", b"401")
    assert not [record for record in caplog.records if record.levelname in ("WARNING", "ERROR")]


async def test_a_body_over_the_limit_is_refused(server: HttpServer) -> None:
    url = f"http://127.0.0.1:{server.port}/echo"
    async with aiohttp.ClientSession() as session:
        async with session.post(url, data=BytesIO(b"x" * (MEGABYTE - 1))) as whole:
            assert len(await whole.read()) == MEGABYTE - 1
        async with session.post(url, data=BytesIO(b"x" * (MEGABYTE + 1))) as refused:
            assert refused.status == 413

"""`analects health`, as Docker and operators call it."""

import asyncio
from pathlib import Path

import pytest

from adapters.terminal.health import check_health
from bot.settings import Settings
from tests.processes import Process, analects
from tests.slack_server import SlackServer


async def run_health(folder: Path, port: int | str, *options: str) -> tuple[int, str]:
    async with analects(folder, {"HTTP_PORT": str(port)}, "health", *options) as health:
        assert health.process.stdout is not None
        output = (await health.process.stdout.read()).decode().strip()
        return await health.ends(), output


async def port_of(bot: Process) -> str:
    return (await bot.says("listening on")).rsplit(":", 1)[1]


@pytest.mark.long
async def test_health_of_a_running_bot_is_alive_and_ready(tmp_path: Path) -> None:
    async with SlackServer() as slack, analects(tmp_path, {**slack.settings, "HTTP_HOST": "0.0.0.0"}) as bot:
        await bot.ready()
        assert " WARNING " not in bot.log, "a start without faults must log no warning"
        port = await port_of(bot)
        assert await run_health(tmp_path, port) == (0, "alive and ready")
        assert await run_health(tmp_path, port, "--ready") == (0, "alive and ready")
        await bot.terminate()
        code, output = await run_health(tmp_path, port)
        assert code == 1
        assert output.startswith(f"no answer from 127.0.0.1:{port}")


async def test_a_bot_is_alive_but_not_ready_while_a_platform_is_down(tmp_path: Path) -> None:
    async with SlackServer() as slack:
        await slack.go_down()
        async with analects(tmp_path, slack.settings) as bot:
            port = await port_of(bot)
            code, output = await run_health(tmp_path, port)
            assert code == 0
            assert output.startswith("alive, but slack is not connected: ")
            assert (await run_health(tmp_path, port, "--ready"))[0] == 1


@pytest.mark.parametrize("port", [None, 0])
def test_health_without_a_port_names_the_setting(port: int | None) -> None:
    healthy, output = check_health(Settings(http_port=port), ready=False)
    assert not healthy
    assert output.startswith("HTTP_PORT: ")


@pytest.mark.parametrize(
    "response",
    [b"SSH-2.0-OpenSSH_9.2\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nyes", b"HTTP/1.1 200 OK\r\n\r\n[]", b""],
    ids=["no HTTP", "no JSON", "no object", "nothing"],
)  # fmt: skip
async def test_health_fails_if_another_program_answers_at_the_port(response: bytes) -> None:
    async def respond(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(response)
        writer.close()
        await writer.wait_closed()

    async with await asyncio.start_server(respond, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        healthy, output = await asyncio.to_thread(check_health, Settings(http_port=port), False)
        assert not healthy
        assert output.startswith(f"no answer from 127.0.0.1:{port}")

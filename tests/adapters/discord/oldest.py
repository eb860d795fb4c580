"""Tests the main flows with the oldest supported discord.py, over sockets:

    pip install --no-deps --target FOLDER 'discord.py==2.6.0'
    python -m tests.adapters.discord.oldest FOLDER

The bot runs as another process with the discord.py of FOLDER. The Discord server runs in this process. Exit code 1 if a flow fails.
"""

from __future__ import annotations

import argparse
import asyncio
import subprocess
import sys
import tempfile
from pathlib import Path

from simcord.enums import ChannelType

from bot.chat import wording
from tests.adapters.discord.conftest import text_of
from tests.adapters.discord.test_running import settings_with
from tests.discord_server import DiscordServer
from tests.processes import analects


async def flows(server: DiscordServer) -> None:
    """Someone asks, turns pages, shares, completes an option, sets a digest, and changes settings. The connection breaks once."""
    books = server.channel("books")
    answer = await server.answered(books, server.ask("ann", books, "what do we know about memory?"))
    first = text_of(answer.components)
    server.press("ann", books, answer, wording.NEXT_PAGE)
    await server.until(lambda: text_of(answer.components) != first)
    private = await server.shown(books, server.command("ann", books, "search", words="memory"))
    posts = len(server.answers(books))
    server.press("ann", books, private, wording.SHARE)
    await server.until(lambda: len(server.answers(books)) == posts + 1)
    typed = server.complete("ann", books, "by", "author", "")
    await server.until(lambda: typed.autocomplete_choices)
    server.gateway.drop()
    await server.until(lambda: server.gateway.resumed)
    direct = server.direct("ann")
    server.say("ann", direct, "what about sleep?")
    await server.until(lambda: server.answers(direct))
    form = await server.shown(books, server.command("owner", books, "settings"))
    before = text_of(form.components), str(form.components)
    server.pick("owner", books, form, "threads", "on")
    await server.until(lambda: (text_of(form.components), str(form.components)) != before)
    server.pick("owner", books, form, "channels", books.id)
    await server.until(lambda: f"{books.id}" in str(form.components))
    question = server.ask("ann", books, "habits")
    await server.until(lambda: question.id in server.backend.channels)
    await server.until(lambda: server.answers(server.backend.channels[question.id]))
    news = server.backend.create_channel(server.guild.id, "news", type=ChannelType.NEWS)
    server.pick("owner", books, form, "channels")
    await asyncio.sleep(0)
    posting = server.command("owner", news, "digest posting", thread=True, publish=True)
    assert "published" in text_of((await server.shown(news, posting)).components)
    now = server.command("owner", news, "digest now")
    await server.until(lambda: server.answers(news))
    assert text_of((await server.shown(news, now)).components) == wording.DIGEST_POSTED
    await server.until(lambda: any(path.endswith("/crosspost") for _, path, _ in server.rest.log))


def version_in(library: Path) -> str:
    """The version of discord.py in a folder."""
    seen = f"import sys; sys.path.insert(0, {str(library)!r}); import discord; print(discord.__version__)"
    program = [sys.executable, "-c", seen]
    return subprocess.run(program, capture_output=True, text=True, check=True).stdout.strip()


async def run_flows(library: Path) -> None:
    """Runs the bot with the discord.py in `library`, and runs all flows."""
    with tempfile.TemporaryDirectory() as folder:
        async with DiscordServer() as server:
            # an old discord.py causes warnings with a newer aiohttp
            variables = settings_with(server, PYTHONWARNINGS="default")
            before = f"import sys; sys.path.insert(0, {str(library)!r})"
            async with analects(Path(folder), variables, before=before, fresh=True) as bot:
                await bot.says("discord connected", timeout=180)
                try:
                    await flows(server)
                except (TimeoutError, AssertionError):
                    sys.stderr.write("\n".join(bot.lines) + "\n")
                    raise
                assert await bot.terminate() == 0


def main() -> None:
    parser = argparse.ArgumentParser(description="The main flows with another discord.py.")
    parser.add_argument("library", type=Path, help="the folder that it was installed into")
    library = parser.parse_args().library
    asyncio.run(run_flows(library))
    sys.stdout.write(f"every flow with discord.py {version_in(library)}\n")


if __name__ == "__main__":
    main()

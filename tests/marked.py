"""Marked words in notes, questions, names and secrets. None of them may reach a log, a report or the state.

This module sends the words through both platforms; `test_nothing_leaks.py` searches for them.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from pathlib import Path
from typing import Any

from bot.chat import wording
from tests.discord_server import DiscordServer
from tests.slack_server import (
    Channel,
    SlackServer,
    User,
    dropped,
    error,
    rate_limited,
    server_error,
)

PASSWORD = "zqpassword"
FAILING_WORD = "zqspoil"
"""A passage with this word makes the index fail; a question with it makes the answer fail."""

NOTE = """---
tags: [zqtag, openly]
---
# zqtitle of lamps

## Metadata
- Author: [[zqauthor]]
- URL: https://zqaddress.example/lamps

## Highlights
### zqchapter
- A zqpassage lamp burns oil. ([View Highlight](https://read.readwise.io/read/zqlink))
    - Note: zqremark
    - Tags: [[zqtag]]
- Another zqpassage lamp burns gas.
- A third zqpassage lamp burns wax.
- A fourth zqpassage lamp burns nothing.
"""
BROKEN = '---\ntitle: zqtitle: [zqtag\nauthor: "zqauthor\n---\n## Highlights\n- {} zqpassage ([zqlink](\n'

HOOKS = f"""
import asyncio
from bot.chat.conversation import Bot
from bot.search.index import Index
reply, build = Bot.reply, Index.build.__func__
def broken_reply(self, request):
    if "{FAILING_WORD}" in str(request):
        raise ValueError(str(request) + self.index.library.highlights[0].text)
    return reply(self, request)
def broken_build(cls, library, *given, **named):
    failing = [highlight.text for highlight in library.highlights if "{FAILING_WORD}" in highlight.text]
    if failing:
        raise ValueError(failing[0])
    return build(cls, library, *given, **named)
Bot.reply, Index.build = broken_reply, classmethod(broken_build)

from adapters.slack.events.receiver import Receiver
from adapters.discord import client
from adapters.discord.events.commands import Highlight
command, of_message = Receiver.command, client.of_message
async def broken_command(self, payload):
    if "zqlisten" in str(payload):
        raise ValueError(str(payload))
    await command(self, payload)
async def broken_message(message, *given):
    if "zqlisten" in message.content:
        asyncio.get_running_loop().create_task(fail(message.content))
        raise ValueError(message.content)
    return await of_message(message, *given)
async def fail(text):
    raise ValueError(text)
Receiver.command, client.of_message = broken_command, broken_message
"""
"""Code for the bot's process: the core, the index and the listeners raise exceptions that contain the text."""


def write_notes(folder: Path) -> Path:
    """Writes notes with marked words in every place, and some that cannot be read. Returns their folder."""
    notes = folder / "notes"
    inner = notes / "zqfolder"
    inner.mkdir(parents=True)
    (inner / "zqfile.md").write_text(NOTE, encoding="utf-8")
    (inner / "zqbroken.md").write_text(BROKEN.format("A"), encoding="utf-8")
    (inner / "zqbytes.md").write_bytes(b"\xff\xfe\x00zqpassage\x00\x81")
    (inner / "zqdirectory.md").mkdir()
    (inner / "zqgone.md").symlink_to("zqnowhere.md")
    (inner / "zqprivate.md").write_text(
        "---\ntags: [private]\n---\n## Highlights\n- zqprivate\n", encoding="utf-8"
    )
    return notes


async def act_on_slack(slack: SlackServer) -> None:
    """Does everything that people can do on Slack, while calls to Slack and to the core fail."""
    ann = slack.user("zqann", admin=True)
    general = slack.channel("zqgeneral", [ann])
    asked = await slack.mention(ann, general, "what of the zqpassage lamp? -zqquestion")
    answer = await slack.reply_to(asked)
    await slack.settled(await slack.press(ann, answer, "more"))
    for label in (wording.SHOW_SOURCE, wording.REMOVE):
        await slack.settled(await slack.choose(ann, answer, label))
    await slack.reply_to(await slack.mention(ann, general, "zqquestion xylophone zqnothing"))
    await slack.reply_to(await slack.direct_message(ann, "author:zqauthor zqpassage -zqquestion"))
    for command in (
        "random", "search zqpassage -zqquestion", "by zqauthor", "from zqtitle", "tag zqtag", "sources", "by zqquestion",
        "zqquestion", "digest daily at 9 tag openly", "digest now", "digest status", "digest zqquestion at 25:99",
        f"search {FAILING_WORD}",
    ):  # fmt: skip
        reply = await slack.reply_to(await slack.slash(ann, general, "/highlight", command))
        if command == "random":
            await slack.settled(await slack.press(ann, reply, "share"))
    await slack.slash(ann, general, "/highlight", "search zqlisten")
    said_by_another = await slack.say(ann, general, "zqquestion about a zqpassage lamp")
    await slack.reply_to(await slack.shortcut(ann, said_by_another, "find_highlights"))
    await slack.edit(asked, "zqquestion, edited")
    await slack.open_home(ann)
    await slack.home_for(ann)
    await slack.reply_to(await slack.mention(ann, general, f"zqquestion {FAILING_WORD}"))
    await _refused_by_slack(slack, ann)
    slack.sockets.live[0].abort()
    await slack.connected()


async def _refused_by_slack(slack: SlackServer, ann: User) -> None:
    faults = (dropped(after=True), server_error(503, "text"), error("invalid_blocks"), error("is_archived"), rate_limited(0),
              error("fatal_error", after=True))  # fmt: skip
    rooms: list[Channel] = []
    for number, fault in enumerate(faults):
        rooms.append(slack.channel(f"zqroom{number}", [ann]))
        slack.faults.order("chat.postMessage", fault, times=1, channel=rooms[-1])
        await slack.mention(ann, rooms[-1], "which zqpassage lamp? -zqquestion")
    shared = slack.channel("zqshared", [ann], shared_with=["T0STRANGE"])
    await slack.mention(ann, shared, "zqquestion")
    answered = {room.id for room in rooms} - {rooms[3].id}
    await slack.until(lambda: answered <= {post.channel for post in slack.posts()})
    slack.faults.order("response_url", server_error(500), times=1)
    await slack.settled(await slack.slash(ann, rooms[0], "/highlight", "search zqpassage"))


async def act_on_discord(discord: DiscordServer) -> None:
    """Does everything that people can do on Discord, while calls fail."""
    channel = discord.channel("zqbooks")
    question = discord.ask("zqann", channel, "what of the zqpassage lamp? -zqquestion")
    answer = await discord.answered(channel, question)
    for label in (wording.MORE, wording.SHOW_SOURCE):
        with suppress(StopIteration):
            discord.press("zqann", channel, answer, label)
    await discord.answered(channel, discord.ask("zqann", channel, "zqquestion xylophone zqnothing"))
    commands: list[tuple[str, dict[str, Any]]] = [
        ("random", {}), ("search", {"words": "zqpassage -zqquestion"}), ("by", {"author": "zqauthor"}),
        ("from", {"title": "zqtitle"}), ("tag", {"tag": "zqtag"}), ("sources", {}), ("search", {"words": FAILING_WORD}),
    ]  # fmt: skip
    records = [discord.command("zqann", channel, name, **options) for name, options in commands]
    await discord.until(lambda: all(record.responded for record in records))
    await discord.answered(channel, discord.ask("zqann", channel, f"zqquestion {FAILING_WORD}"))
    discord.ask("zqann", channel, "zqlisten")
    discord.ask("zqeve", discord.channel("zqlobby", discord.server("zqstrangers", home=False)), "zqquestion")
    faults: tuple[dict[str, Any], ...] = (
        {"cut": True},
        {"status": 500},
        {"status": 403, "body": {"code": 50013}},
    )
    for number, fault in enumerate(faults):
        room = discord.channel(f"zqroom{number}")
        discord.rest.fail("POST", f"/channels/{room.id}/messages", **fault)
        asked = discord.ask("zqann", room, "which zqpassage lamp? -zqquestion")
        if number < 2:
            await discord.answered(room, asked)
    discord.gateway.drop()
    await discord.connected()
    await discord.answered(channel, discord.ask("zqann", channel, "zqquestion zqpassage"))


async def break_notes(notes: Path, says: Any) -> None:
    """Changes the notes, breaks the index, and deletes the notes. `says` waits for a line of the log."""
    added = notes / "zqadded.md"
    added.write_text(BROKEN.format(FAILING_WORD), encoding="utf-8")
    await says("notes not updated")
    await asyncio.to_thread(added.unlink)
    await asyncio.to_thread(notes.rename, notes.with_name("away"))
    await says("no notes at")

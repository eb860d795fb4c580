"""The state stores no texts and no names.

People with marked names ask questions, set digests and press buttons, all with marked words. No table contains a marked word.
"""

from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.schedule.plan import Plan
from bot.state.database.tables import metadata
from bot.state.digest_store import ChannelDigest
from bot.state.opening import open_state
from tests.adapters.discord.test_running import settings_with
from tests.discord_server import DiscordServer
from tests.processes import analects
from tests.slack_server import Delivery, SlackServer, User

MARK = "zwolfkraut"
NOTE = f"""# Marked {MARK}title

## Metadata
- Author: [[Marked {MARK}author]]

## Highlights
- A passage of {MARK}passage that tells of memory and sleep at some length. ([View Highlight](https://read.readwise.io/read/{MARK}link))
"""


def is_answered(slack: SlackServer, command: Delivery, person: User) -> bool:
    return any(reply.ephemeral_to == person.id for reply in slack.replies_to(command))


@pytest.mark.long
async def test_no_text_and_no_name_is_stored(state_url: str, tmp_path: Path) -> None:
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "marked.md").write_text(NOTE, encoding="utf-8")
    state = await open_state(state_url)
    fast = "import bot.digest.publisher; bot.digest.publisher.TICK_S = 0.2"
    async with SlackServer() as slack, DiscordServer() as discord:
        settings = {
            **settings_with(discord),
            **slack.settings,
            "DATABASE_URL": state_url,
            "CORPUS_PATH": str(tmp_path / "notes"),
        }
        async with analects(tmp_path, settings, before=fast) as bot:
            await bot.ready()
            ann, room = slack.user(f"{MARK}ann"), discord.channel(f"{MARK}room")
            general = slack.channel(f"{MARK}general", [ann], creator=ann)
            question = f"what of memory, {MARK}question?"
            await slack.reply_to(await slack.mention(ann, general, question))
            await slack.reply_to(await slack.direct_message(ann, question))
            await discord.answered(room, discord.ask(f"{MARK}ben", room, question))
            for words in (f"search {question}", "random", "digest daily at 9:00 UTC"):
                asked = await slack.slash(ann, general, "/highlight", words)
                await slack.until(partial(is_answered, slack, asked, ann))
            now = datetime.now(UTC).timestamp() - 60
            due = datetime.fromtimestamp(now, UTC)
            channel = slack.channel(f"{MARK}digest", [ann])
            plan = Plan("daily", due.time().replace(second=0, microsecond=0), "UTC")
            place = f"slack:{channel.id}"
            await state.digests.set_digest(ChannelDigest(place, place, plan, now - 300, due.date()))
            await slack.until(lambda: bool(slack.posts(channel)))
            digest = slack.posts(channel)[0]
            for action in ("keep", "never"):
                await slack.reply_to(await slack.press(ann, digest, f"digest:{action}"))
            assert await bot.terminate() == 0
    await state.claims.close()
    stored = await _stored_rows(state_url)
    assert {"events", "digests", "digest_posts", "scopes", "shown"} <= {
        name for name, rows in stored.items() if rows
    }
    for name, rows in stored.items():
        for row in rows:
            assert MARK not in str(row).casefold(), f"{name}: {row}"
            assert "memory" not in str(row).casefold(), f"{name}: {row}"


async def _stored_rows(url: str) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table that the program declares."""
    from bot.state.database.engine import Database

    database = await Database.open(url)
    try:
        async with database.begin() as connection:
            return {
                table.name: [tuple(row) for row in await connection.execute(select(table))]
                for table in metadata.sorted_tables
            }
    finally:
        await database.close()

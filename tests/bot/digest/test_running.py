"""`analects run` as a process posts a due digest once, even if it is killed and started again."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.schedule.plan import Plan
from bot.state.digest_store import ChannelDigest
from bot.state.opening import open_state
from tests.processes import analects
from tests.slack_server import Channel, SlackServer


@pytest.mark.long
async def test_a_digest_is_posted_once_despite_a_kill(tmp_path: Path) -> None:
    """Two digests were due ten minutes ago, while the bot was down. The second one is set after the kill."""
    due = datetime.now(UTC) - timedelta(minutes=10)
    (tmp_path / "state").mkdir()

    async def set_digest(channel: Channel) -> str:
        state = await open_state(f"sqlite:///{tmp_path / 'state' / 'state.sqlite3'}")
        place = f"slack:{channel.id}"
        plan = Plan("daily", due.time().replace(second=0, microsecond=0), "UTC")
        await state.digests.set_digest(ChannelDigest(place, place, plan, due.timestamp() - 3600, due.date()))
        await state.claims.close()
        return f"digest posted: {place}:{due.date()}"

    async with SlackServer() as slack:
        first_channel, second_channel = (
            slack.channel(name, [slack.user("ann")]) for name in ("one", "other")
        )
        first_line = await set_digest(first_channel)
        async with analects(tmp_path, slack.settings) as first:
            await first.says(first_line)
            await first.kill()
        second_line = await set_digest(second_channel)
        async with analects(tmp_path, slack.settings) as second:
            await second.says(second_line)
            assert await second.terminate() == 0
        assert [len(slack.posts(channel)) for channel in (first_channel, second_channel)] == [1, 1]
        assert first_line not in second.log

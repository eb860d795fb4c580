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

    async def set_in(channel: Channel) -> str:
        state = await open_state(f"sqlite:///{tmp_path / 'state' / 'state.sqlite3'}")
        place = f"slack:{channel.id}"
        plan = Plan("daily", due.time().replace(second=0, microsecond=0), "UTC")
        await state.digests.set_digest(ChannelDigest(place, place, plan, due.timestamp() - 3600, due.date()))
        await state.claims.close()
        return f"digest posted: {place}:{due.date()}"

    async with SlackServer() as slack:
        one, other = (slack.channel(name, [slack.user("ann")]) for name in ("one", "other"))
        posted = await set_in(one)
        async with analects(tmp_path, slack.settings) as first:
            await first.says(posted)
            await first.kill()
        also_posted = await set_in(other)
        async with analects(tmp_path, slack.settings) as second:
            await second.says(also_posted)
            assert await second.terminate() == 0
        assert [len(slack.posts(channel)) for channel in (one, other)] == [1, 1]
        assert posted not in second.log

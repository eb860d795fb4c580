"""Two replicas share a PostgreSQL. If one is killed, the other one answers. `python -m tests.replicas` is the long version."""

from pathlib import Path

import pytest

from tests.discord_server import DiscordServer
from tests.postgres import PostgresServer
from tests.replicas.fleet import Fleet
from tests.replicas.load import Load, broken_promises
from tests.slack_server import SlackServer


@pytest.mark.long
@pytest.mark.timeout(300)
async def test_two_replicas_that_are_killed_in_turn_keep_their_promises(
    postgres: PostgresServer, tmp_path: Path
) -> None:
    """No question is answered twice. A question is lost only if a killed replica was working on it. Each digest is posted once.

    Both replicas answer some of the questions.
    """
    async with (
        SlackServer() as slack,
        DiscordServer() as discord,
        Fleet(tmp_path, await postgres.fresh(), slack, discord, lease=8.0) as fleet,
    ):
        result = await Load(fleet, slack, discord).run(seconds=6, kills=2)
    assert not broken_promises(result), result
    assert len(result["kills"]) == 2
    assert all(result["answered_by_each"])
    assert result["digests"] > 2

"""Two replicas on one PostgreSQL: one of them answers, whichever is killed. `python -m tests.replicas` does it for longer."""

from pathlib import Path

import pytest

from tests.discord_server import DiscordServer
from tests.postgres import PostgresServer
from tests.replicas.fleet import Fleet
from tests.replicas.load import Load, broken
from tests.slack_server import SlackServer


@pytest.mark.long
@pytest.mark.timeout(300)
async def test_two_replicas_killed_in_turn(postgres: PostgresServer, tmp_path: Path) -> None:
    """Nothing is answered twice, and nothing is lost but what a killed one had in hand; each digest comes once, whoever was killed
    with it in hand; both do their part."""
    async with (
        SlackServer() as slack,
        DiscordServer() as discord,
        Fleet(tmp_path, await postgres.fresh(), slack, discord, lease=8.0) as fleet,
    ):
        told = await Load(fleet, slack, discord).run(seconds=6, kills=2)
    assert not broken(told), told
    assert len(told["kills"]) == 2
    assert all(told["answered_by_each"])
    assert told["digests"] > 2

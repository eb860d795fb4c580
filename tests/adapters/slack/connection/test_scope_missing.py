"""A scope is missing: the bot says at the start where to add it (fault 17)."""

from pathlib import Path

import pytest

from tests.processes import analects
from tests.slack_server import ALL_SCOPES, Installation, SlackServer


@pytest.mark.parametrize("scope", ["app_mentions:read", "chat:write", "commands", "im:history"])
async def test_scope_missing(scope: str, tmp_path: Path) -> None:
    scopes = frozenset(ALL_SCOPES) - {scope}
    async with (
        SlackServer(installation=Installation(scopes=scopes)) as slack,
        analects(tmp_path, slack.settings) as bot,
    ):
        assert await bot.ends() == 2
        assert scope in bot.log
        assert "OAuth & Permissions" in bot.log
        assert slack.sockets.opened == 0


async def test_scope_of_the_app_token_missing(tmp_path: Path) -> None:
    installation = Installation(app_scopes=frozenset())
    async with SlackServer(installation=installation) as slack, analects(tmp_path, slack.settings) as bot:
        assert await bot.ends() == 2
        assert "SLACK_APP_TOKEN: missing_scope; make an app-level token with connections:write" in bot.log


async def test_scope_that_it_can_do_without(tmp_path: Path) -> None:
    scopes = frozenset({"app_mentions:read", "chat:write", "commands", "im:history"})
    async with (
        SlackServer(installation=Installation(scopes=scopes)) as slack,
        analects(tmp_path, slack.settings) as bot,
    ):
        await bot.says("without the scope users:read")
        await bot.ready()
        ann = slack.user("ann")
        command = await slack.slash(ann, slack.channel("general", [ann]), "/highlight", "random")
        await slack.reply_to(command)
        await slack.reply_to(await slack.direct_message(ann, "memory"))

"""A scope is missing. At the start the bot says where to add it (fault 17)."""

from pathlib import Path

import pytest

from bot.chat import wording
from tests.processes import analects
from tests.slack_server import ALL_SCOPES, Installation, SlackServer


@pytest.mark.parametrize("scope", ["app_mentions:read", "chat:write", "commands"])
async def test_a_missing_scope_ends_the_start_and_the_log_names_it(scope: str, tmp_path: Path) -> None:
    scopes = frozenset(ALL_SCOPES) - {scope}
    async with (
        SlackServer(installation=Installation(scopes=scopes)) as slack,
        analects(tmp_path, slack.settings) as bot,
    ):
        assert await bot.ends() == 2
        assert scope in bot.log
        assert "OAuth & Permissions" in bot.log
        assert slack.sockets.opened == 0


async def test_a_missing_scope_of_the_app_token_ends_the_start(tmp_path: Path) -> None:
    installation = Installation(app_scopes=frozenset())
    async with SlackServer(installation=installation) as slack, analects(tmp_path, slack.settings) as bot:
        assert await bot.ends() == 2
        assert "SLACK_APP_TOKEN: missing_scope; make an app-level token with connections:write" in bot.log


@pytest.mark.long
@pytest.mark.parametrize("scope", ["im:history", "users:read", "channels:read", "groups:read"])
async def test_the_bot_runs_without_an_optional_scope(scope: str, tmp_path: Path) -> None:
    """Only the part that needs the scope does not work, and the log says so (fault 58)."""
    scopes = frozenset(ALL_SCOPES) - {scope}
    async with (
        SlackServer(installation=Installation(scopes=scopes)) as slack,
        analects(tmp_path, slack.settings) as bot,
    ):
        await bot.says(f"optional scope missing: {scope}")
        await bot.ready()
        ann = slack.user("ann")
        general = slack.channel("general", [ann])
        replies = [
            await slack.reply_to(await slack.slash(ann, general, "/highlight", "random public")),
            await slack.reply_to(await slack.mention(ann, general, "memory")),
        ]
        if scope != "im:history":
            replies.append(await slack.reply_to(await slack.direct_message(ann, "memory")))
        for reply in replies:
            assert reply.ephemeral_to is None
            assert slack.visible_text(reply) != wording.UNSURE


async def test_the_bot_runs_with_the_required_scopes_only(tmp_path: Path) -> None:
    scopes = frozenset({"app_mentions:read", "chat:write", "commands"})
    async with (
        SlackServer(installation=Installation(scopes=scopes)) as slack,
        analects(tmp_path, slack.settings) as bot,
    ):
        await bot.ready()
        ann = slack.user("ann")
        command = await slack.slash(ann, slack.channel("general", [ann]), "/highlight", "random")
        await slack.reply_to(command)

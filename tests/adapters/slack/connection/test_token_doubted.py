"""A call fails as if the token were dead. The bot asks `auth.test`, and tries a dead token again later (faults 53, 72)."""

from dataclasses import replace
from pathlib import Path

import pytest

from adapters.slack.errors import DEAD_TOKEN_ERRORS
from tests.adapters.slack import conftest
from tests.adapters.slack.conftest import Starting
from tests.processes import analects
from tests.slack_server import Installation, SlackServer, error

ERROR_CODES = sorted(
    DEAD_TOKEN_ERRORS | {"no_permission", "org_login_required", "access_denied", "ekm_access_denied"}
)


@pytest.mark.parametrize("error_code", ERROR_CODES)
async def test_one_such_error_does_not_stop_the_bot(start: Starting, error_code: str) -> None:
    methods = ("chat.postMessage", "users.info", "views.publish")
    async with SlackServer() as slack, start(slack) as bot:
        ann = slack.user("ann")
        general, other = slack.channel("general", [ann]), slack.channel("other", [ann])
        for method in methods:
            slack.faults.order(method, error(error_code), times=1)
        await slack.mention(ann, general, "what about memory?")
        await slack.open_home(ann)
        await slack.direct_message(ann, "what about memory?")
        await slack.until(
            lambda: all(any(call.error == error_code for call in slack.calls(method)) for method in methods)
        )
        await slack.reply_to(await slack.mention(ann, other, "what about memory?"))
        assert bot.health.platforms["slack"].up
        assert len(slack.sockets.live) == 1


async def test_an_answer_is_posted_after_one_token_error(start: Starting) -> None:
    async with SlackServer() as slack, start(slack):
        ann = slack.user("ann")
        slack.faults.order("chat.postMessage", error("invalid_auth"), times=1)
        await slack.reply_to(await slack.mention(ann, slack.channel("general", [ann]), "what about memory?"))
        assert len(slack.posts()) == 1


async def test_the_bot_connects_after_one_token_error(start: Starting) -> None:
    async with SlackServer() as slack, start(slack) as bot:
        ann = slack.user("ann")
        slack.faults.order("apps.connections.open", error("invalid_auth"), times=1)
        slack.sockets.live[0].abort()
        await slack.until(lambda: slack.sockets.opened == 2)
        await bot.ready()
        await slack.reply_to(await slack.mention(ann, slack.channel("general", [ann]), "what about memory?"))


@pytest.mark.parametrize("error_code", ["org_login_required", "no_permission"])
async def test_the_bot_starts_in_a_workspace_that_is_being_moved(start: Starting, error_code: str) -> None:
    async with SlackServer() as slack:
        slack.faults.order("auth.test", error(error_code), times=2)
        async with start(slack):
            ann = slack.user("ann")
            await slack.reply_to(
                await slack.mention(ann, slack.channel("general", [ann]), "what about memory?")
            )


async def test_a_dead_token_is_tried_again(start: Starting, monkeypatch: pytest.MonkeyPatch) -> None:
    short = replace(conftest.SHORT_TIMES, token_pause=0.2, settings_pause=0.05)
    monkeypatch.setattr(conftest, "SHORT_TIMES", short)
    async with SlackServer() as slack, start(slack) as bot:
        ann = slack.user("ann")
        general = slack.channel("general", [ann])
        slack.revoke()
        await slack.mention(ann, general, "what about memory?")
        await slack.until(lambda: not slack.sockets.live, what="closed socket")
        assert "token_revoked" in str(bot.health.platforms["slack"].problem)
        slack.installation.dead_tokens.clear()
        await slack.connected()
        await bot.ready()
        await slack.reply_to(await slack.mention(ann, general, "and sleep?"))


@pytest.mark.long
async def test_a_token_that_is_replaced_in_the_settings_is_used_without_a_restart(tmp_path: Path) -> None:
    secrets = tmp_path / "secrets"
    secrets.mkdir()
    installed = Installation()
    (secrets / "slack_bot_token").write_text(installed.bot_token)
    (secrets / "slack_app_token").write_text(installed.app_token)
    async with (
        SlackServer(installation=installed) as slack,
        analects(tmp_path, {"SLACK_API_URL": slack.api_url, "SECRETS_DIR": str(secrets)}) as bot,
    ):
        await bot.ready()
        ann = slack.user("ann")
        general = slack.channel("general", [ann])
        slack.revoke()
        await slack.mention(ann, general, "what about memory?")
        await bot.says("slack refuses the token: token_revoked")
        installed.bot_token = "xoxb-1111-2222-rotated"
        (secrets / "slack_bot_token").write_text(installed.bot_token)
        await bot.says("slack: the token works")
        await slack.connected()
        await slack.reply_to(await slack.mention(ann, general, "and sleep?"))
        assert "rotated" not in bot.log


@pytest.mark.long
@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("SLACK_BOT_TOKEN", "xoxe.xoxb-1-hidden"),
        ("SLACK_BOT_TOKEN", "xoxe-1-hidden"),
        ("SLACK_APP_TOKEN", "xoxe.xapp-1-hidden"),
    ],
)
async def test_a_token_that_expires_is_refused_at_the_start(
    variable: str, value: str, tmp_path: Path
) -> None:
    async with SlackServer() as slack, analects(tmp_path, {**slack.settings, variable: value}) as bot:
        assert await bot.ends() == 2
        assert f"{variable}: this token expires after twelve hours, because token rotation is on" in bot.log
        assert "hidden" not in bot.log
        assert slack.calls() == []


@pytest.mark.parametrize("reason", ["", "warning", "link_disabled"])
async def test_no_log_line_has_an_empty_reason(
    start: Starting, reason: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    async with SlackServer() as slack, start(slack):
        await slack.sockets.disconnect(reason)
        await slack.until(lambda: slack.sockets.opened == 2)
    lines = [record.getMessage() for record in caplog.records if "connection ended" in record.message]
    assert lines
    assert not any(": ;" in line or "None" in line for line in lines)

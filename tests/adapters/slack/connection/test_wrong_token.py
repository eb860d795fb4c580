"""A token is wrong, swapped with the other one, missing, or revoked later (fault 16)."""

from pathlib import Path

import pytest

from tests.adapters.slack.conftest import Starting
from tests.processes import analects
from tests.slack_server import Installation, SlackServer

BOT, APP = Installation().bot_token, Installation().app_token


@pytest.mark.long
@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"SLACK_BOT_TOKEN": "xoxb-9999-hidden"}, "SLACK_BOT_TOKEN: Slack refuses it"),
        ({"SLACK_APP_TOKEN": "xapp-9999-hidden"}, "SLACK_APP_TOKEN: Slack refuses it"),
        ({"SLACK_BOT_TOKEN": APP, "SLACK_APP_TOKEN": BOT}, "SLACK_BOT_TOKEN: this is an app-level token"),
        ({"SLACK_BOT_TOKEN": "xoxp-9999-hidden"}, "SLACK_BOT_TOKEN: this is a user token"),
        ({"SLACK_APP_TOKEN": ""}, "SLACK_APP_TOKEN: missing"),
        ({"SLACK_BOT_TOKEN": ""}, "SLACK_BOT_TOKEN: missing"),
        ({"SLACK_BOT_TOKEN": "", "SLACK_APP_TOKEN": ""}, "no platform has its tokens"),
        ({"SLACK_API_URL": "slack.com"}, "SLACK_API_URL: it is not a URL of the expected form; give one"),
        ({"ALLOWED_CHANNELS": "#general"}, "ALLOWED_CHANNELS: an entry names no platform; write each as"),
        ({"QUESTIONS_PER_MINUTE": "many"}, "QUESTIONS_PER_MINUTE: it is not a pair of numbers; give two"),
    ],
)
async def test_a_wrong_setting_ends_the_start_with_a_sentence_that_names_it(
    changed: dict[str, str], named: str, tmp_path: Path
) -> None:
    async with SlackServer() as slack, analects(tmp_path, {**slack.settings, **changed}) as bot:
        assert await bot.ends() == 2
        assert named in bot.log
        assert "hidden" not in bot.log
        assert BOT not in bot.log
        assert "Traceback" not in bot.log
        assert slack.sockets.opened == 0
        assert "listening" not in bot.log


async def test_with_a_revoked_token_the_bot_stays_up_but_not_ready(tmp_path: Path) -> None:
    async with SlackServer() as slack, analects(tmp_path, slack.settings) as bot:
        await bot.ready()
        ann = slack.user("ann")
        slack.revoke()
        slack.revoke(APP)
        await slack.mention(ann, slack.channel("general", [ann]), "what about memory?")
        await bot.says("slack refuses the token: token_revoked")
        await slack.quiet()
        before = len(slack.calls())
        status, report = await bot.get("/readyz")
        assert status == 503
        assert "token_revoked" in str(report)
        assert (await bot.get("/healthz"))[0] == 200
        await slack.sockets.disconnect("link_disabled")
        await slack.quiet()
        assert len(slack.calls()) == before, "no login loop"
        assert await bot.terminate() == 0


async def test_a_revoked_token_starts_no_login_loop(start: Starting) -> None:
    async with SlackServer() as slack, start(slack) as bot:
        slack.revoke()
        slack.revoke(APP)
        slack.sockets.live[0].abort()
        await slack.until(lambda: slack.calls("apps.connections.open")[-1].error == "token_revoked")
        await slack.quiet(idle=0.5)
        assert len([call for call in slack.calls("apps.connections.open") if call.error]) == 1
        assert "token_revoked" in str(bot.health.platforms["slack"].problem)
        assert not bot.running.done()

"""The channel is archived, unknown or read-only. The bot logs one line with the fix and pauses this channel (fault 15)."""

import pytest

from tests.adapters.slack.conftest import Starting
from tests.slack_server import SlackServer, error


@pytest.mark.parametrize(
    ("error_code", "fix"),
    [
        ("is_archived", "Unarchive"),
        ("not_in_channel", "/invite"),
        ("channel_not_found", "/invite"),
        ("restricted_action", "An admin"),
    ],
)
async def test_the_log_names_the_fix_once_if_the_bot_may_not_post(
    start: Starting, error_code: str, fix: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with SlackServer() as slack, start(slack) as bot:
        ann = slack.user("ann")
        general = slack.channel("general", [ann])
        slack.faults.order("chat.postMessage", error(error_code), channel=general)
        for _ in range(3):
            await slack.mention(ann, general, "what about memory?")
        await slack.reply_to(await slack.mention(ann, slack.channel("random", [ann]), "and sleep?"))
        await slack.quiet()
        assert bot.service.counts["resting"] == 2
        assert len([call for call in slack.calls("chat.postMessage") if call.error]) == 1
        lines = [record.message for record in caplog.records if error_code in record.message]
        assert len(lines) == 1
        assert fix in lines[0]

"""The bot still logs after a request.

At every request slack-bolt sets the level of the logger that has the name of its app. The bot's own logger must have another name,
or it would fall silent.
"""

import logging

import pytest

from tests.adapters.slack.conftest import Starting
from tests.slack_server import SlackServer


async def test_the_bot_still_logs_after_a_question(start: Starting, monkeypatch: pytest.MonkeyPatch) -> None:
    our_logger, bolts_logger = logging.getLogger("analects"), logging.getLogger("slack_bolt")
    monkeypatch.setattr(our_logger, "level", logging.INFO)
    monkeypatch.setattr(bolts_logger, "level", logging.WARNING)
    async with SlackServer() as slack, start(slack):
        ann = slack.user("ann")
        await slack.reply_to(await slack.mention(ann, slack.channel("general", [ann]), "what about memory?"))
        assert our_logger.level == logging.INFO

"""Slack refuses the blocks of an answer: its text has all links and no live markup (fault 73)."""

from pathlib import Path

import pytest

from bot.chat.conversation import Bot
from bot.search.index import Index
from corpus.load import load
from tests.adapters.slack.conftest import Starting
from tests.slack_server import SlackServer, error

NOTE = """---
title: "Harbour *lights* <!channel>"
author: "Ann _Author_"
url: https://example.com/harbour?a=1&b=2
---
## Highlights
- The lantern *burns* for <@U012> and `all` at https://evil.example/x :tada: bank.com ~now~ & more ([View Highlight](https://read.readwise.io/read/1))
"""


@pytest.fixture
def bot(tmp_path: Path) -> Bot:
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "harbour.md").write_text(NOTE, encoding="utf-8")
    return Bot(Index.build(load(tmp_path / "notes")))


@pytest.mark.parametrize("word", ["invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long"])
async def test_the_text_alone(start: Starting, word: str) -> None:
    async with SlackServer() as slack, start(slack):
        ann = slack.user("ann")
        slack.faults.order("chat.postMessage", error(word), times=1)
        answer = await slack.reply_to(await slack.mention(ann, slack.channel("general", [ann]), "lantern"))
        assert not answer.blocks
        shown = slack.visible_text(answer).replace("\u2060", "")
        assert (
            "The lantern burns for <@U012> and all at https://evil.example/x :tada: bank.com ~now~ & more"
            in shown
        )
        assert {link.url for link in slack.links(answer)} == {
            "https://example.com/harbour?a=1&b=2", "https://read.readwise.io/read/1",
        }  # fmt: skip
        assert slack.pings(answer) == set()
        assert slack.unfurls(answer) == []

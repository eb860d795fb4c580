"""Slack refuses the blocks of an answer. The bot posts it as text, with all links and without live markup (fault 73)."""

from pathlib import Path

import pytest

from bot.chat.conversation import Bot
from bot.search.index import Index
from corpus.load import load
from tests.adapters.slack.conftest import Starting
from tests.slack_server import Message, SlackServer, error

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


@pytest.mark.parametrize("error_code", ["invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long"])
async def test_an_answer_whose_blocks_are_refused_is_posted_as_text(start: Starting, error_code: str) -> None:
    async with SlackServer() as slack, start(slack):
        ann = slack.user("ann")
        slack.faults.order("chat.postMessage", error(error_code), times=1)
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


COVER = "https://covers.example/harbour.jpg"


@pytest.mark.parametrize("private", [False, True])
async def test_an_answer_whose_cover_cannot_be_fetched_is_posted_without_it(
    start: Starting, tmp_path: Path, private: bool
) -> None:
    """The cover is in the small print below the passage. If Slack refuses it, the answer is posted without the cover."""
    note = tmp_path / "notes" / "harbour.md"
    note.write_text(NOTE.replace("url: ", f"cover: {COVER}\nurl: "), encoding="utf-8")
    bot = Bot(Index.build(load(note.parent)))
    method = "response_url" if private else "chat.postMessage"
    async with SlackServer() as slack, start(slack) as instance:
        instance.service.bot.index = bot.index
        ann = slack.user("ann")
        general = slack.channel("general", [ann])

        async def ask() -> Message:
            if private:
                return await slack.reply_to(await slack.slash(ann, general, "/highlight", "search lantern"))
            return await slack.reply_to(await slack.mention(ann, general, "lantern"))

        shown = slack.visible_text(await ask())
        assert "[Cover of Harbour *lights* <!channel>]" in shown
        slack.faults.order(method, error("invalid_blocks"), times=1)
        answer = await ask()
        assert answer.blocks
        assert slack.visible_text(answer) == shown.replace("\n[Cover of Harbour *lights* <!channel>]", "")

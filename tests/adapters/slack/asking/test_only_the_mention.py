"""A message has no words: only the mention, spaces, emoji, punctuation or a file. It gets a short help, no search (fault 26)."""

import time

import pytest

from bot.chat import wording
from tests.adapters.slack.conftest import Starting
from tests.slack_server import SlackServer

WORDLESS = (
    "", "   ", "\u00a0\u200b", ":tada:", ":woman::skin-tone-2:", "🎉 👍🏽", "?!…", "((((", '"" - —', "* _ ~ `", "&amp; &lt;",
    "\u0301",
)  # fmt: skip


@pytest.fixture
def searched_questions(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The questions with which the bot searches the highlights."""
    questions: list[str] = []

    def search(question: object, index: object) -> None:
        del index
        questions.append(str(question))

    monkeypatch.setattr("bot.chat.conversation.answer", search)
    return questions


@pytest.mark.parametrize("text", WORDLESS, ids=ascii)
async def test_a_mention_without_words_gets_a_short_help(
    start: Starting, text: str, searched_questions: list[str]
) -> None:
    async with SlackServer() as slack, start(slack):
        ann = slack.user("ann")
        general = slack.channel("general", [ann])
        question = await slack.mention(ann, general, "", markup=f"<@{slack.bot_user}> {text}")
        answer = await slack.reply_to(question)
        assert slack.visible_text(answer) == wording.ASK_SOMETHING
        assert answer.thread_ts == question.ts
        assert searched_questions == []


@pytest.mark.parametrize("text", [text for text in WORDLESS if text.strip()], ids=ascii)
async def test_a_direct_message_without_words_gets_a_short_help(
    start: Starting, text: str, searched_questions: list[str]
) -> None:
    async with SlackServer() as slack, start(slack):
        question = await slack.direct_message(slack.user("ann"), "", markup=text)
        assert slack.visible_text(await slack.reply_to(question)) == wording.ASK_SOMETHING
        assert searched_questions == []


async def test_a_file_without_words_gets_a_short_help(start: Starting, searched_questions: list[str]) -> None:
    async with SlackServer() as slack, start(slack):
        ann = slack.user("ann")
        general = slack.channel("general", [ann])
        event = {
            "type": "app_mention", "subtype": "file_share", "user": ann.id, "channel": general.id,
            "ts": f"{time.time():.6f}", "text": f"<@{slack.bot_user}>", "upload": True,
            "files": [{"id": "F1", "name": "forgetting curve.pdf", "title": "forgetting curve"}],
        }  # fmt: skip
        await slack.deliver(event, general)
        await slack.until(lambda: bool(slack.posts()))
        assert [slack.visible_text(post) for post in slack.posts()] == [wording.ASK_SOMETHING]
        assert searched_questions == []

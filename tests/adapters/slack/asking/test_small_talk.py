"""People talk to the bot as if it were a person, or talk about it (fault 68)."""

import pytest

from bot.chat import wording
from tests.adapters.slack.conftest import Starting
from tests.slack_server import SlackServer


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("thanks", "You’re welcome."),
        ("hi!", "Hello!"),
        ("help!", wording.ABOUT),
        ("what can you do?", wording.ABOUT),
        ("more.", wording.NOTHING_BEFORE),
        ("random", "Another"),
        ("Danke schön!", "Gern geschehen."),
        ("que peux-tu faire ?", "Posez votre question avec vos mots"),
        ("¡hola!", "¡Hola!"),
        ("ありがとうございます！", "どういたしまして"),
        ("谢谢", "不客气"),
    ],
)
@pytest.mark.parametrize("direct", [True, False])
async def test_small_talk_gets_a_polite_reply(start: Starting, text: str, shown: str, direct: bool) -> None:
    async with SlackServer() as slack, start(slack):
        ann = slack.user("ann")
        general = slack.channel("general", [ann])
        question = await (slack.direct_message(ann, text) if direct else slack.mention(ann, general, text))
        answer = slack.visible_text(await slack.reply_to(question))
        assert shown in answer
        assert "Nothing fits" not in answer


@pytest.mark.parametrize(
    "text",
    [
        "did you see @analects?",
        "we use @analects for that",
        "hast du schon @analects probiert?",
        "tu as vu @analects ?",
    ],
)
async def test_a_remark_about_the_bot_starts_no_search(start: Starting, text: str) -> None:
    async with SlackServer() as slack, start(slack) as bot:
        ann = slack.user("ann")
        general = slack.channel("general", [ann])
        await slack.mention(ann, general, text)
        await slack.until(lambda: bot.service.counts["aside"] == 1)
        await slack.reply_to(await slack.mention(ann, general, "what about memory, @analects?"))
        assert len(slack.posts()) == 1


async def test_more_continues_the_answer_above(start: Starting) -> None:
    async with SlackServer() as slack, start(slack, QUOTES_PER_ANSWER="1"):
        ann = slack.user("ann")
        general = slack.channel("general", [ann])
        first = await slack.reply_to(await slack.mention(ann, general, "memory"))
        question = await slack.mention(ann, general, "more, please!", thread_ts=first.thread_ts)
        await slack.until(lambda: len(slack.replies_to(question)) == 1)
        assert slack.visible_text(slack.replies_to(question)[0]) != slack.visible_text(first)

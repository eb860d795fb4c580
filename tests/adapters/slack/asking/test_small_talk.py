"""People talk to the bot as if it were a person, or talk about it (fault 68)."""

import pytest

from bot.chat import wording
from tests.adapters.slack.conftest import Starting
from tests.slack_server import SlackServer


@pytest.mark.parametrize(
    ("said", "shown"),
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
async def test_what_a_person_would_expect(start: Starting, said: str, shown: str, direct: bool) -> None:
    async with SlackServer() as slack, start(slack):
        ann = slack.user("ann")
        general = slack.channel("general", [ann])
        asked = await (slack.direct_message(ann, said) if direct else slack.mention(ann, general, said))
        answer = slack.visible_text(await slack.reply_to(asked))
        assert shown in answer
        assert "Nothing fits" not in answer


@pytest.mark.parametrize(
    "said",
    [
        "did you see @analects?",
        "we use @analects for that",
        "hast du schon @analects probiert?",
        "tu as vu @analects ?",
    ],
)
async def test_a_mention_in_passing_starts_no_search(start: Starting, said: str) -> None:
    async with SlackServer() as slack, start(slack) as bot:
        ann = slack.user("ann")
        general = slack.channel("general", [ann])
        await slack.mention(ann, general, said)
        await slack.until(lambda: bot.service.counts["aside"] == 1)
        await slack.reply_to(await slack.mention(ann, general, "what about memory, @analects?"))
        assert len(slack.posts()) == 1


async def test_more_belongs_to_the_answer_above(start: Starting) -> None:
    async with SlackServer() as slack, start(slack, QUOTES_PER_ANSWER="1"):
        ann = slack.user("ann")
        general = slack.channel("general", [ann])
        first = await slack.reply_to(await slack.mention(ann, general, "memory"))
        asked = await slack.mention(ann, general, "more, please!", thread_ts=first.thread_ts)
        await slack.until(lambda: len(slack.replies_to(asked)) == 1)
        assert slack.visible_text(slack.replies_to(asked)[0]) != slack.visible_text(first)

"""Threads and channels in which no mention is needed, and questions about the messages above."""

import pytest

from bot.chat import wording
from tests.adapters.slack.conftest import Starting
from tests.slack_server import ALL_SCOPES, EVERY_EVENT, Installation, SlackServer


def slack_with_all_events() -> SlackServer:
    return SlackServer(installation=Installation(events=EVERY_EVENT))


@pytest.mark.parametrize(
    "text",
    ["anything on this?", "do we have any quotes about that?", "hast du etwas dazu?", "关于这个有什么吗？"],
)
async def test_a_mention_in_a_thread_asks_about_the_messages_above(start: Starting, text: str) -> None:
    async with SlackServer() as slack, start(slack):
        ann, bob = slack.user("ann"), slack.user("bob")
        general = slack.channel("general", [ann, bob])
        root = await slack.say(ann, general, "I keep thinking about memory and forgetting")
        await slack.say(bob, general, "me too", thread_ts=root.ts)
        answer = await slack.reply_to(await slack.mention(bob, general, text, thread_ts=root.ts))
        shown = slack.visible_text(answer).lower()
        assert "memory" in shown or "forget" in shown
        assert answer.thread_ts == root.ts


async def test_without_the_history_scope_the_reply_asks_to_name_the_topic(start: Starting) -> None:
    scopes = frozenset(ALL_SCOPES) - {"channels:history"}
    async with SlackServer(installation=Installation(scopes=scopes)) as slack, start(slack):
        ann = slack.user("ann")
        general = slack.channel("general", [ann])
        root = await slack.say(ann, general, "I keep thinking about memory")
        answer = await slack.reply_to(
            await slack.mention(ann, general, "anything on this?", thread_ts=root.ts)
        )
        assert slack.visible_text(answer) == wording.NAME_IT


async def test_follow_ups_need_no_mention(start: Starting) -> None:
    async with slack_with_all_events() as slack:
        ann, bob = slack.user("ann"), slack.user("bob")
        general = slack.channel("general", [ann, bob])
        async with start(slack):
            question = await slack.mention(ann, general, "what about memory?")
            await slack.reply_to(question)
            follow = await slack.say(bob, general, "and what about sleep?", thread_ts=question.ts)
            await slack.until(lambda: len(slack.posts()) == 2)
            assert slack.posts()[-1].thread_ts == question.ts
            for aside in ("thanks!", "I love that one.", "lol", "let us meet at noon"):
                await slack.say(bob, general, aside, thread_ts=question.ts)
            other = await slack.say(ann, general, "lunch?")
            await slack.say(bob, general, "what about pizza?", thread_ts=other.ts)
            await slack.redeliver(follow)
            await slack.quiet()
            assert len(slack.posts()) == 2
        async with start(slack):
            await slack.say(bob, general, "and what about habits?", thread_ts=question.ts)
            await slack.until(lambda: len(slack.posts()) == 3, what="answer after a restart")


async def test_in_an_ask_channel_every_question_is_answered_and_nothing_else(start: Starting) -> None:
    async with slack_with_all_events() as slack:
        ann = slack.user("ann")
        asking, other = slack.channel("asking", [ann]), slack.channel("other", [ann])
        async with start(slack, ASK_CHANNELS=f"slack:{asking.id}") as bot:
            questions = [
                await slack.say(ann, asking, text)
                for text in (
                    "what do we know about memory?",
                    "how does one sleep well",
                    "Was sagt sie über Gewohnheiten?",
                )
            ]
            for question in questions:
                await slack.until(lambda question=question: bool(slack.thread(asking, str(question.ts))))  # type: ignore[misc]
            for aside in (
                "good morning",
                "thanks",
                "what a day!",
                "see https://example.com/?a=b",
                "When I slept, I dreamt.",
            ):
                await slack.say(ann, asking, aside)
            await slack.say(ann, other, "what do we know about memory?")
            await slack.mention(ann, asking, "what about memory?")
            await slack.until(lambda: len(slack.posts()) == 4)
            await slack.quiet()
            assert {post.channel for post in slack.posts()} == {asking.id}
            assert len(slack.posts()) == 4
            assert bot.service.counts["aside"] == 6

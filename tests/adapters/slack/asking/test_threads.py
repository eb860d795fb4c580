"""Threads and channels in which no mention is needed, and questions about the messages above."""

import pytest

from bot.chat import wording
from tests.adapters.slack.conftest import Starting
from tests.slack_server import ALL_SCOPES, EVERY_EVENT, Installation, SlackServer


def hearing() -> SlackServer:
    return SlackServer(installation=Installation(events=EVERY_EVENT))


@pytest.mark.parametrize(
    "said",
    ["anything on this?", "do we have any quotes about that?", "hast du etwas dazu?", "关于这个有什么吗？"],
)
async def test_a_mention_in_somebodys_thread(start: Starting, said: str) -> None:
    async with SlackServer() as slack, start(slack):
        ann, bob = slack.user("ann"), slack.user("bob")
        general = slack.channel("general", [ann, bob])
        begun = await slack.say(ann, general, "I keep thinking about memory and forgetting")
        await slack.say(bob, general, "me too", thread_ts=begun.ts)
        answer = await slack.reply_to(await slack.mention(bob, general, said, thread_ts=begun.ts))
        shown = slack.visible_text(answer).lower()
        assert "memory" in shown or "forget" in shown
        assert answer.thread_ts == begun.ts


async def test_a_thread_that_may_not_be_read(start: Starting) -> None:
    scopes = frozenset(ALL_SCOPES) - {"channels:history"}
    async with SlackServer(installation=Installation(scopes=scopes)) as slack, start(slack):
        ann = slack.user("ann")
        general = slack.channel("general", [ann])
        begun = await slack.say(ann, general, "I keep thinking about memory")
        answer = await slack.reply_to(
            await slack.mention(ann, general, "anything on this?", thread_ts=begun.ts)
        )
        assert slack.visible_text(answer) == wording.NAME_IT


async def test_follow_ups_need_no_mention(start: Starting) -> None:
    async with hearing() as slack:
        ann, bob = slack.user("ann"), slack.user("bob")
        general = slack.channel("general", [ann, bob])
        async with start(slack):
            asked = await slack.mention(ann, general, "what about memory?")
            await slack.reply_to(asked)
            follow = await slack.say(bob, general, "and what about sleep?", thread_ts=asked.ts)
            await slack.until(lambda: len(slack.posts()) == 2)
            assert slack.posts()[-1].thread_ts == asked.ts
            for aside in ("thanks!", "I love that one.", "lol", "let us meet at noon"):
                await slack.say(bob, general, aside, thread_ts=asked.ts)
            other = await slack.say(ann, general, "lunch?")
            await slack.say(bob, general, "what about pizza?", thread_ts=other.ts)
            await slack.redeliver(follow)
            await slack.quiet()
            assert len(slack.posts()) == 2
        async with start(slack):
            await slack.say(bob, general, "and what about habits?", thread_ts=asked.ts)
            await slack.until(lambda: len(slack.posts()) == 3, what="answer after a restart")


async def test_every_question_in_a_listed_channel_and_nothing_else(start: Starting) -> None:
    async with hearing() as slack:
        ann = slack.user("ann")
        asking, other = slack.channel("asking", [ann]), slack.channel("other", [ann])
        async with start(slack, ASK_CHANNELS=f"slack:{asking.id}") as bot:
            asked = [
                await slack.say(ann, asking, said)
                for said in (
                    "what do we know about memory?",
                    "how does one sleep well",
                    "Was sagt sie über Gewohnheiten?",
                )
            ]
            for one in asked:
                await slack.until(lambda one=one: bool(slack.thread(asking, str(one.ts))))  # type: ignore[misc]
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

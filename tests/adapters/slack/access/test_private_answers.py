"""A channel can be set to private answers: only the asker sees the answer to a mention, and may share or keep it."""

import pytest

from bot.chat import wording
from tests.adapters.slack.conftest import Starting
from tests.slack_server import SlackServer


@pytest.mark.parametrize("text", ["what about memory?", "random", "thanks", "zyzzyva quodlibet"])
async def test_only_the_asker_sees_the_answer_to_a_mention(start: Starting, text: str) -> None:
    async with SlackServer() as slack:
        ann = slack.user("ann")
        quiet, other = slack.channel("quiet", [ann]), slack.channel("other", [ann])
        async with start(slack, PRIVATE_CHANNELS=f"slack:{quiet.id}"):
            question = await slack.mention(ann, quiet, text)
            await slack.until(lambda: bool(slack.ephemerals(ann)))
            await slack.redeliver(question)
            await slack.reply_to(await slack.mention(ann, other, text))
            await slack.quiet()
            assert [post.channel for post in slack.posts()] == [other.id]
            assert [message.channel for message in slack.ephemerals(ann)] == [quiet.id]
            assert slack.ephemerals(ann)[0].shown


async def test_a_mention_in_a_thread_is_answered_privately_in_the_thread(start: Starting) -> None:
    async with SlackServer() as slack:
        ann, bob = slack.user("ann"), slack.user("bob")
        quiet = slack.channel("quiet", [ann, bob])
        async with start(slack, PRIVATE_CHANNELS=f"slack:{quiet.id}"):
            root = await slack.say(bob, quiet, "a book club")
            await slack.say(bob, quiet, "on memory", thread_ts=root.ts)
            question = await slack.mention(ann, quiet, "what about memory?", thread_ts=root.ts)
            answer = await slack.reply_to(question)
            assert (answer.ephemeral_to, answer.thread_ts) == (ann.id, root.ts)


@pytest.mark.parametrize("text", ["what about memory?", "random"])
async def test_a_private_answer_can_be_shared_and_kept(start: Starting, text: str) -> None:
    async with SlackServer() as slack:
        ann = slack.user("ann")
        quiet = slack.channel("quiet", [ann])
        async with start(slack, PRIVATE_CHANNELS=f"slack:{quiet.id}"):
            await slack.mention(ann, quiet, text)
            await slack.until(lambda: bool(slack.ephemerals(ann)))
            answer = slack.ephemerals(ann)[0]
            passage = slack.visible_text(answer).splitlines()[0]
            direct = slack.workspace.im(ann.id)
            for _ in range(2):
                await slack.press(ann, answer, "keep")
            await slack.until(lambda: bool(slack.posts(direct)))
            await slack.until(
                lambda: (
                    wording.KEPT_ANSWER
                    in str([slack.visible_text(message) for message in slack.ephemerals(ann)])
                )
            )
            await slack.quiet()
            (kept,) = slack.posts(direct)
            assert passage in slack.visible_text(kept)
            await slack.press(ann, answer, "share")
            await slack.until(lambda: bool(slack.posts(quiet)))
            assert passage in slack.visible_text(slack.posts(quiet)[0])
            await slack.until(lambda: answer.deleted)

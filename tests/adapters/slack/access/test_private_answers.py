"""A channel can be set to private answers: only the asker sees the answer to a mention, and may share or keep it."""

import pytest

from bot.chat import wording
from tests.adapters.slack.conftest import Starting
from tests.slack_server import SlackServer


@pytest.mark.parametrize("said", ["what about memory?", "random", "thanks", "zyzzyva quodlibet"])
async def test_a_mention_is_answered_to_the_asker_alone(start: Starting, said: str) -> None:
    async with SlackServer() as slack:
        ann = slack.user("ann")
        quiet, other = slack.channel("quiet", [ann]), slack.channel("other", [ann])
        async with start(slack, PRIVATE_CHANNELS=f"slack:{quiet.id}"):
            asked = await slack.mention(ann, quiet, said)
            await slack.until(lambda: bool(slack.ephemerals(ann)))
            await slack.redeliver(asked)
            await slack.reply_to(await slack.mention(ann, other, said))
            await slack.quiet()
            assert [post.channel for post in slack.posts()] == [other.id]
            assert [one.channel for one in slack.ephemerals(ann)] == [quiet.id]
            assert slack.ephemerals(ann)[0].shown


async def test_in_a_thread_it_is_shown_in_the_thread(start: Starting) -> None:
    async with SlackServer() as slack:
        ann, bob = slack.user("ann"), slack.user("bob")
        quiet = slack.channel("quiet", [ann, bob])
        async with start(slack, PRIVATE_CHANNELS=f"slack:{quiet.id}"):
            begun = await slack.say(bob, quiet, "a book club")
            await slack.say(bob, quiet, "on memory", thread_ts=begun.ts)
            asked = await slack.mention(ann, quiet, "what about memory?", thread_ts=begun.ts)
            answer = await slack.reply_to(asked)
            assert (answer.ephemeral_to, answer.thread_ts) == (ann.id, begun.ts)


@pytest.mark.parametrize("said", ["what about memory?", "random"])
async def test_share_and_keep(start: Starting, said: str) -> None:
    async with SlackServer() as slack:
        ann = slack.user("ann")
        quiet = slack.channel("quiet", [ann])
        async with start(slack, PRIVATE_CHANNELS=f"slack:{quiet.id}"):
            await slack.mention(ann, quiet, said)
            await slack.until(lambda: bool(slack.ephemerals(ann)))
            answer = slack.ephemerals(ann)[0]
            passage = slack.visible_text(answer).splitlines()[0]
            direct = slack.workspace.im(ann.id)
            for _ in range(2):
                await slack.press(ann, answer, "keep")
            await slack.until(lambda: bool(slack.posts(direct)))
            await slack.until(
                lambda: wording.KEPT_ANSWER in str([slack.visible_text(one) for one in slack.ephemerals(ann)])
            )
            await slack.quiet()
            (kept,) = slack.posts(direct)
            assert passage in slack.visible_text(kept)
            await slack.press(ann, answer, "share")
            await slack.until(lambda: bool(slack.posts(quiet)))
            assert passage in slack.visible_text(slack.posts(quiet)[0])
            await slack.until(lambda: answer.deleted)

"""Messages that nobody asked for: posted only in channels that are still allowed, found again by their key (faults 14 and 39)."""

import time

import pytest

from bot.chat.conversation import Bot
from bot.chat.replies import Picks
from bot.chat.requests import Command
from bot.delivery.target import LookupFailedError, PostError, RefusedError
from tests.adapters.slack.conftest import SlackInstance, Starting
from tests.slack_server import ALL_SCOPES, Channel, Installation, SlackServer, dropped

NO_HISTORY = frozenset(ALL_SCOPES) - {"channels:history", "groups:history"}


def picks(bot: Bot) -> Picks:
    reply = bot.reply(Command("random"))
    assert isinstance(reply, Picks)
    return reply


async def test_a_post_is_found_by_its_key(start: Starting, bot: Bot) -> None:
    async with SlackServer() as slack, start(slack) as instance:
        general = slack.channel("general", [slack.user("ann")])
        began = time.time()
        target = instance.platform.proactive_target(general.id, "digest:1", began)
        assert await target.find() is None
        sent = await target.post(picks(bot))
        assert await target.find() == sent
        assert await instance.platform.proactive_target(general.id, "digest:2", began).find() is None
        assert await instance.platform.proactive_target(general.id, "digest:1", began + 3600).find() is None
        assert [post.thread_ts for post in slack.posts(general)] == [None]


async def test_a_post_whose_answer_was_lost_is_not_repeated(start: Starting, bot: Bot) -> None:
    async with SlackServer() as slack, start(slack) as instance:
        general = slack.channel("general", [slack.user("ann")])
        slack.faults.order("chat.postMessage", dropped(after=True), times=1)
        target = instance.platform.proactive_target(general.id, "digest:1", time.time())
        await instance.service.delivery.post(target, picks(bot), "digest:1", None)
        assert len(slack.posts(general)) == 1
        assert len(slack.calls("chat.postMessage")) == 1


async def test_without_the_history_scope_a_post_cannot_be_looked_up(start: Starting) -> None:
    async with SlackServer(installation=Installation(scopes=NO_HISTORY)) as slack, start(slack) as instance:
        general = slack.channel("general", [slack.user("ann")])
        with pytest.raises(LookupFailedError) as failed:
            await instance.platform.proactive_target(general.id, "digest:1", time.time()).find()
        assert not failed.value.may_retry


async def test_a_lookup_fails_if_there_are_too_many_messages(
    start: Starting, bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.slack.posting.MAX_HISTORY_PAGES", 1)
    async with SlackServer() as slack, start(slack) as instance:
        ann = slack.user("ann")
        general = slack.channel("general", [ann])
        target = instance.platform.proactive_target(general.id, "digest:1", time.time())
        for number in range(201):
            await slack.say(ann, general, f"talk {number}")
        with pytest.raises(LookupFailedError) as failed:
            await target.find()
        assert not failed.value.may_retry


async def refused_post(instance: SlackInstance, channel: Channel, bot: Bot, person: str = "") -> PostError:
    with pytest.raises(RefusedError) as error:
        await instance.platform.proactive_target(channel.id, "digest:1", time.time(), person).post(picks(bot))
    return error.value


async def test_posts_go_only_to_places_that_are_still_allowed(start: Starting, bot: Bot) -> None:
    async with SlackServer() as slack:
        ann, bob, eve = slack.user("ann"), slack.user("bob"), slack.user("eve", guest=True)
        listed, other = slack.channel("listed", [ann]), slack.channel("other", [ann])
        shared = slack.channel("shared", [ann], shared_with=["T0OTHER001"])
        async with start(slack) as instance:
            await instance.platform.proactive_target(other.id, "digest:1", time.time()).post(picks(bot))
            assert "not allowed" in str(await refused_post(instance, shared, bot))
            await refused_post(instance, slack.workspace.im(eve.id), bot, eve.id)
        async with start(slack, ALLOWED_CHANNELS=f"slack:{listed.id}") as instance:
            await instance.platform.proactive_target(listed.id, "digest:1", time.time()).post(picks(bot))
            error = await refused_post(instance, other, bot)
            assert isinstance(error, RefusedError)
            assert f"ALLOWED_CHANNELS=slack:{other.id}" in error.fix
            direct = slack.workspace.im(ann.id)
            await instance.platform.proactive_target(direct.id, "digest:1", time.time(), ann.id).post(
                picks(bot)
            )
            await refused_post(instance, slack.workspace.im(bob.id), bot, bob.id)
        assert {post.channel for post in slack.posts()} == {other.id, listed.id, direct.id}


async def test_a_post_to_a_channel_without_the_bot_is_refused_and_logged(
    start: Starting, bot: Bot, caplog: pytest.LogCaptureFixture
) -> None:
    async with SlackServer() as slack, start(slack) as instance:
        general = slack.channel("general", [slack.user("ann")], bot=False)
        target = instance.platform.proactive_target(general.id, "digest:1", time.time())
        await instance.service.delivery.post(target, picks(bot), "digest:1", None)
        assert slack.posts() == []
        assert "not_in_channel" in caplog.text
        assert "/invite" in caplog.text


async def test_the_creator_and_admins_manage_a_channel(start: Starting) -> None:
    async with SlackServer() as slack, start(slack) as instance:
        ann, bob = slack.user("ann"), slack.user("bob")
        admin, owner = slack.user("adi", admin=True), slack.user("oz", owner=True)
        general = slack.channel("general", [ann, bob, admin, owner], creator=ann)
        manages = instance.platform.manages
        found = [await manages(person.id, general.id) for person in (ann, bob, admin, owner)]
        assert found == [True, False, True, True]

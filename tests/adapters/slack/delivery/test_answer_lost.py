"""A post times out, or its connection breaks. The bot looks it up before it posts again (fault 14)."""

import pytest

from adapters.slack import manifest
from tests.adapters.slack.conftest import Starting
from tests.slack_server import ALL_SCOPES, Installation, SlackServer, dropped, error, server_error
from tests.slack_server.faults import Fault

ARRIVED = [
    dropped(after=True),
    server_error(503, "text", after=True),
    server_error(500, after=True),
    error("fatal_error", after=True),
]
NOT_ARRIVED = [
    dropped(after=False),
    server_error(503, "text"),
    server_error(502),
    server_error(500, "json"),
    error("fatal_error"),
]
NO_HISTORY = frozenset(ALL_SCOPES) - {"channels:history", "groups:history"}


@pytest.mark.long
@pytest.mark.parametrize("fault", ARRIVED + NOT_ARRIVED)
async def test_a_post_is_looked_up_if_history_may_be_read(start: Starting, fault: Fault) -> None:
    async with SlackServer() as slack, start(slack):
        ann = slack.user("ann")
        slack.faults.order("chat.postMessage", fault, times=1)
        question = await slack.mention(ann, slack.channel("general", [ann]), "what about memory?")
        direct = await slack.direct_message(ann, "and sleep?")
        for delivery in (question, direct):
            await slack.reply_to(delivery)
        await slack.quiet()
        assert [len(slack.replies_to(delivery)) for delivery in (question, direct)] == [1, 1]


@pytest.mark.parametrize("fault", ARRIVED + NOT_ARRIVED)
async def test_a_post_is_not_repeated_if_history_may_not_be_read(start: Starting, fault: Fault) -> None:
    async with SlackServer(installation=Installation(scopes=NO_HISTORY)) as slack, start(slack) as bot:
        ann = slack.user("ann")
        slack.faults.order("chat.postMessage", fault, times=1)
        question = await slack.mention(ann, slack.channel("general", [ann]), "what about memory?")
        await slack.until(lambda: bool(slack.calls("conversations.replies")))
        await slack.redeliver(question)
        await slack.quiet()
        assert bot.service.counts["unknown"] == 1
        assert len(slack.calls("chat.postMessage")) == 1


async def test_a_direct_message_can_always_be_looked_up(start: Starting) -> None:
    async with SlackServer(installation=Installation(scopes=NO_HISTORY)) as slack, start(slack):
        ann = slack.user("ann")
        slack.faults.order("chat.postMessage", dropped(after=True), times=1)
        question = await slack.direct_message(ann, "what about memory?")
        await slack.until(lambda: bool(slack.calls("conversations.history")))
        await slack.quiet()
        assert len(slack.replies_to(question)) == 1


@pytest.mark.parametrize("private", [False, True])
@pytest.mark.parametrize("arrived", [True, False])
async def test_with_the_scopes_of_our_manifest_a_post_is_looked_up(
    start: Starting, private: bool, arrived: bool
) -> None:
    """The history scopes are optional in the manifest. They are granted unless the installer deselects them."""
    our_manifest = manifest.manifest()
    installed = Installation(
        scopes=frozenset(manifest.requested_scopes(our_manifest)),
        events=frozenset(manifest.events(our_manifest)),
    )
    async with SlackServer(installation=installed) as slack, start(slack):
        ann = slack.user("ann")
        room = slack.channel("general", [ann], private=private)
        slack.faults.order("chat.postMessage", server_error(503, "text", after=arrived), times=1)
        question = await slack.mention(ann, room, "what about memory?")
        await slack.until(lambda: bool(slack.calls("conversations.replies")))
        await slack.reply_to(question)
        await slack.redeliver(question)
        await slack.quiet()
        assert len(slack.replies_to(question)) == 1
        assert len(slack.calls("chat.postMessage")) == (1 if arrived else 2)

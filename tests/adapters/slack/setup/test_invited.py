"""The bot asks to be invited, and is. It answers at once, not only after its pause of ten minutes (fault 54)."""

import pytest

from bot.chat import wording
from tests.adapters.slack.conftest import Starting
from tests.slack_server import BOT_USER, EVERY_EVENT, Installation, SlackServer, error


@pytest.mark.parametrize(
    "error_code", ["not_in_channel", "channel_not_found", "is_archived", "restricted_action"]
)
async def test_a_new_mention_ends_the_pause_of_a_channel(start: Starting, error_code: str) -> None:
    async with SlackServer() as slack, start(slack):
        ann = slack.user("ann")
        general = slack.channel("general", [ann])
        fault = slack.faults.order("chat.postMessage", error(error_code), channel=general)
        await slack.mention(ann, general, "what about memory?")
        await slack.until(lambda: fault.hits == 1)
        await slack.quiet()
        fault.lift()
        await slack.reply_to(await slack.mention(ann, general, "what about memory?"))


async def test_joining_a_channel_ends_its_pause(start: Starting) -> None:
    installation = Installation(events=EVERY_EVENT)
    async with SlackServer(installation=installation) as slack, start(slack) as bot:
        general = slack.channel("general", [slack.user("ann")])
        bot.service.delivery.pause(f"slack:{general.id}", 600)
        bot.service.delivery._refused.add(f"slack:{general.id}")
        await slack.join(slack.workspace.users[BOT_USER], general)
        await slack.until(
            lambda: not bot.service.delivery.is_paused(f"slack:{general.id}"), what="end of the pause"
        )


@pytest.mark.parametrize("private", [False, True])
async def test_a_digest_can_be_set_right_after_the_invitation(start: Starting, private: bool) -> None:
    async with SlackServer() as slack, start(slack):
        ann = slack.user("ann")
        place = slack.channel("place", [ann], creator=ann, bot=False, private=private)
        refused = await slack.reply_to(await slack.slash(ann, place, "/highlight", "digest daily at 9"))
        assert slack.visible_text(refused) == wording.NOT_INVITED
        place.members.add(BOT_USER)
        reply = await slack.reply_to(await slack.slash(ann, place, "/highlight", "digest daily at 9"))
        assert "every day at 09:00" in slack.visible_text(reply)


async def test_a_mention_does_not_end_a_pause_that_slack_asked_for(start: Starting) -> None:
    async with SlackServer() as slack, start(slack) as bot:
        ann = slack.user("ann")
        general = slack.channel("general", [ann])
        bot.service.delivery.pause(f"slack:{general.id}", 600)
        await slack.mention(ann, general, "what about memory?")
        await slack.until(lambda: bot.service.counts["resting"] == 1)
        assert slack.posts() == []

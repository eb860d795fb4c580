"""Someone edits or deletes a question; people join, pin messages and set topics. The bot says nothing (faults 4 and 6)."""

from tests.adapters.slack.conftest import Starting
from tests.slack_server import EVERY_EVENT, Installation, SlackServer


async def test_message_edited_or_deleted(start: Starting) -> None:
    async with SlackServer(installation=Installation(events=EVERY_EVENT)) as slack, start(slack):
        ann = slack.user("ann")
        general = slack.channel("general", [ann])
        question = await slack.mention(ann, general, "what about memry?")
        await slack.reply_to(question)
        edited = await slack.edit(question, "what about memory?")
        assert len(edited) == 2, "message_changed, and app_mention once more"
        await slack.delete_message(question)
        await slack.quiet()
        assert len(slack.posts()) == 1


async def test_joins_topics_pins_and_other_messages_are_acknowledged_but_not_answered(
    start: Starting,
) -> None:
    async with SlackServer(installation=Installation(events=EVERY_EVENT)) as slack, start(slack) as bot:
        ann = slack.user("ann")
        general = slack.channel("general", [ann])
        deliveries = [*await slack.join(slack.user("bob"), general)]
        deliveries += [
            await slack.say(ann, general, "a word about memory", subtype=subtype)
            for subtype in ("channel_topic", "pinned_item", "channel_name", "thread_broadcast")
        ]
        deliveries.append(await slack.say(ann, general, "", subtype="channel_purpose"))
        deliveries.append(await slack.say(ann, general, "talk of memory without a mention"))
        direct = await slack.direct_message(ann, "memory")
        await slack.edit(direct, "memory?")
        deliveries.append(await slack.deliver({"type": "reaction_added", "user": ann.id, "item": {}}))
        await slack.quiet()
        assert all(delivery.acked for delivery in deliveries), (
            "events that the bot does not use are acknowledged, too"
        )
        assert [post.channel for post in slack.posts()] == [direct.channel]
        assert bot.service.counts["failed"] == 0

"""The question stands in a group message, a thread, blocks, an attachment, a forwarded message or an edit (fault 59)."""

import time

import pytest

from tests.adapters.slack.conftest import Starting
from tests.slack_server import ALL_SCOPES, BOT_USER, EVERY_EVENT, Installation, Json, Message, SlackServer

EVENTS = EVERY_EVENT | {"message.mpim"}
WORDS = "what about memory?"


def rich(text: str) -> list[Json]:
    section: Json = {
        "type": "rich_text_section",
        "elements": [{"type": "user", "user_id": BOT_USER}, {"type": "text", "text": text}],
    }
    return [{"type": "rich_text", "elements": [section]}]


BODIES: list[Json] = [
    {"blocks": rich(WORDS)},
    {"blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": WORDS}}]},
    {"attachments": [{"text": WORDS, "fallback": "[no preview]"}]},
    {"attachments": [{"fallback": WORDS}]},
    {"attachments": [{"is_share": True, "author_name": "Ann", "text": WORDS, "fallback": "[Ann]"}]},
    {"attachments": [{"is_msg_unfurl": True, "message_blocks": [{"message": {"blocks": rich(WORDS)}}]}]},
    {"attachments": [{"blocks": [{"type": "header", "text": {"type": "plain_text", "text": WORDS}}]}]},
]


@pytest.mark.parametrize("body", BODIES)
async def test_a_mention_is_answered_if_its_words_are_in_another_field(start: Starting, body: Json) -> None:
    async with SlackServer() as slack, start(slack):
        ann = slack.user("ann")
        general = slack.channel("general", [ann])
        event = {
            "type": "app_mention", "user": ann.id, "channel": general.id, "ts": f"{time.time():.6f}",
            "text": f"<@{BOT_USER}>", **body,
        }  # fmt: skip
        await slack.deliver(event, general)
        await slack.until(lambda: bool(slack.posts()))
        assert "memory" in slack.visible_text(slack.posts()[0]).lower()


@pytest.mark.parametrize("body", BODIES)
async def test_the_shortcut_reads_words_in_any_field(start: Starting, body: Json) -> None:
    async with SlackServer() as slack, start(slack):
        ann = slack.user("ann")
        general = slack.channel("general", [ann])
        message = slack.workspace.add(
            Message(general.id, slack.workspace.next_ts(), {"text": "", **body}, ann.id)
        )
        found = await slack.reply_to(await slack.shortcut(ann, message, "find_highlights"))
        assert "memory" in slack.visible_text(found).lower()


async def test_the_shortcut_in_a_thread_answers_in_the_thread(start: Starting) -> None:
    async with SlackServer() as slack, start(slack):
        ann = slack.user("ann")
        general = slack.channel("general", [ann])
        root = await slack.say(ann, general, "a book club")
        message = await slack.say(ann, general, WORDS, thread_ts=root.ts)
        found = await slack.reply_to(await slack.shortcut(ann, message, "find_highlights"))
        assert (found.ephemeral_to, found.thread_ts) == (ann.id, root.ts)


async def test_a_mention_in_a_group_message_is_answered_once(start: Starting) -> None:
    scopes = frozenset(ALL_SCOPES) | {"mpim:history", "mpim:read"}
    async with (
        SlackServer(installation=Installation(events=EVENTS, scopes=scopes)) as slack,
        start(slack) as bot,
    ):
        ann, bob = slack.user("ann"), slack.user("bob")
        group = slack.channel("mpdm-ann--bob", [ann, bob], private=True, group_direct=True)
        aside = await slack.say(ann, group, "what do you think, bob?")
        message = await slack.say(ann, group, f"@analects {WORDS}")
        await slack.until(lambda: bool(slack.posts(group)))
        await slack.mention(ann, group, "and sleep?", twin=True)
        await slack.until(lambda: len(slack.posts(group)) == 2)
        await slack.quiet()
        assert slack.posts(group)[0].thread_ts == message.ts
        assert not slack.thread(group, str(aside.ts))
        assert bot.service.counts["aside"] == 1
        assert len(slack.posts(group)) == 2


async def test_a_mention_added_by_an_edit_is_answered_once(start: Starting) -> None:
    async with SlackServer(installation=Installation(events=EVERY_EVENT)) as slack, start(slack):
        ann = slack.user("ann")
        general = slack.channel("general", [ann])
        message = await slack.say(ann, general, WORDS, ago=3600)
        for _ in range(2):
            await slack.edit(message, f"@analects {WORDS}")
            await slack.quiet()
        assert [post.thread_ts for post in slack.posts()] == [message.ts]


async def test_an_edit_of_an_old_question_is_not_answered(start: Starting) -> None:
    async with SlackServer() as slack, start(slack):
        ann = slack.user("ann")
        question = await slack.mention(ann, slack.channel("general", [ann]), WORDS, ago=3 * 86400)
        await slack.edit(question, f"{WORDS} Please.")
        await slack.quiet()
        assert slack.posts() == []

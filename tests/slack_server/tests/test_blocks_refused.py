"""Blocks and views that Slack refuses."""

from __future__ import annotations

import asyncio

import aiohttp
import pytest

from tests.slack_server import (
    Json,
    SlackServer,
    Timing,
)
from tests.slack_server.sample import (
    actions,
    button,
    client,
    context,
    literal,
    modal,
    mrkdwn,
    option,
    plain,
    refused,
    rich,
    section,
)

pytestmark = [pytest.mark.asyncio, pytest.mark.filterwarnings("ignore:The top-level `text` argument")]


@pytest.mark.parametrize(
    ("blocks", "sentence"),
    [
        ([{"type": "divider"}] * 51, "no more than 50 items allowed [json-pointer:/blocks]"),
        ([section("x" * 3001)], "must be less than 3001 characters [json-pointer:/blocks/0/text/text]"),
        ([section("")], "must be more than 0 characters [json-pointer:/blocks/0/text/text]"),
        ([{"type": "section"}], "must define either `text` or `fields` [json-pointer:/blocks/0/type]"),
        ([{"type": "header", "text": plain("x" * 151)}], "must be less than 151 characters"),
        (
            [{"type": "header", "text": mrkdwn("x")}],
            "unsupported type: mrkdwn [json-pointer:/blocks/0/text/type]",
        ),
        ([{"type": "banner"}], "unsupported type: banner [json-pointer:/blocks/0/type]"),
        ([section("x", colour="red")], "invalid additional property: colour [json-pointer:/blocks/0]"),
        ([section("x", block_id="a"), section("y", block_id="a")], '`block_id` "a" already exists'),
        (
            [section("x", block_id="a" * 256)],
            "must be less than 256 characters [json-pointer:/blocks/0/block_id]",
        ),
        ([context(*[mrkdwn("x")] * 11)], "no more than 10 items allowed [json-pointer:/blocks/0/elements]"),
        ([context()], "no fewer than 1 items allowed"),
        ([actions(*[button("x", str(n)) for n in range(26)])], "no more than 25 items allowed"),
        ([actions(button("x", "a"), button("y", "a"))], '`action_id` "a" already exists'),
        ([actions(button("x" * 76, "a"))], "must be less than 76 characters"),
        ([actions(button("x", "a" * 256))], "must be less than 256 characters"),
        ([actions(button("x", "a", value="v" * 2001))], "must be less than 2001 characters"),
        (
            [actions(button("x", "a", url="https://x.example/" + "p" * 3000))],
            "must be less than 3001 characters",
        ),
        ([actions(button("x", "a", style="loud"))], "must be one of primary, danger"),
        ([actions({**button("x", "a"), "text": mrkdwn("x")})], "unsupported type: mrkdwn"),
        ([actions({"type": "lever", "action_id": "a"})], "unsupported type: lever"),
        ([actions({"type": "static_select", "action_id": "a"})], "must define either `options` or"),
        ([{"type": "section", "text": None}], "must provide an object [json-pointer:/blocks/0/text]"),
        ([rich("section", literal(""))], "must be more than 0 characters"),
        ([rich("section", mrkdwn("x"))], "unsupported type: mrkdwn"),
        ([rich("section", literal("x", blink=True))], "invalid additional property: blink"),
        ([rich("quote", {"type": "link", "url": "no url"})], "must be a valid URI"),
        ([rich("quote", literal("x"), border=2)], "must be one of 0, 1"),
        ([rich("preformatted", {"type": "emoji", "name": "tada"})], "unsupported type: emoji"),
        ([rich("list", rich("section", literal("x"))["elements"][0])], "missing required field: style"),
        ([rich("poem", literal("x"))], "unsupported type: rich_text_poem"),
        ([{"type": "markdown", "text": "x" * 12_001}], "must be less than 12001 characters"),
    ],
)
async def test_slack_says_which_blocks_it_refuses(blocks: list[Json], sentence: str) -> None:
    async with SlackServer() as slack:
        post = client(slack).chat_postMessage(channel=slack.channel("general").id, text="x", blocks=blocks)
        body = await refused(post)
        assert body["error"] == "invalid_blocks"
        assert any(
            message.startswith("[ERROR] ") and sentence in message
            for message in body["response_metadata"]["messages"]
        )
        assert slack.posts() == []


async def test_slack_takes_blocks_of_all_kinds() -> None:
    confirm = {
        "title": plain("Sure?"),
        "text": mrkdwn("_really_"),
        "confirm": plain("Yes"),
        "deny": plain("No"),
    }
    menu = {"type": "overflow", "action_id": "m", "options": [option("a"), option("b")]}
    item = rich("section", literal("an item"))["elements"][0]
    blocks = [
        {"type": "header", "text": plain("H" * 150)},
        section("x" * 3000, accessory=menu),
        {"type": "section", "fields": [mrkdwn("a"), plain("b")]},
        {"type": "divider"},
        {"type": "image", "image_url": "https://x.example/i.png", "alt_text": "a cover", "title": plain("t")},
        context(
            mrkdwn("c"), {"type": "image", "image_url": "https://x.example/i.png", "alt_text": "a cover"}
        ),
        rich(
            "quote",
            literal("bold", bold=True, italic=True, strike=False, code=False),
            {"type": "link", "url": "https://x.example/?a=1&b=2", "text": "a link", "style": {"bold": True}},
            {"type": "emoji", "name": "tada"},
            {"type": "user", "user_id": "U1"},
            border=1,
        ),
        rich("list", item, item, style="ordered", indent=1, border=0),
        rich("preformatted", literal("code")),
        {"type": "markdown", "text": "**bold**"},
        actions(
            button("b", "a1", value="v", style="primary", confirm=confirm),
            button("u", "a2", url="https://x.example", accessibility_label="a link"),
            {"type": "static_select", "action_id": "a3", "placeholder": plain("p"), "options": [option("o")]},
            {"type": "timepicker", "action_id": "a4", "initial_time": "09:00"},
            {"type": "conversations_select", "action_id": "a5", "default_to_current_conversation": True},
        ),
    ]
    async with SlackServer() as slack:
        await client(slack).chat_postMessage(channel=slack.channel("general").id, text="x", blocks=blocks)


async def test_the_size_of_all_blocks_is_limited_except_for_a_response_url() -> None:
    blocks = [section("x" * 2700) for _ in range(5)]
    async with SlackServer() as slack:
        ann = slack.user("ann")
        general = slack.channel("general", [ann])
        post = client(slack).chat_postMessage(channel=general.id, text="x", blocks=blocks)
        assert (await refused(post))["error"] == "msg_blocks_too_long"
        await client(slack).chat_postMessage(channel=general.id, text="x", blocks=blocks[:4])
        command = await slack.slash(ann, general, "/highlight")
        async with aiohttp.ClientSession() as session:
            answer = await session.post(command.payload["response_url"], json={"blocks": blocks})
            assert answer.status == 200


async def test_long_texts_are_cut_and_metadata_is_checked() -> None:
    async with SlackServer() as slack:
        general = slack.channel("general").id
        await client(slack).chat_postMessage(channel=general, text="x" * 40_001)
        assert len(slack.posts()[0].text) == 40_000
        for metadata, expected in (
            ({"event_type": "answer"}, "invalid_metadata_format"),
            ({"event_type": "", "event_payload": {}}, "invalid_metadata_format"),
            ({"event_type": "answer", "event_payload": {"x": "y" * 8000}}, "metadata_too_large"),
        ):
            post = client(slack).chat_postMessage(channel=general, text="x", metadata=metadata)
            assert (await refused(post))["error"] == expected


async def test_views_are_checked() -> None:
    async with SlackServer() as slack:
        ann = slack.user("ann")
        publish = client(slack).views_publish
        for view, sentence in (
            ({"type": "home", "blocks": [{"type": "divider"}] * 101}, "no more than 100 items allowed"),
            ({"type": "home", "blocks": [{"type": "markdown", "text": "x"}]}, "unsupported type: markdown"),
            ({"type": "home", "blocks": [], "title": plain("x")}, "invalid additional property: title"),
            (
                {"type": "home", "blocks": [], "private_metadata": "x" * 3001},
                "must be less than 3001 characters",
            ),
            (modal(), "unsupported type: modal [json-pointer:/view/type]"),
        ):
            body = await refused(publish(user_id=ann.id, view=view))
            assert body["error"] == "invalid_arguments"
            assert sentence in body["response_metadata"]["messages"][0]
        home = await publish(user_id=ann.id, view={"type": "home", "blocks": [section("welcome")]})
        assert slack.visible_text(await slack.home_for(ann)) == "welcome"
        outdated = publish(user_id=ann.id, view={"type": "home", "blocks": []}, hash="other")
        assert (await refused(outdated))["error"] == "hash_conflict"
        await publish(user_id=ann.id, view={"type": "home", "blocks": []}, hash=home["view"]["hash"])


async def test_a_modal_needs_a_fresh_trigger_a_short_title_and_a_button() -> None:
    async with SlackServer() as slack:
        ann = slack.user("ann")
        general = slack.channel("general", [ann])

        async def trigger() -> str:
            return str((await slack.slash(ann, general, "/highlight")).payload["trigger_id"])

        fresh = await trigger()
        opened = await client(slack).views_open(trigger_id=fresh, view=modal())
        changed = await client(slack).views_update(view_id=opened["view"]["id"], view=modal("Changed"))
        assert changed["view"]["title"]["text"] == "Changed"
        assert len(slack.views(ann)) == 1
        for view, sentence in (
            (modal("T" * 25), "must be less than 25 characters [json-pointer:/view/title/text]"),
            ({name: value for name, value in modal().items() if name != "submit"}, "must define `submit`"),
        ):
            body = await refused(client(slack).views_open(trigger_id=await trigger(), view=view))
            assert sentence in body["response_metadata"]["messages"][0]
        used = client(slack).views_open(trigger_id=fresh, view=modal())
        assert (await refused(used))["error"] == "exchanged_trigger_id"


async def test_a_trigger_expires() -> None:
    async with SlackServer(timing=Timing(trigger=0.05)) as slack:
        ann = slack.user("ann")
        command = await slack.slash(ann, slack.channel("general", [ann]), "/highlight")
        await asyncio.sleep(0.06)
        late = client(slack).views_open(trigger_id=str(command.payload["trigger_id"]), view=modal())
        assert (await refused(late))["error"] == "expired_trigger_id"

"""The Slack server of the tests, proved with the real slack-sdk and slack-bolt."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable

import aiohttp
import pytest
from slack_bolt.async_app import AsyncApp, AsyncSay
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient

from tests.slack_server import (
    EVERY_EVENT,
    Installation,
    Json,
    SlackServer,
    Timing,
    View,
    delayed,
    dropped,
    error,
    forms,
    links,
    lost_answer,
    no_answer,
    notification,
    pings,
    rate_limited,
    server_error,
    unfurls,
    visible_text,
)
from tests.slack_server.remote import RemoteSlack
from tests.slack_server.sample import (
    actions,
    bot,
    button,
    client,
    context,
    http_bot,
    literal,
    modal,
    mrkdwn,
    option,
    plain,
    rich,
    section,
    socket_mode,
)

pytestmark = [pytest.mark.asyncio, pytest.mark.filterwarnings("ignore:The top-level `text` argument")]

QUICK = Timing(acknowledge=0.3, retries=(0.0, 0.1, 0.2), close_after_warning=0.3)
OTHER_TEAM = "T0OTHER001"


async def refused(call: Awaitable[object]) -> Json:
    """The body with which Slack refuses a call."""
    with pytest.raises(SlackApiError) as caught:
        await call
    body: Json = caught.value.response.data
    return body


# Tokens, scopes, methods


async def test_auth_test_names_the_bot_and_its_scopes() -> None:
    async with SlackServer() as slack:
        answer = await client(slack).auth_test()
        assert answer["user_id"] == slack.bot_user
        assert "chat:write" in answer.headers["x-oauth-scopes"].split(",")
        assert (await client(slack, slack.installation.app_token).auth_test()).get("bot_id") is None


async def test_wrong_swapped_missing_and_revoked_tokens_are_refused() -> None:
    async with SlackServer() as slack:
        installed = slack.installation
        assert (await refused(client(slack, "xoxb-wrong").auth_test()))["error"] == "invalid_auth"
        assert (await refused(client(slack, "").auth_test()))["error"] == "not_authed"
        post = client(slack, installed.app_token).chat_postMessage(channel="C1", text="x")
        assert (await refused(post))["error"] == "not_allowed_token_type"
        swapped = client(slack).apps_connections_open(app_token=installed.bot_token)
        assert (await refused(swapped))["error"] == "not_allowed_token_type"
        slack.revoke()
        assert (await refused(client(slack).auth_test()))["error"] == "token_revoked"


async def test_a_missing_scope_is_named() -> None:
    scopes = frozenset({"chat:write", "channels:read"})
    async with SlackServer(installation=Installation(scopes=scopes)) as slack:
        general = slack.channel("general")
        await client(slack).conversations_info(channel=general.id)
        body = await refused(client(slack).conversations_history(channel=general.id))
        assert body["error"] == "missing_scope"
        assert body["needed"] == "channels:history"
        assert body["provided"] == "channels:read,chat:write"
        assert (await refused(client(slack).users_info(user="U1")))["needed"] == "users:read"
        asked = await slack.mention(slack.user("ann"), general, "hello")
        assert asked.skipped == "missing app_mentions:read"


async def test_arguments_come_as_json_form_or_query_with_the_token_where_slack_takes_it() -> None:
    async with SlackServer() as slack, aiohttp.ClientSession() as session:
        general, token = slack.channel("general"), slack.installation.bot_token
        url = f"{slack.api_url}chat.postMessage"
        form = {"token": token, "channel": general.id, "blocks": json.dumps([section("in a form")])}
        assert (await (await session.post(url, data=form)).json())["ok"]
        spoken = await session.get(url, params={"token": token, "channel": general.id, "text": "in a query"})
        assert (await spoken.json())["ok"]
        body = {"token": token, "channel": general.id, "text": "x"}
        assert (await (await session.post(url, json=body)).json())["error"] == "not_authed"
        assert [slack.visible_text(post) for post in slack.posts(general)] == ["in a form", "in a query"]


async def test_places_where_the_bot_may_not_write() -> None:
    async with SlackServer() as slack:
        post = client(slack).chat_postMessage
        places = {
            "C0NOWHERE": "channel_not_found",
            slack.channel("not-invited", bot=False).id: "not_in_channel",
            slack.channel("hidden", bot=False, private=True).id: "channel_not_found",
            slack.channel("old", archived=True).id: "is_archived",
        }
        for channel, expected in places.items():
            assert (await refused(post(channel=channel, text="x")))["error"] == expected
        assert (await refused(post(channel=slack.channel("open").id, text="")))["error"] == "no_text"
        unheard = await slack.mention(slack.user("ann"), slack.channel("elsewhere", bot=False), "hello?")
        assert unheard.skipped == "the bot is not in the channel"


async def test_threads_histories_and_pages() -> None:
    async with SlackServer() as slack:
        ann = slack.user("ann")
        general = slack.channel("general", [ann])
        asked = await slack.mention(ann, general, "what about sleep?")
        web_client = client(slack)
        metadata = {"event_type": "answer", "event_payload": {"question": asked.ts}}
        for number in range(3):
            await web_client.chat_postMessage(
                channel=general.id, thread_ts=asked.ts, text=f"answer {number}", metadata=metadata
            )
        top = await web_client.conversations_history(channel=general.id)
        assert [(one["ts"], one["reply_count"]) for one in top["messages"]] == [(asked.ts, 3)]
        first = await web_client.conversations_replies(channel=general.id, ts=asked.ts or "", limit=2)
        assert [len(page["messages"]) async for page in first] == [2, 2]
        whole = await web_client.conversations_replies(
            channel=general.id, ts=asked.ts or "", include_all_metadata=True
        )
        assert whole["messages"][1]["metadata"] == metadata
        assert (await refused(web_client.conversations_replies(channel=general.id, ts="1.1")))["error"] == (
            "thread_not_found"
        )


async def test_people_channels_and_the_app_are_described() -> None:
    async with SlackServer() as slack:
        ann, guest = slack.user("ann", admin=True), slack.user("gus", guest=True, single_channel_guest=True)
        stranger = slack.user("eve", team=OTHER_TEAM)
        shared = slack.channel("shared", [ann, stranger], creator=ann, shared_with=[OTHER_TEAM])
        web_client = client(slack)
        assert (await web_client.users_info(user=ann.id))["user"]["is_admin"]
        assert (await web_client.users_info(user=guest.id))["user"]["is_ultra_restricted"]
        assert (await web_client.users_info(user=stranger.id))["user"]["team_id"] == OTHER_TEAM
        told = (await web_client.conversations_info(channel=shared.id, include_num_members=True))["channel"]
        assert (told["is_ext_shared"], told["creator"], told["num_members"]) == (True, ann.id, 3)
        members = await web_client.conversations_members(channel=shared.id)
        assert set(members["members"]) == {ann.id, stranger.id, slack.bot_user}
        direct = (await web_client.conversations_open(users=ann.id))["channel"]["id"]
        assert (await web_client.conversations_info(channel=direct))["channel"]["is_im"]
        me = await web_client.auth_test()
        assert (await web_client.bots_info(bot=me["bot_id"]))["bot"]["user_id"] == slack.bot_user
        assert (await web_client.team_info())["team"]["id"] == me["team_id"]


async def test_updates_and_deletions_are_for_ones_own_messages() -> None:
    async with SlackServer() as slack:
        ann = slack.user("ann")
        general = slack.channel("general", [ann])
        web_client = client(slack)
        ts = (await web_client.chat_postMessage(channel=general.id, text="x", blocks=[section("old")]))["ts"]
        await web_client.chat_update(channel=general.id, ts=ts, text="changed", blocks=[section("new")])
        assert slack.visible_text(slack.posts()[0]) == "new"
        too_long = web_client.chat_update(channel=general.id, ts=ts, text="é" * 2001)
        assert (await refused(too_long))["error"] == "msg_too_long"
        said = await slack.say(ann, general, "mine")
        for call, expected in (
            (web_client.chat_update(channel=general.id, ts=said.ts or "", text="x"), "cant_update_message"),
            (web_client.chat_delete(channel=general.id, ts=said.ts or ""), "cant_delete_message"),
            (web_client.chat_delete(channel=general.id, ts="1700000000.000001"), "message_not_found"),
        ):
            assert (await refused(call))["error"] == expected
        await web_client.chat_delete(channel=general.id, ts=ts)
        assert [post.deleted for post in slack.posts()] == [True]


async def test_an_ephemeral_message_shows_in_a_thread_only_once_it_has_an_answer() -> None:
    async with SlackServer() as slack:
        ann, eve = slack.user("ann"), slack.user("eve")
        general = slack.channel("general", [ann])
        asked = await slack.mention(ann, general, "hello")

        async def whisper() -> None:
            await client(slack).chat_postEphemeral(
                channel=general.id, user=ann.id, thread_ts=asked.ts, text="psst"
            )

        await whisper()
        await client(slack).chat_postMessage(channel=general.id, thread_ts=asked.ts, text="aloud")
        await whisper()
        assert [one.shown for one in slack.ephemerals(ann)] == [False, True]
        assert [one.text for one in slack.replies_to(asked)] == ["aloud", "psst"]
        outsider = client(slack).chat_postEphemeral(channel=general.id, user=eve.id, text="x")
        assert (await refused(outsider))["error"] == "user_not_in_channel"


# What Slack refuses of blocks


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
async def test_refused_blocks_are_named(blocks: list[Json], sentence: str) -> None:
    async with SlackServer() as slack:
        post = client(slack).chat_postMessage(channel=slack.channel("general").id, text="x", blocks=blocks)
        body = await refused(post)
        assert body["error"] == "invalid_blocks"
        assert any(
            one.startswith("[ERROR] ") and sentence in one for one in body["response_metadata"]["messages"]
        )
        assert slack.posts() == []


async def test_blocks_of_all_kinds_are_taken() -> None:
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


async def test_all_blocks_together_have_a_limit_that_a_response_url_has_not() -> None:
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
        again = publish(user_id=ann.id, view={"type": "home", "blocks": []}, hash="other")
        assert (await refused(again))["error"] == "hash_conflict"
        await publish(user_id=ann.id, view={"type": "home", "blocks": []}, hash=home["view"]["hash"])


async def test_a_modal_needs_a_fresh_trigger_a_short_title_and_a_button() -> None:
    async with SlackServer(timing=Timing(trigger=0.05)) as slack:
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
        late = await trigger()
        await asyncio.sleep(0.06)
        assert (await refused(client(slack).views_open(trigger_id=late, view=modal())))["error"] == (
            "expired_trigger_id"
        )


# What people see


@pytest.mark.parametrize(
    ("text", "seen", "called"),
    [
        ("<!channel> and <!here|here>", "@channel and @here", {"channel", "here"}),
        ("<@U123> in <#C9|general>, <!subteam^S77|@editors>", "@U123 in #general, @editors", {"U123", "S77"}),
        ("<!date^1700000000^on {date}^https://x.example|then>", "on November 14, 2023", set()),
        ("&lt;!channel&gt; &amp;amp;", "<!channel> &amp;", set()),
        (
            "*bold* _it_ ~gone~ `<@U1>` 2*3*4 snake_case_name",
            "bold it gone @U1 2*3*4 snake_case_name",
            {"U1"},
        ),
        ("&gt; quoted\n```a *b*```", "quoted\na *b*", set()),
        ("@here and @channel", "@here and @channel", set()),
        (":tada: 10:30:45 :nothing:", "🎉 10:30:45 :nothing:", set()),
        ("<https://x.example/?a=1&amp;b|label> <nothing> a < b", "label <nothing> a < b", set()),
    ],
)
async def test_mrkdwn_is_read_as_slack_reads_it(text: str, seen: str, called: set[str]) -> None:
    assert visible_text({"text": text}) == seen
    assert pings({"text": text}) == called
    assert visible_text({"blocks": [section(text)]}) == seen


async def test_names_call_only_where_names_are_linked() -> None:
    assert pings({"text": "@here @ann", "link_names": True}) == {"here", "@ann"}
    assert pings({"text": "@everyone", "parse": "full"}) == {"everyone"}
    assert pings({"text": "<!everyone>", "blocks": [section("shown")]}) == {"everyone"}


async def test_rich_text_is_literal() -> None:
    hostile = "<!channel> &lt; *x* :tada: https://x.example @here"
    message: Json = {"text": "plain", "blocks": [rich("quote", literal(hostile))]}
    assert visible_text(message) == hostile
    assert pings(message) == set()
    assert links(message) == []
    assert notification(message) == "plain"
    called = rich("section", {"type": "broadcast", "range": "here"}, {"type": "user", "user_id": "U1"})
    assert pings({"blocks": [called]}) == {"here", "U1"}


async def test_links_and_previews() -> None:
    message: Json = {"text": "see https://a.example/x. and <https://b.example|bank.com>, also evil.com"}
    assert [(link.label, link.url) for link in links(message)] == [
        ("bank.com", "https://b.example"),
        ("https://a.example/x", "https://a.example/x"),
        ("evil.com", "http://evil.com"),
    ]
    assert len(unfurls(message)) == 3
    assert len(unfurls({**message, "unfurl_links": False})) == 3
    assert unfurls({**message, "unfurl_links": False, "unfurl_media": False}) == []
    assert links({"blocks": [context(mrkdwn("https://a.example", verbatim=True))]}) == []
    linked = rich("section", {"type": "link", "url": "javascript:alert(1)", "text": "title"})
    assert [link.url for link in links({"blocks": [linked]})] == ["javascript:alert(1)"]
    assert visible_text({"blocks": [linked, actions(button("More", "m"), button("Next", "n"))]}) == (
        "title\n[More] [Next]"
    )


# Socket Mode


async def test_a_mention_is_answered_in_its_thread() -> None:
    async with SlackServer() as slack, bot(slack) as app:
        ann = slack.user("ann")
        general = slack.channel("general", [ann])
        asked = await slack.mention(ann, general, "what & <why>?")
        answer = await slack.reply_to(asked)
        assert (slack.visible_text(answer), answer.thread_ts) == ("an answer", asked.ts)
        event, headers = app.heard[0]
        assert event["text"] == f"<@{slack.bot_user}> what &amp; &lt;why&gt;?"
        assert headers["x-slack-retry-num"] == ["0"]
        assert asked.acked
        assert asked.twin is not None
        assert asked.twin.skipped == "not subscribed to message.channels"
        followed = await slack.mention(ann, general, "and @analects, more?", thread_ts=asked.ts)
        assert (await slack.reply_to(followed)).thread_ts == asked.ts
        assert len(slack.thread(general, asked.ts or "")) == 3


async def test_a_direct_message_is_answered_and_the_bot_hears_itself() -> None:
    async with SlackServer() as slack, bot(slack) as app:
        ann = slack.user("ann")
        asked = await slack.direct_message(ann, "hello")
        assert (await slack.reply_to(asked)).text == "a direct answer"
        await slack.quiet()
        own = [one.payload["event"] for one in slack.deliveries.sent if "bot_id" in one.payload["event"]]
        assert [event["text"] for event in own] == ["a direct answer"]
        assert len(app.heard) == 1


async def test_everything_people_do_in_a_channel_arrives() -> None:
    async with SlackServer(installation=Installation(events=EVERY_EVENT)) as slack, bot(slack) as app:
        ann = slack.user("ann")
        general = slack.channel("general", [ann])
        asked = await slack.mention(ann, general, "helo")
        assert asked.twin is not None
        assert asked.twin.payload["event"]["ts"] == asked.ts
        assert asked.twin.event_id != asked.event_id
        edited = await slack.edit(asked, "hello")
        await slack.bot_message(general, "a build failed", mention=True)
        await slack.join(slack.user("bob"), general)
        await slack.say(ann, general, "a topic", subtype="channel_topic")
        await slack.delete_message(asked)
        await slack.quiet()
        kinds = [(event["type"], event.get("subtype")) for event, _ in app.heard]
        for expected in ("message_changed", "message_deleted", "channel_join", "channel_topic"):
            assert ("message", expected) in kinds
        assert ("member_joined_channel", None) in kinds
        again = edited[1].payload["event"]
        assert (again["type"], again["ts"], "edited" in again) == ("app_mention", asked.ts, True)
        assert edited[1].event_id != asked.event_id


async def test_strangers_come_through_shared_channels() -> None:
    async with SlackServer() as slack, bot(slack) as app:
        eve = slack.user("eve", team=OTHER_TEAM)
        shared = slack.channel("shared", [eve], shared_with=[OTHER_TEAM])
        asked = await slack.mention(eve, shared, "hello")
        await slack.reply_to(asked)
        assert asked.payload["is_ext_shared_channel"]
        assert asked.payload["authorizations"][0]["team_id"] == asked.payload["team_id"]
        assert app.heard[0][0]["user_team"] == OTHER_TEAM


async def test_an_event_without_acknowledgement_comes_again_three_times() -> None:
    async with SlackServer(timing=QUICK) as slack, bot(slack):
        item = {"type": "message", "channel": "C1", "ts": "1.1"}
        started = time.monotonic()
        unheard = await slack.deliver({"type": "reaction_added", "user": "U1", "item": item})
        await slack.settled(unheard)
        assert [one.number for one in unheard.attempts] == [0, 1, 2, 3]
        assert [one.reason for one in unheard.attempts] == ["", "timeout", "timeout", "timeout"]
        assert not unheard.acked
        assert time.monotonic() - started > 1.4


async def test_envelopes_and_acknowledgements_as_slack_has_them() -> None:
    async with SlackServer(timing=QUICK) as slack, aiohttp.ClientSession() as session:
        ann = slack.user("ann")
        general = slack.channel("general", [ann])
        url = (await client(slack).apps_connections_open(app_token=slack.installation.app_token))["url"]
        async with session.ws_connect(url) as socket:
            await socket.receive_json()
            asked = await slack.mention(ann, general, "hello")
            first, second = await socket.receive_json(), await socket.receive_json()
            assert (first["type"], first["accepts_response_payload"]) == ("events_api", False)
            assert [one["retry_attempt"] for one in (first, second)] == [0, 1]
            assert [one["retry_reason"] for one in (first, second)] == ["", "timeout"]
            assert first["payload"] == second["payload"] == asked.payload
            assert first["envelope_id"] != second["envelope_id"]
            await socket.send_json({"envelope_id": first["envelope_id"], "payload": {"text": "ignored"}})
            await slack.settled(asked)
            assert (asked.acked, asked.response) == (True, None)
            command = await slack.slash(ann, general, "/highlight", "random")
            envelope = await socket.receive_json()
            assert (envelope["type"], envelope["accepts_response_payload"]) == ("slash_commands", True)
            assert "retry_attempt" not in envelope
            await socket.send_json({"envelope_id": envelope["envelope_id"], "payload": {"text": "for you"}})
            assert (await slack.reply_to(command)).text == "for you"
            assert slack.posts() == []


async def test_a_socket_that_stays_after_its_warning_is_closed() -> None:
    async with SlackServer(timing=QUICK) as slack, aiohttp.ClientSession() as session:
        for reason in ("warning", "refresh_requested", "link_disabled"):
            opened = await client(slack).apps_connections_open(app_token=slack.installation.app_token)
            async with session.ws_connect(opened["url"]) as socket:
                await socket.receive_json()
                await slack.sockets.disconnect(reason)
                told = await socket.receive_json()
                assert (told["type"], told["reason"]) == ("disconnect", reason)
                assert (await socket.receive(timeout=30)).type == aiohttp.WSMsgType.CLOSE


async def test_a_redelivered_event_reaches_the_listener_twice() -> None:
    async with SlackServer() as slack, bot(slack) as app:
        ann = slack.user("ann")
        asked = await slack.mention(ann, slack.channel("general", [ann]), "hello")
        await slack.reply_to(asked)
        await slack.redeliver(asked)
        await slack.quiet()
        assert len(slack.replies_to(asked)) == 2
        assert app.heard[1][1]["x-slack-retry-num"] == ["1"]


async def test_a_slash_command_is_answered_by_acknowledgement_and_response_url() -> None:
    async with SlackServer(timing=QUICK) as slack, bot(slack):
        ann = slack.user("ann")
        elsewhere = slack.channel("elsewhere", [ann], bot=False)
        command = await slack.slash(ann, elsewhere, "/highlight", "random")
        await slack.until(lambda: len(slack.replies_to(command)) == 2)
        assert {one.text for one in slack.replies_to(command)} == {"one moment", "for you"}
        assert all(one.ephemeral_to == ann.id for one in slack.replies_to(command))
        assert slack.posts() == []
        unanswered = await slack.slash(ann, elsewhere, "/highlight", "never")
        await slack.settled(unanswered)
        assert unanswered.error == "operation_timeout"
        assert len(unanswered.attempts) == 1


async def test_a_button_replaces_the_message_that_only_one_person_sees() -> None:
    async with SlackServer() as slack, bot(slack) as app:
        ann = slack.user("ann")
        command = await slack.slash(ann, slack.channel("general", [ann]), "/highlight")
        await slack.until(lambda: any(one.blocks for one in slack.replies_to(command)))
        private = next(one for one in slack.replies_to(command) if one.blocks)
        await slack.press(ann, private, "more")
        await slack.until(lambda: slack.visible_text(private) == "more for you")
        body = app.heard[0][0]
        assert body["container"]["is_ephemeral"]
        assert "message" not in body


async def test_a_response_url_works_five_times_and_not_for_ever() -> None:
    async with SlackServer(timing=Timing(response_url=0.3)) as slack, aiohttp.ClientSession() as session:
        ann = slack.user("ann")
        general = slack.channel("general", [ann])
        url = (await slack.slash(ann, general, "/highlight")).payload["response_url"]
        assert (await session.post(url, json={"text": ""})).status == 400
        statuses = [(await session.post(url, json={"text": "x"})).status for _ in range(6)]
        assert statuses == [200, 200, 200, 200, 200, 404]
        other = (await slack.slash(ann, general, "/highlight")).payload["response_url"]
        await session.post(other, json={"text": "aloud", "response_type": "in_channel"})
        assert [post.text for post in slack.posts(general)] == ["aloud"]
        await asyncio.sleep(0.31)
        assert (await (await session.post(other, json={"text": "x"})).json())["error"] == "expired_url"


async def test_a_button_of_a_message_replaces_or_deletes_it() -> None:
    async with SlackServer() as slack, aiohttp.ClientSession() as session:
        ann = slack.user("ann")
        general = slack.channel("general", [ann])
        blocks = [actions(button("Remove", "remove"))]
        await client(slack).chat_postMessage(channel=general.id, text="x", blocks=blocks)
        post = slack.posts()[0]
        pressed = await slack.press(ann, post, "remove")
        assert pressed.payload["message"]["ts"] == post.ts
        url = pressed.payload["response_url"]
        await session.post(url, json={"text": "replaced", "replace_original": True})
        assert slack.visible_text(post) == "replaced"
        await session.post(url, json={"delete_original": True})
        assert post.deleted


async def test_a_shortcut_carries_the_message() -> None:
    async with SlackServer() as slack, bot(slack):
        ann = slack.user("ann")
        said = await slack.say(ann, slack.channel("general", [ann]), "deep work")
        chosen = await slack.shortcut(ann, said, "find")
        answer = await slack.reply_to(chosen)
        assert (answer.text, answer.ephemeral_to) == ("about deep work", ann.id)


async def test_home_modal_menu_and_form() -> None:
    async with SlackServer(timing=QUICK) as slack, bot(slack):
        ann = slack.user("ann")
        await slack.open_home(ann)
        home = await slack.home_for(ann)
        assert slack.visible_text(home) == "at home\n[Look]"
        await slack.press(ann, home, "look")
        form = await slack.modal_for(ann)
        asked = await slack.ask_options(ann, form, "zone", "Ber")
        await slack.acknowledged(asked)
        assert asked.response == {"options": [option("Europe/Ber")]}
        wrong = await slack.submit_view(ann, form, {"when": {"time": {"value": "25:00"}}})
        await slack.acknowledged(wrong)
        assert wrong.response == {"response_action": "errors", "errors": {"when": "no such time"}}
        assert (form.errors, form.open) == ({"when": "no such time"}, True)
        with pytest.raises(AssertionError, match="is not sent"):
            await slack.submit_view(ann, form)
        await slack.submit_view(ann, form, {"when": {"time": {"value": "09:00"}}})
        await slack.until(lambda: form.content["title"]["text"] == "Done")
        assert (await slack.open_home(ann)).payload["event"]["view"]["type"] == "home"


async def test_what_a_form_can_not_show() -> None:
    form = View("V1", "U1", modal(), "")
    assert forms.wrong_errors(form, {"when": "no such time"}) is None
    assert (
        forms.wrong_errors(form, {"where": "x"})
        == forms.wrong_errors(form, {})
        == "errors at what is no input"
    )
    assert forms.wrong_errors(form, {"when": ""}) == "errors without words"
    assert forms.wrong_options({"options": [option("Europe/Berlin")]}) is None
    assert "less than 76" in str(forms.wrong_options({"options": [option("x" * 76)]}))
    assert forms.wrong_options(None) is not None


async def test_slack_closes_a_socket_after_a_warning_and_the_bot_is_back_before() -> None:
    async with SlackServer(timing=QUICK) as slack, bot(slack):
        old = slack.sockets.live[0]
        await slack.sockets.disconnect("warning")
        await slack.until(lambda: slack.sockets.opened == 2)
        assert [socket is old for socket in slack.sockets.live] == [False]
        for reason in ("refresh_requested", "link_disabled"):
            opened = slack.sockets.opened
            await slack.sockets.disconnect(reason)
            await slack.until(lambda opened=opened: slack.sockets.opened > opened)  # type: ignore[misc]
        ann = slack.user("ann")
        await slack.reply_to(await slack.mention(ann, slack.channel("general", [ann]), "still there?"))


async def test_a_reset_connection_is_back_after_a_ping_interval() -> None:
    async with SlackServer() as slack, bot(slack):
        slack.sockets.live[0].abort()
        await slack.until(lambda: slack.sockets.opened == 2, timeout=30)


async def test_a_half_open_connection_is_noticed_by_its_missing_pongs() -> None:
    async with SlackServer() as slack, bot(slack):
        slack.sockets.live[0].stall()
        await slack.until(lambda: slack.sockets.opened == 2, timeout=30)


async def test_a_short_stall_only_delays() -> None:
    async with SlackServer() as slack, bot(slack, ping=5):
        ann = slack.user("ann")
        socket = slack.sockets.live[0]
        socket.stall()
        asked = await slack.mention(ann, slack.channel("general", [ann]), "hello")
        with pytest.raises(AssertionError, match="no answer"):
            await slack.reply_to(asked, timeout=0.1)
        socket.flow()
        await slack.reply_to(asked)


async def test_a_ghost_loses_envelopes_and_answers_pings() -> None:
    async with SlackServer(timing=QUICK) as slack, bot(slack):
        ann = slack.user("ann")
        slack.sockets.live[0].ghost()
        asked = await slack.mention(ann, slack.channel("general", [ann]), "hello")
        command = await slack.slash(ann, slack.channel("random", [ann]), "/highlight")
        await slack.settled(asked)
        received = slack.sockets.live[0].received
        await slack.until(lambda: slack.sockets.live[0].received > received, timeout=30, what="ping")
        assert (slack.sockets.opened, asked.acked, command.error) == (1, False, "operation_timeout")


async def test_ghosts_get_envelopes_and_count_as_sockets() -> None:
    async with SlackServer(timing=QUICK, seed=1) as slack:
        slack.sockets.add_ghosts(9)
        url = (await client(slack).apps_connections_open(app_token=slack.installation.app_token))["url"]
        other = (await client(slack).apps_connections_open(app_token=slack.installation.app_token))["url"]
        async with aiohttp.ClientSession() as session, session.ws_connect(url) as mine:
            hello = await mine.receive_json()
            assert (hello["type"], hello["num_connections"]) == ("hello", 10)
            assert hello["connection_info"]["app_id"]
            sent = [await slack.deliver({"type": "app_mention", "text": "x"}) for _ in range(30)]
            assert 0 < sum(slack.sockets.live[0].name == one.attempts[0].where for one in sent) < 15
            async with session.ws_connect(other) as late:
                assert (await late.receive_json())["reason"] == "too_many_websockets"
                assert (await late.receive()).type == aiohttp.WSMsgType.CLOSE
            with pytest.raises(aiohttp.WSServerHandshakeError):
                await session.ws_connect(url)
        assert slack.sockets.refused == 1


async def test_each_envelope_goes_to_one_of_the_sockets() -> None:
    async with SlackServer() as slack, bot(slack) as one, bot(slack) as other:
        ann = slack.user("ann")
        general = slack.channel("general", [ann])
        asked = [await slack.mention(ann, general, f"question {number}") for number in range(20)]
        for question in asked:
            await slack.reply_to(question)
        await slack.quiet()
        assert len(one.heard) + len(other.heard) == 20
        assert min(len(one.heard), len(other.heard)) > 3
        assert all(len(slack.replies_to(question)) == 1 for question in asked)


async def test_without_a_socket_a_command_fails_and_an_event_waits_for_its_retry() -> None:
    async with SlackServer(timing=QUICK) as slack:
        ann = slack.user("ann")
        general = slack.channel("general", [ann])
        command = await slack.slash(ann, general, "/highlight")
        asked = await slack.mention(ann, general, "hello")
        await slack.settled(command)
        assert command.error == "dispatch_failed"
        async with bot(slack):
            await slack.reply_to(asked)


async def test_an_outage_and_its_end() -> None:
    async with SlackServer() as slack, bot(slack):
        await slack.go_down()
        with pytest.raises(aiohttp.ClientConnectionError):
            await client(slack).auth_test()
        await slack.come_back()
        await slack.until(lambda: slack.sockets.opened == 2, timeout=30)


async def test_the_server_pings() -> None:
    async with SlackServer(timing=Timing(ping=0.05)) as slack, aiohttp.ClientSession() as session:
        url = (await client(slack).apps_connections_open(app_token=slack.installation.app_token))["url"]
        async with session.ws_connect(url, autoping=False) as socket:
            await socket.receive_json()
            assert (await socket.receive(timeout=1)).type == aiohttp.WSMsgType.PING


# HTTP


async def test_signed_requests_are_answered_over_http() -> None:
    async with SlackServer(timing=QUICK) as slack, http_bot(slack) as app:
        assert slack.http is not None
        assert await slack.http.verify_url()
        ann = slack.user("ann")
        general = slack.channel("general", [ann])
        asked = await slack.mention(ann, general, "hello")
        await slack.reply_to(asked)
        assert "x-slack-retry-num" not in app.heard[0][1]
        command = await slack.slash(ann, general, "/highlight", "random")
        await slack.until(lambda: len(slack.replies_to(command)) == 2)
        private = next(one for one in slack.replies_to(command) if one.blocks)
        await slack.press(ann, private, "more")
        await slack.until(lambda: slack.visible_text(private) == "more for you")


async def test_wrong_and_old_signatures_are_for_the_app_to_refuse() -> None:
    async with SlackServer(timing=QUICK) as slack, http_bot(slack) as app:
        assert slack.http is not None
        slack.http.secret = "another"
        forged = await slack.deliver({"type": "app_mention"})
        await slack.settled(forged)
        slack.http.secret, slack.http.age = None, 301
        old = await slack.deliver({"type": "app_mention"})
        await slack.settled(old)
        assert {answer.status for answer in slack.http.answers} == {401}
        assert not forged.acked
        assert not old.acked
        assert app.heard == []


async def test_http_retries_carry_number_and_reason() -> None:
    async with SlackServer(timing=QUICK) as slack, http_bot(slack):
        unheard = await slack.deliver({"type": "reaction_added", "user": "U1", "item": {}})
        await slack.settled(unheard)
        assert [(one.number, one.reason) for one in unheard.attempts] == [
            (0, ""),
            (1, "http_error"),
            (2, "http_error"),
            (3, "http_error"),
        ]
        slow = await slack.slash(slack.user("ann"), slack.channel("general"), "/highlight", "never")
        await slack.settled(slow)
        assert slow.error == "operation_timeout"
    async with SlackServer(timing=QUICK) as slack:
        slack.use_http("http://127.0.0.1:1/slack/events")
        lost = await slack.deliver({"type": "app_mention"})
        await slack.settled(lost)
        assert {one.failed for one in lost.attempts} == {"connection_failed"}


# Faults


async def test_the_second_post_is_rate_limited() -> None:
    async with SlackServer() as slack:
        general, quiet_place = slack.channel("general").id, slack.channel("random").id
        slack.faults.order("chat.postMessage", rate_limited(1), nth=2, channel=general)
        post = client(slack).chat_postMessage
        await post(channel=general, text="one")
        await post(channel=quiet_place, text="elsewhere")
        with pytest.raises(SlackApiError) as caught:
            await post(channel=general, text="two")
        assert caught.value.response.status_code == 429
        assert caught.value.response.headers["Retry-After"] == "1"
        assert caught.value.response["error"] == "ratelimited"
        slack.faults.order("chat.postMessage", rate_limited(None), times=1)
        assert (await refused(post(channel=general, text="two")))["error"] == "ratelimited"
        assert [call.status for call in slack.calls("chat.postMessage")] == [200, 200, 429, 429]
        slack.faults.order("chat.postMessage", rate_limited(0), times=1)
        patient = client(slack, retry_handlers=[AsyncRateLimitErrorRetryHandler(max_retry_count=1)])
        await patient.chat_postMessage(channel=general, text="two")
        assert len(slack.posts(general)) == 2


async def test_every_third_call_fails_until_it_is_lifted() -> None:
    async with SlackServer() as slack:
        order = slack.faults.order("auth.test", server_error(500, "json"), every=3)
        results = []
        for _ in range(6):
            try:
                await client(slack).auth_test()
                results.append(200)
            except SlackApiError as failed:
                results.append(failed.response.status_code)
        assert results == [200, 200, 500, 200, 200, 500]
        assert order.hits == 2
        order.lift()
        for _ in range(3):
            await client(slack).auth_test()


async def test_server_errors_as_slack_words_them() -> None:
    async with SlackServer() as slack:
        for content, kind in (("html", dict), ("text", str), ("json", dict)):
            slack.faults.order("auth.test", server_error(503, content), times=1)  # type: ignore[arg-type]
            with pytest.raises(SlackApiError) as caught:
                await client(slack).auth_test()
            assert isinstance(caught.value.response.data, kind)


async def test_answers_lost_and_connections_cut() -> None:
    async with SlackServer() as slack:
        general = slack.channel("general").id
        for fault, raised, posted in (
            (lost_answer(), asyncio.TimeoutError, 1),
            (no_answer(), asyncio.TimeoutError, 0),
            (dropped(after=True), aiohttp.ServerDisconnectedError, 1),
            (dropped(after=False), aiohttp.ServerDisconnectedError, 0),
        ):
            before = len(slack.posts())
            slack.faults.order("chat.postMessage", fault, times=1)
            async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=0.3)) as session:
                with pytest.raises(raised):
                    await client(slack, session=session).chat_postMessage(channel=general, text="x")
            assert len(slack.posts()) - before == posted
        slack.faults.order("chat.postMessage", error("fatal_error", after=True), times=1)
        assert (await refused(client(slack).chat_postMessage(channel=general, text="x")))[
            "error"
        ] == "fatal_error"
        slack.faults.order("chat.postMessage", delayed(0.1), times=1)
        started = time.monotonic()
        await client(slack).chat_postMessage(channel=general, text="x")
        assert time.monotonic() - started > 0.1
        assert len(slack.posts()) == 4


async def test_the_default_client_posts_twice_when_the_answer_is_lost() -> None:
    async with SlackServer() as slack:
        slack.faults.order("chat.postMessage", dropped(after=True), times=1)
        usual = AsyncWebClient(token=slack.installation.bot_token, base_url=slack.api_url)
        await usual.chat_postMessage(channel=slack.channel("general").id, text="x")
        assert len(slack.posts()) == 2


# Waiting, and a process of its own


async def test_waiting_has_a_limit_and_quiet_means_quiet() -> None:
    async with SlackServer() as slack:
        ann = slack.user("ann")
        asked = await slack.mention(ann, slack.channel("general", [ann]), "hello?")
        with pytest.raises(AssertionError, match="no answer"):
            await slack.reply_to(asked, timeout=0.05)
        with pytest.raises(AssertionError, match="quiet"):
            await slack.quiet(timeout=0.1)


async def test_old_and_redated_questions() -> None:
    async with SlackServer() as slack:
        ann = slack.user("ann")
        asked = await slack.mention(ann, slack.channel("general", [ann]), "hello?", ago=700)
        assert 699 < time.time() - float(asked.ts or 0) < 702
        assert asked.payload["event"]["event_ts"] == asked.ts
        assert time.time() - asked.payload["event_time"] > 698


async def test_a_server_in_a_process_of_its_own() -> None:
    async with RemoteSlack("--time-scale", "0.1") as slack:
        ann = (await slack.do("user", name="ann"))["id"]
        general = (await slack.do("channel", name="general", members=[ann]))["id"]
        settings = slack.settings
        app = AsyncApp(
            client=AsyncWebClient(token=settings["SLACK_BOT_TOKEN"], base_url=settings["SLACK_API_URL"])
        )

        @app.event("app_mention")
        async def mentioned(event: Json, say: AsyncSay) -> None:
            await say(text="an answer", thread_ts=event["ts"])

        async with socket_mode(app, settings["SLACK_APP_TOKEN"]):
            faulty = {"method": "auth.test", "fault": "rate_limited", "options": {"retry_after": 1}}
            await slack.do("order", **faulty, nth=100)
            asked = await slack.do("mention", user=ann, channel=general, text="hello")
            posts = (await slack.do("wait", posts=1, timeout=30))["posts"]
            assert posts[0]["thread_ts"] == asked["ts"]
            assert (await slack.do("deliveries"))["deliveries"][0]["attempts"][0]["acked_at"]
            assert (await slack.do("disconnect", reason="refresh_requested"))["told"] == 1
            assert (await slack.do("state"))["calls"]["chat.postMessage"] == 1
            with pytest.raises(RuntimeError, match="unknown"):
                await slack.do("dance")

"""Tokens, scopes and methods of the Web API, called by the real slack-sdk."""

from __future__ import annotations

import json

import aiohttp
import pytest

from tests.slack_server import (
    Installation,
    SlackServer,
)
from tests.slack_server.sample import (
    OTHER_TEAM,
    client,
    refused,
    section,
)

pytestmark = [pytest.mark.asyncio, pytest.mark.filterwarnings("ignore:The top-level `text` argument")]


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
        question = await slack.mention(slack.user("ann"), general, "hello")
        assert question.skipped == "missing app_mentions:read"


async def test_slack_takes_arguments_as_json_as_a_form_or_as_a_query() -> None:
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


async def test_slack_names_the_reason_where_the_bot_may_not_write() -> None:
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
        undelivered = await slack.mention(slack.user("ann"), slack.channel("elsewhere", bot=False), "hello?")
        assert undelivered.skipped == "the bot is not in the channel"


async def test_threads_and_histories_have_pages() -> None:
    async with SlackServer() as slack:
        ann = slack.user("ann")
        general = slack.channel("general", [ann])
        question = await slack.mention(ann, general, "what about sleep?")
        web_client = client(slack)
        metadata = {"event_type": "answer", "event_payload": {"question": question.ts}}
        for number in range(3):
            await web_client.chat_postMessage(
                channel=general.id, thread_ts=question.ts, text=f"answer {number}", metadata=metadata
            )
        top = await web_client.conversations_history(channel=general.id)
        assert [(message["ts"], message["reply_count"]) for message in top["messages"]] == [(question.ts, 3)]
        first = await web_client.conversations_replies(channel=general.id, ts=question.ts or "", limit=2)
        assert [len(page["messages"]) async for page in first] == [2, 2]
        whole = await web_client.conversations_replies(
            channel=general.id, ts=question.ts or "", include_all_metadata=True
        )
        assert whole["messages"][1]["metadata"] == metadata
        assert (await refused(web_client.conversations_replies(channel=general.id, ts="1.1")))["error"] == (
            "thread_not_found"
        )


async def test_slack_describes_people_channels_and_the_app() -> None:
    async with SlackServer() as slack:
        ann, guest = slack.user("ann", admin=True), slack.user("gus", guest=True, single_channel_guest=True)
        stranger = slack.user("eve", team=OTHER_TEAM)
        shared = slack.channel("shared", [ann, stranger], creator=ann, shared_with=[OTHER_TEAM])
        web_client = client(slack)
        assert (await web_client.users_info(user=ann.id))["user"]["is_admin"]
        assert (await web_client.users_info(user=guest.id))["user"]["is_ultra_restricted"]
        assert (await web_client.users_info(user=stranger.id))["user"]["team_id"] == OTHER_TEAM
        info = (await web_client.conversations_info(channel=shared.id, include_num_members=True))["channel"]
        assert (info["is_ext_shared"], info["creator"], info["num_members"]) == (True, ann.id, 3)
        members = await web_client.conversations_members(channel=shared.id)
        assert set(members["members"]) == {ann.id, stranger.id, slack.bot_user}
        direct = (await web_client.conversations_open(users=ann.id))["channel"]["id"]
        assert (await web_client.conversations_info(channel=direct))["channel"]["is_im"]
        me = await web_client.auth_test()
        assert (await web_client.bots_info(bot=me["bot_id"]))["bot"]["user_id"] == slack.bot_user
        assert (await web_client.team_info())["team"]["id"] == me["team_id"]


async def test_the_app_can_change_and_delete_only_its_own_messages() -> None:
    async with SlackServer() as slack:
        ann = slack.user("ann")
        general = slack.channel("general", [ann])
        web_client = client(slack)
        ts = (await web_client.chat_postMessage(channel=general.id, text="x", blocks=[section("old")]))["ts"]
        await web_client.chat_update(channel=general.id, ts=ts, text="changed", blocks=[section("new")])
        assert slack.visible_text(slack.posts()[0]) == "new"
        too_long = web_client.chat_update(channel=general.id, ts=ts, text="é" * 2001)
        assert (await refused(too_long))["error"] == "msg_too_long"
        message = await slack.say(ann, general, "mine")
        for call, expected in (
            (
                web_client.chat_update(channel=general.id, ts=message.ts or "", text="x"),
                "cant_update_message",
            ),
            (web_client.chat_delete(channel=general.id, ts=message.ts or ""), "cant_delete_message"),
            (web_client.chat_delete(channel=general.id, ts="1700000000.000001"), "message_not_found"),
        ):
            assert (await refused(call))["error"] == expected
        await web_client.chat_delete(channel=general.id, ts=ts)
        assert [post.deleted for post in slack.posts()] == [True]


async def test_an_ephemeral_message_is_shown_in_a_thread_only_after_an_answer() -> None:
    async with SlackServer() as slack:
        ann, eve = slack.user("ann"), slack.user("eve")
        general = slack.channel("general", [ann])
        question = await slack.mention(ann, general, "hello")

        async def post_ephemeral() -> None:
            await client(slack).chat_postEphemeral(
                channel=general.id, user=ann.id, thread_ts=question.ts, text="psst"
            )

        await post_ephemeral()
        await client(slack).chat_postMessage(channel=general.id, thread_ts=question.ts, text="aloud")
        await post_ephemeral()
        assert [message.shown for message in slack.ephemerals(ann)] == [False, True]
        assert [reply.text for reply in slack.replies_to(question)] == ["aloud", "psst"]
        outsider = client(slack).chat_postEphemeral(channel=general.id, user=eve.id, text="x")
        assert (await refused(outsider))["error"] == "user_not_in_channel"

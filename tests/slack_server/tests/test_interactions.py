"""Commands, buttons, shortcuts and forms."""

from __future__ import annotations

import asyncio

import aiohttp
import pytest

from tests.slack_server import (
    SlackServer,
    Timing,
    View,
    forms,
)
from tests.slack_server.sample import (
    QUICK,
    actions,
    bot,
    button,
    client,
    modal,
    option,
)

pytestmark = [pytest.mark.asyncio, pytest.mark.filterwarnings("ignore:The top-level `text` argument")]


async def test_a_slash_command_is_answered_by_acknowledgement_and_response_url() -> None:
    async with SlackServer(timing=QUICK) as slack, bot(slack):
        ann = slack.user("ann")
        elsewhere = slack.channel("elsewhere", [ann], bot=False)
        command = await slack.slash(ann, elsewhere, "/highlight", "random")
        await slack.until(lambda: len(slack.replies_to(command)) == 2)
        assert {reply.text for reply in slack.replies_to(command)} == {"one moment", "for you"}
        assert all(reply.ephemeral_to == ann.id for reply in slack.replies_to(command))
        assert slack.posts() == []
        unanswered = await slack.slash(ann, elsewhere, "/highlight", "never")
        await slack.settled(unanswered)
        assert unanswered.error == "operation_timeout"
        assert len(unanswered.attempts) == 1


async def test_a_button_replaces_the_message_that_only_one_person_sees() -> None:
    async with SlackServer() as slack, bot(slack) as app:
        ann = slack.user("ann")
        command = await slack.slash(ann, slack.channel("general", [ann]), "/highlight")
        await slack.until(lambda: any(reply.blocks for reply in slack.replies_to(command)))
        private = next(reply for reply in slack.replies_to(command) if reply.blocks)
        await slack.press(ann, private, "more")
        await slack.until(lambda: slack.visible_text(private) == "more for you")
        body = app.heard[0][0]
        assert body["container"]["is_ephemeral"]
        assert "message" not in body


async def test_a_response_url_works_five_times_until_it_expires() -> None:
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
        message = await slack.say(ann, slack.channel("general", [ann]), "deep work")
        chosen = await slack.shortcut(ann, message, "find")
        answer = await slack.reply_to(chosen)
        assert (answer.text, answer.ephemeral_to) == ("about deep work", ann.id)


async def test_a_person_uses_the_home_tab_a_modal_a_menu_and_a_form() -> None:
    async with SlackServer(timing=QUICK) as slack, bot(slack):
        ann = slack.user("ann")
        await slack.open_home(ann)
        home = await slack.home_for(ann)
        assert slack.visible_text(home) == "at home\n[Look]"
        await slack.press(ann, home, "look")
        form = await slack.modal_for(ann)
        options = await slack.ask_options(ann, form, "zone", "Ber")
        await slack.acknowledged(options)
        assert options.response == {"options": [option("Europe/Ber")]}
        wrong = await slack.submit_view(ann, form, {"when": {"time": {"value": "25:00"}}})
        await slack.acknowledged(wrong)
        assert wrong.response == {"response_action": "errors", "errors": {"when": "no such time"}}
        assert (form.errors, form.open) == ({"when": "no such time"}, True)
        with pytest.raises(AssertionError, match="is not sent"):
            await slack.submit_view(ann, form)
        await slack.submit_view(ann, form, {"when": {"time": {"value": "09:00"}}})
        await slack.until(lambda: form.content["title"]["text"] == "Done")
        assert (await slack.open_home(ann)).payload["event"]["view"]["type"] == "home"


async def test_slack_refuses_errors_and_options_that_a_form_cannot_show() -> None:
    form = View("V1", "U1", modal(), "")
    assert forms.wrong_errors(form, {"when": "no such time"}) is None
    assert (
        forms.wrong_errors(form, {"where": "x"})
        == forms.wrong_errors(form, {})
        == "errors for blocks that are no inputs"
    )
    assert forms.wrong_errors(form, {"when": ""}) == "empty errors"
    assert forms.wrong_options({"options": [option("Europe/Berlin")]}) is None
    assert "less than 76" in str(forms.wrong_options({"options": [option("x" * 76)]}))
    assert forms.wrong_options(None) is not None

"""Someone chooses "Save as highlight" on a message."""

from pathlib import Path

import pytest

from bot.chat import wording
from tests.adapters.slack.conftest import Starting
from tests.slack_server import Delivery, Json, Message, SlackServer, User

SAID = "The harbour light is painted a new colour each spring, and nobody writes down which."


def filled_in(tags: str = "", remark: str = "") -> Json:
    return {"tags": {"typed": {"value": tags}}, "remark": {"typed": {"value": remark}}}


async def notice_instead_of_form(slack: SlackServer, user: User, message: Message | Delivery) -> str:
    """Chooses the shortcut. Returns the private answer that comes instead of a form."""
    answer = await slack.reply_to(await slack.shortcut(user, message, "save_highlight"))
    assert answer.ephemeral_to == user.id
    assert slack.views(user) == []
    return slack.visible_text(answer)


async def save_with_form(
    slack: SlackServer, user: User, message: Message | Delivery, values: Json | None = None
) -> str:
    """Chooses the shortcut and submits the form. Returns the private confirmation."""
    await slack.shortcut(user, message, "save_highlight")
    form = await slack.modal_for(user)
    answer = await slack.reply_to(await slack.submit_view(user, form, values or filled_in()))
    assert answer.ephemeral_to == user.id
    return slack.visible_text(answer)


async def test_a_saved_message_is_found_with_author_channel_link_tags_and_note(start: Starting) -> None:
    async with SlackServer() as slack, start(slack, SAVE_TO="folder") as bot:
        ann, bob = slack.user("ann"), slack.user("bob")
        general = slack.channel("harbour", [ann, bob])
        message = await slack.say(bob, general, f"{SAID} <b>--- &amp; [[private]] #private")
        reply = await save_with_form(slack, ann, message, filled_in("#light, colour", "For the spring talk"))
        assert reply == wording.SAVED_TO_NOTES
        (found,) = bot.service.bot.index.library.highlights
        assert found.plain == f"{SAID} <b>--- &amp; [[private]] #private"
        assert (found.source.title, found.source.authors) == ("#harbour", ("bob",))
        assert found.tags == ("light", "colour")
        assert found.remark == "For the spring talk"
        assert found.link is not None
        assert found.link.startswith("https://")
        assert message.ts is not None
        assert found.link.endswith(f"/archives/{general.id}/p{message.ts.replace('.', '')}")
        answer = await slack.reply_to(
            await slack.mention(ann, general, "what colour is the harbour light painted?")
        )
        assert SAID in slack.visible_text(answer)


@pytest.mark.parametrize("guest", [True, False])
async def test_guests_do_not_save(start: Starting, guest: bool) -> None:
    async with SlackServer() as slack, start(slack, SAVE_TO="folder"):
        ann = slack.user("ann", guest=guest)
        message = await slack.say(ann, slack.channel("general", [ann]), SAID)
        if guest:
            assert await notice_instead_of_form(slack, ann, message) == wording.MAY_NOT_SAVE
        else:
            await slack.shortcut(ann, message, "save_highlight")
            assert await slack.modal_for(ann)


async def test_if_saving_is_off_the_person_gets_a_notice(start: Starting) -> None:
    async with SlackServer() as slack, start(slack):
        ann = slack.user("ann")
        message = await slack.say(ann, slack.channel("general", [ann]), SAID)
        assert await notice_instead_of_form(slack, ann, message) == wording.SAVING_OFF


async def test_a_message_too_long_for_the_form_is_saved_without_it(start: Starting, tmp_path: Path) -> None:
    words = " ".join(f"word{number * 7919 % 100_003}" for number in range(2_500))
    async with SlackServer() as slack, start(slack, SAVE_TO="folder") as bot:
        ann = slack.user("ann")
        message = await slack.say(ann, slack.channel("general", [ann]), words)
        assert (
            await notice_instead_of_form(slack, ann, message)
            == f"{wording.SAVED_TO_NOTES} {wording.SAVED_WITHOUT_FORM}"
        )
        assert await notice_instead_of_form(slack, ann, message) == wording.SAVED_BEFORE
        (found,) = bot.service.bot.index.library.highlights
        assert found.plain == words
        assert len(list((tmp_path / "saved").iterdir())) == 1

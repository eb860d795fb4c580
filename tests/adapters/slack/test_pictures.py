"""Someone presses "As a picture" below a quote."""

from adapters.slack import manifest
from bot.chat import wording
from tests.adapters.slack.conftest import SlackInstance, Starting
from tests.slack_server import Delivery, Installation, Message, SlackServer, User

PNG = b"\x89PNG\r\n\x1a\nnot really"
WITH_FILES = Installation(scopes=Installation().scopes | {"files:write"})


def pictures_on(bot: SlackInstance) -> None:
    """Switches pictures on, with a fixed picture that takes no time to draw."""
    bot.service.bot.pictures = True
    bot.service.draw = lambda quote: PNG


async def choose_first_picture(slack: SlackServer, user: User, answer: Message) -> Delivery:
    """Someone chooses the first quote in the menu "As a picture"."""
    (menu,) = (
        element
        for block in answer.content["blocks"]
        for element in block.get("elements", ())
        if element.get("action_id") == "picture"
    )
    return await slack.press(user, answer, "picture", selected_option=menu["options"][0])


async def test_a_picture_is_posted_in_the_thread_with_its_words_as_alt_text(start: Starting) -> None:
    async with SlackServer(installation=WITH_FILES) as slack, start(slack) as bot:
        pictures_on(bot)
        ann = slack.user("ann")
        general = slack.channel("general", [ann])
        question = await slack.mention(ann, general, "how does the forgetting curve look?")
        answer = await slack.reply_to(question)
        await choose_first_picture(slack, ann, answer)
        await slack.until(
            lambda: any(upload.channel for upload in slack.uploads.files.values()), what="picture"
        )
        (found,) = slack.uploads.files.values()
        assert (found.data, found.name) == (PNG, "quote.png")
        assert (found.channel, found.thread) == (general.id, question.ts)
        assert "—" in found.alt_text


async def test_a_picture_of_a_private_answer_is_sent_as_a_direct_message(start: Starting) -> None:
    async with SlackServer(installation=WITH_FILES) as slack, start(slack) as bot:
        pictures_on(bot)
        ann = slack.user("ann")
        command = await slack.slash(
            ann, slack.channel("general", [ann]), "/highlight", "search forgetting curve"
        )
        pressed = await choose_first_picture(slack, ann, await slack.reply_to(command))
        await slack.until(
            lambda: wording.KEPT_ANSWER in map(slack.visible_text, slack.replies_to(pressed)), what="word"
        )
        (found,) = slack.uploads.files.values()
        assert found.channel == slack.workspace.im(ann.id).id


async def test_without_the_scope_the_person_gets_a_notice(start: Starting) -> None:
    scopes = Installation().scopes - {"files:write"}
    async with (
        SlackServer(installation=Installation(scopes=scopes)) as slack,
        start(slack) as bot,
    ):
        pictures_on(bot)
        ann = slack.user("ann")
        command = await slack.slash(
            ann, slack.channel("general", [ann]), "/highlight", "search forgetting curve"
        )
        pressed = await choose_first_picture(slack, ann, await slack.reply_to(command))
        await slack.until(
            lambda: wording.PICTURE_FAILED in map(slack.visible_text, slack.replies_to(pressed)), what="word"
        )


def test_the_scope_is_asked_for_only_with_pictures() -> None:
    assert "files:write" not in manifest.requested_scopes()
    assert "files:write" in manifest.requested_scopes(manifest.manifest(pictures=True))

"""People press the buttons below answers."""

from adapters.slack.cards import actions
from bot.chat import wording
from bot.chat.requests import Command
from tests.adapters.slack.conftest import Starting
from tests.slack_server import Message, SlackServer, Timing


def buttons(message: Message) -> list[str]:
    found = [block for block in message.blocks if block["type"] == "actions"]
    return [element["action_id"] for block in found for element in block["elements"]]


async def test_more_shows_the_next_quotes_in_the_thread(start: Starting) -> None:
    async with SlackServer() as slack, start(slack, QUOTES_PER_ANSWER="1"):
        ann = slack.user("ann")
        question = await slack.mention(ann, slack.channel("general", [ann]), "memory")
        answer = await slack.reply_to(question)
        pressed = await slack.press(ann, answer, "more")
        await slack.until(lambda: len(slack.replies_to(question)) == 2)
        await slack.acknowledged(pressed)
        second_page = slack.replies_to(question)[1]
        assert second_page.thread_ts == question.ts
        assert slack.visible_text(second_page) != slack.visible_text(answer)


async def test_buttons_work_after_a_restart(start: Starting) -> None:
    async with SlackServer() as slack:
        ann = slack.user("ann")
        async with start(slack, QUOTES_PER_ANSWER="1"):
            question = await slack.mention(ann, slack.channel("general", [ann]), "memory")
            answer = await slack.reply_to(question)
        async with start(slack, QUOTES_PER_ANSWER="1"):
            await slack.press(ann, answer, "more")
            await slack.until(lambda: len(slack.replies_to(question)) == 2)


async def test_only_the_person_who_chooses_a_source_sees_it(start: Starting) -> None:
    async with SlackServer() as slack, start(slack):
        ann, bob = slack.user("ann"), slack.user("bob")
        question = await slack.mention(ann, slack.channel("general", [ann, bob]), "memory")
        answer = await slack.reply_to(question)
        pressed = await slack.choose(bob, answer, "From “")
        await slack.until(lambda: bool(slack.ephemerals(bob)))
        reply = slack.ephemerals(bob)[0]
        assert (reply.cause, reply.shown, reply.thread_ts) == (pressed, True, question.ts)
        assert len(slack.posts()) == 1


async def test_the_asker_and_an_admin_can_remove_an_answer(start: Starting) -> None:
    async with SlackServer() as slack, start(slack):
        ann, bob, eve = slack.user("ann"), slack.user("bob"), slack.user("eve", admin=True)
        general = slack.channel("general", [ann, bob, eve])
        for number, remover in enumerate((ann, eve), start=1):
            answer = await slack.reply_to(await slack.mention(ann, general, "memory"))
            await slack.choose(bob, answer, wording.REMOVE)
            await slack.until(lambda number=number: len(slack.ephemerals(bob)) == number)  # type: ignore[misc]
            assert not answer.deleted
            await slack.choose(remover, answer, wording.REMOVE)
            await slack.until(lambda answer=answer: answer.deleted)  # type: ignore[misc]


async def test_a_private_answer_can_be_shared(start: Starting) -> None:
    async with SlackServer() as slack, start(slack):
        ann = slack.user("ann")
        general = slack.channel("general", [ann])
        for number, text in enumerate(("random", "search memory"), start=1):
            private = await slack.reply_to(await slack.slash(ann, general, "/highlight", text))
            await slack.press(ann, private, "share")
            await slack.until(lambda number=number: len(slack.posts(general)) == number)  # type: ignore[misc]
            assert wording.REMOVE in slack.visible_text(slack.posts(general)[-1])
            await slack.until(lambda private=private: private.deleted)  # type: ignore[misc]


async def test_another_below_a_private_pick_is_private(start: Starting) -> None:
    async with SlackServer() as slack, start(slack):
        ann = slack.user("ann")
        command = await slack.slash(ann, slack.channel("general", [ann]), "/highlight", "random")
        await slack.press(ann, await slack.reply_to(command), "another")
        await slack.until(lambda: len(slack.ephemerals(ann)) == 2)
        assert slack.posts() == []


async def test_pressing_remove_twice_is_not_an_error(start: Starting) -> None:
    async with SlackServer(timing=Timing(retries=())) as slack, start(slack) as bot:
        ann = slack.user("ann")
        answer = await slack.reply_to(await slack.mention(ann, slack.channel("general", [ann]), "memory"))
        for _ in range(2):
            pressed = await slack.choose(ann, answer, wording.REMOVE)
            await slack.acknowledged(pressed)
        await slack.until(lambda: answer.deleted)
        await slack.quiet()
        assert bot.service.counts["failed"] == 0


async def test_only_the_person_who_presses_another_sees_it(start: Starting) -> None:
    async with SlackServer() as slack, start(slack):
        ann, bob = slack.user("ann"), slack.user("bob")
        answer = await slack.reply_to(
            await slack.mention(ann, slack.channel("general", [ann, bob]), "random")
        )
        await slack.press(bob, answer, "another")
        await slack.until(lambda: bool(slack.ephemerals(bob)))
        await slack.quiet()
        assert len(slack.posts()) == 1


async def test_buttons_of_an_earlier_version_still_work(start: Starting) -> None:
    """Messages from before the version with a menu have buttons for sources and for Remove."""
    async with SlackServer() as slack, start(slack):
        ann = slack.user("ann")
        general = slack.channel("general", [ann])
        answer = await slack.reply_to(await slack.mention(ann, general, "memory"))
        old = [
            {
                "type": "button",
                "text": {"type": "plain_text", "text": label},
                "action_id": name,
                "value": value,
            }
            for label, name, value in (
                ("Show source", "source", actions.encode_request(Command("sources"))),
                ("Remove", "remove", actions.encode_asker(ann.id)),
            )
        ]
        answer.content["blocks"].append({"type": "actions", "elements": old})
        await slack.press(ann, answer, "source")
        await slack.until(lambda: bool(slack.ephemerals(ann)))
        await slack.press(ann, answer, "remove")
        await slack.until(lambda: answer.deleted)

"""If a server's settings say so, each answer gets a thread of its own. Follow-up questions in it need no mention."""

from pathlib import Path

import pytest
from simcord.backend.models import Channel, Message

from bot.chat import wording
from bot.chat.conversation import Bot
from bot.state.chosen import ServerChoices
from tests.adapters.discord.conftest import text_of
from tests.adapters.discord.instance import DiscordInstance, started
from tests.discord_server import DiscordServer


@pytest.fixture
async def server() -> DiscordServer:
    server = DiscordServer()
    server.gateway.content_intent = server.rest.content_intent = True
    return server


async def answer_in_threads(server: DiscordServer, instance: DiscordInstance) -> None:
    await instance.ready()
    choices = instance.service.rules.choices
    await choices.set_server(f"discord:{server.guild.id}", ServerChoices(threads=True))


async def thread_of(server: DiscordServer, question: Message) -> Channel:
    """Waits for the answer in the thread below a question, and returns the thread. It has the id of the question."""
    await server.until(lambda: question.id in server.backend.channels)
    thread = server.backend.channels[question.id]
    await server.until(lambda: server.answers(thread))
    return thread


async def test_follow_ups_in_the_thread_need_no_mention(
    server: DiscordServer, bot: Bot, tmp_path: Path
) -> None:
    async with server, started(server, bot, tmp_path, DISCORD_MESSAGE_CONTENT="on") as instance:
        await answer_in_threads(server, instance)
        books = server.channel("books")
        question = server.ask("ann", books, "what do we know about memory?")
        thread = await thread_of(server, question)
        assert thread.name == "what do we know about memory?"
        assert server.answers(books) == []
        server.say("ben", thread, "I had lunch.")
        server.say("ben", thread, "and what about sleep?")
        await server.until(lambda: len(server.answers(thread)) == 2)
        server.say("ben", books, "what do we know about habits?")
        second_question = server.ask("ann", thread, "memory")
        await server.answered(thread, second_question)
        assert len(server.answers(thread)) == 3
        assert server.answers(books) == []


async def test_pages_and_the_word_more_work_in_the_thread(
    server: DiscordServer, bot: Bot, tmp_path: Path
) -> None:
    async with server, started(server, bot, tmp_path, DISCORD_MESSAGE_CONTENT="on") as instance:
        await answer_in_threads(server, instance)
        thread = await thread_of(server, server.ask("ann", server.channel("books"), "memory"))
        (answer,) = server.answers(thread)
        first = text_of(answer.components)
        server.press("ben", thread, answer, wording.NEXT_PAGE)
        await server.until(lambda: text_of(answer.components) != first)
        server.ask("ben", thread, "more")
        await server.until(lambda: len(server.answers(thread)) == 2)
        assert text_of(server.answers(thread)[1].components).startswith("> ")


@pytest.mark.parametrize("fault", [{"status": 503, "done_first": True}, {"cut": True, "done_first": True}])
async def test_a_lost_answer_opens_no_second_thread(
    server: DiscordServer, bot: Bot, tmp_path: Path, fault: dict[str, object]
) -> None:
    async with server, started(server, bot, tmp_path) as instance:
        await answer_in_threads(server, instance)
        books = server.channel("books")
        for path in ("/channels/*/messages/*/threads", "/channels/*/messages"):
            server.rest.fail("POST", path, 1, **fault)
        thread = await thread_of(server, server.ask("ann", books, "memory"))
        later_question = server.ask("ben", books, "habits")
        await thread_of(server, later_question)
        assert len(server.answers(thread)) == 1
        assert server.answers(books) == []


async def test_without_permission_to_open_threads_the_bot_answers_below_the_question(
    server: DiscordServer, bot: Bot, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with server, started(server, bot, tmp_path) as instance:
        await answer_in_threads(server, instance)
        books = server.channel("books")
        denied = {"code": 50013, "message": "Missing Permissions"}
        server.rest.fail("POST", "/channels/*/messages/*/threads", 1, status=403, body=denied)
        await server.answered(books, server.ask("ann", books, "memory"))
        assert "Grant Create Public Threads" in caplog.text


async def test_if_discord_withholds_the_words_the_bot_says_once_how_to_ask(
    server: DiscordServer, bot: Bot, tmp_path: Path
) -> None:
    async with server, started(server, bot, tmp_path, QUESTIONS_PER_MINUTE="4,100") as instance:
        await answer_in_threads(server, instance)
        assert set(server.gateway.requested_intents) == {4609}
        thread = await thread_of(server, server.ask("ann", server.channel("books"), "memory"))
        server.say("ben", thread, "and what about sleep?")
        await server.until(lambda: len(server.answers(thread)) == 2)
        assert wording.FIND_ABOUT in text_of(server.answers(thread)[1].components)
        for number in range(8):  # these are neither answered nor counted
            server.say("ben", thread, f"nice {number}")
        await server.answered(thread, server.ask("ben", thread, "sleep"))
        assert len(server.answers(thread)) == 3


async def test_the_bot_answers_only_mentions_in_the_thread_of_a_digest(
    server: DiscordServer, bot: Bot, tmp_path: Path
) -> None:
    async with server, started(server, bot, tmp_path, DISCORD_MESSAGE_CONTENT="on") as instance:
        await answer_in_threads(server, instance)
        books = server.channel("books")
        me = server.backend.bot_user.id
        digest = server.backend.create_message(books.id, me, "a highlight")
        thread = server.backend.create_thread(books.id, "talk", owner_id=me, message_id=digest.id)
        server.say("ann", thread, "what does she mean by that?")
        question = server.ask("ann", thread, "memory")
        await server.answered(thread, question)
        assert len(server.answers(thread)) == 1

"""Votes below answers on Discord ("helpful" and "not what I meant"), and the list of unanswered questions for operators."""

from pathlib import Path

import pytest
from simcord.backend.models import Channel, Message

from bot.chat import wording
from bot.chat.conversation import Bot
from tests.adapters.discord.conftest import text_of
from tests.adapters.discord.instance import started
from tests.adapters.instance import votes
from tests.discord_server import DiscordServer


async def vote(server: DiscordServer, name: str, channel: Channel, answer: Message, label: str) -> str:
    """Someone votes. Returns the private reply."""
    reply = await server.shown(channel, server.press(name, channel, answer, label))
    assert reply.is_ephemeral
    return text_of(reply.components)


async def gaps_reply(server: DiscordServer, name: str, channel: Channel) -> str:
    """The reply to `/highlight gaps`."""
    return text_of((await server.shown(channel, server.command(name, channel, "gaps"))).components)


async def test_each_person_has_one_vote_on_an_answer_on_every_page_and_after_a_restart(
    bot: Bot, tmp_path: Path
) -> None:
    async with DiscordServer() as server:
        books = server.channel("books")
        async with started(server, bot, tmp_path) as instance:
            await server.connected()
            answer = await server.answered(books, server.ask("ann", books, "memory"))
            assert await vote(server, "ann", books, answer, wording.HELPFUL) == wording.FEEDBACK_NOTED
            await vote(server, "ann", books, answer, wording.HELPFUL)
            await vote(server, "ben", books, answer, wording.HELPFUL)
            assert votes(instance) == (2, 0)
        async with started(server, bot, tmp_path) as instance:
            await server.connected()
            first = text_of(answer.components)
            server.press("ann", books, answer, wording.NEXT_PAGE)
            await server.until(lambda: text_of(answer.components) != first)
            reply = await vote(server, "ann", books, answer, wording.NOT_WHAT_I_MEANT)
            assert reply == wording.FEEDBACK_WRONG_NOTED
            assert votes(instance) == (1, 1)


@pytest.mark.parametrize("kept", [True, False])
async def test_questions_answered_wrongly_are_listed_for_the_owner_only(
    kept: bool, bot: Bot, tmp_path: Path
) -> None:
    """The list survives a restart, and never shows the words of another person."""
    keep = "30" if kept else ""
    server = DiscordServer()
    server.gateway.content_intent = server.rest.content_intent = True
    async with server:
        books = server.channel("books")
        async with started(server, bot, tmp_path, DISCORD_MESSAGE_CONTENT="on", KEEP_UNANSWERED=keep):
            await server.connected()
            answer = await server.answered(books, server.ask("ann", books, "what about memory?"))
            message = server.say("ben", books, "Memory, MEMORY!")
            question_about_it = f"{server.me} anything on this?"
            second_question = server.say(
                "ann", books, question_about_it, reference={"message_id": str(message.id)}
            )
            second_answer = await server.answered(books, second_question)
        async with started(server, bot, tmp_path, DISCORD_MESSAGE_CONTENT="on", KEEP_UNANSWERED=keep):
            await server.connected()
            for rated in (answer, second_answer):
                await vote(server, "ann", books, rated, wording.NOT_WHAT_I_MEANT)
            assert await gaps_reply(server, "ann", books) == wording.GAPS_NOT_FOR_YOU
            shown = await gaps_reply(server, "owner", books)
            assert ("what about memory?" in shown) is kept
            assert "MEMORY" not in shown
            assert kept or shown.replace("\\", "") == wording.GAPS_OFF

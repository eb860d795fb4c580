"""Messages that the bot does not answer: faults 4, 6, 7, 8, 31 and 32."""

import discord
import pytest

from tests.adapters.discord.conftest import Town


async def test_a_message_without_a_mention_is_not_answered(town: Town) -> None:
    await town.ann.send(town.channel, "what about memory?")
    assert town.bot_texts() == []


async def test_an_edited_question_is_not_answered_again(town: Town) -> None:
    """Faults 4 and 6."""
    sent = await town.ann.send(town.channel, f"{town.me} memory")
    await town.ann.edit(sent, f"{town.me} habits")
    assert len(town.bot_texts()) == 1


async def test_a_mention_added_by_an_edit_is_not_answered(town: Town) -> None:
    sent = await town.ann.send(town.channel, "memory")
    await town.ann.edit(sent, f"{town.me} memory")
    assert town.bot_texts() == []


async def test_a_question_deleted_before_the_answer_is_not_answered(town: Town) -> None:
    """Fault 6. The bot does not answer, and logs no error."""
    town.env.inject_error(
        "POST", "/channels/*/messages", status=400, code=50035,
        message="Invalid Form Body: message_reference: Unknown message", times=1,
    )  # fmt: skip
    assert await town.ask("memory") == []
    assert len([request for request in town.env.http_requests if request.path.endswith("/messages")]) == 1


@pytest.mark.parametrize(
    "kind",
    [
        discord.MessageType.new_member,
        discord.MessageType.pins_add,
        discord.MessageType.thread_created,
        discord.MessageType.thread_starter_message,
        discord.MessageType.channel_name_change,
    ],
)
async def test_system_messages_of_discord_are_not_answered(town: Town, kind: discord.MessageType) -> None:
    """Fault 4. One of these messages is the copy of a question, with its mention, that begins a thread."""
    from simcord.enums import MessageType

    town.env.backend.create_message(
        town.channel.id, town.ann.id, f"{town.me} memory", message_type=MessageType(kind.value)
    )
    await town.env.settle()
    assert town.bot_texts() == []


async def test_another_bot_is_not_answered(town: Town) -> None:
    """Fault 7."""
    robot = town.guild.add_member(town.env.create_user("robot", bot=True))
    await robot.send(town.channel, f"{town.me} memory")
    assert town.bot_texts() == []


async def test_a_webhook_is_not_answered(town: Town) -> None:
    """Fault 7."""
    hook = town.guild.create_webhook(town.channel)
    await hook.send(f"{town.me} memory")
    assert town.bot_texts() == []


async def test_pings_of_everyone_and_of_roles_are_not_answered(town: Town) -> None:
    """Fault 7."""
    crier = town.guild.create_role("criers", permissions=discord.Permissions(mention_everyone=True))
    cy = town.guild.add_member(town.env.create_user("cy"), roles=[crier])
    for ping in ("@everyone", "@here", f"<@&{crier.id}>"):
        await cy.send(town.channel, f"{ping} what about memory?")
    assert town.bot_texts() == []
    assert town.service.counts["answered"] == 0


async def test_the_bots_own_messages_are_not_answered(town: Town) -> None:
    await town.ask("memory")
    answer = town.messages()[0]
    town.env.backend.create_message(
        town.channel.id,
        town.env.backend.bot_user.id,
        f"{town.me} memory",
        reference={"message_id": str(answer.id)},
    )
    await town.env.settle()
    assert len(town.bot_texts()) == 2  # the first answer and the bot's own mention; no third message


async def test_questions_older_than_ten_minutes_are_not_answered(town: Town) -> None:
    """Fault 8."""
    now = town.service.rules.now
    town.service.rules.now = lambda: now() + 601
    assert await town.ask("memory") == []
    assert town.service.counts["old"] == 1


async def test_a_person_over_the_limit_is_not_answered_but_others_are(town: Town) -> None:
    """Fault 31. There is no notice in the channel, where everybody would read it. Others are answered."""
    for number in range(12):
        await town.ask(f"memory {number}")
    assert len(town.bot_texts()) == 10
    await town.ben.send(town.channel, f"{town.me} memory")
    assert len(town.bot_texts()) == 11

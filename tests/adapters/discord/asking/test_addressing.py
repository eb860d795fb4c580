"""Which messages are meant for the bot, and which of their words: role mentions, forwards, polls, replies (faults 62, 68, 69)."""

from typing import Any

import pytest
from simcord.backend.models import Message, Overwrite
from simcord.enums import OverwriteType

from bot.chat import wording
from tests.adapters.discord.conftest import Town


def own_role(town: Town) -> str:
    role = next(role for role in town.env.backend.guilds[town.guild.id].roles.values() if role.managed)
    role.mentionable = True
    return f"<@&{role.id}>"


async def test_a_mention_of_the_bots_own_role_is_answered_with_advice(town: Town) -> None:
    """Fault 62. Without the message content intent Discord withholds the message's words. The reply says what to do."""
    await town.ann.send(town.channel, f"{own_role(town)} what about memory?")
    (reply,) = town.bot_texts()
    assert "Mention me by my name" in reply
    assert wording.FIND_ABOUT in reply


async def test_a_mention_of_the_bot_and_of_its_role_is_answered(town: Town) -> None:
    await town.ann.send(town.channel, f"{own_role(town)} {town.me} what about memory?")
    (reply,) = town.bot_texts()
    assert "> " in reply


async def test_a_mention_of_another_role_is_not_for_the_bot(town: Town) -> None:
    other = town.guild.create_role("readers", mentionable=True)
    await town.ann.send(town.channel, f"<@&{other.id}> what about memory?")
    assert town.bot_texts() == []


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("thanks!", "You’re welcome."),
        ("hi", "Hello!"),
        ("danke dir", "Gern geschehen."),
        ("what can you do?", "/highlight"),
    ],
)
async def test_small_talk_gets_a_polite_reply(town: Town, text: str, answer: str) -> None:
    """Fault 68."""
    (reply,) = await town.ask(text)
    assert answer in reply
    assert "Nothing fits" not in reply


async def test_the_word_random_shows_a_random_highlight(town: Town) -> None:
    (reply,) = await town.ask("random")
    assert "> " in reply
    assert f"[{wording.ANOTHER}]" in reply


async def test_a_remark_about_the_bot_is_not_answered(town: Town) -> None:
    await town.ann.send(town.channel, f"did you try {town.me} yet?")
    assert town.bot_texts() == []


def message_of_ann(town: Town, **more: Any) -> Message:
    """A message by Ann in the channel, as Discord delivers it."""
    return town.env.backend.create_message(town.channel.id, town.ann.id, more.pop("content", ""), **more)


async def test_a_reply_asks_about_the_message_it_replies_to(town: Town) -> None:
    """Fault 69. This needs a message whose words Discord delivers, for example one that also mentions the bot."""
    target = await town.ben.send(town.channel, f"{town.me} memory palaces")
    before = len(town.bot_texts())
    message_of_ann(town, content=f"{town.me} anything on this?", reference={"message_id": str(target.id)})
    await town.env.settle()
    assert len(town.bot_texts()) == before + 1
    assert "> " in town.bot_texts()[-1]


async def test_if_discord_withholds_the_words_the_reply_says_so(town: Town) -> None:
    target = await town.ben.send(town.channel, "memory palaces")
    message_of_ann(town, content=f"{town.me}", reference={"message_id": str(target.id)})
    await town.env.settle()
    (reply,) = town.bot_texts()
    assert wording.FIND_ABOUT in reply


async def test_more_continues_the_answer_that_is_replied_to(town: Town) -> None:
    await town.ask("memory")
    await town.ask("sleep")
    first = town.messages()[0]
    message_of_ann(town, content=f"{town.me} more", reference={"message_id": str(first.id)})
    await town.env.settle()
    reply = town.bot_texts()[-1]
    assert "4–6 of" in reply
    other = await town.ask("more")
    assert other[-1].splitlines()[0] != reply.splitlines()[0]


@pytest.mark.parametrize("granted", ["channel", "role"])
async def test_a_changed_channel_or_role_ends_the_pause_of_a_channel(town: Town, granted: str) -> None:
    role = town.guild.create_role("speakers")
    town.env.inject_error(
        "POST", "/channels/*/messages", status=403, code=50013, message="Missing Permissions", times=1
    )
    assert await town.ask("memory") == []
    if granted == "channel":
        allowing = Overwrite(target_id=town.guild.id, type=OverwriteType.ROLE, allow=1 << 11, deny=0)
        town.env.backend.set_overwrite(town.channel.id, allowing)
    else:
        town.env.backend.edit_role(town.guild.id, role.id, {"permissions": str(1 << 11)})
    await town.env.settle()
    assert len(await town.ask("memory")) == 1


async def test_a_text_that_automod_blocks_does_not_pause_the_channel(town: Town) -> None:
    town.env.inject_error("POST", "/channels/*/messages", status=400, code=200000, message="blocked", times=1)
    assert await town.ask("memory") == []
    assert len(await town.ask("sleep")) == 1

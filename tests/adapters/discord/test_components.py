"""Buttons below answers, also after a restart of the bot."""

import discord

from bot.chat import wording
from tests.adapters.discord.conftest import Town, text_of


async def answered(town: Town) -> discord.Message:
    await town.ask("memory")
    answer = town.channel.last_message
    assert answer is not None
    return answer


async def test_more_shows_the_next_quotes(town: Town) -> None:
    answer = await answered(town)
    before = town.said()
    await town.restart()
    await town.ben.click(answer, label=wording.MORE)
    after = town.said()
    assert len(after) == len(before) + 1
    assert after[-1].splitlines()[0] != before[-1].splitlines()[0]
    assert "> " in after[-1]
    assert "[Remove]" in after[-1]


async def test_more_when_the_question_is_gone(town: Town) -> None:
    answer = await answered(town)
    question = [one for one in town.channel.history() if one.author.id == town.ann.id][-1]
    await town.ann.delete(question)
    before = len(town.said())
    result = await town.ann.click(answer, label=wording.MORE)
    assert len(town.said()) == before
    assert [text_of(one.components) for one in result.followups] == [wording.MESSAGE_GONE]
    assert result.followups[0].ephemeral


async def test_another_at_random(town: Town) -> None:
    await town.ask("/highlight random")
    answer = town.channel.last_message
    assert answer is not None
    await town.restart()
    await town.ben.click(answer, label=wording.ANOTHER)
    assert len(town.said()) == 2


async def test_the_source_is_shown_to_the_presser_alone(town: Town) -> None:
    await town.ask("/highlight random")
    answer = town.channel.last_message
    assert answer is not None
    await town.restart()
    result = await town.ben.click(answer, label=wording.SHOW_SOURCE)
    assert result.ephemeral
    assert result.response is not None
    assert "> " in text_of(result.response.components)
    assert len(town.said()) == 1


async def test_one_of_several_sources_is_chosen(town: Town) -> None:
    answer = await answered(town)
    menu = next(
        one
        for one in discord.ui.LayoutView.from_message(answer).walk_children()
        if isinstance(one, discord.ui.Select)
    )
    await town.restart()
    result = await town.ben.select(answer, [menu.options[-1].value])
    assert result.ephemeral
    assert result.response is not None
    assert "> " in text_of(result.response.components)


async def test_the_asker_removes_the_answer(town: Town) -> None:
    await town.ask("memory")
    answer = town.channel.last_message
    assert answer is not None
    await town.restart()
    result = await town.ben.click(answer, label=wording.REMOVE)
    assert len(town.said()) == 1
    assert result.ephemeral
    assert result.response is not None
    assert text_of(result.response.components) == wording.NOT_REMOVED
    await town.ann.click(answer, label=wording.REMOVE)
    assert town.said() == []


async def test_a_moderator_removes_an_answer(town: Town) -> None:
    keepers = town.guild.create_role("keepers", permissions=discord.Permissions(manage_messages=True))
    kim = town.guild.add_member(town.env.create_user("kim"), roles=[keepers])
    await town.ask("memory")
    answer = town.channel.last_message
    assert answer is not None
    await kim.click(answer, label=wording.REMOVE)
    assert town.said() == []


async def test_a_private_answer_is_shared_as_it_was_shown(town: Town) -> None:
    private = await town.ann.slash(town.channel, "highlight random")
    assert private.response is not None
    passage = text_of(private.response.components).splitlines()[0]
    await town.restart()
    await town.ann.click(private.response, label=wording.SHARE)
    (said,) = town.said()
    assert passage in said
    assert "ann" in said
    assert "[Share" not in said


async def test_more_of_a_private_answer_stays_private(town: Town) -> None:
    private = await town.ann.slash(town.channel, "highlight search", words="memory")
    assert private.response is not None
    result = await town.ann.click(private.response, label=wording.MORE)
    assert result.ephemeral
    assert town.said() == []


async def test_a_button_of_another_version(town: Town) -> None:
    await town.ask("memory")
    stored = town.messages()[0]
    stored.components[0]["components"][-1]["components"][-1]["custom_id"] = "b9:zzz"
    answer = town.channel.last_message
    assert answer is not None
    result = await town.ann.click(answer, custom_id="b9:zzz")
    assert result.ephemeral
    assert result.response is not None
    assert text_of(result.response.components) == wording.OLD_BUTTON


async def test_too_many_presses_are_told_to_the_presser_alone(town: Town) -> None:
    await town.ask("/highlight random")
    answer = town.channel.last_message
    assert answer is not None
    results = [await town.ben.click(answer, label=wording.ANOTHER) for _ in range(12)]
    assert len(town.said()) == 11
    told = [text_of(one.components) for result in results for one in result.followups]
    assert told == [wording.TOO_MANY]
    assert all(one.ephemeral for result in results for one in result.followups)

"""People press the buttons below answers, even after a restart of the bot."""

from dataclasses import replace

import discord
import pytest
from simcord.backend.models import Overwrite
from simcord.components import walk_components
from simcord.enums import OverwriteType

from adapters.discord.cards.actions import More, Step
from adapters.discord.cards.custom_ids import decode
from adapters.discord.cards.render import Origin, render
from bot.access.refusal import Refusal
from bot.access.rules import Rules
from bot.answering import listing
from bot.chat import wording
from bot.chat.arrival import Arrival
from bot.chat.replies import Quotes
from bot.chat.requests import Command
from bot.model import Answer, Question, Suggestion, SuggestionKind
from bot.search.index import Index
from tests.adapters.discord.conftest import Town, text_of
from tests.libraries import library_of


async def ask_about_memory(town: Town) -> discord.Message:
    await town.ask("memory")
    answer = town.channel.last_message
    assert answer is not None
    return answer


async def test_pages_are_turned_on_the_same_card(town: Town) -> None:
    answer = await ask_about_memory(town)
    first = town.bot_texts()
    await town.restart()
    await town.ben.click(answer, label=wording.NEXT_PAGE)
    second = town.bot_texts()
    assert len(second) == 1
    assert second[0].splitlines()[0] != first[0].splitlines()[0]
    assert "> " in second[0]
    assert "[Remove]" in second[0]
    page = town.channel.last_message
    assert page is not None
    await town.ben.click(page, label=wording.PREVIOUS_PAGE)
    assert town.bot_texts() == first
    await town.ann.click(answer, label=wording.REMOVE)
    assert town.bot_texts() == []


async def test_a_page_cannot_be_turned_when_the_question_was_deleted(town: Town) -> None:
    answer = await ask_about_memory(town)
    question = [message for message in town.channel.history() if message.author.id == town.ann.id][-1]
    await town.ann.delete(question)
    before = town.bot_texts()
    result = await town.ann.click(answer, label=wording.NEXT_PAGE)
    assert town.bot_texts() == before
    assert [text_of(followup.components) for followup in result.followups] == [wording.MESSAGE_GONE]
    assert result.followups[0].ephemeral


@pytest.mark.parametrize("words", ["memory", "memory " * 60])
async def test_a_private_answer_turns_its_pages_in_place(town: Town, words: str) -> None:
    """Fault 64. This works for questions of any length and after a restart. No custom id contains the question's words."""
    private = await town.ann.slash(town.channel, "highlight search", words=words)
    assert private.response is not None
    first = text_of(private.response.components)
    assert "memory" not in custom_ids(private.response.components)
    found = town.service.found_lists
    await town.restart()
    town.service.found_lists = found  # a real database would have kept it
    result = await town.ann.click(private.response, label=wording.NEXT_PAGE)
    shown = town.env.backend.messages[town.channel.id][private.response.id]
    assert text_of(shown.components).splitlines()[0] != first.splitlines()[0]
    assert "[◀]" in text_of(shown.components)
    assert result.followups == []
    assert town.bot_texts() == []


async def test_the_list_of_a_long_title_has_more_pages(town: Town) -> None:
    """Fault 64. A name that is too long for a custom id is found again by its hash."""
    index = town.service.bot.index
    source = max(
        index.sources, key=lambda candidate: sum(h.source == candidate for h in index.library.highlights)
    )
    page = listing.list_by("title", listing.hashed_names([source.title]), index, 100)
    assert page.meant == (source.title,)
    assert {quote.highlight.source.title for quote in page.quotes} == {source.title}
    card = render(Quotes(Command("from", "x" * 90, 0, 3), replace(page, quotes=page.quotes[:3])))
    action = decode(card.buttons[0].custom_id)
    assert isinstance(action, More)
    assert action.command is not None
    assert town.service.bot.reply(replace(action.command, offset=3, limit=3)).quotes == page.quotes[3:6]  # type: ignore[union-attr]


def custom_ids(components: list[dict[str, object]]) -> str:
    return "\n".join(str(component.get("custom_id", "")) for component in walk_components(components))


async def test_another_posts_a_second_random_highlight(town: Town) -> None:
    await town.ask("/highlight random")
    answer = town.channel.last_message
    assert answer is not None
    await town.restart()
    await town.ben.click(answer, label=wording.ANOTHER)
    assert len(town.bot_texts()) == 2


async def test_only_the_person_who_presses_show_source_sees_it(town: Town) -> None:
    await town.ask("/highlight random")
    answer = town.channel.last_message
    assert answer is not None
    await town.restart()
    result = await town.ben.click(answer, label=wording.SHOW_SOURCE)
    assert result.ephemeral
    assert result.response is not None
    assert "> " in text_of(result.response.components)
    assert len(town.bot_texts()) == 1


async def test_only_the_person_who_chooses_a_source_sees_it(town: Town) -> None:
    answer = await ask_about_memory(town)
    menu = next(
        item
        for item in discord.ui.LayoutView.from_message(answer).walk_children()
        if isinstance(item, discord.ui.Select)
    )
    await town.restart()
    result = await town.ben.select(answer, [menu.options[-1].value])
    assert result.ephemeral
    assert result.response is not None
    assert "> " in text_of(result.response.components)


async def test_only_the_asker_can_remove_the_answer(town: Town) -> None:
    await town.ask("memory")
    answer = town.channel.last_message
    assert answer is not None
    await town.restart()
    result = await town.ben.click(answer, label=wording.REMOVE)
    assert len(town.bot_texts()) == 1
    assert result.ephemeral
    assert result.response is not None
    assert text_of(result.response.components) == wording.NOT_REMOVED
    await town.ann.click(answer, label=wording.REMOVE)
    assert town.bot_texts() == []


async def test_a_moderator_can_remove_an_answer(town: Town) -> None:
    keepers = town.guild.create_role("keepers", permissions=discord.Permissions(manage_messages=True))
    kim = town.guild.add_member(town.env.create_user("kim"), roles=[keepers])
    await town.ask("memory")
    answer = town.channel.last_message
    assert answer is not None
    await kim.click(answer, label=wording.REMOVE)
    assert town.bot_texts() == []


async def test_a_private_answer_is_shared_as_it_was_shown(town: Town) -> None:
    private = await town.ann.slash(town.channel, "highlight random")
    assert private.response is not None
    passage = text_of(private.response.components).splitlines()[0]
    await town.restart()
    await town.ann.click(private.response, label=wording.SHARE)
    (reply,) = town.bot_texts()
    assert passage in reply
    assert "ann" in reply
    assert "[Share" not in reply


async def test_a_private_answer_is_not_shared_once_its_note_became_private(town: Town) -> None:
    private = await town.ann.slash(town.channel, "highlight random")
    assert private.response is not None
    library = town.service.bot.index.library
    passage = text_of(private.response.components).splitlines()[0]
    left = [highlight for highlight in library.highlights if highlight.plain[:20] not in passage]
    town.service.bot.index = Index.build(library_of(left))
    result = await town.ann.click(private.response, label=wording.SHARE)
    assert town.bot_texts() == []
    assert [text_of(followup.components) for followup in result.followups] == [wording.NO_LONGER_THERE]


async def test_an_unknown_button_gets_a_notice(town: Town) -> None:
    await town.ask("memory")
    stored = town.messages()[0]
    stored.components[0]["components"][-1]["components"][-1]["custom_id"] = "b9:zzz"
    answer = town.channel.last_message
    assert answer is not None
    result = await town.ann.click(answer, custom_id="b9:zzz")
    assert result.ephemeral
    assert result.response is not None
    assert text_of(result.response.components) == wording.OLD_BUTTON


async def test_presses_do_not_count_as_questions(town: Town) -> None:
    await town.ask("/highlight random")
    answer = town.channel.last_message
    assert answer is not None
    for _ in range(12):
        await town.ben.click(answer, label=wording.ANOTHER)
    assert len(town.bot_texts()) == 13
    await town.ben.send(town.channel, f"{town.me} memory")
    assert len(town.bot_texts()) == 14


async def test_the_bot_posts_nothing_for_people_who_may_not_write_in_the_channel(town: Town) -> None:
    """Fault 66."""
    await town.ask("memory")
    answer = town.channel.last_message
    private = await town.ben.slash(town.channel, "highlight random")
    assert answer is not None
    assert private.response is not None
    quiet = Overwrite(target_id=town.guild.id, type=OverwriteType.ROLE, allow=0, deny=1 << 11)
    town.env.backend.set_overwrite(town.channel.id, quiet)
    await town.env.settle()
    before = town.bot_texts()
    for press in (
        town.ben.click(answer, label=wording.NEXT_PAGE),
        town.ben.click(private.response, label=wording.SHARE),
        town.ben.slash(town.channel, "highlight random", public=True),
    ):
        result = await press
        assert result.ephemeral
        assert result.response is not None
        assert text_of(result.response.components).startswith("You can’t write in this channel")
    assert town.bot_texts() == before


async def test_a_share_is_acknowledged_before_anything_is_looked_up(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    private = await town.ann.slash(town.channel, "highlight random")
    assert private.response is not None
    before = sum(request.path.endswith("/callback") for request in town.env.http_requests)
    callbacks_so_far: list[int] = []
    original = Rules.only_where_allowed

    async def looked_up(self: Rules, arrival: Arrival) -> Refusal | None:
        callbacks_so_far.append(
            sum(request.path.endswith("/callback") for request in town.env.http_requests) - before
        )
        return await original(self, arrival)

    monkeypatch.setattr(Rules, "only_where_allowed", looked_up)
    await town.ann.click(private.response, label=wording.SHARE)
    assert callbacks_so_far == [1]
    assert len(town.bot_texts()) == 1


async def test_sharing_highlights_about_a_message_does_not_repeat_the_message(town: Town) -> None:
    target = await town.ben.send(town.channel, "what do we know about memory?")
    private = await town.ann.context_menu(town.channel, wording.FIND_ABOUT, target)
    assert private.response is not None
    assert "we know" not in custom_ids(private.response.components)
    await town.ann.click(private.response, label=wording.SHARE)
    (reply,) = town.bot_texts()
    assert "what do we know" not in reply
    assert reply.splitlines()[0] == "-# Shared by ann"


async def test_a_shared_search_says_who_asked_what(town: Town) -> None:
    private = await town.ann.slash(town.channel, "highlight search", words="memory")
    assert private.response is not None
    await town.ann.click(private.response, label=wording.SHARE)
    (reply,) = town.bot_texts()
    assert reply.splitlines()[0] == "-# ann asked: memory"


async def test_only_highlights_of_the_chosen_source_are_shown(town: Town) -> None:
    """Fault 63. Other sources whose titles contain the same words are not shown."""
    index = town.service.bot.index
    source = index.sources[0]
    other = replace(source, title=f"{source.title} Revisited", url=None)
    other_highlights = tuple(
        replace(highlight, id=f"x{highlight.id}", source=other)
        for highlight in index.library.highlights
        if highlight.source == source
    )
    library = replace(
        index.library,
        sources=(*index.library.sources, other),
        highlights=(*index.library.highlights, *other_highlights),
    )
    town.service.bot = replace(town.service.bot, index=Index.build(library))
    shown = town.service.bot.reply(Command("source", listing.source_key(source), limit=100))
    assert isinstance(shown, Quotes)
    assert {quote.highlight.source for quote in shown.quotes} == {source}
    choices = await town.ann.autocomplete(town.channel, "highlight from", "title", source.title)
    suggestion = next(choice["value"] for choice in choices if choice["name"] == source.title)
    result = await town.ann.slash(town.channel, "highlight from", title=str(suggestion))
    assert result.response is not None
    assert "Revisited" not in text_of(result.response.components)
    typed_reply = town.service.bot.reply(Command("from", source.title, limit=100))
    assert isinstance(typed_reply, Quotes)
    assert {quote.highlight.source for quote in typed_reply.quotes} == {source}


async def test_only_the_person_who_presses_a_button_below_nothing_fits_sees_the_reply(town: Town) -> None:
    (message_text,) = await town.ask("zyzzyva quodlibet")
    assert message_text.splitlines()[1:] == ["[Sources]", "[Random]", "[Remove]"]
    refusal = town.channel.last_message
    assert refusal is not None
    await town.restart()
    for label, shown in ((wording.SOURCES_BUTTON, "sources"), (wording.RANDOM_BUTTON, "> ")):
        result = await town.ben.click(refusal, label=label)
        assert result.ephemeral
        assert result.response is not None
        assert shown in text_of(result.response.components)
    await town.ann.click(refusal, label=wording.REMOVE)
    assert town.bot_texts() == []


async def test_nothing_fits_has_a_button_for_the_nearest_author(town: Town) -> None:
    author = next(source.authors[0] for source in town.service.bot.index.library.sources if source.authors)
    answer = town.service.bot.reply(Question("zyzzyva quodlibet"))
    assert isinstance(answer, Answer)
    refusal = replace(answer, suggestions=(Suggestion(SuggestionKind.BY_AUTHOR, (author,)),))
    (button, *_) = render(refusal, Origin(message=1, asker=1)).buttons
    assert decode(button.custom_id) == Step(Command("by", author))
    private = render(refusal, Origin(private=True)).buttons
    assert [button.label for button in private] == [
        f"By {author}",
        wording.SOURCES_BUTTON,
        wording.RANDOM_BUTTON,
    ]
    long = replace(refusal, suggestions=(Suggestion(SuggestionKind.BY_AUTHOR, ("An Author " * 12,)),))
    step = decode(render(long, Origin(private=True)).buttons[0].custom_id)
    assert isinstance(step, Step)
    assert step.command.argument == listing.hashed_names(("An Author " * 12,))


@pytest.mark.parametrize(
    "custom_id", ["more:3", "b", "b9:x", "s", "", "b1:m:0:3:@", "b1:f:h:", "b1:n:digest:", "\u202e"]
)
async def test_any_unknown_custom_id_gets_a_notice(town: Town, custom_id: str) -> None:
    """The person does not see Discord's "This interaction failed", and nothing is posted publicly."""
    button = {"type": 2, "style": 2, "label": "More", "custom_id": custom_id or "x" * 100}
    row = [{"type": 1, "components": [button]}]
    town.env.backend.create_message(town.channel.id, town.env.backend.bot_user.id, "old", components=row)
    old = town.channel.last_message
    assert old is not None
    result = await town.ann.click(old, label="More")
    assert result.ephemeral
    assert result.response is not None
    assert text_of(result.response.components) == wording.OLD_BUTTON

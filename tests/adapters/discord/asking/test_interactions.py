"""`/highlight …` and the message command: private replies, a quick acknowledgement, and completion of options."""

from time import perf_counter

import pytest

from adapters.discord.events.autocomplete import choices
from bot.chat import wording
from bot.chat.conversation import Bot
from tests.adapters.discord.conftest import Town, text_of


@pytest.mark.parametrize(
    ("command", "options"),
    [
        ("random", {}),
        ("random", {"count": 3}),
        ("search", {"words": "memory"}),
        ("by", {"author": "a"}),
        ("from", {"title": "the"}),
        ("tag", {"tag": "favorite"}),
        ("sources", {}),
        ("help", {}),
    ],
)
async def test_only_the_asker_sees_the_answer_to_a_command(
    town: Town, command: str, options: dict[str, object]
) -> None:
    result = await town.ann.slash(town.channel, f"highlight {command}", **options)
    acknowledgement = next(
        request.json for request in town.env.http_requests if request.path.endswith("/callback")
    )
    assert acknowledgement == {"type": 5, "data": {"flags": 64}}
    assert result.ephemeral
    assert result.response is not None
    assert result.response.ephemeral
    assert text_of(result.response.components)
    assert town.bot_texts() == []


async def test_a_public_random_highlight_is_posted_for_everyone(town: Town) -> None:
    result = await town.ann.slash(town.channel, "highlight random", public=True)
    assert not result.ephemeral
    assert len(town.bot_texts()) == 1


async def test_a_command_is_acknowledged_before_any_work(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fault 18."""
    acknowledged: list[bool] = []
    original = Bot.reply

    def reply(self: Bot, request: object) -> object:
        acknowledged.append(any(request.path.endswith("/callback") for request in town.env.http_requests))
        return original(self, request)  # type: ignore[arg-type]

    monkeypatch.setattr(Bot, "reply", reply)
    await town.ann.slash(town.channel, "highlight search", words="memory")
    assert acknowledged == [True]


async def test_an_interaction_that_comes_too_late_is_dropped_and_logged(
    town: Town, caplog: pytest.LogCaptureFixture
) -> None:
    """Discord answers with error 10062. The bot does not search, posts nothing, and raises no error."""
    caplog.set_level("INFO")
    town.env.inject_error(
        "POST", "/interactions/*", status=404, code=10062, message="Unknown interaction", times=1
    )
    result = await town.ann.slash(town.channel, "highlight search", words="memory")
    assert not result.acknowledged
    assert town.bot_texts() == []
    assert town.service.counts["answered"] == 0
    assert "too late" in caplog.text


async def test_a_private_answer_that_cannot_be_delivered_is_not_posted(town: Town) -> None:
    """Fault 33. It is never posted in the channel instead."""
    town.env.inject_error("PATCH", "/webhooks/*", status=404, code=10015, message="Unknown Webhook", times=10)
    await town.ann.slash(town.channel, "highlight search", words="memory")
    assert town.bot_texts() == []
    assert not [
        request
        for request in town.env.http_requests
        if request.path.endswith(f"/channels/{town.channel.id}/messages")
    ]


async def test_titles_are_suggested_while_a_person_types(town: Town) -> None:
    titles = [
        choice["name"] for choice in await town.ann.autocomplete(town.channel, "highlight from", "title", "")
    ]
    assert titles
    assert len(titles) <= 25
    typed = titles[0][:5].lower()
    found = await town.ann.autocomplete(town.channel, "highlight from", "title", typed)
    assert titles[0] in [choice["name"] for choice in found]
    result = await town.ann.slash(town.channel, "highlight from", title=str(found[0]["value"]))
    assert result.response is not None
    assert "> " in text_of(result.response.components)


async def test_strangers_get_no_suggestions(town: Town) -> None:
    """Titles come from the notes, so they are private, too."""
    eve = town.elsewhere.add_member(town.env.create_user("eve"))
    lobby = town.elsewhere.create_text_channel("lobby")
    assert await eve.autocomplete(lobby, "highlight from", "title", "") == []


async def test_a_command_in_a_place_that_is_not_allowed_gets_one_sentence(town: Town) -> None:
    """Faults 32 and 67. Only the asker gets a sentence."""
    eve = town.elsewhere.add_member(town.env.create_user("eve"))
    lobby = town.elsewhere.create_text_channel("lobby")
    result = await eve.slash(lobby, "highlight random")
    assert result.ephemeral
    assert result.response is not None
    assert text_of(result.response.components) == wording.NOT_HERE
    assert town.bot_texts(lobby) == []


async def test_a_command_in_a_direct_message_is_answered(town: Town) -> None:
    result = await town.ann.user.slash("highlight search", words="memory")
    assert result.response is not None
    assert "> " in text_of(result.response.components)


def test_suggestions_that_are_too_long_are_cut() -> None:
    found = choices(["x" * 300, "short", "", "😀" * 80, "short"])
    assert [len(choice.name.encode("utf-16-le")) // 2 <= 100 for choice in found] == [True] * 3
    assert all(choice.value and len(choice.value) <= 100 for choice in found)


async def test_the_message_command_finds_highlights_about_a_message(town: Town) -> None:
    target = await town.ben.send(town.channel, "what do we know about memory?")
    result = await town.ann.context_menu(town.channel, wording.FIND_ABOUT, target)
    assert result.ephemeral
    assert result.response is not None
    assert "> " in text_of(result.response.components)
    assert "[Share in channel]" in text_of(result.response.components)


async def test_commands_are_registered_only_when_they_changed(town: Town) -> None:
    def registered() -> int:
        return len([request for request in town.env.http_requests if request.method == "PUT"])

    assert registered() == 1
    await town.restart()
    assert registered() == 1, "Discord had them already"
    key = next(iter(town.env.backend.commands[None]))
    town.env.backend.commands[None][key]["description"] = "of an older version"
    await town.restart()
    assert registered() == 2


async def test_the_commands_can_be_installed_for_a_person_and_used_everywhere(town: Town) -> None:
    for command in town.env.backend.commands[None].values():
        assert sorted(command["integration_types"]) == [0, 1]
        assert sorted(command["contexts"]) == [0, 1, 2]


async def test_every_command_is_a_subcommand_of_highlight(town: Town) -> None:
    group = next(
        command for command in town.env.backend.commands[None].values() if command["name"] == "highlight"
    )
    assert {option["name"] for option in group["options"]} == set(wording.COMMANDS)


async def test_suggestions_come_within_three_seconds(town: Town) -> None:
    began = perf_counter()
    await town.ann.autocomplete(town.channel, "highlight by", "author", "a")
    assert perf_counter() - began < 3.0

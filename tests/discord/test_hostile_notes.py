"""Notes that would ping, or are far too long, as Discord gets them: faults 19, 20 and 33."""

import pytest

from adapters.discord.send import Asked
from bot.conversation import Bot
from bot.index import Index
from tests.discord.conftest import Town, text_of
from tests.libraries import highlight, of

HOSTILE = "owl @everyone @here <@123456789012345678> <@&123456789012345679> <#123456789012345680> </x:123456789012345681>"


def notes(*texts: str) -> Bot:
    return Bot(
        Index.build(
            of(highlight(str(n), text, f"{text[:200]}", "<@1> @everyone") for n, text in enumerate(texts))
        )
    )


async def test_pings_in_notes_are_text(town: Town) -> None:
    """Fault 20: in a passage, a title and an author; by a mention and by a command."""
    town.service.bot = notes(HOSTILE, HOSTILE + " again")
    await town.ask("owl")
    for command in ("random", "sources"):
        await town.ann.slash(town.channel, f"highlight {command}")
    found = [one for one in town.env.backend.messages[town.channel.id].values()
             if one.author_id == town.env.backend.bot_user.id]  # fmt: skip
    assert len(found) == 3
    for one in found:
        assert one.mention_user_ids == []
        assert one.mention_role_ids == []
        assert not one.mention_everyone
        assert "@everyone" not in text_of(one.components)
        assert "everyone" in text_of(one.components)


async def test_passages_far_too_long(town: Town) -> None:
    """Fault 19: Discord takes the card, with its buttons; how cuts are marked stands in `tests/discord_render`."""
    town.service.bot = notes(*(f"owl {n} " + "word with **stars** and `ticks` 😀 " * 400 for n in range(20)))
    town.service.bot.quotes = 20
    (said,) = await town.ask("owl")
    assert 1000 < len(said) < 4200
    assert "[More]" in said


async def test_what_is_said_of_a_failure(town: Town, caplog: pytest.LogCaptureFixture) -> None:
    """Fault 33: no path, no token, no text; and nothing in the channel."""

    async def failing(self: Asked, view: object) -> object:
        raise OSError("/secret/path token")

    with pytest.MonkeyPatch.context() as patching:
        patching.setattr(Asked, "show", failing)
        town.service.delivering.settle = 0.0
        town.service.delivering.bound = 0.0
        await town.ann.slash(town.channel, "highlight search", words="owl")
    assert town.said() == []
    assert "secret" not in caplog.text
    assert "owl" not in caplog.text

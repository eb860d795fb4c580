"""Notes with pings and notes that are far too long, as Discord receives them: faults 19, 20 and 33."""

import pytest

from adapters.discord.posting import NO_PINGS
from adapters.discord.proactive import ProactiveTarget
from adapters.discord.targets import InteractionTarget
from bot.chat import wording
from bot.chat.conversation import Bot
from bot.chat.replies import Digest, Picks
from bot.chat.requests import Command
from bot.search.index import Index
from tests.adapters.discord.conftest import Town, client, text_of
from tests.libraries import highlight, library_of

HOSTILE = "owl @everyone @here <@123456789012345678> <@&123456789012345679> <#123456789012345680> </x:123456789012345681>"


def notes(*texts: str) -> Bot:
    return Bot(
        Index.build(
            library_of(
                highlight(str(n), text, f"{text[:200]}", "<@1> @everyone") for n, text in enumerate(texts)
            )
        )
    )


async def test_pings_in_notes_ping_nobody(town: Town) -> None:
    """Fault 20. The pings are in a passage, a title and an author. The bot answers a mention and commands."""
    town.service.bot = notes(HOSTILE, HOSTILE + " again")
    await town.ask("owl")
    for command in ("random", "sources"):
        await town.ann.slash(town.channel, f"highlight {command}")
    found = [message for message in town.env.backend.messages[town.channel.id].values()
             if message.author_id == town.env.backend.bot_user.id]  # fmt: skip
    assert len(found) == 3
    for message in found:
        assert message.mention_user_ids == []
        assert message.mention_role_ids == []
        assert not message.mention_everyone
        assert "@everyone" not in text_of(message.components)
        assert "everyone" in text_of(message.components)


async def test_every_kind_of_post_forbids_pings(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fault 20. Each of the seven ways to post forbids pings itself, even without the client's setting."""
    monkeypatch.setattr("adapters.discord.client.NO_PINGS", None)
    await town.restart()
    checked: list[str] = []

    def check_new_posts(kind: str) -> None:
        """Checks the requests since the last call."""
        bodies = [post.get("data", post) for post in town.posts()]
        shown = [body for body in bodies if isinstance(body, dict) and body.get("components")]
        assert len(shown) > len(checked), kind
        for body in shown[len(checked) :]:
            assert body.get("allowed_mentions", {}).get("parse") == [], kind
            assert not body["allowed_mentions"].get("replied_user")
            checked.append(kind)

    await town.ask("memory")
    check_new_posts("below a question")
    answer = town.channel.last_message
    assert answer is not None
    await town.ben.click(answer, label=wording.NEXT_PAGE)
    check_new_posts("below a button")
    await town.ben.click(answer, label=wording.REMOVE)
    check_new_posts("to who pressed, at once")
    question = [message for message in town.channel.history() if message.author.id == town.ann.id][-1]
    await town.ann.delete(question)
    await town.ben.click(answer, label=wording.NEXT_PAGE)
    check_new_posts("to who pressed, later")
    await town.ann.slash(town.channel, "highlight random")
    check_new_posts("to a command")
    await town.ann.send_dm("?")
    check_new_posts("to one person")
    reply = town.service.bot.reply(Command("random"))
    assert isinstance(reply, Picks)
    target = ProactiveTarget(str(town.channel.id), "1", 0.0, client=lambda: town.client)
    await target.post(Digest(reply.quotes))
    check_new_posts("unasked")


def test_the_client_forbids_pings(town: Town) -> None:
    """Fault 20. The client's setting covers any post that does not forbid pings itself."""
    assert client(town.service).allowed_mentions is NO_PINGS


async def test_characters_that_discord_refuses_are_removed(town: Town) -> None:
    """Fault 24. The post succeeds, wherever in the card or its menu the characters are."""
    odd = "owl \ud800 \x00 \x1b[31m \u202e " + "\u0301" * 10_000
    town.service.bot = Bot(Index.build(library_of(
        highlight(str(n), f"owl {n} {odd}", f"{odd} {n}", odd, remark=odd, location=odd, chapter=odd) for n in range(3)
    )))  # fmt: skip
    (reply,) = await town.ask("owl \u202e\x00")
    assert "[menu]" in reply
    assert "\ufffd" in reply
    assert not set(reply) & set("\ud800\x00\x1b\u202e")


async def test_a_card_of_very_long_passages_is_accepted(town: Town) -> None:
    """Fault 19. Discord accepts the card with its buttons. `tests/adapters/discord/cards` tests how cuts are marked."""
    town.service.bot = notes(*(f"owl {n} " + "word with **stars** and `ticks` 😀 " * 400 for n in range(20)))
    town.service.bot.quotes = 20
    (reply,) = await town.ask("owl")
    assert 1000 < len(reply) < 4200
    assert "[▶]" in reply


async def test_a_failure_is_logged_without_text(town: Town, caplog: pytest.LogCaptureFixture) -> None:
    """Fault 33. The log contains no path, token or text, and the bot posts nothing in the channel."""

    async def failing(self: InteractionTarget, view: object) -> object:
        raise OSError("/secret/path token")

    with pytest.MonkeyPatch.context() as patching:
        patching.setattr(InteractionTarget, "show", failing)
        town.service.delivery.settle_s = 0.0
        town.service.delivery.max_wait_s = 0.0
        await town.ann.slash(town.channel, "highlight search", words="owl")
    assert town.bot_texts() == []
    assert "secret" not in caplog.text
    assert "owl" not in caplog.text

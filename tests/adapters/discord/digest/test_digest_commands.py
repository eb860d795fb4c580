"""`/highlight digest …` on Discord: its options, completion, and error messages."""

from datetime import time

import discord
import pytest

from bot.chat import wording
from bot.chat.arrival import Arrival
from bot.chat.digest_commands import DigestCommand, InvalidDigestCommand
from bot.schedule.plan import Filter
from bot.service import Service
from tests.adapters.discord.conftest import Town, text_of


@pytest.fixture
def arrivals_heard(monkeypatch: pytest.MonkeyPatch) -> list[Arrival]:
    """The arrivals that reach the core."""
    arrivals: list[Arrival] = []
    original = Service.hear

    def hear(self: Service, arrival: Arrival, target: object) -> object:
        arrivals.append(arrival)
        return original(self, arrival, target)  # type: ignore[arg-type]

    monkeypatch.setattr(Service, "hear", hear)
    return arrivals


@pytest.mark.parametrize(
    ("subcommand", "options", "expected"),
    [
        ("set", {}, DigestCommand("set")),
        (
            "set",
            {"every": "monday", "at": "8:30pm", "zone": "kolkata", "highlights": 3, "by": "Maren Oldacre"},
            DigestCommand("set", "weekly", time(20, 30), "Asia/Kolkata", 0, 3, Filter("by", "Maren Oldacre")),
        ),
        ("set", {"tag": "favorite"}, DigestCommand("set", only=Filter("tag", "favorite"))),
        ("set", {"from": "Rooms"}, DigestCommand("set", only=Filter("from", "Rooms"))),
        ("now", {}, DigestCommand("now")),
        ("status", {}, DigestCommand("status")),
        ("off", {}, DigestCommand("off")),
    ],
)
async def test_options_become_a_command(
    town: Town,
    arrivals_heard: list[Arrival],
    subcommand: str,
    options: dict[str, object],
    expected: DigestCommand,
) -> None:
    result = await town.ann.slash(town.channel, f"highlight digest {subcommand}", **options)
    assert result.ephemeral
    assert [(arrival.request, arrival.private, arrival.manages) for arrival in arrivals_heard] == [
        (expected, True, False)
    ]
    assert town.bot_texts() == []


async def test_a_wrong_option_is_explained_in_a_sentence(town: Town, arrivals_heard: list[Arrival]) -> None:
    for options, part in (
        ({"at": "25:00"}, "at"),
        ({"zone": "Europe/Berlim"}, "zone"),
        ({"tag": "a", "theme": "review:"}, "only"),
    ):
        result = await town.ann.slash(town.channel, "highlight digest set", **options)
        wrong = arrivals_heard[-1].request
        assert isinstance(wrong, InvalidDigestCommand)
        assert wrong.part == part
        assert result.response is not None
        assert wrong.message in text_of(result.response.components).replace("\\", "")


async def test_those_who_manage_a_channel_manage_its_threads(
    town: Town, arrivals_heard: list[Arrival]
) -> None:
    role = town.guild.create_role("keepers", permissions=discord.Permissions(manage_channels=True))
    kim = town.guild.add_member(town.env.create_user("kim"), roles=[role])
    started = town.env.backend.create_thread(town.channel.id, "talk", owner_id=kim.id)
    thread = next(thread for thread in town.channel.threads if thread.id == started.id)
    for person, place in ((kim, town.channel), (kim, thread), (town.ann, thread)):
        await person.slash(place, "highlight digest off")
    assert [arrival.manages for arrival in arrivals_heard] == [True, True, False]
    assert arrivals_heard[1].parent == str(town.channel.id)


async def test_zones_and_names_are_suggested_while_a_person_types(town: Town) -> None:
    async def offered(option: str, typed: str) -> list[str]:
        found = await town.ann.autocomplete(town.channel, "highlight digest set", option, typed)
        return [str(choice["value"]) for choice in found]

    assert "Asia/Kolkata" in await offered("zone", "kolk")
    assert len(await offered("zone", "")) == 25
    for option in ("tag", "by", "from"):
        assert await offered(option, "")
    eve = town.elsewhere.add_member(town.env.create_user("eve"))
    lobby = town.elsewhere.create_text_channel("lobby")
    assert await eve.autocomplete(lobby, "highlight digest set", "zone", "b") == []


async def test_a_digest_is_refused_where_the_bot_may_not_write(town: Town) -> None:
    me = town.env.bot.user
    assert me is not None
    read_only = town.guild.create_text_channel(
        "rules", overwrites={me: discord.PermissionOverwrite(send_messages=False)}
    )
    for subcommand in ("set", "now"):
        result = await town.ann.slash(read_only, f"highlight digest {subcommand}")
        assert result.response is not None
        assert text_of(result.response.components) == wording.not_granted(["Send Messages"])

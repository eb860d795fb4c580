"""`analects doctor` reports what is missing on Discord, and how to fix it."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from simcord.backend.models import Overwrite
from simcord.enums import ChannelType, OverwriteType

from adapters.discord.credentials import Credentials
from adapters.discord.diagnose import diagnose
from adapters.discord.diagnose_permissions import Parts, threads_of
from adapters.finding import Finding
from bot.access.places import Allowlist
from bot.state.chosen import PostingChoices, ServerChoices
from tests.adapters.discord.test_running import settings_with
from tests.discord_server import DiscordServer
from tests.processes import analects


@pytest.fixture
async def server() -> DiscordServer:
    return DiscordServer()


async def doctor_findings(
    server: DiscordServer, allowlist: Allowlist | None = None, token: str = ""
) -> list[Finding]:
    settings = server.settings
    credentials = Credentials(token or settings["DISCORD_TOKEN"], settings["DISCORD_API_URL"])
    return await diagnose(credentials, allowlist or Allowlist())


async def test_no_problem_is_found(server: DiscordServer) -> None:
    async with server:
        server.channel("books")
        found = await doctor_findings(server)
    assert [finding.finding for finding in found if not finding.ok] == []
    assert server.gateway.identified == 0


async def test_a_public_application_is_reported(server: DiscordServer) -> None:
    async with server:
        server.channel("books")
        server.rest.public = True
        (wrong,) = [finding for finding in await doctor_findings(server) if not finding.ok]
    assert "public" in wrong.finding
    assert "Public Bot" in str(wrong.fix)


async def test_a_missing_permission_in_a_channel_is_reported(server: DiscordServer) -> None:
    async with server:
        server.channel("books")
        closed = server.channel("closed")
        closed.overwrites.append(
            Overwrite(target_id=server.guild.id, type=OverwriteType.ROLE, allow=0, deny=1 << 16 | 1 << 11)
        )
        (wrong,) = [finding for finding in await doctor_findings(server) if not finding.ok]
    assert wrong.finding == "missing in #closed: Send Messages, Read Message History"


async def test_a_bot_that_is_only_in_servers_of_others_is_reported(server: DiscordServer) -> None:
    async with server:
        server.channel("books")
        server.guild.owner_id = server.person("somebody")
        (wrong,) = [finding for finding in await doctor_findings(server) if not finding.ok]
        assert f"ALLOWED_SERVERS=discord:{server.guild.id}" in str(wrong.fix)
        allowlist = Allowlist(servers=frozenset({f"discord:{server.guild.id}"}))
        assert all(finding.ok for finding in await doctor_findings(server, allowlist))


async def test_a_refused_token_is_reported_without_it(server: DiscordServer) -> None:
    async with server:
        (wrong,) = await doctor_findings(server, token="a.wrong.one")
    assert "DISCORD_TOKEN" in wrong.finding
    assert "a.wrong.one" not in f"{wrong}"


async def test_an_unreachable_discord_is_reported(server: DiscordServer) -> None:
    async with server:
        pass
    (wrong,) = await doctor_findings(server)
    assert "not reached" in wrong.finding


async def test_a_public_application_is_fine_where_servers_are_named(server: DiscordServer) -> None:
    async with server:
        server.channel("books")
        server.rest.public = True
        found = await doctor_findings(server, Allowlist(servers=frozenset({f"discord:{server.guild.id}"})))
    assert [finding.finding for finding in found if not finding.ok] == []


async def test_commands_of_another_version_are_reported(server: DiscordServer) -> None:
    async with server:
        server.channel("books")
        server.backend.commands.setdefault(None, {})["highlight", 1] = {
            "id": "1",
            "name": "highlight",
            "type": 1,
            "options": [],
        }
        (wrong,) = [finding for finding in await doctor_findings(server) if not finding.ok]
    assert wrong.check == "discord commands"
    assert "/highlight random" in wrong.finding


async def test_permissions_in_voice_and_stage_channels_are_checked(server: DiscordServer) -> None:
    async with server:
        server.channel("books")
        for kind in (ChannelType.VOICE, ChannelType.STAGE_VOICE):
            closed = server.backend.create_channel(server.guild.id, f"closed-{kind.value}", type=kind)
            closed.overwrites.append(
                Overwrite(target_id=server.guild.id, type=OverwriteType.ROLE, allow=0, deny=1 << 11)
            )
        wrong = [finding for finding in await doctor_findings(server) if not finding.ok]
    assert len(wrong) == 2


async def test_permissions_in_an_allowed_thread_are_checked(server: DiscordServer) -> None:
    async with server:
        parent = server.channel("books")
        parent.overwrites.append(
            Overwrite(target_id=server.guild.id, type=OverwriteType.ROLE, allow=0, deny=1 << 38)
        )
        thread = server.backend.create_thread(parent.id, "sleep", owner_id=server.person("ann"))
        found = await doctor_findings(server, Allowlist(channels=frozenset({f"discord:{thread.id}"})))
        (wrong,) = [finding for finding in found if not finding.ok]
    assert wrong.finding == "missing in #sleep: Send Messages in Threads"


@pytest.mark.parametrize("switched_on", [True, False])
async def test_ask_channels_need_the_message_content_intent(server: DiscordServer, switched_on: bool) -> None:
    async with server:
        server.channel("books")
        server.rest.content_intent = switched_on
        settings = server.settings
        credentials = Credentials(settings["DISCORD_TOKEN"], settings["DISCORD_API_URL"])
        found = await diagnose(credentials, Allowlist(), Parts(content=True))
    wrong = [finding.check for finding in found if not finding.ok]
    assert wrong == ([] if switched_on else ["discord intents"])


@pytest.mark.parametrize(
    ("bits", "label", "parts"),
    [
        (1 << 35, "Create Public Threads", lambda server, _: Parts(threads=frozenset({str(server)}))),
        (1 << 35, "Create Public Threads", lambda _, channel: Parts(threads=frozenset({str(channel)}))),
        (1 << 15, "Attach Files", lambda *_: Parts(pictures=True)),
        (1 << 6, "Add Reactions", lambda *_: Parts(content=True, reactions=True)),
    ],
)
async def test_optional_features_need_their_permissions(
    server: DiscordServer, bits: int, label: str, parts: Callable[[int, int], Parts]
) -> None:
    server.rest.content_intent = True
    async with server:
        books = server.channel("books")
        denied = Overwrite(target_id=server.guild.id, type=OverwriteType.ROLE, allow=0, deny=bits)
        books.overwrites.append(denied)
        credentials = Credentials(server.settings["DISCORD_TOKEN"], server.settings["DISCORD_API_URL"])
        features = parts(server.guild.id, books.id)
        (wrong,) = [
            finding for finding in await diagnose(credentials, Allowlist(), features) if not finding.ok
        ]
        assert wrong.finding == f"missing in #books: {label}"
        assert all(finding.ok for finding in await diagnose(credentials, Allowlist(), Parts()))


def test_the_places_where_threads_were_chosen_are_read_from_the_state() -> None:
    threads = ServerChoices(threads=True).encode()
    chosen = [
        ("server", "discord:1", threads),
        ("server", "discord:2", ServerChoices().encode()),
        ("posting", "discord:3", PostingChoices(thread=True).encode()),
        ("server", "slack:T1", threads),
        ("server", "discord:4", "from another version"),
        ("language", "discord:5", "de"),
    ]
    assert threads_of(chosen) == {"1", "3"}


@pytest.mark.long
async def test_doctor_prints_json(server: DiscordServer, tmp_path: Path) -> None:
    async with server:
        server.channel("books")
        async with analects(tmp_path, settings_with(server), "doctor", "--json") as doctor:
            assert await doctor.ends() == 0
            assert doctor.process.stdout is not None
            found = json.loads(await doctor.process.stdout.read())
    assert {"discord token", "discord application", "discord intents"} <= {
        finding["check"] for finding in found
    }

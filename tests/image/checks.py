"""Checks of a running image. Each check returns a line for the report."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

from bot import __version__
from tests.bot.semantic.real import INSTALL, PACKAGES, assemble_model, missing
from tests.discord_server import DiscordServer
from tests.image import layers
from tests.image.engines import Box, Container
from tests.image.image import MARK, QUESTION, Image
from tests.image.variables import with_a_variable_wrong
from tests.postgres import NoPostgresError, PostgresServer
from tests.slack_server import SlackServer

USER = 10001
MAX_LAYERS_MB = {"slim": 150, "analects": 450}
"""MB (10^6 bytes) of layers beyond the base, by target."""


async def configuration_is_right(image: Image) -> str:
    """User, volumes, health check, stop signal, entry point and version are right."""
    config = image.engine.config(image.tag)
    assert config["User"] == f"{USER}:{USER}"
    assert list(config["Volumes"]) == ["/state"]
    assert config["Healthcheck"]["Test"] == ["CMD", "analects", "health"]
    assert (config["Entrypoint"], config["Cmd"], config["StopSignal"]) == (["analects"], ["run"], "SIGTERM")
    assert config["Labels"]["org.opencontainers.image.version"] == __version__
    return f"version {__version__}, user {config['User']}"


async def layers_are_small_and_safe(image: Image) -> str:
    """Layers are small and contain no secrets, no tools and no files that the user could change."""
    archive, base = image.work / "image.tar", image.work / "base.tar"
    image.engine.save(image.tag, archive)
    image.engine.save(image.base, base)
    known = set(layers.layers(base)[0])
    digests, names = layers.layers(archive)
    assert known < set(digests), "the image must be built on its base"
    size, count = 0, 0
    for digest in (digest for digest in digests if digest not in known):
        for entry in layers.entries(archive, names[digest]):
            size, count = size + entry.size, count + 1
            _check_entry(entry)
    assert MARK not in layers.configuration(archive)
    archive.unlink()
    base.unlink()
    assert count > 1000
    assert size < MAX_LAYERS_MB[image.target] * 1e6, f"{size / 1e6:.1f} MB"
    return f"{size / 1e6:.1f} MB beyond the base, {count} files and folders"


def _check_entry(entry: layers.Entry) -> None:
    name = entry.path.rsplit("/", 1)[-1]
    assert MARK.encode() not in entry.content, f"{entry.path} holds a marked string"
    assert name not in {"pip", "gcc", "cc", "strip", "tests", "pytest", ".env", ".git"}, (
        f"{entry.path} is not needed"
    )
    assert not entry.mode & 0o6000, f"{entry.path} is setuid"
    if entry.path.startswith(("/opt", "/notes")):
        assert entry.owner == 0, entry.path
        assert entry.mode & 0o022 == 0 or entry.mode & 0o170000 == 0o120000, (
            f"{entry.path} can be written by others"
        )
        assert entry.mode & 0o004, f"{entry.path} cannot be read"


async def user_has_no_privileges(image: Image) -> str:
    """The user has no privileges and can write only to /state and /tmp."""
    script = (
        "id -u; grep CapEff /proc/self/status; "
        "for place in / /opt/analects /notes /etc /var /state /tmp; do touch $place/x 2>/dev/null && echo $place; done; true"
    )
    box = Box(("-c", script), {}, image.notes, image.folder(), entrypoint=("/bin/sh",))
    code, output, _ = await image.prints(box)
    assert code == 0
    assert output.split() == [str(USER), "CapEff:", "0" * 16, "/state", "/tmp"], output
    return "only /state and /tmp can be written"


async def check_and_ask(image: Image) -> str:
    """`check` and `ask` print the same as outside a container."""
    state = image.folder()
    code, output, _ = await image.prints(Box(("check", "--json"), {}, image.notes, state))
    assert code == 0
    inside = json.loads(output)
    outside = json.loads(await asyncio.to_thread(_check_on_host, image))
    assert {**inside, "took_ms": 0} == {**outside, "took_ms": 0}
    began = time.monotonic()
    code, output, _ = await image.prints(Box(("ask", "--json", "why do we forget?"), {}, image.notes, state))
    took = time.monotonic() - began
    assert code == 0
    assert json.loads(output)["found"]
    return f"{inside['highlights']} highlights; asked and answered in {took:.2f} s, the container's start included"


def _check_on_host(image: Image) -> bytes:
    """`slim` has no model, and so says nothing of vectors."""
    command = [sys.executable, "-m", "bot", "check", "--json", "--corpus", str(image.notes)]
    model = {"EMBEDDING_MODEL": "off"} if image.target == "slim" else {}
    return subprocess.run(command, env={**os.environ, **model}, capture_output=True, check=True).stdout


async def bot_answers_and_stops(image: Image) -> str:
    """On both platforms the bot becomes ready and healthy, answers, and stops with exit code 0."""
    async with SlackServer() as slack, DiscordServer() as discord:
        ann = slack.user("ann")
        general, books = slack.channel("general", [ann]), discord.channel("books")
        began = time.monotonic()
        async with image.run(Box(notes=image.notes, state=image.folder()), slack, discord) as container:
            await container.ready()
            ready_after = time.monotonic() - began
            await slack.reply_to(await slack.mention(ann, general, QUESTION))
            await discord.answered(books, discord.ask("ben", books, QUESTION))
            assert await container.asked("analects", "health") == (0, "alive and ready")
            assert await container.asked("analects", "health", "--ready") == (0, "alive and ready")
            assert _status(container).split("NSpid:")[1].splitlines()[0].split()[-1] == "1", (
                "the bot must be process 1"
            )
            status, output = await container.get("/readyz")
            assert status == 200
            assert output["state"] == {"ok": True, "problem": None}
            stopping = time.monotonic()
            assert await container.terminate() == 0
            stopped = time.monotonic() - stopping
        assert stopped < 8, "Docker waits ten seconds"
        assert not [line for line in container.lines if " INFO " not in line], (
            "no warning or error may be logged"
        )
        return f"ready after {ready_after:.2f} s, stopped {stopped:.2f} s after SIGTERM"


async def stop_while_reading(image: Image) -> str:
    """As process 1, the bot stops while it reads notes, before it installs its own signal handlers."""
    many = image.folder()
    for number in range(3000):
        (many / f"{number}.md").write_text(f"# Book {number}\n\n## Highlights\n- Lamp {number} burns oil.\n")
    async with SlackServer() as slack, image.run(Box(notes=many, state=image.folder()), slack) as container:
        while not _handles_sigterm(container):
            pass
        assert await container.terminate() == 0
        assert "ready" not in container.log
    return "exit 0"


def _handles_sigterm(container: Container) -> bool:
    try:
        caught = _status(container).split("SigCgt:")[1].split()[0]
    except (OSError, IndexError, AssertionError):  # the container has no process 1 yet
        return False
    return bool(int(caught, 16) >> signal.SIGTERM - 1 & 1)


def _status(container: Container) -> str:
    return Path(f"/proc/{container.first}/status").read_text(encoding="ascii")


async def kill_and_restart(image: Image) -> str:
    """After a kill and a restart with the same state, no question is answered twice."""
    box = Box(notes=image.notes, state=image.folder())
    async with SlackServer() as slack:
        ann = slack.user("ann")
        general = slack.channel("general", [ann])
        async with image.run(box, slack) as container:
            await container.ready()
            asked = await slack.mention(ann, general, QUESTION)
            await slack.reply_to(asked)
            await container.kill()
        async with image.run(box, slack) as container:
            await container.ready()
            await slack.redeliver(asked)
            await slack.reply_to(await slack.mention(ann, general, "and sleep?"))
            assert len(slack.replies_to(asked)) == 1
    return "nothing twice"


async def without_notes(image: Image) -> str:
    """Without a mount at /notes, the bot runs and logs that the notes are missing."""
    async with SlackServer() as slack, image.run(Box(state=image.folder()), slack) as container:
        await container.ready()
        line = await container.says("no notes at /notes")
        assert await container.terminate() == 0
    return line.split(": ", 1)[1]


async def without_state(image: Image) -> str:
    """Without write access to /state, the bot answers and logs that it cannot write its state."""
    box = Box(notes=image.notes, state=image.folder(), state_writable=False)
    async with SlackServer() as slack, image.run(box, slack) as container:
        await container.ready()
        line = await container.says("database unavailable")
        ann = slack.user("ann")
        await slack.reply_to(await slack.mention(ann, slack.channel("general", [ann]), QUESTION))
        status, output = await container.get("/readyz")
        assert status == 200
        assert output["state"]["ok"] is False  # type: ignore[index]
        assert await container.terminate() == 0
        assert "Traceback" not in container.log
    return line.split(": ", 1)[1]


async def with_secrets_in_files(image: Image) -> str:
    """The bot reads SECRETS_DIR as Docker and Kubernetes mount it. It reports a file that its user may not read."""
    folder = image.folder()
    async with SlackServer() as slack:
        for name, value in slack.settings.items():
            (folder / name.lower()).write_text(value + "\n")
        box = Box(notes=image.notes, state=image.folder(), secrets=folder)
        async with image.run(box, SECRETS_DIR="/run/secrets") as container:
            await container.ready()
            assert await container.terminate() == 0
        if os.geteuid() == 0:
            (folder / "slack_bot_token").chmod(0o600)
            async with image.run(box, SECRETS_DIR="/run/secrets") as container:
                assert await container.ends() == 2
                assert len(container.lines) == 1
                assert "SECRETS_DIR" in container.log
                return container.log
    return "read"


async def with_postgres(image: Image) -> str:
    """Two containers share a PostgreSQL, and each question is answered once."""
    try:
        server = PostgresServer().__enter__()
    except NoPostgresError as error:
        return f"skipped: {error}"
    async with AsyncExitStack() as stack:
        stack.callback(server.__exit__, None, None, None)
        slack = await stack.enter_async_context(SlackServer())
        url = await server.create()
        for _ in range(2):
            box = Box(notes=image.notes, state=image.folder())
            container = await stack.enter_async_context(image.run(box, slack, DATABASE_URL=url))
            await container.ready()
            for _ in range(300):  # on a busy machine the bot is ready before its database is
                if (state := (await container.get("/readyz"))[1]["state"]) == {"ok": True, "problem": None}:
                    break
                await asyncio.sleep(0.2)
            else:
                raise AssertionError(state)
        await slack.connected(2)
        ann = slack.user("ann")
        general = slack.channel("general", [ann])
        asked = [await slack.mention(ann, general, f"{QUESTION} {number}") for number in range(20)]
        for question in asked:
            await slack.redeliver(question)
        for question in asked:
            await slack.reply_to(question)
        await slack.quiet()
        assert [len(slack.replies_to(question)) for question in asked] == [1] * 20
    return "two replicas, 20 questions sent twice, 20 answers"


async def by_meaning(image: Image) -> str:
    """With the extra and a model, passages in other words are found. Without the extra, the bot logs what to install."""
    question = "a snooze in the afternoon helps you learn"
    if not_installed := missing(PACKAGES):
        return f"skipped, {', '.join(not_installed)} missing: {INSTALL}"
    model = assemble_model(image.folder())
    box = Box(
        ("ask", "--json", question), {"EMBEDDING_MODEL": "/model"}, image.notes, image.folder(), model=model
    )
    log = "does the rest"
    while "does the rest" in log:  # a question waits only a short time until the vectors are computed
        code, output, log = await image.prints(box)
        assert code == 0
    found = json.loads(output)["found"]
    assert found == (image.target == "analects"), log
    assert found or "EMBEDDING_MODEL" in log
    return "found" if found else log


async def a_picture(image: Image) -> str:
    """A quote becomes a picture with the fonts of the image. The slim image says what is missing."""
    state = image.folder()
    box = Box(("picture", QUESTION, "--out", "/state/quote.png"), notes=image.notes, state=state)
    code, _, log = await image.prints(box)
    if image.target == "slim":
        assert code != 0
        assert "pictures" in log
        return log
    assert code == 0, log
    picture = (state / "quote.png").read_bytes()
    assert picture.startswith(b"\x89PNG")
    return f"{len(picture)} bytes"


async def no_secret_was_logged(image: Image) -> str:
    """No container logged a token, a question or a passage."""
    logs = "\n".join(image.heard)
    assert len(image.heard) > 20
    places = f"/{MARK}/none"  # a path may be logged
    assert MARK not in logs.replace(places, ""), [line for line in logs.splitlines() if MARK in line]
    assert "xoxb-" not in logs.replace("the one that begins with xoxb-", "")
    return f"{len(image.heard)} logs, {len(logs.splitlines())} lines"


CHECKS: tuple[Callable[[Image], Awaitable[str]], ...] = (
    configuration_is_right, layers_are_small_and_safe, user_has_no_privileges, check_and_ask, bot_answers_and_stops,
    stop_while_reading, kill_and_restart, without_notes, without_state,
    with_secrets_in_files, with_postgres, by_meaning, a_picture, with_a_variable_wrong, no_secret_was_logged,
)  # fmt: skip

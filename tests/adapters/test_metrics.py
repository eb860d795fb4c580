"""`/metrics`: the figures, their names, which do not change, and their labels, which have few values."""

import asyncio
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import aiohttp
import pytest
from prometheus_client.metrics_core import Metric
from prometheus_client.parser import text_string_to_metric_families

from adapters.metrics import Durations, Metrics, Watched
from bot.access.rules import Rules
from bot.chat.conversation import Bot
from bot.library.freshness import SyncState
from bot.library.reloading import Reloader, Status
from bot.library.snapshot import load_snapshot
from bot.runtime.health import Health
from bot.service import Service
from bot.state.memory_claims import MemoryClaims
from corpus.load import Rules as NoteRules
from tests import ROOT
from tests.docs.pages import marked_table
from tests.platforms import FakeTarget, make_arrival
from tests.processes import analects
from tests.slack_server import SlackServer, rate_limited

LABELS = {
    "platform": {"slack", "discord"},
    "outcome": {"posted", "late", "skipped", "unknown", "refused"},
    "source": {"readwise", "git"},
    "verdict": {"helpful", "wrong"},
}
REASONS = re.compile(r"[a-z_]{2,20}")


def read(exposed: str) -> dict[str, Metric]:
    return {family.name: family for family in text_string_to_metric_families(exposed)}


def value(families: dict[str, Metric], sample: str, **labels: str) -> float:
    values = [
        measured.value
        for family in families.values()
        for measured in family.samples
        if measured.name == sample and labels.items() <= measured.labels.items()
    ]
    assert len(values) == 1, (sample, labels, values)
    return values[0]


def status(**facts: object) -> Status:
    usual: dict[str, object] = {
        "notes": 3, "sources": 2, "highlights": 9, "problems": 1, "skipped": 4, "loaded": 1_700_000_000.0,
        "newest": "2024-07-04", "newest_change": 1_700_000_000.0,
    }  # fmt: skip
    return Status(**{**usual, **facts})  # type: ignore[arg-type]


@pytest.fixture
def durations() -> Durations:
    return Durations()


@pytest.fixture
def watched(bot: Bot, durations: Durations) -> Watched:
    health = Health()
    for name in ("slack", "discord"):
        health.expect(name)
    service = Service(bot, Rules(), MemoryClaims(), observe=durations.observe)
    syncs = (SyncState("readwise", 1_700_000_000.0), SyncState("git", 1_700_000_000.0, "away", 2))
    return Watched(service, health, status, lambda: syncs)


def exposed(metrics: Metrics) -> dict[str, Metric]:
    body, content_type = metrics.exposed("text/plain")
    assert content_type.startswith("text/plain; version=0.0.4")
    return read(body.decode())


async def test_metrics_count_questions_and_digests(watched: Watched, durations: Durations) -> None:
    metrics = Metrics(watched, durations)
    service, health = watched.service, watched.health
    for number, text in enumerate(("what about sleep?", "xylophone zebra?", "what about sleep?")):
        await service.hear(make_arrival(text, number % 2, platform="slack"), FakeTarget())
    await service.stop(5)
    service.counts["digest_late"] += 2
    health.up("slack")
    health.down("slack", "gone")
    health.up("slack")
    health.record_rate_limit("discord")
    found = exposed(metrics)
    assert value(found, "analects_questions_total", platform="slack") == 3
    assert value(found, "analects_questions_total", platform="discord") == 0
    assert value(found, "analects_answers_total", platform="slack") == 2
    assert value(found, "analects_nothing_fits_total", platform="slack") == 1
    assert value(found, "analects_unanswered_total", reason="repeated", platform="slack") == 1
    assert value(found, "analects_answering_seconds_count", platform="slack") == 2
    assert value(found, "analects_posting_seconds_count", platform="slack") == 2
    assert value(found, "analects_posting_seconds_count", platform="discord") == 0
    assert value(found, "analects_digests_total", outcome="late") == 2
    assert value(found, "analects_digests_total", outcome="posted") == 0
    assert value(found, "analects_platform_up", platform="slack") == 1
    assert value(found, "analects_platform_up", platform="discord") == 0
    assert value(found, "analects_ready") == 0
    assert value(found, "analects_reconnects_total", platform="slack") == 1
    assert value(found, "analects_reconnects_total", platform="discord") == 0
    assert value(found, "analects_rate_limits_total", platform="discord") == 1
    assert value(found, "analects_queue_depth") == 0
    assert value(found, "analects_state_ok") == 1
    assert value(found, "analects_highlights") == 9
    assert value(found, "analects_problems") == 1
    assert value(found, "analects_library_stale_seconds") == 0
    assert value(found, "process_resident_memory_bytes") > 1_000_000


def test_two_bots_share_nothing(watched: Watched, durations: Durations, bot: Bot) -> None:
    first = Metrics(watched, durations)
    other = Watched(
        Service(bot, Rules(), MemoryClaims()), Health(platforms=dict(watched.health.platforms)), None
    )
    second = Metrics(other, Durations())
    watched.service.observe("posting", "slack", 1.0)
    assert value(exposed(first), "analects_posting_seconds_count", platform="slack") == 1
    assert value(exposed(second), "analects_posting_seconds_count", platform="slack") == 0
    assert "analects_highlights" not in exposed(second)


def test_metrics_show_a_broken_state_and_missing_notes(watched: Watched) -> None:
    watched.health.state_problem = lambda: "the disk is full"
    missing_notes = status(
        stale_since=1_000_000_000.0, failures=3, reason="no notes at /notes: there is no such folder"
    )
    found = exposed(Metrics(Watched(watched.service, watched.health, lambda: missing_notes), Durations()))
    assert value(found, "analects_state_ok") == 0
    assert value(found, "analects_library_stale_seconds") > 1e8
    assert value(found, "analects_reload_failures_total") == 3


def test_reloads_are_counted(tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    notes.mkdir()
    text = "# Lamps\n\n## Highlights\n- A lamp burns oil.\n"
    (notes / "lamps.md").write_text(text, encoding="utf-8")
    snapshot = load_snapshot(notes, NoteRules())
    reloader = Reloader(Bot(snapshot.index), snapshot, notes)
    assert (reloader.status.reloads, reloader.status.failures) == (0, 0)
    (notes / "lamps.md").write_text(text + "- A wick is long.\n", encoding="utf-8")
    assert reloader.update().reloads == 1
    (notes / "lamps.md").rename(tmp_path / "lamps.md")
    reloader.update()
    assert (reloader.update().failures, reloader.status.reloads) == (2, 1)
    (tmp_path / "lamps.md").rename(notes / "lamps.md")
    reloader.update()
    assert (reloader.status.failures, reloader.status.stale_since) == (2, None)


def families(watched: Watched) -> Iterator[Metric]:
    for name, metric in exposed(Metrics(watched, Durations())).items():
        if name.startswith("analects"):
            yield metric


async def test_names_and_labels_follow_the_conventions(watched: Watched) -> None:
    """Names follow Prometheus' conventions. No label has a value that people in chat choose."""
    service = watched.service
    for number in range(70):
        service.hear(
            make_arrival("sleep", number, platform="slack", channel=f"C{number}", person="U1"), FakeTarget()
        )
    service.hear(make_arrival("sleep", 90, platform="discord", bot=True), FakeTarget())
    await service.stop(5)
    service.hear(make_arrival("sleep", 91, platform="discord"), FakeTarget())
    for family in families(watched):
        assert re.fullmatch(r"analects(_[a-z]+)*", family.name)
        assert family.documentation.endswith((".", ";"))
        assert family.type in ("counter", "gauge", "histogram")
        for sample in family.samples:
            assert (family.type == "counter") == sample.name.endswith("_total")
            for label, label_value in sample.labels.items():
                if label == "reason":
                    assert REASONS.fullmatch(label_value)
                elif label not in ("le", "version"):
                    assert label_value in LABELS[label]


def test_the_table_of_metrics_matches_the_code(watched: Watched) -> None:
    table = marked_table("docs/metrics.md", "metrics")
    names = {name for row in table for name in re.findall(r"`(analects_\w+)`", " ".join(row))}
    exposed_names = {
        family.name + ("_total" if family.type == "counter" else "") for family in families(watched)
    }
    assert names == {name for name in exposed_names if not name.endswith("_created")}


async def test_metrics_of_a_running_bot(tmp_path: Path) -> None:
    async with SlackServer() as slack, analects(tmp_path, slack.settings) as running:
        await running.ready()
        ann = slack.user("ann")
        general = slack.channel("general", [ann])
        slack.faults.order("chat.postMessage", rate_limited(0.1), times=1)
        await slack.reply_to(await slack.mention(ann, general, "what about memory?"))
        await slack.reply_to(await slack.mention(ann, general, "xylophone zebra?"))
        slack.sockets.live[0].abort()
        await slack.until(lambda: slack.sockets.opened == 2)
        url = (await running.says("listening on")).rsplit(" ", 1)[1] + "/metrics"

        async def scraped() -> dict[str, Metric]:
            async with aiohttp.ClientSession() as session, session.get(url) as response:
                assert response.status == 200
                assert response.headers["Content-Type"].startswith("text/plain; version=0.0.4")
                return read(await response.text())

        async with asyncio.timeout(60):
            while value(await scraped(), "analects_reconnects_total") < 1:  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        found = await scraped()
        assert value(found, "analects_answers_total", platform="slack") == 2
        assert value(found, "analects_nothing_fits_total", platform="slack") == 1
        assert value(found, "analects_rate_limits_total", platform="slack") == 1
        assert value(found, "analects_posting_seconds_sum", platform="slack") > 0.1
        assert value(found, "analects_highlights") > 100
        assert await running.terminate() == 0


def test_ask_does_not_import_metrics() -> None:
    code = (
        "import sys; from typer.testing import CliRunner; from adapters.terminal.cli import app; "
        "assert CliRunner().invoke(app, ['ask', 'sleep']).exit_code == 0; "
        "print({'prometheus_client', 'aiohttp', 'discord', 'slack_bolt', 'sqlalchemy'} & sys.modules.keys())"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=True, timeout=120
    )
    assert done.stdout == b"set()\n"

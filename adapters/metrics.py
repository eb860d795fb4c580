"""`/metrics` in Prometheus' text format: counts, times and states. Labels are platforms and kinds of outcome, never texts.

Counts are read from `Service.counts`, `Health` and the notes' `Status` when Prometheus asks. Only durations are measured here.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from prometheus_client import CollectorRegistry, Histogram, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.exposition import choose_encoder

from bot import __version__
from bot.chat.feedback import VERDICTS
from bot.library.freshness import SyncState
from bot.library.reloading import Status
from bot.runtime.health import Health, PlatformHealth
from bot.service import Service

DIGEST_COUNT_PREFIX = "digest_"
"""Prefix of the outcomes of digests in `Service.counts`."""
_ANSWERING_BUCKETS_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)
_POSTING_BUCKETS_S = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)
"""Histogram buckets in seconds. A post waits up to a minute if it is rate-limited or if the platform is down."""


@dataclass(frozen=True, slots=True)
class Watched:
    """The parts that metrics are read from. They do not depend on prometheus-client."""

    service: Service
    health: Health
    notes: Callable[[], Status] | None
    syncs: Callable[[], Sequence[SyncState]] = tuple


class Durations:
    """Measures how long answering and posting take. The service reports the times to it, so it is created before the service."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._histograms = {
            "answering": self._histogram(
                "answering", "Time from a question to its answer, posting left out.", _ANSWERING_BUCKETS_S
            ),
            "posting": self._histogram(
                "posting", "Time to post an answer, with what a platform made it wait.", _POSTING_BUCKETS_S
            ),
        }

    def observe(self, what: str, platform: str, seconds: float) -> None:
        """Records how long something took (see `bot.service.Observer`)."""
        self._histograms[what].labels(platform).observe(seconds)

    def expect(self, platform: str) -> None:
        """Shows this platform with zeros until something is measured."""
        for histogram in self._histograms.values():
            histogram.labels(platform)

    def _histogram(self, name: str, help_: str, buckets: tuple[float, ...]) -> Histogram:
        return Histogram(
            f"analects_{name}_seconds", help_, ["platform"], registry=self.registry, buckets=buckets
        )


class Metrics:
    """All metrics of one running bot."""

    def __init__(self, watched: Watched, durations: Durations) -> None:
        self._registry = durations.registry
        for platform in watched.health.platforms:
            durations.expect(platform)
        self._registry.register(_CountsCollector(watched))
        ProcessCollector(registry=self._registry)

    def exposed(self, accept: str) -> tuple[bytes, str]:
        """The metrics in the format that the Accept header asks for, and its content type."""
        encoded, content_type = choose_encoder(accept)
        return encoded(self._registry), content_type


class _CountsCollector:
    """Collects the counts and states whenever Prometheus asks."""

    def __init__(self, watched: Watched) -> None:
        self._watched = watched

    def collect(self) -> Iterator[Metric]:
        yield InfoMetricFamily("analects", "The version that runs.", {"version": __version__})
        yield from self._of_questions()
        yield from self._of_platforms()
        yield from self._of_notes()
        yield from self._of_syncs()

    def _of_questions(self) -> Iterator[Metric]:
        service, platforms = self._watched.service, self._watched.health.platforms
        named = {
            "heard": ("questions", "Questions, commands and buttons that arrived."),
            "answered": ("answers", "Replies posted."),
            "nothing_fits": ("nothing_fits", "Of these, those that say that nothing fits."),
            "failed": ("failures", "Questions that met a defect."),
        }
        for what, (name, help_) in named.items():
            metric = CounterMetricFamily(f"analects_{name}", help_, labels=["platform"])
            for platform in platforms:
                metric.add_metric([platform], service.by_platform[platform, what])
            yield metric
        unanswered = CounterMetricFamily(
            "analects_unanswered",
            "Messages and commands that were not answered, by reason.",
            labels=["platform", "reason"],
        )
        for (platform, what), count in sorted(service.by_platform.items()):
            if what not in named:
                unanswered.add_metric([platform, what], count)
        yield unanswered
        digests = CounterMetricFamily("analects_digests", "Digests by outcome.", labels=["outcome"])
        outcomes = {
            f"{DIGEST_COUNT_PREFIX}{outcome}"
            for outcome in ("posted", "late", "skipped", "unknown", "refused")
        }
        for what in sorted(
            outcomes | {name for name in service.counts if name.startswith(DIGEST_COUNT_PREFIX)}
        ):
            digests.add_metric([what.removeprefix(DIGEST_COUNT_PREFIX)], service.counts[what])
        yield digests
        votes = GaugeMetricFamily(
            "analects_feedback",
            "Votes on answers as they stand, of the last 90 days.",
            labels=["platform", "verdict"],
        )
        vote_counts = service.feedback.votes if service.feedback is not None else {}
        for platform in platforms:
            for verdict in VERDICTS:
                votes.add_metric([platform, verdict], vote_counts.get((platform, verdict), 0))
        yield votes
        yield GaugeMetricFamily("analects_queue_depth", "Questions in hand.", service.waiting)

    def _of_platforms(self) -> Iterator[Metric]:
        health = self._watched.health

        def for_each_platform(value: Callable[[PlatformHealth], float], metric: Metric) -> Metric:
            for name, state in health.platforms.items():
                metric.add_metric([name], value(state))  # type: ignore[attr-defined]
            return metric

        label = ["platform"]
        yield GaugeMetricFamily("analects_ready", "1 while every platform is connected.", float(health.ready))
        feature_up = GaugeMetricFamily(
            "analects_feature_up",
            "1 while this part of the platform works, as the registered commands.",
            labels=["platform", "feature"],
        )
        for name, state in health.platforms.items():
            for feature, problem in state.features.items():
                feature_up.add_metric([name, feature], float(problem is None))
        yield feature_up
        yield for_each_platform(
            lambda state: float(state.up),
            GaugeMetricFamily("analects_platform_up", "1 while it is connected.", labels=label),
        )
        yield for_each_platform(
            lambda state: max(0, state.connects - 1),
            CounterMetricFamily(
                "analects_reconnects", "Times that a lost connection was restored.", labels=label
            ),
        )
        yield for_each_platform(
            lambda state: state.rate_limits,
            CounterMetricFamily(
                "analects_rate_limits", "Times that the platform asked to wait (429).", labels=label
            ),
        )
        ok = health.state_problem() is None
        yield GaugeMetricFamily("analects_state_ok", "1 while the state can be used.", float(ok))

    def _of_notes(self) -> Iterator[Metric]:
        if self._watched.notes is None:
            return
        status = self._watched.notes()
        for name, help_, value in (
            ("notes", "Notes read.", status.notes),
            ("sources", "Sources in the library.", status.sources),
            ("highlights", "Highlights in the library.", status.highlights),
            (
                "problems",
                "Problems met while reading the notes; `analects check` names them.",
                status.problems,
            ),
            ("skipped_files", "Files that are no notes; `analects check` names them.", status.skipped),
            ("library_loaded_timestamp_seconds", "When the library was last updated.", status.loaded),
        ):
            yield GaugeMetricFamily(f"analects_{name}", help_, value)
        if status.newest is not None:
            yield GaugeMetricFamily(
                "analects_newest_highlight_timestamp_seconds",
                "Day on which the newest highlight was made.",
                datetime.fromisoformat(status.newest).timestamp(),
            )
        if status.newest_change is not None:
            yield GaugeMetricFamily(
                "analects_newest_change_timestamp_seconds",
                "Time of the last change of a note. An old one means that whatever exports the notes has stopped.",
                status.newest_change,
            )
        stale = 0.0 if status.stale_since is None else max(0.0, time.time() - status.stale_since)
        yield GaugeMetricFamily(
            "analects_library_stale_seconds",
            "Seconds since the notes could last be followed; 0 while they can.",
            stale,
        )
        yield CounterMetricFamily(
            "analects_reloads", "Changes of the notes that were loaded.", status.reloads
        )
        yield CounterMetricFamily(
            "analects_reload_failures", "Failed tries to follow the notes.", status.failures
        )

    def _of_syncs(self) -> Iterator[Metric]:
        label = ["source"]
        synced = GaugeMetricFamily(
            "analects_synced_timestamp_seconds", "Time of the last successful fetch.", labels=label
        )
        ok = GaugeMetricFamily("analects_sync_ok", "1 if the last fetch worked.", labels=label)
        failures = CounterMetricFamily("analects_sync_failures", "Failed fetches.", labels=label)
        states = self._watched.syncs()
        for state in states:
            if state.synced is not None:
                synced.add_metric([state.name], state.synced)
            ok.add_metric([state.name], float(state.synced is not None and state.problem is None))
            failures.add_metric([state.name], state.failures)
        if states:
            yield from (synced, ok, failures)

"""The checks of `analects doctor`: whether each service accepts its token, and when notes were last fetched from it."""

from collections.abc import Callable
from time import time

from adapters.finding import Finding, failed
from adapters.sources.configured import TITLES, configured
from adapters.sources.errors import OutOfReachError, RefusedTokenError, SourceError
from adapters.sources.recorded import RecordedSource
from adapters.sources.schedule import STALE_AFTER_S
from bot.chat.wording import age
from bot.settings import Settings

ADDRESSES = {"readwise": "READWISE_API_URL", "git": "CORPUS_GIT"}
"""The setting that holds the address of each service."""


async def diagnose(settings: Settings, clock: Callable[[], float] = time) -> list[Finding]:
    """No findings if no service is set up."""
    found = [finding for source in configured(settings) for finding in await _check_service(source, clock())]
    for name, needed_setting in (
        ("READWISE_WEBHOOK_SECRET", settings.readwise_token),
        ("CORPUS_GIT_TOKEN", settings.corpus_git),
        ("CORPUS_GIT_BRANCH", settings.corpus_git),
    ):
        if getattr(settings, name.lower()) is not None and needed_setting is None:
            missing = "READWISE_TOKEN" if name.startswith("READWISE") else "CORPUS_GIT"
            found.append(
                Finding("settings", False, f"{name} is set, and {missing} is not", f"set {missing} too")
            )
    return found


async def _check_service(source: RecordedSource, now: float) -> list[Finding]:
    name = TITLES[source.name]
    try:
        found = [Finding(name, True, await source.check())]
    except RefusedTokenError as error:
        found = [failed(name, error.settings_error)]
    except SourceError as error:
        found = [Finding(name, False, str(error), _next_step(source, error))]
    return [*found, _last_sync(source, now)]


def _next_step(source: RecordedSource, error: SourceError) -> str | None:
    """What to do about a service that does not answer as it should. Never promises notes that were not fetched."""
    steps = []
    if isinstance(error, OutOfReachError):
        steps.append(f"check the network and {ADDRESSES[source.name]}, or try again later")
    if source.succeeded() is not None:
        steps.append("what was fetched before still answers questions")
    return "; ".join(steps) or None


def _last_sync(source: RecordedSource, now: float) -> Finding:
    synced, failure, name = source.succeeded(), source.failure(), f"{TITLES[source.name]} sync"
    finding = "nothing was fetched yet" if synced is None else f"last fetched {age(now - synced)} ago"
    if failure is not None:
        finding += f"; the last attempt, {age(now - failure.at)} ago, failed: {failure.problem}"
        return Finding(name, False, finding, "put that right, then try again with `analects sync`")
    if synced is None:
        return Finding(name, False, finding, "run `analects sync`, or leave it to `analects run`")
    fresh = now - synced < STALE_AFTER_S
    return Finding(
        name, fresh, finding, None if fresh else "is `analects run` running? `analects sync` fetches once"
    )

"""The long-running program: assembles settings, notes, state and platforms, runs them, and stops on a signal.

Exit codes of `serve`: 0 after SIGTERM or SIGINT, 1 when nothing works any more, 2 (as SettingsError) for settings and tokens.
"""

import asyncio
import signal
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict
from logging import getLogger

from adapters import digest_feed
from adapters.discord import credentials as discord_credentials
from adapters.http_server import HttpServer
from adapters.metrics import Durations, Metrics, Watched
from adapters.slack import http_mode
from adapters.slack.connection import Times
from adapters.slack.credentials import Credentials, credentials
from adapters.slack.manifest import EVENTS_PATH
from adapters.slack.platform import Slack
from adapters.sources.readwise_review import ReadwiseReview
from adapters.sources.saved_messages import saving
from adapters.sources.syncs import Syncs
from bot.assembly import Core, assemble
from bot.chat.conversation import Bot
from bot.delivery.platform import ConnectionFailedError, Platform, UnreachableError
from bot.digest.feed import DigestFeed
from bot.library.reloading import Status
from bot.runtime.health import Health
from bot.service import Service
from bot.settings import Settings, SettingsError, load_settings
from bot.state.fallback import StateWithFallback
from bot.state.opening import opener

log = getLogger("analects")

STOP_GRACE_S = 5.0
"""Seconds that answers in work may take after a signal to stop."""


def _no_tokens() -> SettingsError:
    return SettingsError(
        "SLACK_BOT_TOKEN, DISCORD_TOKEN",
        "no platform has its tokens",
        "set SLACK_BOT_TOKEN and SLACK_APP_TOKEN, or DISCORD_TOKEN (docs/settings.md)",
    )


async def _nothing() -> None:
    """Reads no notes."""


async def serve(
    settings: Settings,
    bot: Bot,
    times: Times | None = None,
    notes: Callable[[], Status] | None = None,
    syncs: Syncs | None = None,
    read_notes: Callable[[], Awaitable[object]] = _nothing,
) -> int:
    """Runs until a signal stops it; `notes` is the state of the notes, `syncs` fetches them, `read_notes` reads them again. Raises
    SettingsError."""
    slack_credentials = credentials(settings)
    for_discord = discord_credentials.credentials(settings)
    if slack_credentials is None and for_discord is None:
        raise _no_tokens()
    stopped = asyncio.Event()
    _on_signals(stopped)
    url = settings.database_url.get_secret_value() if settings.database_url else None
    state = StateWithFallback(opener(url, settings.state_path, settings.keep_unanswered_s))
    syncs = syncs or Syncs(settings)
    health = Health(
        library=lambda: {
            "sources": len(bot.index.library.sources),
            "highlights": len(bot.index.library.highlights),
            **(asdict(notes()) if notes is not None else {}),
        },
        meaning=lambda: (
            asdict(bot.embedding.progress(bot.index, at_once=True)) if bot.embedding is not None else None
        ),
        state_problem=lambda: state.problem,
        syncs=lambda: {sync.name: asdict(sync) for sync in syncs.states()},
    )
    durations = Durations()
    saves = saving(settings, read_notes, syncs.fetch_from_readwise)
    token = settings.readwise_token
    review = ReadwiseReview(token, settings.readwise_api_url) if token is not None else None
    core = assemble(settings, bot, state, health, durations.observe, saving=saves, review=review)
    service = core.service
    slack = (
        Slack(slack_credentials, service, health, times, _slack_credentials_now)
        if slack_credentials is not None
        else None
    )
    if slack is not None:
        core.platforms.add(slack)
    if for_discord is not None:
        core.platforms.add(_discord(for_discord, service, health))
    platforms = core.platforms.all()
    server = HttpServer(health, Metrics(Watched(service, health, notes, syncs.states), durations))
    over_http_too = slack is not None and slack.over_http
    if slack is not None and slack.over_http:
        server.post(EVENTS_PATH, http_mode.handler(slack))
    syncs.listen(server)
    if settings.feed_key is not None:
        feed = DigestFeed(state.digests, core.platforms)
        server.get(digest_feed.PATH, digest_feed.handler(settings.feed_key, feed, lambda: bot.index))
    try:
        if not await _checked(platforms, stopped):
            return 0
        await syncs.check()
        await state.open()
        await core.feedback.refresh()
        if not (url or "").startswith("postgres"):
            log.info("run one copy per token: several copies must share a PostgreSQL database (DATABASE_URL)")
        if settings.http_port is not None:
            await server.start(settings.http_host, settings.http_port, needed=over_http_too)
        return await _run(platforms, health, core, syncs, stopped)
    finally:
        await asyncio.gather(*(platform.close() for platform in platforms), return_exceptions=True)
        await server.close()
        await state.close()


def _slack_credentials_now() -> Credentials | None:
    """Slack's tokens as the settings have them now; None if they cannot be used."""
    try:
        return credentials(load_settings())
    except SettingsError:
        return None


def _discord(current: discord_credentials.Credentials, service: Service, health: Health) -> Platform:
    from adapters.discord.platform import Discord  # discord.py takes a while to import

    def reload() -> discord_credentials.Credentials | None:
        try:
            return discord_credentials.credentials(load_settings())
        except SettingsError:
            return None

    return Discord(
        current.token,
        current.api_url,
        service,
        health,
        message_content=current.message_content,
        reload=reload,
    )


async def _checked(platforms: Sequence[Platform], stopped: asyncio.Event) -> bool:
    """Checks all tokens before anything starts. A platform that is not reached retries by itself later."""
    stopping = asyncio.create_task(stopped.wait())
    checks = [asyncio.create_task(platform.check()) for platform in platforms]
    try:
        for platform, check in zip(platforms, checks, strict=True):
            await asyncio.wait({check, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if stopped.is_set():
                return False
            try:
                check.result()
            except UnreachableError as error:
                log.warning(
                    "%(platform)s cannot be reached: %(error)s",
                    {"platform": platform.name, "error": str(error)},
                )
        return True
    finally:
        for task in (*checks, stopping):
            task.cancel()
        await asyncio.gather(*checks, stopping, return_exceptions=True)


async def _run(
    platforms: Sequence[Platform],
    health: Health,
    core: Core,
    syncs: Syncs,
    stopped: asyncio.Event,
) -> int:
    running = {asyncio.create_task(_run_platform(platform, health)) for platform in platforms}
    service, publisher = core.service, core.publisher
    background = tuple(map(asyncio.create_task, (publisher.run(), core.recovery.run(), syncs.run())))
    stopping = asyncio.create_task(stopped.wait())
    code = 0
    try:
        while not stopping.done():
            alive = {task for task in running if not task.done()}
            await asyncio.wait({*alive, stopping}, return_when=asyncio.FIRST_COMPLETED)
            for task in alive:
                if task.done():
                    task.result()
    except ConnectionFailedError as error:
        log.error("giving up: %(error)s", {"error": str(error)})
        code = 1
    log.info("stopping")
    for task in (*running, *background):
        task.cancel()
    await asyncio.gather(*(platform.stop_listening() for platform in platforms), return_exceptions=True)
    await asyncio.gather(service.stop(STOP_GRACE_S), publisher.stop(STOP_GRACE_S))
    stopping.cancel()
    await asyncio.gather(*running, *background, stopping, return_exceptions=True)
    log.info("stopped: %(counts)s", {"counts": dict(sorted(service.counts.items()))})
    return code


async def _run_platform(platform: Platform, health: Health) -> None:
    """Runs a platform. Its failure ends the program only if no other platform works."""
    while True:
        try:
            await platform.run()
        except SettingsError as error:
            if not health.others_up(platform.name):
                raise
            health.down(platform.name, str(error))
            log.error("%(platform)s is offline: %(error)s", {"platform": platform.name, "error": str(error)})
            return
        except ConnectionFailedError as error:
            if not health.others_up(platform.name):
                raise
            log.error(
                "%(platform)s: %(error)s; it keeps trying, because another platform works",
                {"platform": platform.name, "error": str(error)},
            )


def _on_signals(stopped: asyncio.Event) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        try:
            loop.add_signal_handler(number, stopped.set)
        except (NotImplementedError, RuntimeError, ValueError):
            # Windows has no such handlers. Only the main thread may set them, and tests run this in other threads.
            return

"""`analects run`: sets up logs, reads the notes, starts everything."""

import asyncio
import gc
from functools import partial
from logging import getLogger

from adapters.serve import serve
from adapters.sources.configured import prepare
from adapters.sources.configured import syncs as sync_states
from adapters.sources.syncs import Syncs
from adapters.terminal import embedding, loading
from adapters.terminal.exits import leave
from bot.chat.conversation import Bot
from bot.chat.wording import count
from bot.library.follow import follow
from bot.library.freshness import Freshness
from bot.library.reloading import Reloader
from bot.library.snapshot import Snapshot
from bot.runtime import logs
from bot.runtime.heap import keep_heap_small
from bot.search.index import Index
from bot.settings import Settings, SettingsError
from corpus.folder.files import CorpusError
from corpus.folder.roots import missing, shown

log = getLogger("analects")

GC_THRESHOLD = 10_000
"""Python looks for reference cycles after this many new objects once the bot answers. With the number that a start needs
(`adapters.terminal.main`), requests left up to 20 MB of them behind, and the places that they took stayed scattered."""


def run(settings: Settings) -> int:
    """Runs until SIGTERM or SIGINT. Returns the exit code. Raises SettingsError."""
    logs.configure(settings.log_level, settings.log_format)
    keep_heap_small()
    try:
        prepare(settings)
        return asyncio.run(_serve(settings, _snapshot(settings)))
    except SettingsError:
        raise
    except Exception as error:  # its text may be a passage or a token: no traceback
        log.critical("bug: %(error)s. Please report it", {"error": logs.describe_error(error)})
        return 1


async def _serve(settings: Settings, found: Snapshot) -> int:
    asyncio.get_running_loop().set_exception_handler(logs.on_loop_exception)
    gc.set_threshold(GC_THRESHOLD)

    def freshness(_: Index) -> Freshness:
        return Freshness(reloader.status.newest, reloader.status.newest_change, syncs.states())

    meaning = loading.meaning(settings, found.index)
    bot = Bot(found.index, settings.quotes_per_answer, embedding=meaning, freshness=freshness)
    stop = asyncio.Event()
    reloader = Reloader(
        bot,
        found,
        settings.corpus,
        forget=partial(loading.forget, settings),
        store=partial(loading.stored, settings),
    )
    del found  # when notes change, nothing else must keep the library of the start in memory
    read_notes = partial(asyncio.to_thread, reloader.update)
    syncs = Syncs(settings, read_notes)
    following = asyncio.create_task(follow(reloader, stop))
    try:
        with embedding.in_background(meaning, lambda: bot.index) as making_vectors:
            code = await serve(settings, bot, None, lambda: reloader.status, syncs, read_notes)
    finally:
        stop.set()
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)
    if syncs.busy:
        log.info("stopped while notes were fetched")
        leave(code)
    if reloader.busy:
        log.info("stopped while notes were read")
        leave(code)
    if making_vectors():
        log.info("stopped while highlights were read for their meaning")
        leave(code)
    return code


def _snapshot(settings: Settings) -> Snapshot:
    """The notes and their index; an empty one if there are no notes to read."""
    try:
        found = loading.snapshot(settings, fetch=False)
    except CorpusError as error:
        log.error("no notes: %(error)s", {"error": str(error)})
        return Snapshot.empty(settings.rules)
    for sentence in missing(settings.corpus):
        log.warning("%(problem)s", {"problem": sentence})
    library = found.known.library
    if library.highlights:
        log.info(
            "%(highlights)s of %(sources)s",
            {
                "highlights": count(len(library.highlights), "highlights"),
                "sources": count(len(library.sources), "sources"),
            },
        )
    elif (
        not library.notes and settings.fetches and all(sync.synced is None for sync in sync_states(settings))
    ):
        log.info("no notes yet: they are fetched now")
    elif not library.notes:
        log.warning(
            "no notes at %(path)s: the folder is empty; is it mounted?", {"path": shown(settings.corpus)}
        )
    else:
        log.warning("no highlights in %(path)s: `analects check` says why", {"path": shown(settings.corpus)})
    return found

"""`analects run`: logs set up, notes read, everything started."""

import asyncio
from logging import getLogger

from adapters.running import serve
from adapters.terminal import loading
from bot import logs
from bot.conversation import Bot
from bot.index import Index
from bot.settings import Settings
from corpus.files import CorpusError
from corpus.model import Library

log = getLogger("analects")


def run(settings: Settings) -> int:
    """Runs until it is told to stop; the exit code. Raises SettingsError."""
    logs.set_up(settings.log_level, settings.log_format)
    return asyncio.run(serve(settings, _bot(settings)))


def _bot(settings: Settings) -> Bot:
    """The bot over the notes; over none, where there are none to read."""
    try:
        bot = loading.bot(settings)
    except CorpusError as error:
        log.error("no notes: %s", error)
        return Bot(Index.build(Library((), ())), settings.quotes_per_answer)
    library = bot.index.library
    if library.highlights:
        log.info("%d highlights of %d sources", len(library.highlights), len(library.sources))
    else:
        log.warning("no highlights in %s: `analects check` says why", settings.corpus_path)
    return bot

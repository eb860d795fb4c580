"""The store for saved messages that the settings name."""

from collections.abc import Awaitable, Callable
from logging import getLogger

from adapters.sources.readwise_messages import ReadwiseMessages
from bot.assembly import Saving
from bot.saving.store import FolderStore
from bot.settings import Settings

log = getLogger("analects.saving")


def saving(
    settings: Settings, read_notes: Callable[[], Awaitable[object]], fetch: Callable[[], Awaitable[object]]
) -> Saving | None:
    """Where and how messages are saved; None if saving is off. `read_notes` reads the folders again; `fetch` asks Readwise for new
    highlights."""
    folder = settings.save_folder
    if folder is not None:
        store = FolderStore(folder)
        try:
            store.prepare()  # the folder must exist before the first message, so that it can be watched
        except OSError as error:
            log.error(
                "messages cannot be saved in %(path)s: %(error)s; see SAVE_TO",
                {"path": folder, "error": error.strerror or type(error).__name__},
            )
        return Saving(store, read_notes)
    if settings.save_to is None or settings.readwise_token is None:
        return None
    messages = ReadwiseMessages(settings.readwise_token, settings.readwise_api_url)
    return Saving(messages, fetch, to_readwise=True)

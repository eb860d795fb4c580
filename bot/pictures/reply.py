"""The reply that is a picture of a quote."""

from collections.abc import Callable
from logging import getLogger

from bot.answering import lookup
from bot.chat import wording
from bot.chat.attribution import attribution
from bot.chat.replies import Notice, Picture
from bot.model import Quote
from bot.pictures.drawing import MissingFontsError, PictureError
from bot.search.index import Index

log = getLogger("analects.service")


def picture_of(highlight: str, draw: Callable[[Quote], bytes] | None, index: Index) -> Picture | Notice:
    """The quote of the highlight with this id as a picture, or why there is none. `draw` makes the PNG; None if they are off."""
    quotes = lookup.of_ids((highlight,), index)
    if draw is None or not quotes:
        return Notice(wording.PICTURES_OFF if draw is None else wording.GONE_FROM_NOTES)
    try:
        png = draw(quotes[0])
    except MissingFontsError as error:
        return Notice(wording.PICTURE_FONTS_MISSING.format(package=error.package))
    except PictureError as error:
        log.warning("no picture: %(error)s", {"error": str(error)})
        return Notice(wording.PICTURE_FAILED)
    found = attribution(quotes[0])
    whose = ", ".join((*found.source.authors, found.source.title))
    return Picture(f"{quotes[0].text}\n— {whose}", png=png)

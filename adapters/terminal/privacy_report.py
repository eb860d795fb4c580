"""The findings of `check` and `doctor` about PRIVATE_TAGS and PRIVATE_PATHS."""

from bot.settings import Settings
from corpus.model import Library
from corpus.privacy.entries import Objection, objections


def objections_to(settings: Settings, library: Library) -> list[Objection]:
    """The entries that were set and cover nothing, or look mistyped.

    Tags are left out if highlights are fetched from Readwise: private ones are never stored here, so nobody can tell whether an
    entry covers any.
    """
    given = settings.model_fields_set
    tags = settings.private_tags if "private_tags" in given and settings.readwise_token is None else ()
    paths = settings.private_paths if "private_paths" in given else ()
    known_tags = {tag for source in library.sources for tag in source.tags}
    known_tags.update(tag for highlight in library.highlights for tag in highlight.tags)
    known_paths = {highlight.path for highlight in library.highlights} | {one.path for one in library.skipped}
    return objections(tags, paths, library.idle_privacy, known_tags, known_paths)

"""The findings of `check` and `doctor` about PRIVATE_TAGS and PRIVATE_PATHS."""

from bot.settings import Settings
from corpus.model import Library
from corpus.privacy.entries import Objection, objections


def objections_to(settings: Settings, library: Library) -> list[Objection]:
    """Objections to entries that cover nothing, or that look mistyped.

    If highlights are fetched from Readwise, tags are not checked: private highlights are never stored here, so an entry may cover
    some of them.
    """
    set_by_user = settings.model_fields_set
    tags = settings.private_tags if "private_tags" in set_by_user and settings.readwise_token is None else ()
    paths = settings.private_paths if "private_paths" in set_by_user else ()
    known_tags = {tag for source in library.sources for tag in source.tags}
    known_tags.update(tag for highlight in library.highlights for tag in highlight.tags)
    known_paths = {highlight.path for highlight in library.highlights} | {
        skipped.path for skipped in library.skipped
    }
    return objections(tags, paths, library.idle_privacy, known_tags, known_paths)

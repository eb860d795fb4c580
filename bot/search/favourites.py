"""Words for the highlights that people like best, in all languages of the bot."""

from bot.text.analysis import fold, words

FAVOURITE = "favorite"
"""The tag that a favourite gets if its note marks it in another way, as with Readwise's heart."""

_FAVOURITES = (
    "favorite", "favourite", "favorites", "favourites",
    "favorit", "favoriten", "lieblingsstelle", "lieblingsstellen", "lieblingszitat", "lieblingszitate",
    "favori", "favoris", "favorito", "favoritos", "favorita", "favoritas",
    "お気に入り", "收藏", "最爱",
)  # fmt: skip


def _key(name: str) -> str:
    return " ".join(fold(word) for word in words(name))


_KEYS = frozenset(map(_key, _FAVOURITES))


def is_favourite(name: str) -> bool:
    """Whether a tag, or a word used like one, means favourites."""
    return _key(name) in _KEYS

"""Tokenising and normalising: the words of a text, where each stands, and the form in which it is searched.

Words are found in the original text and normalised afterwards, so their offsets are code points of the original. Chinese,
Japanese, Korean and the scripts of South-East Asia have no blanks between words: there each character is a word of its own,
and the index joins neighbours to bigrams.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cache, lru_cache
from typing import NamedTuple

MAX_WORD_CHARS = 64
"""Code points of a word that count. Longer words are encoded data, or nobody types them to the end."""


class Token(NamedTuple):
    """A word as it stands at `start:end` (code points), and its normalised form."""

    start: int
    end: int
    word: str


_new_token = tuple.__new__
"""Makes a `Token` in half the time, which counts where every word of a passage becomes one."""


def _marks() -> str:
    """Combining marks, which `\\w` lacks, as ranges of a character class. Single characters take ten times as long to compile."""
    blocks = (range(0x300, 0x1E00), range(0x20D0, 0x2100), range(0x2CEF, 0x3100), range(0xA66F, 0xAC00))
    ranges: list[list[int]] = []
    for code in (code for block in blocks for code in block if unicodedata.category(chr(code))[0] == "M"):
        if ranges and ranges[-1][1] == code - 1:
            ranges[-1][1] = code
        else:
            ranges.append([code, code])
    marks = "".join(f"{chr(first)}-{chr(last)}" for first, last in ranges)
    return marks + "\ufb1e\ufe00-\ufe0f\ufe20-\ufe2f\U00011000-\U00011046\U000e0100-\U000e01ef"


_INVISIBLE = "\u00ad\u034f\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff"
"""Soft hyphen, zero-width characters, bidi controls: ignored inside a word."""

_INVISIBLE_CHARACTERS = "".join(
    chr(code)
    for first, last in re.findall(r"(.)(?:-(.))?", _INVISIBLE)
    for code in range(ord(first), ord(last or first) + 1)
)

_MARKS = _marks()
_LETTER = rf"\w{_MARKS}{_INVISIBLE}"
_APOSTROPHE = "'\u2019\u02bc\uff07\u2018"

_RAW = re.compile(
    r"https?://\S+|www\.\S+|ftp://\S+|data:\w+/\S+"
    r"|(?:[^\W\d_]\.){2,}"
    r"|[^\W\d_](?:\+\+|#)(?!\w)"
    rf"|[{_LETTER}]+(?:(?:[{_APOSTROPHE}]|(?<=\d)[.,](?=\d))[{_LETTER}]+)*"
)
"""An address (which is no word), "U.S.", "C++", a word with its apostrophes, a number with its points and commas."""

_RAW_OF_ASCII = re.compile(
    _RAW.pattern.replace(r"[^\W\d_]", "[A-Za-z]")
    .replace(f"[{_LETTER}]", "[A-Za-z0-9_]")
    .replace(f"[{_APOSTROPHE}]", "'")
)
"""The same for a text of ASCII characters alone, where it finds the same words in two thirds of the time."""

_LINK = ("http://", "https://", "ftp://", "www.", "data:")

UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"  # Thai, Lao, Burmese, Khmer
    "\u1100-\u11ff\u3130-\u318f\uac00-\ud7ff"  # Hangul
    "\u3005-\u3007\u3021-\u3029\u3031-\u3035\u3041-\u30ff\u31f0-\u31ff\uff66-\uff9f"  # kana
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"  # Han
)
"""Characters of scripts without blanks between words, or (Korean) with endings attached. The inside of a character class."""

FIRST_UNSPACED = UNSPACED[0]
"""No character before this one belongs to such a script."""

_CLUSTER = rf"[\u1100-\u115f][\u1160-\u11a7]?[\u11a8-\u11ff]?|[{UNSPACED}][{_MARKS}{_INVISIBLE}\uff9e\uff9f]*"
_PIECE_OF_SPACED = re.compile(r"(?P<character>(?!))|[^_]+")
"""`_piece()` for a word without a character of such scripts."""

_FOLDED_MARKS = re.compile(
    "[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"  # Latin, Greek, Cyrillic
    "\u0591-\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06ed]+"  # Hebrew and Arabic vowel signs
)
"""Accents that people leave out when they type. Vowel signs of Indic scripts are not among them."""

_NOT_LETTER = re.compile(rf"[^\w{_MARKS}]+|[\ufe00-\ufe0f\U000e0100-\U000e01ef\u20dd-\u20e4_]+")
_GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?\D*")
_CLITICS = frozenset({"s", "t", "ll", "re", "ve", "d", "m"})
_FOLDED_LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th", "ı": "i"}
)


def _piece(word: str) -> re.Pattern[str]:
    """A piece of this word: a character of a script without blanks between words, or all up to the next one."""
    return _PIECE_OF_SPACED if max(word, default="") < FIRST_UNSPACED else _piece_of_unspaced()


@cache
def _piece_of_unspaced() -> re.Pattern[str]:
    """Compiled where such a word is read: it takes as long as all other patterns here."""
    return re.compile(rf"(?P<character>{_CLUSTER})|[^_{UNSPACED}]+")


def raw_words(text: str) -> list[str]:
    """The words of `text` as they stand there, addresses included."""
    return (_RAW_OF_ASCII if text.isascii() else _RAW).findall(text)


@lru_cache(maxsize=1 << 16)
def forms(raw: str) -> tuple[str, ...]:
    """Normalised words of a raw word: usually one, none for an address, several for "l'été" or "人工".

    Accents stay, because stemmers need them; `fold` removes them.
    """
    return tuple(token.word for token in _tokens_of(raw))


def words(text: str) -> list[str]:
    """Normalised words of `text`, in order."""
    return [word for raw in raw_words(text) for word in forms(raw)]


def tokens(text: str) -> list[Token]:
    """Normalised words of `text` with their positions; the same words as `words` gives."""
    return list(each_token(text))


def words_of(raws: Iterable[str]) -> list[str]:
    """Normalised words of raw words, in order: for texts that are read once. `forms` remembers what it was asked."""
    found: list[str] = []
    for raw in raws:
        if _is_plain(raw):
            found.append(raw[:MAX_WORD_CHARS].lower())
        else:
            found += forms(raw)
    return found


def spans_at(text: str, raws: Iterable[str], places: Collection[int]) -> dict[int, tuple[int, int]]:
    """Where the words at these places in `words(text)` stand: for a text of which few words count. `raws` are its `raw_words`.

    What stands between two raw words has no letter of a word, so the next raw word begins where it is found first.
    """
    found: dict[int, tuple[int, int]] = {}
    place = end = 0
    for raw in raws:
        if len(found) == len(places):
            break
        begin = text.find(raw, end)
        end = begin + len(raw)
        if raw.isalnum() and raw.isascii():
            if place in places:
                found[place] = begin, end
            place += 1
            continue
        for start, stop, _ in _tokens_of(raw):
            if place in places:
                found[place] = begin + start, begin + stop
            place += 1
    return found


def each_token(text: str) -> Iterator[Token]:
    """The same, found one after the other: for texts of which mostly the begin is read."""
    for found in (_RAW_OF_ASCII if text.isascii() else _RAW).finditer(text):
        begin, raw = found.start(), found.group()
        if _is_plain(raw):
            yield _new_token(Token, (begin, begin + len(raw), raw[:MAX_WORD_CHARS].lower()))
            continue
        for start, end, word in _tokens_of(raw):
            yield _new_token(Token, (begin + start, begin + end, word))


def fold(word: str) -> str:
    """A normalised word without its accents."""
    return word if word.isascii() else _without_accents(word)


@lru_cache(maxsize=1 << 14)
def _without_accents(word: str) -> str:
    bare = _FOLDED_MARKS.sub("", unicodedata.normalize("NFKD", word))
    return unicodedata.normalize("NFC", bare.translate(_FOLDED_LETTERS)) or word


def folded(words: Sequence[str]) -> list[str]:
    """Normalised words without their accents. Most texts have none."""
    return list(words) if all(map(str.isascii, words)) else list(map(fold, words))


def is_unspaced(word: str) -> bool:
    """Whether a normalised word is a single character of a script without blanks."""
    if word.isascii() or len(word) > 4:
        return False
    found = _piece(word).match(word)
    return found is not None and found["character"] is not None


def rows_of_unspaced(found: Iterable[Token]) -> Iterator[list[Token]]:
    """Runs of at least two neighbouring characters of scripts without blanks."""
    row: list[Token] = []
    for token in found:
        beside = bool(row) and row[-1].end == token.start
        if row and not (beside and is_unspaced(token.word)):
            if len(row) > 1:
                yield row
            row = []
        if is_unspaced(token.word):
            row.append(token)
    if len(row) > 1:
        yield row


def _is_plain(raw: str) -> bool:
    """Whether a raw word is ASCII letters and digits alone, and its normalised form the same in small letters. Most words are: to
    find that out again takes less time than to look them up among what is remembered."""
    return raw.isascii() and raw.isalnum() and not (raw[-1] == "s" and _is_plural_acronym(raw))


@lru_cache(maxsize=1 << 14)
def _tokens_of(raw: str) -> tuple[Token, ...]:
    """Normalised parts of a raw word, with offsets from its begin."""
    if raw.isascii() and raw.isalnum():
        single = raw[:-1] if _is_plural_acronym(raw) else raw
        return (Token(0, len(raw), single.lower()[:MAX_WORD_CHARS]),)
    if raw.startswith(_LINK) and len(raw) > 6:
        return ()
    if (
        raw.isalpha() and max(raw) < FIRST_UNSPACED and "\u02bc" not in raw
    ):  # letters with accents, other alphabets
        return (Token(0, len(raw), word),) if (word := _normalised(raw)) else ()
    return tuple(_pieces(raw))


def _is_plural_acronym(raw: str) -> bool:
    """Whether a word is capitals and an "s", as "LLMs", "GPUs" and "PhDs" are. Stemmers leave most of these as they stand."""
    return (
        raw[-1] == "s"
        and len(raw) > 2
        and raw[0].isupper()
        and raw[-2].isupper()
        and sum(map(str.islower, raw)) < 3
    )


def _pieces(raw: str) -> Iterator[Token]:
    for piece in _piece(raw).finditer(raw):
        start, end = _visible(piece.group(), piece.start(), piece.end())
        text = raw[start:end]
        if piece["character"]:
            if word := _normalised(text):
                yield Token(start, end, word)
        else:
            for word in _split(text):
                yield Token(start, end, word)


def _visible(piece: str, start: int, end: int) -> tuple[int, int]:
    """The range without invisible characters at both ends."""
    begin = start + len(piece) - len(piece.lstrip(_INVISIBLE_CHARACTERS))
    return begin, max(begin, end - len(piece) + len(piece.rstrip(_INVISIBLE_CHARACTERS)))


def _split(text: str) -> list[str]:
    """Normalised words of a piece without unspaced characters: apostrophes and commas resolved."""
    parts = [text.replace(",", "")] if _GROUPED.fullmatch(text) else text.split(",")
    result = []
    for part in parts:
        if part.endswith(("++", "#")):
            result.append(part.casefold())
        elif len(part) < 3 or part[1] != "." or part[0].isdigit():
            result += _without_apostrophes(part)
        else:
            result.append(_normalised(part))
    return [word for word in result if word]


def _without_apostrophes(text: str) -> list[str]:
    """ "Kahneman's" is "kahneman", "don't" is "dont", "l'été" is "l" and "été"."""
    parts = [word for part in re.split(f"[{_APOSTROPHE}]", text) if (word := _normalised(part))]
    if len(parts) == 2 and parts[1] in _CLITICS:
        return parts[:1] if parts[1] == "s" else ["".join(parts)]
    return parts


@lru_cache(maxsize=1 << 14)
def _normalised(text: str) -> str:
    """NFKC, case folded, without invisible characters and punctuation; a point between digits stays."""
    word = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    if word.isalnum():
        return word[:MAX_WORD_CHARS]
    if "." in word and word[:1].isdecimal():
        return ".".join(filter(None, (_NOT_LETTER.sub("", part) for part in word.split("."))))[
            :MAX_WORD_CHARS
        ]
    word = _NOT_LETTER.sub("", word)[:MAX_WORD_CHARS]
    return word if any(map(str.isalnum, word)) else ""

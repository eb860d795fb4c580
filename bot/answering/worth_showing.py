"""Which highlights may be shown unasked, as in a digest: complete thoughts that fit on a card, each once.

Left out are headings, fragments, what is too long to be shown whole, and near copies (of two overlapping highlights the longer one
stays). They are still found by questions and in lists.

Digests look at the whole library (`WorthShowing`). If a single highlight is needed immediately, as in the terminal,
`first_worth_showing` checks only a few, by the same rule.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from bot.answering.excerpt import MAX_WHOLE_CHARS
from bot.search.arrays import Longs, Mask, UInt64s
from bot.search.index import Index
from bot.search.names import key
from bot.text.analysis import UNSPACED, fold, words
from bot.text.stop_words import stop_words
from corpus.model import Highlight

MIN_WORDS, MIN_WORDS_OF_SENTENCE = 4, 2
"""Minimum number of words of a passage without closing punctuation, and of one that ends like a sentence."""
MIN_CHARS_UNSPACED = 8
"""Minimum number of characters in a script without blanks between words."""
MAX_HEADING_WORDS, MAX_HEADING_CHARS = 10, 200
MIN_COPY_SHARE = 0.8
"""Two passages are near copies if the longer one has this share of the shorter one's runs of words."""
_RUN = 3
"""Words in a run, the unit in which passages are compared."""
_HASHES = 8
"""Hash functions that find candidates for near copies. Two passages with half of their runs in common have at least one smallest
hash in common in 99.6 % of all cases."""
_MAX_BUCKET = 40
"""Passages with the same smallest hash that are compared with each other: larger groups share a phrase, not a text."""
_PRIME = np.uint64(0x9E3779B97F4A7C15)

_HEADING_TAGS = frozenset(f"h{level}" for level in range(1, 7))
_ENDS = re.compile(r"[.!?…。！？؟।][)\]”’\"'»«」』]*$|[”’\"»」』]$")
_BROKEN_END = re.compile(r"[,;:(\[–—&/、，；：-]$")
_NUMBERED = re.compile(
    r"(?:chapter|part|section|kapitel|teil|chapitre|partie|capítulo|parte)\s+\w{1,5}\b|\d+(?:\.\d+)*\.?\s+\S",
    re.I,
)
_UNSPACED = re.compile(rf"[{UNSPACED}]")
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+")


@dataclass(slots=True)
class WorthShowing:
    """Which passages may be shown unasked. It remembers what it found: after a change only new passages are looked at."""

    _seen: Longs = field(default_factory=lambda: np.zeros(0, np.int64))
    """Hashes of the passages of the last index with all that their verdict depends on, sorted; equal ones have equal verdicts."""
    _whole: Mask = field(default_factory=lambda: np.zeros(0, np.bool_))
    """Which of them are whole thoughts."""

    def mask(self, index: Index) -> Mask:
        """The passages of an index that may be shown unasked. Shape (passages,)."""
        highlights = index.library.highlights
        names = _heading_names(highlights)
        of_names = {source: hash(frozenset(found)) for source, found in names.items()}
        hashes = np.fromiter(
            (
                hash(
                    (
                        one.plain,
                        one.tags,
                        one.source.category,
                        index.language_of(number),
                        of_names[one.source],
                    )
                )
                for number, one in enumerate(highlights)
            ),
            np.int64,
            len(highlights),
        )
        places = np.minimum(np.searchsorted(self._seen, hashes), len(self._seen) - 1)
        known = self._seen[places] == hashes if len(self._seen) else np.zeros(len(hashes), np.bool_)
        mask = np.zeros(len(hashes), np.bool_)
        mask[known] = self._whole[places[known]]
        for number in np.flatnonzero(~known).tolist():
            highlight = highlights[number]
            mask[number] = _is_whole_thought(highlight, index.language_of(number), names[highlight.source])
        order = np.argsort(hashes)
        self._seen, self._whole = hashes[order], mask[order]
        mask[_copies(index, mask)] = False
        return mask


def first_worth_showing(passages: Iterable[int], count: int, index: Index) -> list[int]:
    """The first `count` of these passages that may be shown unasked, none of them a near copy of another.

    If none of them may, simply the first `count`.
    """
    highlights = index.library.highlights
    names: dict[int, set[str]] = {}
    seen: list[int] = []
    found: list[int] = []
    for passage in passages:
        if len(found) >= count:
            break
        highlight, source = highlights[passage], int(index.source_of[passage])
        if source not in names:
            of_source = [highlights[other] for other in np.flatnonzero(index.source_of == source).tolist()]
            names[source] = _heading_names(of_source)[highlight.source]
        seen.append(passage)
        if _is_whole_thought(highlight, index.language_of(passage), names[source]):
            runs = _runs(index, passage)
            others = (_runs(index, other) for other in found)
            if not any(_is_near_copy(*sorted((runs, other), key=len)) for other in others):
                found.append(passage)
    return found or seen[:count]


def _is_whole_thought(highlight: Highlight, language: str, names: set[str]) -> bool:
    """Whether a passage is short enough, and neither a heading (`names` are those of its source) nor a fragment."""
    return (
        len(highlight.plain) <= MAX_WHOLE_CHARS
        and not _is_heading(highlight, names)
        and not is_fragment(highlight, language)
    )


def is_fragment(highlight: Highlight, language: str) -> bool:
    """Whether a passage begins or ends inside a sentence, or says too little."""
    text = _ADDRESS.sub("", highlight.plain).strip()
    if len(_UNSPACED.findall(text)) > len(text) / 3:
        return len(text) < MIN_CHARS_UNSPACED or _BROKEN_END.search(text) is not None
    spoken = [word for word in words(text) if not word.isdecimal()]
    ends = _ENDS.search(text) is not None
    if len(spoken) < (MIN_WORDS_OF_SENTENCE if ends else MIN_WORDS) or _BROKEN_END.search(text):
        return True
    first = next((word for word in text.split() if any(map(str.isalpha, word))), "")
    written_small = highlight.source.category == "tweets" and text == text.lower()
    if first.islower() and not written_small:
        return True
    return not ends and fold(spoken[-1]) in stop_words(language)


def _heading_names(highlights: Iterable[Highlight]) -> "defaultdict[object, set[str]]":
    """For each source, its title and the names of its chapters."""
    names: defaultdict[object, set[str]] = defaultdict(set)
    for source, chapter in {(highlight.source, highlight.chapter) for highlight in highlights}:
        names[source] |= {key(source.title), key(chapter or "")}
    return names


def _is_heading(highlight: Highlight, names: set[str]) -> bool:
    """Whether a highlight is marked as a heading, is the title or a chapter of its source, or is written like one."""
    if not _HEADING_TAGS.isdisjoint(tag.lstrip("#.").lower() for tag in highlight.tags):
        return True
    plain = highlight.plain
    return len(plain) < MAX_HEADING_CHARS and (key(plain) in names or _is_like_a_heading(plain))


def _is_like_a_heading(plain: str) -> bool:
    """ "The Garden of Forking Paths", "CHAPTER 3", "2.1 Methods": short, without closing punctuation, with capitals throughout."""
    text = plain.strip()
    written = text.split()
    if _ENDS.search(text) or len(written) > MAX_HEADING_WORDS or _UNSPACED.search(text):
        return False
    if _NUMBERED.match(text):
        return True
    long = [word for word in written if len(word) > 3 and word[:1].isalpha()]
    return len(long) > 1 and all(word[0].isupper() for word in long)


def _copies(index: Index, mask: Mask) -> list[int]:
    """The passages of `mask` that nearly repeat another one of them. Of each group the longest, then the first, is kept."""
    ids, offsets = index.surface_terms.ids, index.surface_terms.offsets
    by_hash: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
    for number, (passages, smallest) in enumerate(_smallest_hashes(ids.astype(np.uint64), offsets)):
        shown = mask[passages]
        _, group, sizes = np.unique(smallest[shown], return_inverse=True, return_counts=True)
        shared = sizes[group] > 1
        for passage, bucket in zip(passages[shown][shared].tolist(), group[shared].tolist(), strict=True):
            by_hash[number, bucket].append(passage)
    runs: dict[int, frozenset[bytes]] = {}

    def runs_of(passage: int) -> frozenset[bytes]:
        if passage not in runs:
            runs[passage] = _runs(index, passage)
        return runs[passage]

    dropped: set[int] = set()
    for alike in by_hash.values():
        order = sorted(
            alike[:_MAX_BUCKET], key=lambda passage: (offsets[passage] - offsets[passage + 1], passage)
        )
        for place, longer in enumerate(order):
            if longer in dropped:
                continue
            for shorter in order[place + 1 :]:
                if shorter not in dropped and _is_near_copy(runs_of(shorter), runs_of(longer)):
                    dropped.add(shorter)
    return sorted(dropped)


def _runs(index: Index, passage: int) -> frozenset[bytes]:
    """The runs of words of a passage."""
    words, offsets = index.surface_terms, index.surface_terms.offsets
    terms = words.at(slice(int(offsets[passage]), int(offsets[passage + 1])))
    return frozenset(terms[at : at + _RUN].tobytes() for at in range(max(1, len(terms) - _RUN + 1)))


def _is_near_copy(shorter: frozenset[bytes], longer: frozenset[bytes]) -> bool:
    """Whether a longer passage nearly contains this one, by the runs of words of both."""
    return len(shorter & longer) >= MIN_COPY_SHARE * len(shorter)


def _smallest_hashes(
    ids: "np.ndarray[tuple[int, ...], np.dtype[np.uint64]]", offsets: Longs
) -> list[tuple[Longs, UInt64s]]:
    """For each hash function, passages and the smallest hash of their runs (Broder, "On the resemblance and containment of
    documents", 1997). Passages of fewer words than a run are left out."""
    lengths = np.diff(offsets)
    long = np.flatnonzero(lengths >= _RUN)
    if not len(long):
        return []
    with np.errstate(over="ignore"):
        run = ids[: len(ids) - _RUN + 1].copy()
        for step in range(1, _RUN):
            run = run * _PRIME + ids[step : len(ids) - _RUN + 1 + step]
        inside = np.concatenate(
            [np.arange(offsets[passage], offsets[passage + 1] - _RUN + 1) for passage in long]
        )
        starts = np.concatenate(([0], np.cumsum(lengths[long] - _RUN + 1)[:-1]))
        result = []
        for number in range(1, _HASHES + 1):
            hashed = (run[inside] + np.uint64(number)) * _PRIME
            hashed = (hashed ^ (hashed >> np.uint64(29))) * np.uint64(0xBF58476D1CE4E5B9 + 2 * number)
            smallest = np.minimum.reduceat(hashed ^ (hashed >> np.uint64(32)), starts)
            result.append((long, smallest))
    return result

"""The model, its vectors of the library, and how they are: everything that other parts see of `bot.semantic`.

Nothing here raises: whatever is the matter stands in `problem` and, once, in the log; questions are then answered by BM25.
Safe for use by several threads.
"""

from collections.abc import Callable
from dataclasses import dataclass
from logging import getLogger
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Lock, Thread
from typing import Literal, TypeVar

import numpy as np

from bot.model import Span
from bot.runtime.logs import describe_error
from bot.search.arrays import Floats
from bot.search.index import Index
from bot.semantic.chunks import is_latin
from bot.semantic.model import MeaningError, Model
from bot.semantic.passage_vectors import PassageVectors
from bot.semantic.vector_store import Store
from bot.text.analysis import fold, words
from bot.text.language_detection import detect, spoken
from bot.text.stemming import ENGLISH
from bot.text.stop_words import stop_words
from bot.text.word_frequencies import rarity

log = getLogger("analects.meaning")

LIMIT = 1.0
"""Seconds for the vector of a question, which takes some 5 ms; after that BM25 answers."""

MOST_WAITING = 4
"""Questions whose vectors are late; more of them do not even try."""

MOST_READ = 1_000
"""Code points of a question that the model reads."""

ENDS = "?!.… "
"""What a question may end with or not, and mean the same."""

ENGLISH_WORDS = 0.65
"""Part of a question's words that are not rare in English from which on it is, whatever it is taken for."""

SLOW = f"EMBEDDING_MODEL: a question took the model more than {LIMIT:g} s; BM25 answers where it does"

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Similarities:
    """How near the passages of a library are to a question."""

    question: Floats
    cosines: Floats
    laid: PassageVectors
    language: str = ENGLISH
    """That the question is in."""

    def sentence(self, passage: int) -> Span | None:
        """Where the nearest sentence of a passage stands."""
        return self.laid.nearest(passage, self.question)


@dataclass(frozen=True, slots=True)
class Progress:
    """How it is, for `/readyz` and `check`."""

    model: str
    state: Literal["loading", "ready", "off"]
    vectors: int = 0
    """Highlights that have theirs."""
    wanted: int = 0
    """Highlights that are to have them."""
    problem: str | None = None
    english: bool = False
    """Whether those in other languages get none, as the model does not know them."""


class Embedding:
    """A model that is loaded by `open`, and the vectors of the library that was last asked or filled."""

    def __init__(self, setting: str, load: Callable[[], Model], vectors: Path | None) -> None:
        self.setting = setting
        self.problem: str | None = None
        self.model: Model | None = None
        self.store: Store | None = None
        self._load = load
        self._vectors = vectors
        self._laid: PassageVectors | None = None
        self._lock = Lock()
        self._waiting = 0

    @classmethod
    def of(cls, setting: str, fetched: Path, vectors: Path | None) -> "Embedding":
        """As `EMBEDDING_MODEL` says: models are fetched into `fetched`, vectors kept in `vectors` (None: nowhere)."""

        def load() -> Model:
            from bot.semantic import model

            return model.load(setting, fetched)

        return cls(setting, load, vectors)

    def open(self) -> bool:
        """Loads the model, which may take a while; whether it can be used."""
        try:
            model = self._load()
        except MeaningError as error:
            self.tell(str(error))
            return False
        folder = None if self._vectors is None else self._vectors / _file_name(model.key)
        self.store = Store(folder, model.dimension)
        self.model = model
        return True

    def tell(self, problem: str) -> None:
        """Notes a problem, and logs it where it is a new one."""
        if problem != self.problem:
            self.problem = problem
            log.warning("answering by words alone: %(reason)s", {"reason": problem})

    def near(self, text: str, index: Index) -> Similarities | None:
        """How near each passage is to a question; None where that can't be told in time."""
        model = self.model
        if model is None or not text.strip() or (model.english and not reads_english(text)):
            return None
        try:
            vector = self._in_time(lambda: model.question(text[:MOST_READ].rstrip(ENDS) or text[:MOST_READ]))
            if vector is None:
                return None
            laid = self.laid(index)
            language = ENGLISH if model.english else spoken(text) or ENGLISH
            return Similarities(vector, laid.cosines(vector), laid, language) if laid.segments else None
        except MeaningError as error:
            self.tell(str(error))
        except Exception as error:  # whatever it is, BM25 answers
            self.tell(f"EMBEDDING_MODEL: a defect: {describe_error(error)}")
        return None

    def like(self, passage: int, index: Index) -> Similarities | None:
        """How near each passage is to one of them, the mean of its sentences; None where it has no vector."""
        if self.model is None:
            return None
        laid = self.laid(index)
        rows = laid.rows(passage)
        if rows is None:
            return None
        mean = rows.mean(axis=0)
        vector: Floats = mean / max(float(np.linalg.norm(mean)), 1e-12)
        return Similarities(vector, laid.cosines(vector), laid)

    def _in_time(self, work: Callable[[], Result]) -> Result | None:
        """What `work` gives, if it does so within `LIMIT`. Its thread keeps nobody from leaving."""
        if self._waiting >= MOST_WAITING:
            return None
        given: SimpleQueue[Result | Exception] = SimpleQueue()

        def run() -> None:
            try:
                given.put(work())
            except Exception as error:  # raised below, in the thread that asked
                given.put(error)
            finally:
                with self._lock:
                    self._waiting -= 1

        with self._lock:
            self._waiting += 1
        Thread(target=run, name="question", daemon=True).start()
        try:
            found = given.get(timeout=LIMIT)
        except Empty:
            self.tell(SLOW)
            return None
        if isinstance(found, Exception):
            raise found
        return found

    @property
    def busy(self) -> bool:
        """Whether a question is being read: what can wait gives way."""
        return self._waiting > 0

    def laid(self, index: Index) -> PassageVectors:
        """The vectors of this library, as far as there are any."""
        assert self.store is not None
        assert self.model is not None
        with self._lock:
            if self._laid is None or self._laid.library is not index.library:
                self._laid = PassageVectors.of(index, self.store.segments, self.model.english)
            return self._laid

    def added(self, index: Index) -> PassageVectors:
        """The same after the store has changed."""
        assert self.store is not None
        fresh = self.laid(index).with_segments(self.store.segments)
        with self._lock:
            if self._laid is not None and self._laid.library is index.library:
                self._laid = fresh
        return fresh

    def progress(self, index: Index, at_once: bool = False) -> Progress:
        """How far it is with this library. `at_once`: as last known, where looking would take a large library half a second."""
        if self.model is None:
            return Progress(self.setting, "off" if self.problem else "loading", problem=self.problem)
        laid = self._laid if at_once else self.laid(index)
        done, wanted = (laid.done, laid.wanted) if laid is not None else (0, 0)
        return Progress(self.setting, "ready", done, wanted, self.problem, self.model.english)


def reads_english(text: str) -> bool:
    """Whether a question may be in English: what is too short to tell may be, and what is mostly in English words.

    The detector takes "kubernetes pod eviction" for Polish.
    """
    if not is_latin(text):
        return False
    tongue = detect(text)
    if tongue in (None, ENGLISH):
        return True
    found = [word for word in words(text) if word.isalpha()]
    usual = sum(rarity(word, ENGLISH) < 1 for word in found)
    theirs = sum(fold(word) in stop_words(tongue) for word in found)
    return usual >= ENGLISH_WORDS * len(found) and theirs <= len(found) / 3


def _file_name(key: str) -> str:
    return "".join(sign if sign.isalnum() or sign in "-." else "_" for sign in key)[-80:]

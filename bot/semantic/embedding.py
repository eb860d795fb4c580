"""The embedding model with its vectors of the library: everything that other packages see of `bot.semantic`.

Nothing here raises. A problem stands in `problem` and, once, in the log; questions are then answered by words alone. Safe for
use by several threads.
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
from bot.semantic.catalog import find_card
from bot.semantic.chunks import is_latin
from bot.semantic.errors import MeaningError
from bot.semantic.model import AUTO, Model
from bot.semantic.passage_vectors import PassageVectors
from bot.semantic.vector_store import VectorStore
from bot.text.analysis import fold, words
from bot.text.language_detection import detect, detect_short
from bot.text.stemming import ENGLISH
from bot.text.stop_words import stop_words
from bot.text.word_frequencies import rarity

log = getLogger("analects.meaning")

QUESTION_TIMEOUT_S = 1.0
"""Seconds to wait for the vector of a question, which usually takes 5 ms. After that, words alone answer."""

MAX_WAITING_QUESTIONS = 4
"""Questions whose vectors are being computed. Further questions do not wait and are answered by words alone."""

MAX_QUESTION_CHARS = 1_000
"""Code points of a question that the model reads."""

END_MARKS = "?!.… "
"""Marks at the end of a question that the model does not read, since they do not change what is asked."""

MIN_ENGLISH_WORDS = 0.65
"""A question counts as English if at least this share of its words is common in English, whatever the detector says."""

SLOW = (
    f"EMBEDDING_MODEL: a question took the model more than {QUESTION_TIMEOUT_S:g} s; "
    "such questions are answered by words alone"
)

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Similarities:
    """How close the passages of a library are to a question."""

    question: Floats
    """Vector of the question. Shape (dimension,)."""
    closeness: Floats
    """How close each passage's closest chunk is: 0 is as far as most of the library, 1 as near as passages come to each other
    (`bot.semantic.scale`); `NO_VECTOR` for a passage without vectors. Shape (passages,)."""
    sameness: Floats
    """How much of the way from far to the same text each passage's closest chunk is (`Scale.sameness`). The value of a passage
    without vectors says nothing. Shape (passages,)."""
    vectors: PassageVectors
    model: str
    """Name of the model."""
    language: str = ENGLISH
    """Code of the question's language."""

    def sentence(self, passage: int) -> Span | None:
        """The range of a passage's closest sentence; None if it has no vector."""
        return self.vectors.closest_chunk(passage, self.question)


@dataclass(frozen=True, slots=True)
class Progress:
    """The state of the model and its vectors, for `/readyz` and `analects check`."""

    model: str
    state: Literal["loading", "ready", "off"]
    vectors: int = 0
    """Highlights with vectors."""
    wanted: int = 0
    """Highlights that are to have vectors."""
    problem: str | None = None
    english: bool = False
    """Whether highlights in other languages get no vectors, because the model knows only English."""


class Embedding:
    """An embedding model, loaded by `open`, and the vectors of the most recent library."""

    def __init__(
        self,
        setting: str,
        load: Callable[[], Model],
        vectors: Path | None,
        question_timeout_s: float | None = None,
    ) -> None:
        """`setting` is shown to people; `load` may raise MeaningError; `vectors` is a folder (None: nothing is kept).
        `question_timeout_s`: seconds to wait for the vector of a question; None: `QUESTION_TIMEOUT_S`."""
        self.setting = setting
        self.problem: str | None = None
        self.model: Model | None = None
        self.store: VectorStore | None = None
        self._load = load
        self._folder = vectors
        self._question_timeout_s = question_timeout_s
        self._vectors: PassageVectors | None = None
        self._lock = Lock()
        self._waiting = 0

    @classmethod
    def of(cls, setting: str, models: Path, vectors: Path | None, mostly_english: bool = True) -> "Embedding":
        """The model that `EMBEDDING_MODEL` names. `models` is the folder of fetched models; vectors are kept in `vectors` (None:
        nowhere).

        `auto` takes a model that knows only English if the library is `mostly_english`.
        """

        def load() -> Model:
            from bot.semantic import model

            return model.load(setting, models, mostly_english)

        return cls(setting, load, vectors)

    def open(self) -> bool:
        """Loads the model, which may take a while. Returns whether it can be used."""
        try:
            model = self._load()
        except MeaningError as error:
            self.report(str(error))
            return False
        folder = None if self._folder is None else self._folder / _file_name(model.key)
        self.store = VectorStore(folder, model.dimension)
        if self.setting == AUTO:
            card = find_card(model.name)
            self.setting = card.name if card is not None else model.name
        self.model = model
        return True

    def report(self, problem: str) -> None:
        """Keeps a problem in `problem`, and logs it if it is new."""
        if problem != self.problem:
            self.problem = problem
            log.warning("answering by words alone: %(reason)s", {"reason": problem})

    def similarities(self, text: str, index: Index) -> Similarities | None:
        """How close each passage is to a question; None if the model cannot read it, or not in time."""
        model = self.model
        if model is None or not text.strip() or (model.english and not reads_english(text)):
            return None
        read = text[:MAX_QUESTION_CHARS].rstrip(END_MARKS) or text[:MAX_QUESTION_CHARS]
        try:
            vector = self._in_time(lambda: model.question(read))
            if vector is None:
                return None
            vectors = self.vectors(index)
            if not vectors.files:
                return None
            language = ENGLISH if model.english else detect_short(text) or ENGLISH
            cosines = vectors.cosines(vector)
            closeness, sameness = vectors.closeness(cosines), vectors.scale.sameness(cosines)
            return Similarities(vector, closeness, sameness, vectors, model.name, language)
        except MeaningError as error:
            self.report(str(error))
        except Exception as error:  # whatever it is, words answer
            self.report(f"EMBEDDING_MODEL: bug: {describe_error(error)}")
        return None

    def similar_to(self, passage: int, index: Index) -> Similarities | None:
        """How close each passage is to this one, by the mean of its chunks; None if it has no vector."""
        if self.model is None:
            return None
        vectors = self.vectors(index)
        rows = vectors.rows(passage)
        if rows is None:
            return None
        mean = rows.mean(axis=0)
        vector: Floats = mean / max(float(np.linalg.norm(mean)), 1e-12)
        cosines = vectors.cosines(vector)
        closeness, sameness = vectors.closeness_of_passages(cosines), vectors.scale.sameness(cosines)
        return Similarities(vector, closeness, sameness, vectors, self.model.name)

    def _in_time(self, work: Callable[[], Result]) -> Result | None:
        """The result of `work`, or None after `QUESTION_TIMEOUT_S`. Runs in a daemon thread, which never delays an exit."""
        if self._waiting >= MAX_WAITING_QUESTIONS:
            return None
        results: SimpleQueue[Result | Exception] = SimpleQueue()

        def run() -> None:
            try:
                results.put(work())
            except Exception as error:  # raised below, in the thread that asked
                results.put(error)
            finally:
                with self._lock:
                    self._waiting -= 1

        with self._lock:
            self._waiting += 1
        Thread(target=run, name="question", daemon=True).start()
        try:
            result = results.get(timeout=self._question_timeout_s or QUESTION_TIMEOUT_S)
        except Empty:
            self.report(SLOW)
            return None
        if isinstance(result, Exception):
            raise result
        return result

    @property
    def busy(self) -> bool:
        """Whether the model is reading a question. Work that can wait should let it go first."""
        return self._waiting > 0

    def vectors(self, index: Index) -> PassageVectors:
        """The vectors of this library that the store has."""
        assert self.store is not None
        assert self.model is not None
        with self._lock:
            if self._vectors is None or self._vectors.library is not index.library:
                self._vectors = PassageVectors.of(index, self.store.files, self.model.english)
            return self._vectors

    def refresh(self, index: Index) -> PassageVectors:
        """The vectors of this library, looked up again after the store has changed."""
        assert self.store is not None
        fresh = self.vectors(index).with_files(self.store.files)
        with self._lock:
            if self._vectors is not None and self._vectors.library is index.library:
                self._vectors = fresh
        return fresh

    def progress(self, index: Index, at_once: bool = False) -> Progress:
        """The state of the model and the number of vectors. `at_once` gives the last known number: counting takes half a second in
        a large library."""
        if self.model is None:
            return Progress(self.setting, "off" if self.problem else "loading", problem=self.problem)
        vectors = self._vectors if at_once else self.vectors(index)
        done, wanted = (vectors.done, vectors.wanted) if vectors is not None else (0, 0)
        return Progress(self.setting, "ready", done, wanted, self.problem, self.model.english)


def reads_english(text: str) -> bool:
    """Whether a question may be in English: if it is too short to tell, or mostly consists of common English words.

    The detector alone is not enough: it takes "kubernetes pod eviction" for Polish.
    """
    if not is_latin(text):
        return False
    language = detect(text)
    if language in (None, ENGLISH):
        return True
    found = [word for word in words(text) if word.isalpha()]
    common = sum(rarity(word, ENGLISH) < 1 for word in found)
    foreign = sum(fold(word) in stop_words(language) for word in found)
    return common >= MIN_ENGLISH_WORDS * len(found) and foreign <= len(found) / 3


def _file_name(key: str) -> str:
    return "".join(sign if sign.isalnum() or sign in "-." else "_" for sign in key)[-80:]

"""The welcome when the bot is invited: three questions that this library answers."""

import re
from collections import Counter

import numpy as np

from bot.answering.answer import answer
from bot.answering.listing import sources
from bot.chat import wording
from bot.chat.replies import Welcome
from bot.model import Question
from bot.search.index import Index
from bot.text.analysis import fold
from bot.text.sanitize import one_line
from bot.text.stemming import ENGLISH
from bot.text.stop_words import stop_words

MAX_QUESTIONS = 3
MAX_SOURCES_TRIED = 8
MAX_QUESTION_CHARS = 70
"""A longer one does not fit on a button."""
_WORD = re.compile(r"[^\W\d_]{5,20}")


def welcome(index: Index) -> Welcome:
    """What the bot is, and up to three questions about the largest sources that have an answer."""
    questions: list[str] = []
    for counted in sources(index, MAX_SOURCES_TRIED).sources:
        authors = [one_line(author) for author in counted.source.authors]
        word = _subject(index, counted.source.title, authors)
        if not authors or not authors[0] or word is None:
            continue
        asked = wording.SAMPLE_QUESTION.format(author=authors[0], subject=word)
        if len(asked) <= MAX_QUESTION_CHARS and answer(Question(asked, 1), index).found:
            questions.append(asked)
        if len(questions) == MAX_QUESTIONS:
            break
    return Welcome(questions=tuple(questions))


def _subject(index: Index, title: str, authors: list[str]) -> str | None:
    """The word that most highlights of a source have, besides function words and names; None if there is none."""
    names = {fold(word) for text in (title, *authors) for word in _WORD.findall(text)}
    counted: Counter[str] = Counter()
    titled = [number for number, source in enumerate(index.sources) if source.title == title]
    for passage in np.flatnonzero(index.of_sources(titled)).tolist():
        counted.update({word.lower() for word in _WORD.findall(index.library.highlights[passage].plain)})
    usual = stop_words(ENGLISH) | names
    return next((word for word, _ in counted.most_common() if fold(word) not in usual), None)

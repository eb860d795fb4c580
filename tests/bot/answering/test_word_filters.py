"""A question may name a time that its passage mentions. The passage is found even if other highlights were added at that time."""

from datetime import date

import pytest

from bot.answering.answer import answer
from bot.model import Question
from bot.search.index import Index
from tests.libraries import highlight, library_of

TODAY = date(2026, 11, 29)
PASSAGES = {
    "coup": ("Seven days in May the general planned his coup against the president.", "Politics"),
    "snow": ("One week in December the snow covered every road.", "Snow"),
    "entropy": ("The second law of thermodynamics says that entropy never falls.", "Physics"),
    "march": ("The March on Washington gathered a quarter of a million people.", "Rights"),
    "brother": ("Big Brother is watching you, says the ministry of truth.", "1984"),
    "keynes": ("In 1936 Keynes wrote that the long run is a misleading guide.", "Economics"),
    "marienbad": ("Last year at Marienbad they met, or did not.", "Cinema"),
    "paris": ("Im Mai 1968 brannten in Paris die Barrikaden.", "Geschichte"),
    "dernier": ("L'an dernier à Marienbad ils se sont vus.", "Cinéma"),
    "goya": ("El 2 de mayo Goya pintó la lucha.", "Arte"),
    "neiges": ("去年の雪は今どこにあるのか。", "詩"),
    "water": ("三月の水は冷たい。", "水"),
    "light": ("八月之光照在旧屋上。", "小说"),
}
"""None of these was highlighted at the time that it mentions."""
PASSAGES_OF_THOSE_TIMES = [
    highlight(f"other{day}", f"Ropes and sails of {number} days or weeks.", "Ropes", added=day)
    for number, day in enumerate(
        ["1936-05-03", "1968-05-03", "1984-05-03", *(f"{y}-{m:02}-03" for y in (2025, 2026) for m in range(1, 12))]
    )
]  # fmt: skip
INDEX = Index.build(
    library_of(
        [
            *(highlight(name, text, title, added="2026-09-15") for name, (text, title) in PASSAGES.items()),
            *PASSAGES_OF_THOSE_TIMES,
        ]
    )
)


@pytest.mark.parametrize(
    ("question", "passage"),
    [
        ("seven days in may", "coup"),
        ("what happened one week in December?", "snow"),
        ("what is the second law of thermodynamics", "entropy"),
        ("who came to the March on Washington", "march"),
        ("who is big brother in 1984", "brother"),
        ("what did Keynes write in 1936", "keynes"),
        ("last year at Marienbad", "marienbad"),
        ("who met in Last Year at Marienbad", "marienbad"),
        ("was geschah im Mai 1968 in Paris", "paris"),
        ("l'an dernier à Marienbad", "dernier"),
        ("el 2 de mayo de Goya", "goya"),
        ("去年の雪", "neiges"),
        ("三月の水", "water"),
        ("八月之光", "light"),
    ],
)
def test_a_passage_that_mentions_a_time_is_found_by_it(question: str, passage: str) -> None:
    reply = answer(Question(question, 3, today=TODAY), INDEX)
    assert [quote.highlight.id for quote in reply.quotes][:1] == [passage]
    assert reply.word_filter is None


@pytest.mark.parametrize(
    "question", ["ropes last year", "what did I highlight about ropes in 2025", "Ropes in 2025"]
)
def test_a_time_of_reading_is_used_as_a_filter(question: str) -> None:
    reply = answer(Question(question, 50, today=TODAY), INDEX)
    assert reply.word_filter is not None
    assert {(quote.highlight.added or "")[:4] for quote in reply.quotes} == {"2025"}

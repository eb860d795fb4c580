import numpy as np
import pytest
from rank_bm25 import BM25Plus

from bot.search.bm25 import Field, Ranking, idf, idf_of_each
from bot.search.index import Index
from bot.search.phrases import passages_with_phrase
from bot.search.query_terms import query_terms
from bot.search.search import bm25f, search
from bot.text.analysis import tokens
from corpus.plain_text import plain
from tests.libraries import highlight, library, library_of

PLAIN = Ranking(
    fields={"text": Field(1.0, 0.75)}, k1=1.5, surface_weight=0.0, neighbour_weight=0.0, coverage_weight=0.0
)
"""Plain BM25: one field and no extra weights."""

TEXTS = (
    "Memory is the residue of thought.",
    "Searching is a kind of remembering: what cannot be found was never kept.",
    "Spaced repetition makes memories last, as each recall strengthens memory.",
    "Notes are thoughts that were worth a second look.",
    "",
)


def test_scores_equal_those_of_rank_bm25() -> None:
    index = Index.build(library(*TEXTS), PLAIN)
    names = {number: name for name, number in index.terms.items()}
    documents = [
        [names[item] for item in index.stem_terms.ids[start:end].tolist()]
        for start, end in zip(index.stem_terms.offsets, index.stem_terms.offsets[1:], strict=False)
    ]
    reference = BM25Plus(documents, k1=1.5, b=0.75, delta=0)
    for question in ("memory of thoughts", "searching notes", "recall recall memory", "unknown words"):
        query = query_terms(tokens(question), index)
        terms = [names[term] for word in query for term in word.stems for _ in range(int(word.query_weight))]
        scores = np.zeros(len(index))
        passages, found_scores = bm25f(query, index, len(index))
        scores[passages] = found_scores
        np.testing.assert_allclose(scores, reference.get_scores(terms), rtol=1e-5)


def test_the_idf_of_a_question_s_word_is_that_of_the_index() -> None:
    frequencies = np.array([1, 2, 3, 999, 1000])
    np.testing.assert_array_equal(
        idf_of_each(frequencies, 1000),
        np.array([idf(frequency, 1000) for frequency in frequencies.tolist()], np.float32),
    )


def found_ids(index: Index, question: str) -> list[str]:
    passages = search(query_terms(tokens(question), index), index, 10).passages
    return [index.library.highlights[passage].id for passage in passages]


def test_search_in_libraries_with_no_or_one_passage() -> None:
    assert found_ids(Index.build(library()), "anything") == []
    assert found_ids(Index.build(library("Memory lasts.")), "memory") == ["0"]
    assert found_ids(Index.build(library("", "")), "anything") == []


def test_a_word_in_most_passages_still_counts() -> None:
    assert found_ids(Index.build(library("apple pie", "apple", "pear")), "apple") == ["1", "0"]


@pytest.mark.parametrize(
    ("text", "question"),
    [
        (
            "Los niños corrieron por las calles de la ciudad mientras la lluvia caía sobre los tejados.",
            "calle tejado",
        ),
        (
            "Die Häuser standen am Ufer des Flusses, und die Bäume waren nicht mehr grün wie früher.",
            "haus baum",
        ),
        (
            "Les chercheurs ont montré que les souvenirs changent quand nous les rappelons à l'esprit.",
            "chercheur",
        ),
        ("Исследователи показали, что воспоминания меняются, когда мы к ним возвращаемся.", "воспоминание"),
        ("人工智能正在改变我们的世界", "人工智能"),
        ("量子コンピュータは新しい計算の方法です", "量子コンピュータ"),
        ("기억은 반복할수록 강해진다", "기억"),
        ("الكتب هي أفضل صديق للإنسان في كل زمان ومكان", "كتب"),
    ],
)
def test_other_languages_are_found_by_their_words(text: str, question: str) -> None:
    others = [highlight(str(n), other, f"English {n}") for n, other in enumerate(TEXTS)]
    index = Index.build(library_of([*others, highlight("x", text, "")]))
    assert found_ids(index, question) == ["x"]


def test_accents_may_be_left_out() -> None:
    assert found_ids(
        Index.build(library("Une idée très générale de l'économie des cafés")), "idee economie cafe"
    ) == ["0"]


def test_title_author_remark_and_tags_are_searched_but_links_are_not() -> None:
    index = Index.build(
        library_of(
            [
                highlight("a", "Nothing of note. https://example.com/zebra", "On Horses", "Ann Author"),
                highlight("b", "Something else.", "Cats", remark="reminds me of tigers", tags=("feline",)),
            ]
        )
    )
    assert found_ids(index, "zebra") == []
    assert [found_ids(index, word) for word in ("horse", "author", "tiger", "feline")] == [
        ["a"],
        ["a"],
        ["b"],
        ["b"],
    ]


def test_a_phrase_matches_its_words_in_order_and_adjacent() -> None:
    index = Index.build(
        library("the cat sat on the mat", "the mat sat on the cat", "Cat, sat. ON the—mat", "cat")
    )
    assert passages_with_phrase(["cat", "sat", "on", "the", "mat"], index).tolist() == [
        True,
        False,
        True,
        False,
    ]
    assert passages_with_phrase(["on", "the"], index).tolist() == [True, True, True, False]
    assert not passages_with_phrase(["cat", "unknown"], index).any()
    assert not passages_with_phrase(["mat", "the"], index).any()


def test_adjacent_question_words_score_higher_if_they_are_adjacent_in_the_passage() -> None:
    index = Index.build(library("deep thought about any kind of work", "any kind of deep work about thought"))
    assert found_ids(index, "deep work") == ["1", "0"]


def test_words_are_not_adjacent_across_two_passages() -> None:
    texts = ("any kind of thought is deep", "work about any kind of thought")
    apart, together = library(*texts), library(*texts[::-1])
    scores = [
        search(query_terms(tokens("deep work"), index), index, 2).scores.tolist()
        for index in map(Index.build, (apart, together))
    ]
    assert sorted(scores[0]) == sorted(scores[1])


def test_the_best_passages_are_the_best_of_all_scores() -> None:
    generator = np.random.default_rng(0)
    words = [f"w{number}" for number in range(60)]
    texts = [" ".join(generator.choice(words, 12, p=np.arange(60, 0, -1) / 1830)) for _ in range(400)]
    index = Index.build(library(*texts))
    for number in range(60):
        query = query_terms(tokens(" ".join(generator.choice(words, 5))), index)
        allowed = generator.random(400) > 0.5 if number % 2 else None
        every, scores = bm25f(query, index, 400, allowed)
        passages, best = bm25f(query, index, 7, allowed)
        order = np.lexsort((every, -scores))[:7]
        assert sorted(every[order].tolist()) == passages.tolist()
        np.testing.assert_array_equal(np.sort(scores[order]), np.sort(best))


def test_addresses_and_pictures_neither_match_nor_lengthen_a_passage() -> None:
    text = "A whale sings for hours, and no one knows what for."
    noise = (
        "https://t.example/zebra?utm_source=zebra&utm_campaign=" + "zebra-" * 40,
        "www.zebra.example/zebra#zebra",
        "data:image/png;base64," + "ZEBRA" * 300,
        "![zebra](https://zebra.example/zebra.png)",
        "[sings](https://zebra.example/zebra)",
    )
    for part in noise:
        written = f"{text} {part}" if not part.startswith("[") else text.replace("sings", part)
        index = Index.build(
            library_of([highlight("noisy", plain(written), "One"), highlight("bare", text, "Two")])
        )
        scores = search(query_terms(tokens("whale hours"), index), index, 2).scores
        assert scores[0] == scores[1], part
        assert found_ids(index, "zebra") == []


def test_a_word_and_its_stem_share_postings_only_if_the_stem_has_no_other_form() -> None:
    index = Index.build(library("tides and a harbour", "the tide, a tide", "harbour lights", "tide tables"))

    def passages(name: str) -> list[int]:
        found: list[int] = index.postings.of(index.terms[name])[0].tolist()
        return found

    rows = index.postings.rows
    assert rows is not None
    assert rows[index.terms["=harbour"]] == rows[index.terms["en:harbour"]]
    assert passages("=harbour") == passages("en:harbour") == [0, 2]
    assert (passages("=tide"), passages("=tides"), passages("en:tide")) == ([1, 3], [0], [0, 1, 3])
    assert index.postings.frequency(index.terms["en:tide"]) == 3


def test_only_texts_with_the_same_words_in_the_same_order_are_repeats() -> None:
    texts = ("A tide turns.", "a tide, turns", "", "turns a tide", "", "A tide turns. A tide turns.", "tide")
    index = Index.build(library(*texts))
    assert index.without_repeats(np.arange(len(texts))).tolist() == [0, 2, 3, 4, 5, 6]

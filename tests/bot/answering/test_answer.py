import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.answering.answer import answer
from bot.answering.paging import paginate
from bot.chat import wording
from bot.model import OMISSION, Answer, Question, Suggestion, SuggestionKind
from bot.search.index import Index
from bot.search.query import MAX_QUERY_CHARS, parse
from bot.search.query_terms import query_terms
from bot.text.analysis import tokens
from bot.understanding.intent import understand
from corpus.model import Highlight, Source
from tests.examples import examples
from tests.libraries import highlight, library, library_of

NOTES = library_of(
    [
        highlight(
            "focus",
            "Deep work is focus without distraction on a demanding task.",
            "Deep Work",
            "Cal Newport",
            added="2024-03-02T10:00:00",
            tags=("craft",),
        ),
        highlight(
            "email",
            "Email is where focus goes to die.",
            "A World Without Email",
            "Cal Newport",
            added="2021-05-01T09:00:00",
        ),
        highlight(
            "bias",
            "We are blind to our blindness.",
            "Thinking, Fast and Slow",
            "Daniel Kahneman",
            remark="the planning fallacy, surely",
            date="2011",
        ),
        highlight(
            "jail",
            "Every proposed jailbreaking ‘ﬁx’ has failed; 1M output tokens of o1-preview cost $60.",
            "State of AI Report",
            "Nathan Benaich",
        ),
        highlight("chinese", "人工智能正在改变我们的世界", "未来简史", "尤瓦尔·赫拉利"),
        highlight("picture", "", "Pictures", "Cal Newport"),
    ]
)
INDEX = Index.build(NOTES)


def ask(text: str, index: Index = INDEX, limit: int = 3, offset: int = 0) -> Answer:
    return answer(Question(text, limit, offset), index)


def ids(found: Answer) -> list[str]:
    return [quote.highlight.id for quote in found.quotes]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("what helps me focus on a demanding task?", "focus"),
        ("was there any fix against jailbreaking?", "jail"),
        ("How much does o1-preview cost per million output tokens?", "jail"),
        ("人工智能", "chinese"),
        ("\u201cour blindness\u201d", "bias"),
        ("DISTRACTIONS and tasks", "focus"),
    ],
)
def test_the_right_passage_comes_first(question: str, expected: str) -> None:
    assert ids(ask(question))[0] == expected


@pytest.mark.parametrize(
    "question", ["", "   ", "what is the", "😀 !?", "-", "...", "\0", "how do I bake sourdough bread"]
)
def test_a_question_that_nothing_fits_is_refused(question: str) -> None:
    reply = ask(question)
    assert not reply.found
    assert reply.total == 0


def test_a_refusal_names_the_words_that_were_searched() -> None:
    reply = ask("how do I bake sourdough bread")
    assert reply.looked_for == ("bake", "sourdough", "bread")
    assert reply.suggestions[0] == Suggestion(SuggestionKind.NO_WORD, ("bake", "sourdough", "bread"))
    kahneman = Suggestion(SuggestionKind.BY_AUTHOR, ("Daniel Kahneman",))
    assert kahneman in ask("kahneman on sourdough bread and butter").suggestions
    assert ask("author:tolkien").suggestions == (Suggestion(SuggestionKind.NO_AUTHOR, ("tolkien",)),)
    phrase = ask('"we are blind to the blindness"').suggestions[0]
    assert phrase == Suggestion(SuggestionKind.NO_PHRASE, ("we are blind to the blindness",))


def test_chinese_question_words_alone_match_nothing() -> None:
    texts = (
        "学会一门手艺要花多久，没有人说得准。",
        "散步的人想得更清楚。",
        "他一生只写了一本书。",
        "城市的声音让人疲倦。",
    )
    index = Index.build(library(*texts))
    assert not ask("红烧排骨炖多久", index).found
    assert not ask("谁写过关于潜水艇的书，有几个", index).found
    assert ask("学手艺要多久", index).found


def test_each_missing_character_pair_of_a_chinese_question_counts() -> None:
    texts = (
        "散步的人想得更清楚。",
        "他一生只写了一本书。",
        "城市的声音让人疲倦。",
        "清晨散步可以治好失眠，也可以治好坏脾气。",
    )
    index = Index.build(library(*texts))
    for question in ("散步", "散步治失眠吗", "清晨散步能不能治好坏脾气"):
        assert ask(question, index).found
    unsure = ask("散步的人怎么训练导盲犬", index)
    assert unsure.weak
    assert unsure.missing == ("训练导盲犬",)
    refused = ask("猫怎么训练导盲犬", index)
    assert not refused.found
    assert refused.suggestions[0].kind is SuggestionKind.NO_WORD


def test_a_question_in_a_rare_language_needs_less_evidence() -> None:
    texts = (
        "Die Kapelle am Ufer wurde im Frühjahr von den Fischern gestrichen, jedes Jahr in einer anderen Farbe.",
        "Wer früh aufsteht, hat den Hafen noch für sich und hört, wie die Boote aneinanderstoßen.",
        "Das Netz ist erst trocken, wenn der Wind es sagt, und nicht, wenn die Sonne darauf scheint.",
    )
    english = [
        highlight(
            f"e{number}",
            f"The harbour number {number} is of stone and was built by the monks.",
            f"Sea {number}",
        )
        for number in range(30)
    ]
    german = [highlight(f"d{number}", texts[number % 3], "Meer") for number in range(6)]
    question = "welche Leute haben die Kapelle neu angemalt"
    assert ids(ask(question, Index.build(library_of([*english, german[0]])))) == ["d0"]
    assert not ask(question, Index.build(library_of([*english, *german]))).found
    index = Index.build(library_of([*english, german[0]]))
    assert not understand(parse("what did the monks say about harbours versus war"), index).rare_language


def test_filters_narrow_the_search() -> None:
    assert ids(ask("author:newport")) == ["focus", "email"]
    assert ids(ask("focus author:kahneman")) == []
    assert ids(ask("focus -email")) == ["focus"]
    assert ids(ask("tag:craft")) == ["focus"]
    assert ids(ask("title:thinking")) == ["bias"]
    assert ids(ask("focus before:2022")) == ["email"]
    assert ids(ask("focus after:2022")) == ["focus"]
    assert ids(ask("after:1900")) == ["focus", "email", "bias"]
    assert ids(ask("jailbreaking before:2100")) == []
    assert ids(ask('author:"Dan Kahnemann"')) == ["bias"]
    assert ids(ask("tag:#craft")) == ["focus"]
    assert ids(ask('"focus goes" author:newport')) == ["email"]
    assert ids(ask('"work deep"')) == []


def test_remarks_are_searched_but_never_quoted() -> None:
    reply = ask("planning fallacy")
    assert ids(reply) == ["bias"]
    assert reply.quotes[0].text == "We are blind to our blindness."
    assert reply.quotes[0].matched == ()


def test_matched_words_are_marked_as_the_passage_spells_them() -> None:
    assert ask("fixes jailbreak").quotes[0].matched == ("jailbreaking", "ﬁx")
    assert ask("人工智能").quotes[0].matched == ("人工智能",)
    assert ask('"is where focus"').quotes[0].matched == ("is", "where", "focus")


def test_no_text_is_quoted_twice_and_sources_vary() -> None:
    first, second = Source("One"), Source("Other")
    texts = ["apples are red", "Apples are RED!", "apples are green", "apples are round", "apples are good"]
    highlights = [Highlight(str(n), text, text, first) for n, text in enumerate(texts)]
    last = "apples are also sold by the dozen at the market"
    index = Index.build(library_of([*highlights, Highlight("x", last, last, second)]))
    reply = answer(Question("apples", fill=True), index)
    assert reply.total == 5
    assert len(ids(reply)) == 3
    assert ids(reply)[-1] == "x"
    more = ask("apples", index, offset=3)
    assert len(more.quotes) == 2
    assert not set(ids(reply)) & set(ids(more))


@given(st.lists(st.integers(0, 3), max_size=40), st.integers(1, 6))
def test_paging_shows_every_passage_once_and_the_best_first(sources: list[int], limit: int) -> None:
    order = list(paginate(sources, limit))
    assert sorted(order) == list(range(len(sources)))
    assert order[:1] == [0][: len(sources)]


def test_of_many_passages_only_those_of_the_first_page_are_put_in_order() -> None:
    looked_at: list[int] = []

    class Sources(list[int]):
        def __getitem__(self, place: int) -> int:  # type: ignore[override]
            looked_at.append(place)
            return super().__getitem__(place)

    assert next(paginate(Sources(range(1000)), 3)) == 0
    assert max(looked_at) < 3


TEXT_PIECES = st.sampled_from(
    ["focus ", "work. ", "人工智能", "\ud800", "e\u0301", "👨‍👩‍👧 ", "\0", "\u202e", " ", "\n", "ﬁx "]
)
texts = st.lists(TEXT_PIECES | st.text(st.characters(codec=None), max_size=8), max_size=400).map("".join)


@settings(max_examples=examples(60), deadline=None)
@given(st.lists(texts, min_size=1, max_size=4), texts.map(lambda text: text[:60]))
def test_every_quote_is_part_of_its_highlight(plains: list[str], question: str) -> None:
    index = Index.build(library(*plains))
    for text in (question, plains[0][:80], "focus work", f'"{question}"'):
        for quote in ask(text, index).quotes:
            assert all(part in quote.highlight.plain for part in quote.text.split(OMISSION))
            assert quote.text == OMISSION.join(quote.highlight.plain[start:end] for start, end in quote.spans)
            assert all(any(a <= s and e <= b for a, b in quote.spans) for s, e in quote.marks)
            assert all(word in quote.text for word in quote.matched)


LETTERS = str.maketrans("0123456789", "abcdefghij")


@pytest.mark.slow
def test_a_person_is_told_when_a_long_question_is_cut() -> None:
    asked = "what about focus? "
    whole = ask(asked + "\n" * 10_000)
    assert wording.read_in_part(whole) == ""
    cut = ask(asked + "\n" * MAX_QUERY_CHARS)
    assert cut.quotes == whole.quotes != ()
    assert (wording.above(cut) or "").startswith(wording.read_in_part(cut))
    assert "20,000" in wording.read_in_part(cut)
    refused = ask("zyzzyva " * 3_000)
    assert wording.read_in_part(refused) in wording.nothing_fits(refused)


@pytest.mark.slow
@pytest.mark.parametrize(
    "question",
    [
        "focus " * 6_667,
        " ".join(f"w{n}" for n in range(5_000)),
        "x" * 10_000,
        "(" * 6,
        "人" * 40_000,
        '"' * 40_000,
        "author:x " * 4_000,
        '"deep work" ' * 3_000,
        "-word " * 5_000,
        " ".join(f"nevwprt{n:x} kahnemna{n}" for n in range(2_500)).translate(LETTERS),
        "anything by " * 3_000,
        "what did newprt say about " * 1_500,
        "newport's " * 4_000,
        "tag:# before:2024-13 author: " * 1_300,
    ],
)
def test_a_very_long_question_is_answered_quickly(question: str) -> None:
    ask("warm")
    began = time.process_time()
    ask(question)
    assert time.process_time() - began < 1


TWO_LANGUAGES = Index.build(
    library_of(
        [
            highlight("work", "Rested people perform better in their career and in all else.", "On Rest"),
            highlight(
                "home", "People who do nothing but work have nobody waiting for them at home.", "On Work"
            ),
            highlight(
                "mesa",
                "Escribió el diccionario con fichas, en la mesa de su casa, y no en la biblioteca, como dicen in fact "
                "algunos de los que la conocieron.",
                "La casa de las palabras",
            ),
        ]
    )
)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ('"perform better in their career"', "work"),
        ('"in their"', "work"),
        ('"en la mesa de su casa, y no"', "mesa"),
    ],
)
def test_a_phrase_is_found_although_one_of_its_words_is_a_stop_word_in_another_language(
    question: str, expected: str
) -> None:
    assert set(TWO_LANGUAGES.library_languages) == {"en", "es"}
    assert ids(ask(question, TWO_LANGUAGES)) == [expected]


def test_a_phrase_finds_every_passage_that_contains_it() -> None:
    whale = [
        "whale " * 30,
        "In a very long passage about the sea and its ships a whale is named once. " + "Waves. " * 80,
    ]
    index = Index.build(library(*whale, "The whale.", "No fish at all."))
    assert ask('"whale"', index).total == 3
    assert ask('"the whale"', index).total == 1


def test_an_excluded_stop_word_appears_in_no_quote() -> None:
    index = Index.build(library("Memory fades.", "The memory fades.", "Memory and sleep."))
    assert [quote.text for quote in ask("memory -the", index).quotes] == [
        "Memory fades.",
        "Memory and sleep.",
    ]


@pytest.mark.parametrize("question", ["waht is focus?", "hwo do we focus", "teh focus"])
def test_a_misspelt_stop_word_is_not_searched(question: str) -> None:
    reply = ask(question)
    assert reply.found
    assert "focus" in reply.looked_for
    assert not reply.corrected


@pytest.mark.parametrize(
    "broken", ["((((", 'a "', "-", "author:", "before:2024-13", 'author:"', "*", "tag:#", "\\"]
)
def test_the_rest_of_a_question_with_a_broken_operator_is_searched(broken: str) -> None:
    assert "focus" in ids(ask(f"deep work {broken}")) + ids(ask(f"{broken} deep work"))


@pytest.mark.parametrize(
    "question", ["what is the capital of france", "what did newport say about gardening in winter"]
)
def test_common_words_alone_are_not_enough_for_an_answer(question: str) -> None:
    """Each question shares words with a passage, but only words that do not tell what is asked."""
    common = (
        "The capital that a firm needs is small on paper.",
        "A long walk does more for thought than winter evenings in town.",
        "What is best is seldom what takes long.",
    )
    index = Index.build(library_of([*NOTES.highlights, *library(*common).highlights]))
    reply = ask(question, index)
    assert reply.weak or not reply.found


def test_passages_by_the_named_author_come_first() -> None:
    """Most of the library is by the named author, so her name alone does not single out a passage."""
    garden = ("Rain falls on leaves.", "A garden wants time.", "Roses need no haste.", "Bees return in May.")
    hers = [highlight(f"{number}", text, "Letters", "Ann Author") for number, text in enumerate(garden * 3)]
    focus = highlight(
        "hers", "Focus is a muscle that grows with use over the years.", "Letters", "Ann Author"
    )
    other = highlight("other", "Focus is a muscle.", "Essays", "Bea Writer")
    reply = ask(
        "what did Ann Author say about focus as a muscle", Index.build(library_of([other, focus, *hers]))
    )
    assert ids(reply)[0] == "hers"


def test_a_chinese_word_that_no_note_has_is_missing_but_a_word_boundary_is_not() -> None:
    """A single bigram that no passage has is mostly the boundary between two words; several in a row are a word."""
    texts = "时间让城市安静。", "人在时间里老去。", "城市疲倦了。"
    index = Index.build(library(*texts))
    assert ask("城市时间", index).found
    assert not ask("城市里的潜水艇怎么修", index).found
    (boundary,) = [term.emphasis for term in query_terms(tokens("城市时间"), index) if not term.known]
    word = [term.emphasis for term in query_terms(tokens("城市潜水艇时间"), index) if not term.known]
    assert boundary < word[0] == word[-1] < word[1] == word[2] == 1.0

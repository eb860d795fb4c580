import pytest

from bot.answering.answer import answer
from bot.chat.wording import nothing_fits
from bot.model import Answer, Question, Suggestion, SuggestionKind
from bot.search.index import Index
from bot.search.query import parse
from bot.understanding.intent import understand
from tests.libraries import highlight, library_of

INDEX = Index.build(
    library_of(
        [
            highlight("palace", "A palace of memory has one room for each thought.", "Rooms for Remembering", "Renée Castagnol"),
            highlight("loci", "Simonides knew each guest by the place where he sat.", "Rooms for Remembering", "Renée Castagnol"),
            highlight("engine", "Measure before you tune a search engine.", "Homework of an Engine", "Wendelin Krautbach"),
            highlight("tests", "A few questions are kept that nobody looks at.", "Homework of an Engine", "Wendelin Krautbach"),
            highlight("habit", "A habit is a vote for the person you want to be.", "Atomic Habits", "James Clear"),
            highlight("clear", "It was clear weather, and memory of the room is clear too.", "A Sea Voyage", "Ann Marlow"),
            highlight("audience", "Ask who your audience is before you draw.", "Storytelling with Data: A Guide", "Cole Knaflic"),
            highlight("stories", "A story has an audience before it has an end.", "How Stories End", "Bo Aster"),
            highlight("handle", "Sharding is simpler than it was.", "Tweets", "@VitalikButerin on Twitter"),
        ]
    )
)  # fmt: skip


def ask(text: str, limit: int = 3) -> Answer:
    return answer(Question(text, limit), INDEX)


def ids(found: Answer) -> list[str]:
    return [quote.highlight.id for quote in found.quotes]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("what did castagnol say about memory", "palace"),
        ("what did Castangol say about memory", "palace"),
        ("what did Rene Castagnoll say about memory", "palace"),
        ("clear on memory and the room", "clear"),
        ("the bit in the storytelling with data book on an audience", "audience"),
        ("the bit in storyteling with dtaa about an audience", "audience"),
        ("what did vitalik say about sharding", "handle"),
        ("memory, by castangol", "palace"),
    ],
)
def test_a_name_in_the_question_ranks_its_passages_first(question: str, expected: str) -> None:
    assert ids(ask(question))[0] == expected


@pytest.mark.parametrize(
    "question",
    [
        "anything by Krautbach",
        "anything by Krautbahc?",
        "what have we got from wendlin krautbach?",
        "something from Homework of an Engine",
        "Wendelin Krautbach",
    ],
)
def test_a_name_alone_lists_the_highlights_of_that_name(question: str) -> None:
    reply = ask(question)
    assert set(ids(reply)) == {"engine", "tests"}
    assert reply.total == 2


def test_a_misspelt_name_is_corrected() -> None:
    assert ask("anything by Marlo").corrected == {"Marlo": "marlow"}
    assert ask("what did James Cleer say of a habit").corrected == {"Cleer": "clear"}
    assert ask("what did Rene Castagnoll say about memory").corrected == {"Castagnoll": "castagnol"}


def test_ordinary_words_are_not_taken_for_names() -> None:
    assert ids(ask("it was clear weather"))[0] == "clear"
    assert not ask("which room has a thought").corrected


@pytest.mark.parametrize("name", ["Krautbach", "Krautbahc", "wendlin krautbach"])
def test_a_question_about_an_author_needs_a_passage_by_them(name: str) -> None:
    reply = ask(f"what did {name} say about jazz and trumpets")
    assert not reply.found
    assert reply.suggestions[:2] == (
        Suggestion(SuggestionKind.NO_WORD, ("jazz", "trumpets")),
        Suggestion(SuggestionKind.BY_AUTHOR, ("Wendelin Krautbach",)),
    )
    text = nothing_fits(reply)
    assert "krautbach" in text
    assert "There are highlights by Wendelin Krautbach." in text


def test_a_named_title_without_a_match_is_suggested() -> None:
    reply = ask("the bit in storyteling with data on jazz")
    assert not reply.found
    assert Suggestion(SuggestionKind.FROM_TITLE, ("Storytelling with Data: A Guide",)) in reply.suggestions


@pytest.mark.parametrize("filter_", ["before:2020", '-"engine"', "title:rooms"])
def test_a_filter_also_applies_to_a_name(filter_: str) -> None:
    assert "engine" not in ids(ask(f"anything by krautbach {filter_}"))


UNSPACED = Index.build(
    library_of(
        [
            highlight("labour", "工作是磨炼灵魂的修行，每天都要全力以赴。", "活着的方法", "田野和夫"),
            highlight("work", "好的工作让人忘记时间。", "时间的形状", "马尔科·林德"),
            highlight("kite", "放风筝的人先要等风来。", "风筝与湖水", "叶舟"),
            highlight("boat", "湖水结冰以前，船要拖上岸。", "四季", "马尔科·罗西"),
            highlight("tent", "帐篷里的工作没有桌子。", "旅行箱", "林德曼"),
            highlight("leaf", "一叶舟漂在湖上，没有人划。", "画册"),
            highlight("japan", "歩くことは考えることに似ている。", "散歩の手帖", "森野かおり"),
        ]
    )
)  # fmt: skip


@pytest.mark.parametrize(
    ("question", "expected", "sources"),
    [
        ("田野和夫怎么看工作", "labour", {"labour"}),
        ("工作对田野和夫来说是什么", "labour", {"labour"}),
        ("林德怎么看工作", "work", {"work"}),
        ("林德曼怎么看工作", "tent", {"tent"}),
        ("马尔科·林德说工作会怎样", "work", {"work"}),
        ("马尔科写湖水结冰以前要做什么", "boat", {"work", "boat"}),
        ("叶舟说放风筝要等什么", "kite", {"kite"}),
        ("风筝与湖水里放风筝的人等什么", "kite", {"kite"}),
        ("湖上漂着的一叶舟有人划吗", "leaf", set()),
        ("森野かおりは歩くことをどう考えるか", "japan", {"japan"}),
    ],
)
def test_names_are_found_in_scripts_without_spaces(question: str, expected: str, sources: set[str]) -> None:
    intent = understand(parse(question), UNSPACED)
    named = {
        highlight.id
        for highlight in UNSPACED.library.highlights
        if _source(highlight.id) in intent.named_sources
    }
    assert named == sources
    assert ids(answer(Question(question, 3), UNSPACED))[0] == expected


def _source(id_: str) -> int:
    numbers = {highlight.id: number for number, highlight in enumerate(UNSPACED.library.highlights)}
    return int(UNSPACED.source_of[numbers[id_]])


def test_a_chinese_name_does_not_count_as_question_words() -> None:
    """Passages that share only the name do not answer, nor those that share a bigram across its end."""
    terms = understand(parse("田野和夫怎么养猫"), UNSPACED).terms
    assert [word.typed for word in terms if word.weight] == ["怎么", "么养", "养猫"]
    assert not answer(Question("田野和夫怎么养猫", 3), UNSPACED).found
    assert not answer(Question("叶舟怎么补漏水的屋顶", 3), UNSPACED).found


@pytest.mark.parametrize("question", ["田野和夫", "林德", "风筝与湖水"])
def test_a_chinese_name_alone_lists_the_highlights_of_that_name(question: str) -> None:
    assert understand(parse(question), UNSPACED).only_names
    assert len(ids(answer(Question(question, 3), UNSPACED))) == 1

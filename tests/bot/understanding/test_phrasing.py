import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.understanding.phrasing import MAX_NAME_SLOTS, NAME_SCAN_LIMIT, strip_phrasing


@pytest.mark.parametrize(
    ("question", "rest"),
    [
        ("hey, do we have anything on memory?", "memory?"),
        ("Hey there, quick question: how does memory work?", "how does memory work?"),
        ("hi all, just a quick question – anything about sleep", "sleep"),
        ("so all models are wrong", "all models are wrong"),
        ("quick question", "quick question"),
        ("Good morning! what is the hippocampus? Thanks!", "what is the hippocampus"),
        ("good morning routines", "good morning routines"),
        ("dear reader letters", "dear reader letters"),
        ("hippocampus, thank you so much", "hippocampus"),
        ("letters of thanks", "letters of thanks"),
        ("thanks!", "thanks!"),
        ("good habits", "good habits"),
        ("that line about followers", "followers"),
        ("I remember there was something about trust", "trust"),
        ("can you find me that quote about the moon", "the moon"),
        ("what did Cal Newport say about email?", "Cal Newport email?"),
        ("what do we have on memory palaces", "on memory palaces"),
        ("is there anything about sleep", "sleep"),
        ("how does memory work", "how does memory work"),
        ("quote", "quote"),
        ("that line about", "that line about"),
        ("the joke about speed reading", "speed reading"),
        ("where was that quote, you create your own luck?", "you create your own luck?"),
        ("the line: begin anywhere", "begin anywhere"),
        ("it was something like all models are wrong", "all models are wrong"),
        ("all models are wrong... something like that", "all models are wrong"),
        ("any altruism looks like evil, who wrote that?", "any altruism looks like evil"),
        ("slow is smooth or something along those lines - who said it?", "slow is smooth"),
        ("who said that?", "who said that?"),
        ("what did plato say of caves, anyone?", "plato caves"),
        ("what do you do when you can't remember", "what do you do when you can't remember"),
    ],
)
def test_question_phrases_are_not_searched(question: str, rest: str) -> None:
    phrasing = strip_phrasing(question)
    assert " ".join(phrasing.text.split()) == rest
    assert len(phrasing.text) == len(question)


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("what did Cal Newport say about email?", "Cal Newport"),
        ("James Clear on identity", "James Clear"),
        ("according to Kahneman, what is bias", "Kahneman"),
        ("anything by Newport?", "Newport"),
        ("the bit in the storytelling with data book on audiences", "the storytelling with data book"),
        ("memory palaces by castagnol", "castagnol"),
        ("deep work: attention", "deep work"),
        ("what was mister rogers' advice to a friend?", "mister rogers"),
        ("how memory works", None),
    ],
)
def test_which_words_of_a_question_may_be_a_name(question: str, name: str | None) -> None:
    slots = [question[begin:end] for begin, end in strip_phrasing(question).name_slots]
    assert slots[:1] == ([name] if name else [])


def test_names_are_searched_in_a_limited_number_of_places() -> None:
    text = "what about " + "by ann on x, " * 200
    slots = strip_phrasing(text).name_slots
    assert 0 < len(slots) <= 2 * MAX_NAME_SLOTS + 1
    assert not strip_phrasing("x " * NAME_SCAN_LIMIT + " by ann").name_slots


@given(st.text(max_size=200))
def test_every_word_keeps_its_position(text: str) -> None:
    found = strip_phrasing(text).text
    assert len(found) == len(text)
    assert all(char in (original, " ") for char, original in zip(found, text, strict=True))


@pytest.mark.timeout(30)
@pytest.mark.parametrize(
    "unit",
    ["what did ", "that ", "a ", "hey ", "what did a say ", "do we have ", " ", "by ", "a-", "a'", "a's "],
)
def test_long_questions_are_read_quickly(unit: str) -> None:
    strip_phrasing(unit * (40_000 // len(unit)))

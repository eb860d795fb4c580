"""Questions that ask for a number or a date, and passages that give one."""

import pytest

from bot.understanding.asked_numbers import asks_for_number, digits, gives_number


@pytest.mark.parametrize(
    "question",
    [
        "How many sheep does the shepherd own?",
        "and how  much did the ferry take",
        "In what year was the lighthouse built",
        "when did the miller retire",
        "what does the red bicycle cost per week?",
        "Wie viele Schafe hat der Hirte?",
        "wann wurde der Leuchtturm gebaut",
        "Combien de moutons a le berger ?",
        "Quand le phare a-t-il été construit ?",
        "¿Cuántas ovejas tiene el pastor?",
        "cuando se construyó el faro",
        "牧人一共有多少只羊",
        "灯塔是哪年建的？",
        "羊は何匹、羊飼いは何歳ですか",
        "灯台はいつからありますか",
    ],
)
def test_a_question_for_a_number_or_a_date_is_recognised(question: str) -> None:
    assert asks_for_number(question)


@pytest.mark.parametrize(
    "question",
    [
        "why does the shepherd own sheep",
        "the cost of doing nothing",
        "somehow many people forget",
        "when is a lighthouse useful",
        "advice for when the shepherd is old",
        "une idée quand on est seul",
        "en cuanto a la vida, cuando uno duda",
        "几乎所有的羊",
        "いつも笑う羊飼い",
        "",
    ],
)
def test_other_questions_ask_for_no_number(question: str) -> None:
    assert not asks_for_number(question)


@pytest.mark.parametrize(
    ("passage", "gives"),
    [
        ("The shepherd owns 40 sheep.", True),
        ("The shepherd owns forty sheep.", True),
        ("Es gibt drei Fähren.", True),
        ("Le phare date du siècle dernier.", True),
        ("El faro tiene cien años.", True),
        ("他有三只羊", True),
        ("The shepherd owns sheep and one dog.", False),
        ("Eine Fähre fährt.", False),
        ("一位牧人", False),
        ("It is paid back within one year.", True),
        ("The ferry takes a full hour.", True),
        ("Nach einer Woche ist er wieder da.", True),
        ("Le phare ferme un mois.", True),
        ("El faro cierra una semana.", True),
        ("灯塔一年内建成", True),
        ("第一个牧人", True),
        ("灯台は一週間休みです", True),
        ("Version 2.1 covers the ferries.", False),
        ("Version 2.1 has 3 chapters.", True),
    ],
)
def test_a_passage_gives_a_number_in_digits_or_words(passage: str, gives: bool) -> None:
    """The question's own digits are no answer; "one" is a pronoun as well, but a number with a unit."""
    assert gives_number(passage, digits("what does 2.2 add to 2.1")) == gives

"""Messages that are commands or small talk, and similar ones that are searches."""

import pytest

from bot.chat.conversation import interpret
from bot.chat.digest_commands import DigestCommand
from bot.chat.replies import Notice
from bot.chat.requests import Command
from bot.chat.small_talk import is_question
from bot.model import Question


@pytest.mark.parametrize(
    ("typed", "command"),
    [
        ("give me a quote", "random"),
        ("could you show me a nice quote, please?", "random"),
        ("gib mir bitte ein schönes Zitat", "random"),
        ("donne-moi une citation", "random"),
        ("dame una cita, por favor", "random"),
        ("何か引用を教えてください", "random"),
        ("来一句名言吧", "random"),
        ("what books do you have?", "sources"),
        ("hey bot, which books have we read?", "sources"),
        ("list all authors", "sources"),
        ("Welche Bücher haben wir?", "sources"),
        ("quels livres as-tu ?", "sources"),
        ("¿qué libros hay?", "sources"),
        ("どんな本がありますか", "sources"),
        ("你有哪些书？", "sources"),
        ("how many highlights do we have?", "stats"),
        ("Wie viele Bücher gibt es?", "stats"),
        ("combien de citations y a-t-il ?", "stats"),
        ("¿cuántos libros tienes?", "stats"),
        ("本は何冊ありますか", "stats"),
        ("有多少本书？", "stats"),
        ("/highlight what books do you have?", "sources"),
    ],
)
def test_requests_without_a_topic_are_commands(typed: str, command: str) -> None:
    request = interpret(typed, 3, Notice(""))
    assert isinstance(request, Command)
    assert request.name == command


@pytest.mark.parametrize(
    "typed",
    [
        "give me a quote about sleep",
        "what books do you have on sleep?",
        "how many books did Gessner list?",
        "which books have we read about memory",
        "ein Zitat über Schlaf",
        "有哪些书谈到睡眠",
    ],
)
def test_requests_with_a_topic_are_searches(typed: str) -> None:
    assert isinstance(interpret(typed, 3, Notice("")), Question)


@pytest.mark.parametrize(
    ("typed", "action"),
    [
        ("digest daily at 9", "set"),
        ("Digest weekly on monday by Seneca since May", "set"),
        ("digest list", "list"),
    ],
)
def test_a_digest_needs_no_slash(typed: str, action: str) -> None:
    request = interpret(typed, 3, Notice(""))
    assert isinstance(request, DigestCommand)
    assert request.action == action


@pytest.mark.parametrize(
    "typed", ["digest", "digest food slowly", "digest daily life", "digest on digestion"]
)
def test_other_words_after_digest_are_a_search(typed: str) -> None:
    assert isinstance(interpret(typed, 3, Notice("")), Question)


def test_a_question_about_the_library_counts_as_a_question() -> None:
    assert is_question("what books do we have?")
    assert not is_question("what can you do?")
    assert not is_question("give me a quote")

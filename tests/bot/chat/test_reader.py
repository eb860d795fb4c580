"""Texts are looked up in the language of the person who reads them."""

import ast
import asyncio
from pathlib import Path

import pytest

from bot.chat import wording
from bot.chat.conversation import interpret
from bot.chat.replies import Notice
from bot.chat.requests import Command, parse

ROOT = Path(wording.__file__).parents[3]
DECLARED_IN_ENGLISH = {"commands.py", "digest_setup.py"}
"""Files that declare Discord's commands in English; the translations are registered with them."""


@pytest.mark.parametrize(
    ("locale", "language"),
    [
        ("de-AT", "de"),
        ("de_DE.UTF-8", "de"),
        ("DE", "de"),
        ("zh-TW", "zh"),
        ("zh-Hans-CN", "zh"),
        ("es-419", "es"),
        ("ja", "ja"),
        ("fr_CA@euro", "fr"),
        ("en-GB", "en"),
        ("pt-BR", "en"),
        ("C.UTF-8", "en"),
        ("nonsense", "en"),
        ("", "en"),
        (None, "en"),
    ],
)
def test_a_locale_gives_its_language_and_an_unknown_one_english(locale: str | None, language: str) -> None:
    assert wording.language_of(locale) == language


def test_a_text_is_looked_up_when_it_is_used() -> None:
    with wording.in_language("de"):
        assert wording.SMALL_TALK["thanks"] == "Gern geschehen."
    assert wording.SMALL_TALK["thanks"] == "You’re welcome."


async def test_two_people_at_the_same_time_each_read_their_own_language() -> None:
    first_is_asking, second_is_done = asyncio.Event(), asyncio.Event()

    async def german() -> str:
        wording.read_in("de-DE")
        first_is_asking.set()
        await second_is_done.wait()
        return await asyncio.to_thread(lambda: wording.SMALL_TALK["goodbye"])

    async def french() -> str:
        await first_is_asking.wait()
        wording.read_in("fr")
        goodbye = wording.SMALL_TALK["goodbye"]
        second_is_done.set()
        return goodbye

    assert list(await asyncio.gather(asyncio.create_task(german()), asyncio.create_task(french()))) == [
        "Bis bald!",
        "À bientôt\xa0!",
    ]
    assert wording.language() == "en"


def test_an_unknown_text_name_says_where_to_declare_it() -> None:
    with pytest.raises(AttributeError, match=r"NO_SUCH_TEXT.*declare it in bot\.chat\.wording\.messages"):
        wording.NO_SUCH_TEXT  # type: ignore[attr-defined]  # noqa: B018


class _LookedUpOnImport(ast.NodeVisitor):
    """Finds texts that are looked up while a module is loaded. They would stay English for everyone."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self._function_depth = 0

    def visit_function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        for node_outside_body in (
            *node.decorator_list,
            *node.args.defaults,
            *filter(None, node.args.kw_defaults),
        ):
            self.visit(node_outside_body)
        self._function_depth += 1
        for statement in node.body:
            self.visit(statement)
        self._function_depth -= 1

    visit_FunctionDef = visit_AsyncFunctionDef = visit_function  # noqa: N815

    def visit_Lambda(self, node: ast.Lambda) -> None:
        self._function_depth += 1
        self.generic_visit(node)
        self._function_depth -= 1

    def visit_Attribute(self, node: ast.Attribute) -> None:
        is_text = isinstance(node.value, ast.Name) and node.value.id in ("wording", "messages")
        if is_text and not self._function_depth and node.attr.isupper() and node.attr != "CUT_MARK":
            self.found.append(node.attr)
        self.generic_visit(node)


@pytest.mark.slow
def test_no_text_is_looked_up_while_a_module_is_loaded() -> None:
    found = {}
    for path in [*ROOT.glob("bot/**/*.py"), *ROOT.glob("adapters/**/*.py")]:
        visitor = _LookedUpOnImport()
        visitor.visit(ast.parse(path.read_text("utf-8")))
        if visitor.found and not (path.name in DECLARED_IN_ENGLISH and "discord" in path.parts):
            found[str(path.relative_to(ROOT))] = visitor.found
    assert found == {}


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("aide", Command("help")),
        ("Hilfe", Command("help")),
        ("使い方", Command("help")),
        ("zufällig", Command("random", limit=1)),
        ("al azar", Command("random", limit=1)),
        ("随机", Command("random", limit=1)),
        ("aide aux réfugiés", Command("search", "aide aux réfugiés")),
        ("search aide", Command("search", "aide")),
    ],
)
def test_help_and_random_are_understood_in_every_language(typed: str, expected: Command) -> None:
    assert parse(typed) == expected


def test_small_talk_in_any_language_is_answered_in_the_readers_language() -> None:
    with wording.in_language("de"):
        for typed, answered in (
            ("ok", "In Ordnung."),
            ("help", "Frag in eigenen Worten"),
            ("gracias", "De nada."),
        ):
            reply = interpret(typed, 3, Notice(""))
            assert isinstance(reply, Notice)
            assert reply.text.startswith(answered)

"""Tables and figures of the documentation match the code."""

import re
import tomllib

import pytest

from adapters.terminal.transcript import talk
from bot.answering.answer import answer
from bot.chat.conversation import Bot
from bot.model import Question
from bot.settings import Settings
from tests import ROOT
from tests.docs.pages import BLOCKS, Block, marked_table, text_of

CONVERSATIONS = [block for block in BLOCKS if "you › " in block.code]


@pytest.mark.slow
@pytest.mark.parametrize("block", CONVERSATIONS, ids=str)
def test_each_conversation_in_the_documentation_is_real(block: Block, bot: Bot) -> None:
    lines = re.findall(r"you › (.*)", block.code)
    transcript = talk(Bot(bot.index, quotes=1), lines)

    def without_markup(text: str) -> str:
        return " ".join(text.replace("▌", "").split())

    for answered, part in zip(transcript.lines, block.code.split("you › ")[1:], strict=True):
        assert without_markup(answered).startswith(without_markup(part.split("\n", 1)[1]))


def test_the_documentation_has_a_conversation() -> None:
    assert CONVERSATIONS


def shown_default(name: str) -> str:
    """The default of a setting, in the notation of the documentation."""
    words = {
        "corpus_path": "the sample notes",
        "state_path": "the user's state folder",
        "log_format": "by terminal",
        "digest_zone": "the host's",
        "digest_grace": "`6h`",
        "sync_interval": "`15m`",
    }
    default = Settings.model_fields[name].default
    if name in words:
        return words[name]
    if default is None or default == ():
        return "–"
    return f"`{','.join(map(str, default)) if isinstance(default, tuple) else default}`"


def test_the_table_of_settings_matches_the_code() -> None:
    expected = [
        [f"`{name.upper()}`", shown_default(name), field.description]
        for name, field in Settings.model_fields.items()
    ]
    assert marked_table("docs/settings.md", "settings") == expected


def test_the_example_settings_match_the_code() -> None:
    lines = text_of(".env.example").splitlines()
    named = [line.lstrip("# ").split("=")[0] for line in lines if re.match(r"#? ?[A-Z_]+=", line)]
    assert sorted(named) == sorted(name.upper() for name in Settings.model_fields)


def test_every_dependency_has_its_reason() -> None:
    page = text_of("docs/how-it-works.md")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    for requirement in project["dependencies"]:
        name = re.split(r"[^A-Za-z0-9_.-]", requirement)[0]
        assert f"[{name}](https://pypi.org/project/{name}/)" in page, name


OPERATORS = [
    shown for row in marked_table("docs/asking.md", "asked") for shown in re.findall(r"`([^`]+)`", row[0])
]


@pytest.mark.parametrize("question", OPERATORS)
def test_every_operator_finds_something_in_the_sample_notes(question: str, bot: Bot) -> None:
    assert answer(Question(question), bot.index).found


def test_the_readme_is_short() -> None:
    """It has at most 700 words, so that a new reader learns in minutes what the project is."""
    assert len(text_of("README.md").split()) <= 700

"""Every sentence that the page on troubleshooting quotes is a text of the program."""

import ast
import re
from functools import cache

import pytest

from tests import ROOT
from tests.docs.pages import cells, text_of

PAGE = "docs/troubleshooting.md"
PLACEHOLDER = re.compile(r"%\(\w+\)[-+ 0-9.]*[a-z]|\{[^{}]*\}")


def quoted_sentences() -> list[str]:
    """The sentences in the first column of the page's tables. `…` stands for the variable parts."""
    rows = [cells(line) for line in text_of(PAGE).splitlines() if line.startswith("|")]
    return [match[1].strip() for row in rows for match in re.findall(r"(`+)(.+?)\1(?!`)", row[0])]


@cache
def program_texts() -> str:
    """Every text in the code, one per line, with `…` for its variable parts."""
    texts = []
    for room in ("adapters", "bot", "corpus"):
        for path in sorted((ROOT / room).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    texts.append(PLACEHOLDER.sub("…", node.value))
                elif isinstance(node, ast.JoinedStr):
                    parts = [
                        str(part.value) if isinstance(part, ast.Constant) else "…" for part in node.values
                    ]
                    texts.append("".join(parts))
    return "\n".join(texts)


@pytest.mark.slow
def test_the_program_has_each_quoted_sentence() -> None:
    """At the end of a sentence, `…` may replace more than one variable."""
    unknown = [
        sentence
        for sentence in quoted_sentences()
        if sentence.removesuffix("…").strip() not in program_texts()
    ]
    assert not unknown


def test_the_page_explains_many_sentences() -> None:
    assert len(quoted_sentences()) > 25


@pytest.mark.slow
def test_the_check_finds_a_sentence_that_the_program_does_not_have() -> None:
    assert "the moon is not reached" not in program_texts()

"""Parses the pages of the documentation into blocks of code, tables, links and commands."""

import re
import shlex
from dataclasses import dataclass
from pathlib import Path

from tests import ROOT

REPOSITORY = "https://github.com/analects/analects"
SITE = "https://analects.github.io/analects/"
RAW = "https://raw.githubusercontent.com/analects/analects/main/"

PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob(".github/**/*.md"), *(ROOT / "docs").glob("*.md")])
"""The README and the other pages in the same folder, the pages in `.github`, and the pages of the site."""


def text_of(name: str) -> str:
    """The text of a page, by its path in the project."""
    return (ROOT / name).read_text(encoding="utf-8")


@dataclass(frozen=True)
class Block:
    """A fenced block of code. `language` is "" if the fence names none."""

    page: str
    line: int
    language: str
    code: str

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"


def blocks(page: Path) -> list[Block]:
    text, found = page.read_text(encoding="utf-8"), []
    for fence in re.finditer(r"^( *)```(\w*)\n(.*?)^\1```$", text, re.S | re.M):
        indent = len(fence[1])
        code = "\n".join(line[indent:] for line in fence[3].splitlines())
        line = text.count("\n", 0, fence.start()) + 1
        found.append(Block(page.relative_to(ROOT).as_posix(), line, fence[2], code))
    return found


BLOCKS = [block for page in PAGES for block in blocks(page)]


def marked_block(page: str, mark: str) -> str:
    """The code of the block after `<!-- mark -->`."""
    found = re.search(rf"<!-- {mark} -->\n```\w*\n(.*?)```", text_of(page), re.S)
    assert found is not None, mark
    return found[1].strip()


def marked_table(page: str, mark: str) -> list[list[str]]:
    """The rows of the table after `<!-- mark -->`, without its header."""
    found = re.search(rf"<!-- {mark} -->\n\n((?:\|.*\n)+)", text_of(page))
    assert found is not None, mark
    return [cells(line) for line in found[1].splitlines()[2:]]


def cells(row: str) -> list[str]:
    """The cells of a table's row."""
    return [cell.strip() for cell in row.strip("|\n ").split(" | ")]


@dataclass(frozen=True)
class ShellCommand:
    """One command of a shell block: the variables set for it, and its words."""

    page: str
    line: str
    variables: tuple[tuple[str, str], ...]
    words: tuple[str, ...]

    @property
    def program(self) -> str:
        return self.words[0].rsplit("/", 1)[-1]

    def __str__(self) -> str:
        return f"{self.page}: {self.line}"[:100]


def commands(block: Block) -> list[ShellCommand]:
    """The commands of a shell block: lines are joined at a backslash and split at `&&`, `|` and `;`."""
    found = []
    for line in block.code.replace("\\\n", " ").splitlines():
        line = re.sub(r"^\w+=\$\((.*)\)$", r"\1", line)
        lexer = shlex.shlex(line, posix=True, punctuation_chars="&|;<>")
        lexer.whitespace_split = True
        words: list[str] = []
        for word in [*lexer, ";"]:
            if set(word) <= set("&|;"):
                variables = []
                while words and re.fullmatch(r"[A-Za-z_]+=.*", words[0]):
                    name, _, value = words.pop(0).partition("=")
                    variables.append((name, value))
                if words:
                    found.append(ShellCommand(block.page, line.strip(), tuple(variables), tuple(words)))
                words = []
            else:
                words.append(word)
    return found


COMMANDS = [command for block in BLOCKS if block.language == "sh" for command in commands(block)]

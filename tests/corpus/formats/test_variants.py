"""Notes that differ only in spelling are read the same, and no highlight with a link is lost."""
# ruff: noqa: E501  (each note is one line of this file)

import re
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.formats import reader
from corpus.formats.entry import Note
from corpus.plain_text import plain
from tests.examples import examples
from tests.notes_on_disk import TAIL

READWISE = "https://readwise.io/open/"
NOTES = {
    "default template": (
        "# On Hedges\n\n## Metadata\n- Author: [[Mara Vale]]\n- Full Title: On Hedges\n- Category: #books\n\n## Highlights\n"
        f"- A hedge grows.\n  \n  Slowly. {TAIL.format(1)}\n    - Tags: [[salt]]\n    - Note: mine: all of it\n- Author: a trade. {TAIL.format(2)}\n"
    ),
    "block quotes with labels": (
        "---\ntitle: On Hedges\nauthor: Mara Vale\n---\n\n## Highlights\n\n> A hedge grows.\n>\n> Slowly.\n\n**Note:** mine\n\n"
        f"[View Highlight]({READWISE}1)\n\n> Note: a word.\n\n[View Highlight]({READWISE}2)\n"
    ),
    "Kindle": (
        "---\nkindle-sync:\n  title: On Hedges\n  author: Mara Vale\n---\n# On Hedges\n## Metadata\n* Author: [[Mara Vale]]\n\n## Highlights\n"
        "A hedge grows. — location: [1](kindle://book?location=1) ^ref-1\n\nmine\n\nand more of mine\n\n---\n"
        "Tags: are pins. — location: [2](kindle://book?location=2) ^ref-2\n\n---\n"
    ),
    "callouts": (
        "---\ntitle: On Hedges\nauthor: Mara Vale\n---\n\n> [!quote] [Location 1](kindle://book?location=1)\n> A hedge grows.\n>\n"
        "> **Note:** mine\n>\n> Tags: #salt\n\n> [!quote] [Location 2](kindle://book?location=2)\n> Date: a fruit.\n"
    ),
    "labels in German": (
        "# Hecken\n\n## Metadaten\n- Autor: [[Käthe Möller]]\n- Titel: Hecken\n\n## Markierungen\n"
        f"- Eine Hecke wächst. ([Seite 3]({READWISE}1))\n    - Notiz: meine\n- Größe zählt. ([Seite 4]({READWISE}2))\n"
    ),
    "Omnivore": (
        "# On Hedges\n#Omnivore\n\n[Read on Omnivore](https://omnivore.app/me/x)\n[Read Original](https://hedges.example)\n\n## Highlights\n\n"
        "> A hedge grows. [⤴️](https://omnivore.app/me/x#a)  #salt  ^00570780\n\nmine\n\n> It is:\n> - green\n> - long [⤴️](https://omnivore.app/me/x#b)  ^84606236\n"
    ),
}  # fmt: skip


def swapped_properties(text: str) -> str:
    return re.sub(
        r"(?m)(?:^- [^\W\d_][\w ]*: .*\n){2,}",
        lambda block: "\n".join(reversed(block.group().splitlines())) + "\n",
        text,
        count=1,
    )


VARIANTS: dict[str, Callable[[str], str]] = {
    "a byte order mark": lambda text: f"\ufeff{text}",
    "tabs": lambda text: text.replace("\n    - ", "\n\t- "),
    "stars as bullets": lambda text: re.sub(r"(?m)^([ \t]*)- ", r"\1* ", text),
    "properties in another order": swapped_properties,
    "deeper headings": lambda text: re.sub(r"(?m)^## ", "### ", text),
    "blanks at the ends of lines": lambda text: re.sub(r"(?m)(?<=\S)$", "  ", text),
    "more blank lines": lambda text: text.replace("\n\n", "\n\n\n"),
    "no last newline": lambda text: text.rstrip("\n"),
    "decomposed letters": lambda text: unicodedata.normalize("NFD", text),
    "a section of the reader's own below": lambda text: (
        f"{text}\n## My notes\n\nI should read it again.\n\n- buy a copy\n"
    ),
}


def passages(text: str) -> list[tuple[str, str]]:
    note = reader.read("a.md", text)
    assert isinstance(note, Note)
    pairs = [(plain(entry.text), entry.remark or "") for entry in note.entries]
    return [tuple(unicodedata.normalize("NFC", " ".join(part.split())) for part in pair) for pair in pairs]  # type: ignore[misc]


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("layout", NOTES)
def test_a_note_in_another_spelling_is_read_the_same(layout: str, variant: str) -> None:
    text = NOTES[layout]
    expected = passages(text)
    assert len(expected) == 2
    assert passages(VARIANTS[variant](text)) == expected


WORDS = (
    "hedge",
    "Author: a hedge",
    "# hedge",
    "Tags: a hedge",
    "1893 was",
    "| hedge |",
    "**Hedge:** a",
    "> hedge",
    "“Hedge”",
)
FORMS = (
    "- {}\n",
    "* {}\n",
    "{}\n\n",
    "> {}\n\n",
    "1. {}\n",
    "### {}\n",
    "    - {}\n",
    "- a list\n    - {}\n",
    "> [!quote]\n> {}\n\n",
    "---\n{}\n\n",
    "\t{}\n",
)
BETWEEN = (
    "",
    "",
    "\n",
    "---\n",
    "## Chapter\n",
    "my own words\n\n",
    "    - Note: mine\n",
    "- Tags: #a\n",
    "```\ncode\n```\n",
    "## Notes\n",
    "| a | b |\n|---|---|\n",
)
HEADS = (
    "\n", "# T\n", "# T\n## Metadata\n- Author: A B\n- Category: #books\n\n## Highlights\n", "---\ntitle: T\nauthor: A B\n---\n",
    "## Metadata\n* URL: [u](https://a.example)\n* Author: A B\n\n## Highlights\n",
)  # fmt: skip


@settings(max_examples=examples(300), deadline=None)
@given(
    st.sampled_from(HEADS),
    st.lists(st.tuples(st.sampled_from(BETWEEN), st.sampled_from(FORMS), st.sampled_from(WORDS)), min_size=1, max_size=6),
)  # fmt: skip
def test_words_before_a_highlights_link_are_kept_or_reported(
    head: str, blocks: list[tuple[str, str, str]]
) -> None:
    text = head
    lines: dict[str, int] = {}
    for number, (between, form, words) in enumerate(blocks):
        text += between
        block = form.format(f"{words} zq{number}. ([View Highlight](https://read.readwise.io/read/{number}))")
        lines[f"zq{number}."] = text.count("\n") + block[: block.index(f"zq{number}")].count("\n") + 1
        text += block
    note = reader.read("a.md", text)
    assert isinstance(note, Note), note
    kept = "\n".join(f"{entry.text}\n{entry.remark}" for entry in note.entries)
    reported = {line for line, _ in note.problems}
    for word, line in lines.items():
        assert word in kept or reported, (word, line, text)


def test_a_heading_with_a_highlights_link_is_a_passage(tmp_path: Path) -> None:
    assert passages(f"# On Hedges\n\n## Highlights\n\n### A hedge grows. {TAIL.format(1)}\n") == [
        ("A hedge grows.", "")
    ]


@pytest.mark.parametrize(
    "label", ["- Tags: #salt", "- Location: 12", "- Color: yellow", "- **Date:** 2024-01-02"]
)
@pytest.mark.parametrize(
    "above", ["- A hedge grows.\n", "> A hedge grows.\n\n", "> [!quote]\n> A hedge grows.\n\n", f"> [!quote]\n> > A hedge grows. {TAIL.format(1)}\n\n"]
)  # fmt: skip
def test_words_with_a_highlights_link_right_below_a_label_are_the_next_passage(
    above: str, label: str
) -> None:
    note = f"# On Hedges\n\n## Highlights\n{above}{label}\nA wall stands. {TAIL.format(2)}\n"
    assert ("A wall stands.", "") in passages(note)

"""Quotations in a person's own notes: who wrote them, and what arrows and quotation marks mean."""
# ruff: noqa: E501  (each note is one line of this file)

import pytest

from corpus.formats import reader
from corpus.formats.entry import Note
from corpus.formats.quotation import is_quotation, quoted_lines

QUOTES = "> A hedge grows.\n\n{0}\n\n> A gate rusts.\n"
PDF = "zotero://open-pdf/library/items/AAAA1111?page=3&annotation=BBBB222"


def read(text: str) -> Note:
    note = reader.read("Notes/a.md", text)
    assert isinstance(note, Note)
    return note


def words(text: str) -> list[tuple[str, str | None]]:
    return [(highlight.text, highlight.remark) for highlight in read(text).entries]


OWN_TEXTS = {
    "it opens with its own words": "---\nauthor: Jana Reuter\n---\n\nI read two books.\n\n" + QUOTES.format("I doubt it."),
    "it is dated as a text of one's own": "---\nauthor: Jana Reuter\ndate: 2024-02-01\n---\n\n" + QUOTES.format("So it is."),
    "its words lead to the quotations": "---\nauthor: Jana Reuter\n---\n\n> A hedge grows.\n\nAnd:\n\n> A gate rusts.\n",
    "it says more than it quotes": "---\nauthor: Jana Reuter\n---\n\n" + QUOTES.format("It took me years to see that this is so, and why it has to be."),
    "others have signed": "---\nauthor: Jana Reuter\n---\n\n> A hedge grows.\n> — Mara Vale\n\n> A gate rusts.\n\n— Tomas Rey, *Gates*\n",
    "others have signed below a heading": "---\nauthor: Jana Reuter\n---\n\n## Quotes\n\n> A hedge grows.\n> — Mara Vale\n\n> A gate rusts.\n> — Tomas Rey\n",
}  # fmt: skip
NOTES_ON_A_BOOK = {
    "nothing but quotations": "---\nauthor: Mara Vale\n---\n\n> A hedge grows.\n\n> A gate rusts.\n",
    "short remarks": "---\nauthor: Mara Vale\n---\n\n" + QUOTES.format("Nice."),
    "properties of a book": "---\nauthor: Mara Vale\ncreated: 2024-02-01\nisbn: 123\n---\n\nA book that I liked much.\n\n" + QUOTES.format("Why?"),
    "a tag": "---\nauthor: Mara Vale\ncreated: 2024-02-01\ntags: [literature]\n---\n\n" + QUOTES.format("Why?"),
    "an author in the text": "# On Hedges\n**Author:** Mara Vale\n\nI liked it.\n\n" + QUOTES.format("Why?"),
    "its author has signed": "---\nauthor: Mara Vale\n---\n\n> A hedge grows.\n> — Mara Vale\n\n> A gate rusts.\n> — Vale, On Hedges\n",
    "chapters with a dash": "---\nauthor: Mara Vale\n---\n\n## One – Hedges\n\n> A hedge grows.\n\n## Two – Gates\n\n> A gate rusts.\n",
}  # fmt: skip


@pytest.mark.parametrize("case", OWN_TEXTS)
def test_quotations_in_a_persons_own_text_have_no_author(case: str) -> None:
    note = read(OWN_TEXTS[case])
    assert [entry.text[:6] for entry in note.entries] == ["A hedg", "A gate"]
    assert note.source.authors == ()


@pytest.mark.parametrize("case", NOTES_ON_A_BOOK)
def test_quotations_of_a_book_keep_their_author(case: str) -> None:
    note = read(NOTES_ON_A_BOOK[case])
    assert [entry.text[:6] for entry in note.entries] == ["A hedg", "A gate"]
    assert note.source.authors == ("Mara Vale",)


def test_a_single_quotation_in_a_plain_note_has_no_author() -> None:
    note = read("---\nauthor: Jana Reuter\n---\n\nI trim.\n\nI wait.\n\nIt grows.\n\n> A hedge grows.\n")
    assert (note.shape, note.source.authors) == ("plain", ())


HEAD = "---\ntitle: On Hedges\nauthor: Mara Vale\n---\n\n## Highlights\n\n"
ARROWS = {
    "below a quote": "> A hedge grows.\n→ mine\n\n> A gate rusts.\n",
    "within a quote": "> A hedge grows.\n>\n> ⇒ mine\n\n> A gate rusts.\n",
    "below a blank line": "A hedge grows.\n\n-> mine\n\nA gate rusts.\n",
    "below a bullet": "- A hedge grows.\n    - ↳ mine\n- A gate rusts.\n",
    "as a bullet": "- A hedge grows.\n- → mine\n- A gate rusts.\n",
    "on the same line": "- A hedge grows. → mine\n- A gate rusts.\n",
    "behind a place": "> A hedge grows. (p. 12)\n> → mine\n\n> A gate rusts. (p. 13)\n",
}


@pytest.mark.parametrize("where", ARROWS)
def test_the_words_after_an_arrow_are_the_readers(where: str) -> None:
    assert words(HEAD + ARROWS[where]) == [("A hedge grows.", "mine"), ("A gate rusts.", None)]


ARROWS_OF_THE_SOURCE = {
    "a list": ("> Three steps:\n> → root\n> → stem\n\n> A gate rusts.\n", "Three steps:\n→ root\n→ stem"),
    "within a sentence": ("> Seed → root → stem.\n\n> A gate rusts.\n", "Seed → root → stem."),
    "a link behind it": (
        "- A hedge grows.\n  → It does. ([Location 1](kindle://book?asin=B0&location=1))\n- A gate rusts. ([Location 2](kindle://book?asin=B0&location=2))\n",
        "A hedge grows.\n→ It does.",
    ),
    "before a place": ("> A hedge grows.\n→ p. 12\n\n> A gate rusts.\n→ p. 13\n", "A hedge grows."),
}  # fmt: skip


@pytest.mark.parametrize("where", ARROWS_OF_THE_SOURCE)
def test_an_arrow_within_a_passage_is_kept(where: str) -> None:
    text, expected = ARROWS_OF_THE_SOURCE[where]
    assert words(HEAD + text) == [(expected, None), ("A gate rusts.", None)]


ZOTERO = {
    "block quotes": f"> “A hedge grows.\n>\n> It grows.”\n>\n> mine\n>\n> ([p. 3]({PDF}1))\n\n> “A gate rusts.” ([p. 4]({PDF}2))\n",
    "callouts": f"> [!quote] Highlight ([p. 3]({PDF}1))\n> \"A hedge grows.\n>\n> It grows.\"\n>\n> mine\n\n> [!quote] Highlight ([p. 4]({PDF}2))\n> \"A gate rusts.\"\n",
    "paragraphs": f"„A hedge grows.\n\nIt grows.“ ([p. 3]({PDF}1)) mine\n\n„A gate rusts.“ ([p. 4]({PDF}2))\n",
    "a mark at each paragraph": f"> “A hedge grows.\n>\n> “It grows.” ([p. 3]({PDF}1))\n>\n> mine\n\n> “A gate rusts.” ([p. 4]({PDF}2))\n",
}  # fmt: skip


@pytest.mark.parametrize("form", ZOTERO)
def test_a_quotation_of_two_paragraphs_stays_whole_in_zoteros_templates(form: str) -> None:
    first, second = read(f"---\ncitekey: vale\n---\n# On Hedges\n\n{ZOTERO[form]}").entries
    assert first.text.replace("“", "") == "A hedge grows.\n\nIt grows."
    assert (first.remark, second.text, second.remark) == ("mine", "A gate rusts.", None)


def test_a_passage_that_only_begins_with_a_quotation_keeps_its_remark_apart() -> None:
    text = f"---\ncitekey: vale\n---\n> [!quote] ([p. 3]({PDF}1))\n> “Grow,” she said.\n>\n> mine, “or not”\n\n> [!quote] ([p. 4]({PDF}2))\n> A gate rusts.\n"
    assert words(text) == [("“Grow,” she said.", "mine, “or not”"), ("A gate rusts.", None)]


def test_quotations_end_where_their_own_mark_closes() -> None:
    assert is_quotation("“A “hedge” grows.\nIt grows.”")
    assert is_quotation('"He said "now" and left."')
    assert not is_quotation("“A hedge” and “a gate”")
    assert not is_quotation("“A hedge grows.")
    assert quoted_lines("«A hedge\n\ngrows.»\nmine") == 3


BOOKS = {
    "it speaks of the author": "---\nauthor: Mara Vale\ndate: 2024-02-01\n---\n\nVale’s first move is bold.\n\nI like it.\n\nSo it goes.\n\n> A hedge grows.\n",
    "a tag": "---\nauthor: Mara Vale\ntags: [reading]\n---\n\nA find.\n\nI like it.\n\nSo it goes.\n\n> A hedge grows.\n",
    "a title, and no date": "---\ntitle: On Hedges\nauthor: Mara Vale\n---\n\nA find.\n\nI like it.\n\nSo it goes.\n\n> A hedge grows.\n",
}


@pytest.mark.parametrize("case", BOOKS)
def test_a_plain_note_about_a_book_keeps_the_books_author(case: str) -> None:
    note = read(BOOKS[case])
    assert (note.shape, note.source.authors) == ("plain", ("Mara Vale",))


@pytest.mark.parametrize(
    "front", ["title: Hedges\nauthor: Jana Reuter\ndate: 2024-02-01", "title: Hedges\nauthor: Jana Reuter"]
)
def test_a_plain_note_with_other_peoples_signatures_has_no_author(front: str) -> None:
    signed = "> A hedge grows.\n> — Mara Vale\n" if "date" not in front else "> A hedge grows.\n"
    note = read(f"---\n{front}\n---\n\nA find.\n\nI like it.\n\nSo it goes.\n\n{signed}")
    assert (note.shape, note.source.authors) == ("plain", ())


def test_quotations_within_list_items_are_the_only_passages_of_a_plain_note() -> None:
    text = "# On Hedges\n\nby Mara Vale\n\n- trim is edit\n  > A hedge grows.\n\n- mine\n- > A gate\n  > rusts.\n\n4 of 5.\n"
    assert [entry.text for entry in read(text).entries] == ["A hedge grows.", "A gate\nrusts."]


def test_a_persons_prose_about_a_book_is_no_passage() -> None:
    prose = "I finished it.\n\n- Ports are clocks.\n\n| a | b |\n| --- | --- |\n| 1 | fog |\n"
    assert read(f"---\ntitle: After Hedges\ntags: [reading]\n---\n\n{prose}").entries == ()
    assert read(f"---\ntitle: Hedges\nauthor: Mara Vale\nisbn: 1\n---\n\n{prose}").entries == ()
    assert read(f"---\ntitle: Hedges\n---\n\n{prose}").entries != ()
    assert read(f"---\ntags: [reading]\nurl: https://hedges.example\n---\n\n{prose}").entries != ()

"""Private tags in tables, JSON, Org mode, callouts, comments and page names."""
# ruff: noqa: E501  (each note is one line of this file)

from pathlib import Path

import pytest

from tests.notes_on_disk import library, note, texts

SYNCED = "- Highlights first synced by [[Readwise]] [[Jan 1st, 2024]]\n"
PAGE = f"title:: Hedges\nauthor:: [[M]]\ncategory:: #books\n\n{SYNCED}\t- The secret."
HIDDEN = {
    "a column of switches": ("a.csv", "Highlight,Book Title,Book Author,Private\nThe secret.,H,M,true\n"),
    "a column of another name": ("a.csv", "Highlight,Book Title,Book Author,Visibility\nThe secret.,H,M,private\n"),
    "tags of a highlight in JSON": ("a.json", '[{"title": "H", "highlights": [{"quote": "The secret.", "tags": ["private"]}]}]'),
    "tags of a source in JSON": ("a.json", '[{"title": "H", "tags": [{"name": "private"}], "highlights": [{"quote": "The secret."}]}]'),
    "a switch in JSON": ("a.json", '[{"title": "H", "private": true, "highlights": [{"quote": "The secret."}]}]'),
    "keywords of a book in KOReader's JSON": ("a.json", '{"title": "H", "author": "M", "keywords": "sea\\nprivate", "entries": [{"text": "The secret.", "page": 1}]}'),
    "a column of a table": ("a.md", "---\ntitle: H\nauthor: M\n---\n## Highlights\n| Quote | Private |\n|---|---|\n| The secret. | yes |\n"),
    "file tags of Org mode": ("a.org", "#+TITLE: H\n#+FILETAGS: :a:private:\n\n* Highlights\n#+begin_quote\nThe secret.\n#+end_quote\n"),
    "a tag of a heading in Org mode": ("a.org", "#+TITLE: H\n#+AUTHOR: M\n\n* Highlights\n** One :a:private:\n#+begin_quote\nThe secret.\n#+end_quote\n"),
    "a comment in Org mode": ("a.org", "#+TITLE: H\n#+AUTHOR: M\n# private\n\n* Highlights\n#+begin_quote\nThe secret.\n#+end_quote\n"),
    "a property in Org mode": ("a.org", "#+TITLE: H\n#+AUTHOR: M\n#+private: t\n\n* Highlights\n#+begin_quote\nThe secret.\n#+end_quote\n"),
    "a page below a private one": ("pages/private___Hedges.md", PAGE),
    "a page below a private one, coded": ("pages/private%2FHedges.md", PAGE),
    "a page whose title says so": ("a.md", PAGE.replace("title:: Hedges", "title:: private/Hedges")),
    "the kind of a callout": ("a.md", note("> [!private]\n> The secret.")),
    "behind a bar in a callout": ("a.md", note("> [!quote|private]\n> The secret.")),
    "the title of a callout": ("a.md", note("> [!quote] private\n> The secret.")),
    "a comment behind it": ("a.md", note("- The secret. <!-- private -->")),
    "an inline field": ("a.md", note("- The secret. [private:: true]")),
    "an item below it": ("a.md", note("- The secret.", "    - private")),
    "an item with a sign below it": ("a.md", note("- The secret.", "    - 🔒 private")),
    "a switch of another form": ("a.md", note("- The secret.", head="---\nisPrivate: true\n---")),
    "the beginning of a remark": ("a.md", note("- The secret.", "    - Note: private: about Tom")),
    "the beginning of a remark, in brackets": ("a.md", note("- The secret.", "    - Note: (private) about Tom")),
    "labels of an article of Omnivore": ("a.md", "- [H](https://omnivore.app/me/x)\n  author:: M\n  labels:: [[private]]\n\t- ### Highlights\n\t\t- > The secret. [⤴️](https://omnivore.app/me/x#1)\n"),
}  # fmt: skip


@pytest.mark.parametrize("where", HIDDEN)
def test_private_tags_of_other_formats_hide_the_passage(tmp_path: Path, where: str) -> None:
    path, text = HIDDEN[where]
    assert texts(library(tmp_path / "0", {path: text})) == []
    public = text.replace("private", "publik").replace("Private", "Publik")
    assert texts(library(tmp_path / "1", {path.replace("private", "publik"): public}))[:1] != []


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.csv", "Highlight,Book Title,Book Author\nThe open one.,Private,M\n"),
        ("a.csv", "Highlight,Book Title,Book Author,Private\nThe open one.,H,M,false\n"),
        ("a.json", '[{"title": "Private", "highlights": [{"quote": "The open one."}]}]'),
        ("Private. A Novel.md", note("- The open one.")),
        ("a.md", note("- The open one is a private matter: quite.", "    - Note: a private thought")),
        ("a.md", note("- The open one.", head="---\nis_private: false\n---")),
    ],
)  # fmt: skip
def test_texts_of_other_formats_without_a_private_tag(tmp_path: Path, path: str, text: str) -> None:
    assert len(texts(library(tmp_path, {path: text}))) == 1

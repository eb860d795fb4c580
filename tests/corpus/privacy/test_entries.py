"""Fault 43: PRIVATE_TAGS and PRIVATE_PATHS work in every notation, and entries that cover nothing are reported."""

import unicodedata

import pytest

from corpus.privacy.entries import objections, paths_of, tags_of
from corpus.privacy.paths import covers
from corpus.privacy.tags import PrivateTags

TAGS = (
    "secret,diary", "secret;diary", "secret|diary", "secret diary", "secret\ndiary", "'secret','diary'", "\"secret\", \"diary\"",
    '["secret", "diary"]', "[secret, diary]", "[[secret]], [[diary]]", "#secret #diary", "tags: secret, diary",
    "- secret\n- diary", "“secret”, “diary”", "secret，diary", "(secret, diary)", '"secret, diary"', "#secret;#diary;",
)  # fmt: skip
PATHS = (
    "Journal,Letters", "Journal;Letters", "Journal|Letters", "Journal\nLetters", '["Journal", "Letters"]', "'Journal', 'Letters'",
    "- Journal\n- Letters", '"Journal","Letters"', "Journal/**, Letters/**", "Journal/ , Letters/", "./Journal, ./Letters",
    "Journal/** Letters/**",
)  # fmt: skip


@pytest.mark.parametrize("written", TAGS)
def test_private_tags_can_be_set_in_every_notation(written: str) -> None:
    tags = PrivateTags.of(tags_of(written))
    assert tags.covers("secret")
    assert tags.covers("#Diary")
    assert not tags.covers("secretary")


@pytest.mark.parametrize("written", PATHS)
def test_private_paths_can_be_set_in_every_notation(written: str) -> None:
    entries = paths_of(written)
    for path in ("Journal/a.md", "Letters/2024/b.md"):
        assert any(covers(entry, path) for entry in entries), (entries, path)
    assert not any(covers(entry, "Books/a.md") for entry in entries)


def test_a_private_folder_matches_in_either_unicode_form() -> None:
    for form in ("NFC", "NFD"):
        assert covers(
            unicodedata.normalize(form, "Tagebücher"), unicodedata.normalize("NFD", "Tagebücher/a.md")
        )
        assert covers(
            unicodedata.normalize(form, "Tagebücher"), unicodedata.normalize("NFC", "Tagebücher/a.md")
        )


def test_an_entry_that_covers_nothing_is_reported_with_a_suggestion() -> None:
    found = objections(["privat", "secret"], ["Jurnal"], ["privat", "Jurnal"], ["private"], ["Journal/a.md"])
    assert [(objection.setting, objection.entry) for objection in found] == [
        ("PRIVATE_TAGS", "privat"),
        ("PRIVATE_PATHS", "Jurnal"),
    ]
    assert "'private'" in found[0].fix
    assert "'Journal'" in found[1].fix


def test_unclosed_brackets_are_not_an_error() -> None:
    assert tags_of("[" * 100_000) == ()

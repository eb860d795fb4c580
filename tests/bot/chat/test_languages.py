"""Rules for the texts of every language. Each failure names the text and the file to correct."""

import re
from collections.abc import Iterator
from string import Formatter

import pytest

from bot.chat import wording
from bot.chat.wording import messages
from bot.chat.wording.catalog import own_texts

TRANSLATED_LANGUAGES = [language for language in wording.LANGUAGES if language != "en"]
WITHOUT_PLURAL = ("ja", "zh")
QUOTATION_MARKS = {"en": "“”", "de": "„“", "fr": "«»", "es": "«»", "ja": "「」", "zh": "“”"}
SAME_IN_ENGLISH = {
    "OPERATORS[2][0][3]": TRANSLATED_LANGUAGES,
    "FILTER_NAMES.color": ["es"],
    "SERVICES.readwise": TRANSLATED_LANGUAGES,
    "SERVICES.git": TRANSLATED_LANGUAGES,
    "COMMAND_NAMES.status": ["de"],
    "COMMAND_NAMES.sources": ["fr"],
    "OPTION_NAMES.public": ["fr"],
    "OPTION_NAMES.thread": ["de"],
    "SOURCES_BUTTON": ["fr"],
    "SAVED_PLACE_UNKNOWN": ["de", "es"],
    "SOURCE": ["fr"],
    "COUNTS.sources.one": ["fr"],
    "COUNTS.sources.other": ["fr"],
    "COUNTS.notes.one": ["fr"],
    "COUNTS.notes.other": ["fr"],
    "AGES.minute.one": ["fr"],
    "AGES.minute.other": ["fr"],
    "MONTHS[3]": ["de"],
    "MONTHS[7]": ["de"],
    "MONTHS[8]": ["de"],
    "MONTHS[10]": ["de"],
}
"""Texts that are the same as in English, and the languages where that is right."""
ENGLISH_WORDS = re.compile(
    r"\b(?:the|of|to|and|or|is|are|was|were|it|this|that|you|your|my|what|which|when|there|here|with|without|for|from|by|in|at|not"
    r"|no|one|ask|say|show|more|can|could|will|may)\b"
)
WORDS_OF_LANGUAGE = {"de": {"was", "in"}, "es": {"no"}}
"""Those of `ENGLISH_WORDS` that are also words of another language."""
LEFT_IN_ENGLISH = re.compile(
    r"(?m)^  </highlight.*?>(?=   |$)|\{\w+\}|[„“«「]\W?(?:analects \w+|this week|since [Mm]ay|last month|run|chat|ask)\b"
    r"|/\w+( (digest|set|random|search|by|from|tag|daily|weekly|weekdays|on|at|help|now|off|status|hidden)\b)*"
    r"|\d+ highlights|(?:[„“«「]\W?|[\[|] )(tag|by|from)\b|\[(?=tag)|\[tag\b|\w+/\w+"
    r"|\b(author|title|tag|color|before|after|less|never|Stoics|Later|Back):[\w-]*"
)
"""Text that stays English in every language: placeholders, commands, operators, names of time zones."""
MAX_CHARS = {
    **dict.fromkeys(("DIGEST_TITLE", "DIGEST_SET", "DIGEST_NOT_SET"), 24),  # title and buttons of a form on Slack
    **dict.fromkeys(("SAVE_AS_HIGHLIGHT", "SAVE_BUTTON", "SAVE_CANCEL"), 24),  # also on a Slack form
    **dict.fromkeys(("FIND_ABOUT",), 32),  # the name of a command on Discord
    **dict.fromkeys(("COMMANDS", "OPTIONS", "DIGEST_SUBCOMMANDS", "DIGEST_OPTIONS"), 100),  # descriptions on Discord
    **dict.fromkeys(("DIGEST_FREQUENCIES", "DIGEST_FILTERS"), 75),  # options on Slack
    **dict.fromkeys(("KEEP_ANSWER", "SOURCES_BUTTON", "RANDOM_BUTTON", "MORE_LIKE_THIS", "MORE", "ANOTHER", "SHOW_SOURCE", "REMOVE",
                     "SHARE", "KEEP", "NOT_THIS_ONE", "UNDO", "ALL_SOURCES"), 30),  # buttons in one row
}  # fmt: skip
"""Longest possible text, by the name of the text or of its table."""


def leaves(value: object, name: str = "") -> Iterator[tuple[str, str]]:
    """Yields every text in a catalogue with its name: ("COUNTS.notes.one", "{number} note")."""
    if isinstance(value, str):
        yield name, value
    elif isinstance(value, dict):
        for key, child in value.items():
            yield from leaves(child, f"{name}.{key}" if name else key)
    elif isinstance(value, list):
        for number, child in enumerate(value):
            yield from leaves(child, f"{name}[{number}]")


TEXTS = {language: dict(leaves(own_texts(language))) for language in wording.LANGUAGES}


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def with_english(language: str) -> list[tuple[str, str, str]]:
    """Returns (name, text, English text) for all texts of a language."""
    return [(name, text, TEXTS["en"][name]) for name, text in TEXTS[language].items() if name in TEXTS["en"]]


def required_names(language: str) -> set[str]:
    plural = {name for name in TEXTS["en"] if name.endswith(".one")}
    return TEXTS["en"].keys() - (plural if language in WITHOUT_PLURAL else set())


@pytest.mark.parametrize("language", wording.LANGUAGES)
def test_every_text_has_its_declared_type(language: str) -> None:
    with wording.in_language(language):
        for name in messages.names():
            assert getattr(wording, name) is not None


def test_every_declared_text_exists_in_english() -> None:
    assert set(messages.names()) == own_texts("en").keys()


@pytest.mark.parametrize("language", TRANSLATED_LANGUAGES)
def test_no_text_is_missing_and_none_is_unused(language: str) -> None:
    missing = sorted(required_names(language) - TEXTS[language].keys())
    unused = sorted(TEXTS[language].keys() - TEXTS["en"].keys())
    assert not missing, f"languages/{language}.toml lacks {missing}"
    assert not unused, f"languages/{language}.toml has {unused}, which English does not have"


@pytest.mark.parametrize("language", TRANSLATED_LANGUAGES)
def test_each_text_has_the_placeholders_of_the_english_text(language: str) -> None:
    wrong = {
        name: text
        for name, text, english in with_english(language)
        if placeholders(text) != placeholders(english)
    }
    assert wrong == {}


@pytest.mark.parametrize("language", TRANSLATED_LANGUAGES)
def test_commands_are_not_translated(language: str) -> None:
    """Commands and code are the same in every language."""
    typed = re.compile(
        r"`[^`]+`|/highlight(?: \b(?:digest|search|by|from|tag|help|status|now|hidden|off|daily|weekly)\b)*|/invite"
    )
    wrong = {
        name: text
        for name, text, english in with_english(language)
        if sorted(typed.findall(text)) != sorted(typed.findall(english))
    }
    assert wrong == {}


@pytest.mark.parametrize("language", TRANSLATED_LANGUAGES)
def test_nothing_is_left_in_english(language: str) -> None:
    untranslated = {
        name
        for name, text, english in with_english(language)
        if text == english
        and re.search(r"[^\W\d_]{2}", LEFT_IN_ENGLISH.sub("", text))
        and language not in SAME_IN_ENGLISH.get(name, ())
    }
    assert untranslated == set()
    with_english_words = {
        name: words
        for name, text in TEXTS[language].items()
        if (
            words := set(ENGLISH_WORDS.findall(LEFT_IN_ENGLISH.sub(" ", text.lower())))
            - WORDS_OF_LANGUAGE.get(language, set())
        )
    }
    assert with_english_words == {}


@pytest.mark.parametrize("language", wording.LANGUAGES)
def test_quotation_marks_are_those_of_the_language_and_come_in_pairs(language: str) -> None:
    opening, closing = tuple(QUOTATION_MARKS[language])
    foreign = set("“”„«»‹›「」") - {opening, closing}
    wrong = {
        name: text
        for name, text in TEXTS[language].items()
        if foreign & set(text) or text.count(opening) != text.count(closing)
    }
    assert wrong == {}


@pytest.mark.parametrize("language", wording.LANGUAGES)
def test_no_text_has_markup_that_platforms_would_show(language: str) -> None:
    wrong = [name for name, text in TEXTS[language].items() if "`" in text or "**" in text]
    assert not wrong, f"{language}.toml: platforms would show these signs to people"


@pytest.mark.parametrize("language", wording.LANGUAGES)
def test_no_text_is_longer_than_platforms_allow(language: str) -> None:
    too_long = {
        name: len(text)
        for name, text in TEXTS[language].items()
        if len(text) > MAX_CHARS.get(re.split(r"[.\[]", name)[0], 2_000)
    }
    assert too_long == {}


def test_french_has_no_break_spaces_before_double_signs() -> None:
    wrong = [name for name, text in TEXTS["fr"].items() if re.search(r" [;:?!»]|« |\w[;?!](\s|$)", text)]
    assert wrong == []


@pytest.mark.parametrize("language", wording.LANGUAGES)
def test_the_arrow_to_the_next_page_is_the_same_everywhere(language: str) -> None:
    """Discord's adapter recognizes the button by this arrow, also on messages posted in another language."""
    assert TEXTS[language]["NEXT_PAGE"] == TEXTS["en"]["NEXT_PAGE"]


@pytest.mark.parametrize(
    ("language", "zero", "one", "many"),
    [
        ("en", "0 highlights", "1 highlight", "12,000 highlights"),
        ("de", "0 Markierungen", "1 Markierung", "12.000 Markierungen"),
        ("fr", "0 passage", "1 passage", "12\u202f000 passages"),
        ("es", "0 subrayados", "1 subrayado", "12\xa0000 subrayados"),
        ("ja", "0件のハイライト", "1件のハイライト", "12,000件のハイライト"),
        ("zh", "0 条摘录", "1 条摘录", "12,000 条摘录"),
    ],
)
def test_numbers_and_plurals_are_those_of_the_language(language: str, zero: str, one: str, many: str) -> None:
    with wording.in_language(language):
        assert [wording.count(number, "highlights") for number in (0, 1, 12_000)] == [zero, one, many]


@pytest.mark.parametrize(
    ("language", "day"),
    [
        ("en", "12 March 2024"),
        ("de", "12. März 2024"),
        ("fr", "12 mars 2024"),
        ("es", "12 de marzo de 2024"),
        ("ja", "2024年3月12日"),
        ("zh", "2024年3月12日"),
    ],
)
def test_days_are_written_in_the_style_of_the_language(language: str, day: str) -> None:
    with wording.in_language(language):
        assert wording.day("2024-03-12T08:00:00Z") == day


def test_four_digits_stay_together_in_spanish() -> None:
    with wording.in_language("es"):
        assert wording.count(1_200, "notes") == "1200 notas"


def test_the_first_of_a_month_in_french() -> None:
    with wording.in_language("fr"):
        assert wording.day("2024-03-01") == "1er mars 2024"


def test_columns_of_the_japanese_help_are_aligned() -> None:
    with wording.in_language("ja"):
        rows = [line for line in wording.help_text().splitlines() if line.startswith("  /highlight")]
    starts = {sum(1 + (ord(char) > 0x2E7F) for char in re.split(r" {3,}", row)[0]) for row in rows}
    widths = {sum(1 + (ord(char) > 0x2E7F) for char in re.split(r"(?<= {3})(?! )", row)[0]) for row in rows}
    assert len(starts) > 1
    assert len(widths) == 1

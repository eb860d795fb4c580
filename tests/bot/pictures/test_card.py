"""The picture of a quote shows only the note's words, in lines that fit the card, aligned to the side where reading begins."""

import re
from html import unescape

import pytest

from bot.model import Quote
from bot.pictures import drawing
from bot.pictures.card import LIGHT, WIDTH, families, is_right_to_left, svg
from bot.pictures.lines import broken, width
from corpus.model import Highlight, Source

LATIN = "Water keeps its own calendar, and the clocks of the harbour have never been told which day it is. "
PASSAGES = {
    "five words": "Water keeps its own calendar.",
    "600 characters": (LATIN * 7)[:600].strip(),
    "cyrillic": "Вода ведёт свой календарь, и часы гавани об этом не знают.",
    "greek": "Το νερό κρατά το δικό του ημερολόγιο.",
    "chinese": "水自有历法，港口的钟表并不知道今天是哪一天。" * 4,
    "japanese": "水は自分の暦を守っている。「港の時計は、それを知らない。」" * 4,
    "korean": "물은 자기만의 달력을 지킨다. 항구의 시계는 그것을 모른다. " * 3,
    "arabic": "للماء تقويمه الخاص (عام 2024)، وساعات الميناء لا تعرفه.",
    "hebrew": "למים לוח שנה משלהם, ושעוני הנמל (2024) אינם יודעים.",
    "hostile": '</text><script>alert(1)</script> & "quoted" \u202eback',
}


def quote(text: str, title: str = "The Tide Clock", author: str = "Ida Storm") -> Quote:
    return Quote(Highlight("x", text, text, Source(title, (author,))), ((0, len(text)),))


def words_on(picture: str) -> str:
    shown = re.findall(r"<text [^>]*>(.*?)</text>", picture)
    return unescape(re.sub("[\u202a-\u202c]", "", " ".join(shown)))


@pytest.mark.parametrize("name", PASSAGES)
def test_a_card_shows_exactly_the_words_of_the_note(name: str) -> None:
    text = PASSAGES[name]
    shown = words_on(svg(quote(text), LIGHT))
    without_blanks = re.sub(r"\s", "", f"{text}Ida StormThe Tide Clock").replace("\u202e", "")
    assert re.sub(r"\s", "", shown) == without_blanks


@pytest.mark.parametrize("name", PASSAGES)
def test_no_line_is_too_wide_or_empty(name: str) -> None:
    for max_width in (8.0, 20.0):
        lines = broken(PASSAGES[name], max_width)
        assert all(0 < width(line) <= max_width + 1.1 for line in lines), (
            lines
        )  # a closing sign may hang into the margin


def test_chinese_and_japanese_lines_never_begin_with_a_closing_sign_or_end_with_an_opening_one() -> None:
    for max_width in range(4, 20):
        for line in broken(PASSAGES["japanese"] + PASSAGES["chinese"], max_width):
            assert line[0] not in "。、」，"
            assert line[-1] not in "「（"


def test_a_word_longer_than_a_line_is_cut_and_nothing_is_lost() -> None:
    assert "".join(broken("x" * 300, 10)) == "x" * 300
    assert broken("one\n\ntwo", 10) == ["one", "", "two"]


@pytest.mark.parametrize(
    ("name", "from_right"), [("arabic", True), ("hebrew", True), ("korean", False), ("five words", False)]
)
def test_text_is_aligned_to_the_side_where_reading_begins(name: str, from_right: bool) -> None:
    assert is_right_to_left(PASSAGES[name]) is from_right
    assert ('text-anchor="end"' in svg(quote(PASSAGES[name]), LIGHT)) is from_right


def test_the_font_fits_the_script() -> None:
    assert families(PASSAGES["japanese"]).startswith("'Noto Serif CJK JP'")
    assert families(PASSAGES["chinese"]).startswith("'Noto Serif CJK SC'")
    assert families(PASSAGES["korean"]).startswith("'Noto Serif CJK KR'")
    assert families(PASSAGES["greek"]) == families(PASSAGES["five words"])


@pytest.mark.slow
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", ["five words", "600 characters", "hostile"])
def test_the_picture_is_a_png_as_wide_as_the_card(name: str, theme: drawing.Theme) -> None:
    pytest.importorskip("resvg_py")
    try:
        found = drawing.png(quote(PASSAGES[name]), theme)
    except drawing.MissingFontsError:
        pytest.skip("no fonts on this machine")
    assert found.startswith(b"\x89PNG\r\n\x1a\n")
    assert int.from_bytes(found[16:20], "big") == WIDTH
    assert drawing.ink_width(found) == WIDTH, "the background must reach the edge"


def test_a_missing_font_is_reported_with_the_package_to_install() -> None:
    pytest.importorskip("resvg_py")
    with pytest.raises(drawing.MissingFontsError, match="fonts-noto-core") as error:
        drawing.png(quote("𐌰𐌱𐌲 gothic"))
    assert error.value.package == "fonts-noto-core"


def test_a_missing_extra_is_reported_with_the_command_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawing, "installed", lambda: False)
    with pytest.raises(drawing.PictureError, match="pip install"):
        drawing.png(quote(PASSAGES["five words"]))

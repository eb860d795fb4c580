"""The picture of a quote: only the note's words, whole lines within the card, from the side from which they are read."""

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
def test_only_the_words_of_the_note_are_on_it_and_all_of_them(name: str) -> None:
    text = PASSAGES[name]
    shown = words_on(svg(quote(text), LIGHT))
    without_blanks = re.sub(r"\s", "", f"{text}Ida StormThe Tide Clock").replace("\u202e", "")
    assert re.sub(r"\s", "", shown) == without_blanks


@pytest.mark.parametrize("name", PASSAGES)
def test_no_line_is_wider_than_its_room_and_none_is_empty(name: str) -> None:
    for room in (8.0, 20.0):
        lines = broken(PASSAGES[name], room)
        assert all(0 < width(line) <= room + 1.1 for line in lines), lines  # a closing sign may hang over


def test_lines_of_chinese_and_japanese_begin_with_no_closing_sign_and_end_with_no_opening_one() -> None:
    for room in range(4, 20):
        for line in broken(PASSAGES["japanese"] + PASSAGES["chinese"], room):
            assert line[0] not in "。、」，"
            assert line[-1] not in "「（"


def test_a_word_longer_than_a_line_is_cut_and_nothing_is_lost() -> None:
    assert "".join(broken("x" * 300, 10)) == "x" * 300
    assert broken("one\n\ntwo", 10) == ["one", "", "two"]


@pytest.mark.parametrize(
    ("name", "right"), [("arabic", True), ("hebrew", True), ("korean", False), ("five words", False)]
)
def test_it_stands_at_the_side_from_which_it_is_read(name: str, right: bool) -> None:
    assert is_right_to_left(PASSAGES[name]) is right
    assert ('text-anchor="end"' in svg(quote(PASSAGES[name]), LIGHT)) is right


def test_the_font_fits_the_script() -> None:
    assert families(PASSAGES["japanese"]).startswith("'Noto Serif CJK JP'")
    assert families(PASSAGES["chinese"]).startswith("'Noto Serif CJK SC'")
    assert families(PASSAGES["korean"]).startswith("'Noto Serif CJK KR'")
    assert families(PASSAGES["greek"]) == families(PASSAGES["five words"])


@pytest.mark.slow
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", ["five words", "600 characters", "hostile"])
def test_it_is_a_png_as_wide_as_a_card(name: str, theme: drawing.Theme) -> None:
    pytest.importorskip("resvg_py")
    try:
        found = drawing.png(quote(PASSAGES[name]), theme)
    except drawing.MissingFontsError:
        pytest.skip("no fonts on this machine")
    assert found.startswith(b"\x89PNG\r\n\x1a\n")
    assert int.from_bytes(found[16:20], "big") == WIDTH
    assert drawing.ink_width(found) == WIDTH, "the paper reaches to its edge"


def test_a_script_without_a_font_is_told_with_what_to_install() -> None:
    pytest.importorskip("resvg_py")
    with pytest.raises(drawing.MissingFontsError, match="fonts-noto-core") as told:
        drawing.png(quote("𐌰𐌱𐌲 gothic"))
    assert told.value.package == "fonts-noto-core"


def test_without_the_extra_it_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawing, "installed", lambda: False)
    with pytest.raises(drawing.PictureError, match="pip install"):
        drawing.png(quote(PASSAGES["five words"]))

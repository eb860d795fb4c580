"""The layout of the picture of a quote, as SVG. Only words of the note are on it."""

import unicodedata
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from bot.chat.attribution import source_line
from bot.model import Quote
from bot.pictures.lines import broken, width
from bot.text.sanitize import one_line, visible
from bot.text.truncate import clipped

WIDTH = 1_200
MIN_HEIGHT, MARGIN = 630, 96
"""In pixels. 1,200 by 630 is the usual size of a link preview."""
MAX_PASSAGE_CHARS = 1_200
"""A longer passage is cut where a sentence or word ends, and says so."""
_BAR, _GAP = 10, 44
_SIZES = ((40, 76), (90, 64), (180, 54), (320, 46), (520, 40), (800, 36), (10_000, 32))
"""(Longest passage in characters, size of its font in pixels)."""
_LEADING = 1.42
_AUTHOR_SIZE, _TITLE_SIZE, _MAX_TITLE_LINES = 32, 28, 2
_CUT = " […]"
_LEFT_TO_RIGHT, _RIGHT_TO_LEFT, _END = "\u202a", "\u202b", "\u202c"
"""Signs around a line that say in which direction it is read (Unicode Standard Annex 9, 2.1)."""
_BALANCED_LINES = 4
"""Passages of up to this many lines get lines of about equal length."""


@dataclass(frozen=True, slots=True)
class Colors:
    """The colours of a card."""

    paper: str
    ink: str
    faint: str
    accent: str


LIGHT = Colors("#faf6ee", "#1f2328", "#6a6258", "#b4552d")
DARK = Colors("#1b1d21", "#ece7dc", "#a79f90", "#e0925f")

_SERIF = (
    "Noto Serif, Source Serif 4, Georgia, Liberation Serif, Times New Roman, DejaVu Serif, "
    "Noto Sans, Arial, Liberation Sans, DejaVu Sans"
)
_FAMILIES = {
    "ja": "Noto Serif CJK JP, Noto Serif JP, Hiragino Mincho ProN, Yu Mincho, Noto Sans CJK JP, IPAexMincho",
    "ko": "Noto Serif CJK KR, Noto Serif KR, Apple SD Gothic Neo, Malgun Gothic, Noto Sans CJK KR, NanumMyeongjo",
    "zh": "Noto Serif CJK SC, Noto Serif SC, Songti SC, SimSun, Noto Sans CJK SC, WenQuanYi Zen Hei",
    "ar": "Amiri, Scheherazade New, Times New Roman, Arial, DejaVu Sans, Noto Naskh Arabic",
    "he": "Times New Roman, Frank Ruehl CLM, DejaVu Sans, Noto Serif Hebrew",
}
"""By the script of the passage: fonts that go before `_SERIF`. For Arabic and Hebrew first those that have Latin letters and signs,
too: what a font lacks, resvg takes from any other one, be it bold."""


def families(text: str) -> str:
    """Families of fonts for a text, the best first, by the script that most of it is in."""
    counts = dict.fromkeys(_FAMILIES, 0)
    for one in text:
        name = _script(one)
        if name in counts:
            counts[name] += 1
    if counts["ja"] and counts["zh"]:  # kanji beside kana are Japanese
        counts["ja"] += counts["zh"]
    best = max(counts, key=lambda name: counts[name])
    letters = sum(map(str.isalpha, text)) or 1
    names = f"{_FAMILIES[best]}, {_SERIF}" if counts[best] * 3 > letters else _SERIF
    return ", ".join(f"'{name}'" for name in names.split(", "))


def is_right_to_left(text: str) -> bool:
    """Whether a text is read from right to left: by its first letter with a direction (Unicode Standard Annex 9, rule P2)."""
    directions = (unicodedata.bidirectional(one) for one in text)
    return next(
        (direction in ("R", "AL") for direction in directions if direction in ("L", "R", "AL")), False
    )


def passage_of(quote: Quote) -> str:
    """The words of the quote that are drawn."""
    return clipped(visible(quote.text).strip(), MAX_PASSAGE_CHARS, _CUT)


def svg(quote: Quote, colors: Colors, stretch: float = 1.0) -> str:
    """The card of a quote. `stretch` is the width of its fonts relative to the estimate of `lines`."""
    passage = passage_of(quote)
    source = source_line(quote.highlight.source)
    authors = clipped(one_line(", ".join(source.authors)), 120, "…")
    title = one_line(quote.highlight.source.title)
    room = WIDTH - 2 * MARGIN - _BAR - _GAP
    size = next(size for most, size in _SIZES if width(passage) / 0.6 <= most)
    lines = _balanced(passage, room / size / stretch)
    titles = broken(title, room / _TITLE_SIZE / stretch) if title else []
    if len(titles) > _MAX_TITLE_LINES:
        titles = [titles[0], f"{titles[1]} …"]
    leading = round(size * _LEADING)
    below = (36 if authors or titles else 0) + 42 * (len(titles) + bool(authors))
    height = max(MIN_HEIGHT, 2 * MARGIN + leading * len(lines) + below)
    top = (height - leading * len(lines) - below) // 2
    rtl = is_right_to_left(passage)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}">',
        f'<rect width="{WIDTH}" height="{height}" fill="{colors.paper}"/>',
        f'<rect x="{WIDTH - MARGIN - _BAR if rtl else MARGIN}" y="{top}" width="{_BAR}" height="{leading * len(lines)}" rx="5" '
        f'fill="{colors.accent}"/>',
    ]
    parts += [
        _line(line, top + round(leading * number + size * 1.02), size, colors.ink, rtl, families(passage))
        for number, line in enumerate(lines)
    ]
    at = top + leading * len(lines) + 36 + 32
    if authors:
        parts.append(_line(authors, at, _AUTHOR_SIZE, colors.ink, rtl, families(authors), bold=True))
        at += 44
    for line in titles:
        parts.append(_line(line, at, _TITLE_SIZE, colors.faint, rtl, families(title)))
        at += 40
    return "\n".join((*parts, "</svg>"))


def _balanced(passage: str, room: float) -> list[str]:
    """The lines of a passage; a few of them about equally long, so that no single word is left for the last."""
    lines = broken(passage, room)
    if 1 < len(lines) <= _BALANCED_LINES and "\n" not in passage:
        narrower = room
        while len(tried := broken(passage, narrower * 0.97)) == len(lines):
            lines, narrower = tried, narrower * 0.97
    return lines


def sample(text: str, size: int) -> tuple[str, float]:
    """The beginning of a text on one line, as SVG without paper, and its estimated width in pixels."""
    line = " ".join(text.split())[:_SAMPLE_CHARS]
    estimate = max(1.0, width(line) * size)
    body = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{round(estimate * 1.6) + size}" height="{size * 2}">'
        f'<text x="0" y="{round(size * 1.4)}" font-size="{size}" font-family={quoteattr(families(text))} '
        f'xml:space="preserve">{_LEFT_TO_RIGHT}{escape(line)}{_END}</text></svg>'
    )
    return body, estimate


_SAMPLE_CHARS = 100


def _line(text: str, baseline: int, size: int, color: str, rtl: bool, fonts: str, bold: bool = False) -> str:
    """A line of text, at the side from which the passage is read."""
    if not text:
        return ""
    sign = _RIGHT_TO_LEFT if rtl else _LEFT_TO_RIGHT
    x = WIDTH - MARGIN - _BAR - _GAP if rtl else MARGIN + _BAR + _GAP
    weight = ' font-weight="700"' if bold else ""
    return (
        f'<text x="{x}" y="{baseline}" font-family={quoteattr(fonts)} font-size="{size}"{weight} fill="{color}" '
        f'text-anchor="{"end" if rtl else "start"}" xml:space="preserve">{sign}{escape(text)}{_END}</text>'
    )


def _script(character: str) -> str:
    if "\u0590" <= character <= "\u05ff":
        return "he"
    if "\u0600" <= character <= "\u08ff" or "\ufb50" <= character <= "\ufefc":
        return "ar"
    if "\u3041" <= character <= "\u30ff":
        return "ja"
    if "\uac00" <= character <= "\ud7a3":
        return "ko"
    return "zh" if "\u3400" <= character <= "\u9fff" else ""

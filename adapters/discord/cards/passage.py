"""A quote as a block of a card: the passage, its attribution, and the reader's remark."""

from functools import cache

from adapters.discord.cards.card import Block, Picture
from adapters.discord.cards.markdown import can_label, link, linkable_url, literal, literal_line, quoted
from bot.answering.shorten import shortened
from bot.chat import wording
from bot.chat.attribution import SourceLine, attribution, source_line
from bot.model import OMISSION, Quote
from bot.text.sanitize import visible
from bot.text.truncate import clipped
from corpus.model import Source

_MAX_TITLE_CHARS, _MAX_NAMES_CHARS, _MAX_DETAIL_CHARS, _MAX_REMARK_CHARS = 150, 120, 80, 600
_MAX_PICTURE_TITLE_CHARS = 200
_CUT = f" {wording.CUT_MARK}"


class PassageBlocks:
    """Renders quotes as blocks, and caches the parts: a card is rendered several times, with different passage lengths."""

    def __init__(self) -> None:
        self.block = cache(self._block)
        self._attribution = cache(_attribution)
        self._remark = cache(_remark)
        self._picture = cache(_picture)

    def _block(self, quote: Quote, max_chars: int, show_cover: bool, show_source: bool) -> Block:
        """A quote with at most `max_chars` code points of its passage."""
        texts = [quoted(_passage(shortened(quote, max_chars), quote)), self._attribution(quote, show_source)]
        if quote.highlight.remark:
            texts.append(self._remark(quote.highlight.remark, min(max_chars, _MAX_REMARK_CHARS)))
        picture = self._picture(quote.highlight.source) if show_cover else None
        return Block(tuple(filter(None, texts)), picture)


def source_lines(source: Source, detail: str) -> str:
    """A source on two lines: its title; its authors and `detail`."""
    facts = source_line(source)
    title, separate_link = _title(facts)
    return f"{title}\n-# {' · '.join(filter(None, (_authors(facts), detail, separate_link)))}"


def _passage(shown: Quote, whole: Quote) -> str:
    """The parts of the quote, with matched words in bold and an omission mark where it was cut."""
    parts = [_part(shown, start, end) for start, end in shown.spans]
    cut_before = OMISSION.lstrip() if parts and shown.spans[0][0] != whole.spans[0][0] else ""
    cut_after = "" if parts and shown.spans[-1][1] == whole.spans[-1][1] else _CUT
    return literal(cut_before) + literal(OMISSION).join(parts) + literal(cut_after)


def _part(quote: Quote, start: int, end: int) -> str:
    plain, position, pieces = quote.highlight.plain, start, ""
    for mark_start, mark_end in _bold_marks(quote, start, end):
        pieces += f"{literal(plain[position:mark_start])}**{literal(plain[mark_start:mark_end])}**"
        position = mark_end
    return pieces + literal(plain[position:end])


def _bold_marks(quote: Quote, start: int, end: int) -> list[tuple[int, int]]:
    """The marks of a part that can be bold. Marks with nothing visible between them are joined: `**a****b**` is not bold.

    Only these marks split a text before it is escaped, and they split it where a ping cannot be, so every ping is escaped as a
    whole.
    """
    marks: list[tuple[int, int]] = []
    for mark_start, mark_end in sorted(quote.emphasised):
        if (
            mark_start < start
            or mark_end > end
            or not _can_be_bold(quote.highlight.plain[mark_start:mark_end])
        ):
            continue
        if marks and not visible(quote.highlight.plain[marks[-1][1] : mark_start]):
            marks[-1] = (marks[-1][0], max(mark_end, marks[-1][1]))
        else:
            marks.append((mark_start, mark_end))
    return marks


def _can_be_bold(word: str) -> bool:
    return "\n" not in word and word[:1].isalnum() and word[-1:].isalnum()


def _attribution(quote: Quote, show_source: bool) -> str:
    """The title on one line, and the authors and all other details small on the next."""
    facts = attribution(quote)
    title, separate_link = _title(facts.source) if show_source else ("", None)
    chapter = clipped(facts.chapter, _MAX_NAMES_CHARS, "…")
    url = linkable_url(facts.url)
    details = (
        _authors(facts.source) if show_source else "",
        wording.CLOSE_IN_MEANING if facts.close_in_meaning else "",
        literal_line(clipped(facts.location, _MAX_DETAIL_CHARS, "…")),
        f"“{literal_line(chapter)}”" if chapter else "",
        literal_line(wording.day(facts.date)),
        link(wording.HIGHLIGHT, url) if url else "",
        separate_link,
    )
    line = " · ".join(filter(None, details))
    return "\n".join(filter(None, (title, f"-# {line}" if line else "")))


def _remark(remark: str, max_chars: int) -> str:
    return f"**{wording.REMARK}:** {literal(clipped(remark, max_chars, _CUT))}"


def _authors(source: SourceLine) -> str:
    return literal_line(clipped(", ".join(source.authors), _MAX_NAMES_CHARS, "…"))


def _title(source: SourceLine) -> tuple[str, str | None]:
    """The title in bold, linked if that is allowed; if not, the link separately."""
    title = clipped(source.title, _MAX_TITLE_CHARS, "…")
    url = linkable_url(source.url)
    if url is None:
        return f"**{literal_line(title)}**", None
    if can_label(title, url):
        return f"**{link(title, url)}**", None
    return f"**{literal_line(title)}**", link(wording.SOURCE, url)


def _picture(source: Source) -> Picture | None:
    url = linkable_url(source.cover)
    if url is None:
        return None
    return Picture(url, clipped(source_line(source).title, _MAX_PICTURE_TITLE_CHARS, "…"))

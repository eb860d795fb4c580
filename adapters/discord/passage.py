"""A quote as a block of a card: the passage, whose it is, the reader's own remark."""

from adapters.discord.card import Block, Picture
from adapters.discord.markdown import address, can_label, link, literal, literal_line, quoted
from bot.answering.shorten import shortened
from bot.chat import wording
from bot.model import OMISSION, Quote
from bot.text.sanitize import one_line, visible
from bot.text.truncate import clipped
from corpus.model import Source

_MOST_TITLE, _MOST_NAMES, _MOST_DETAIL, _MOST_REMARK = 150, 120, 80, 600
_CUT = f" {wording.CUT}"


def block(quote: Quote, most: int, cover: bool, titled: bool) -> Block:
    """A quote of at most `most` code points, with its cover and its title where they are to be shown."""
    texts = [quoted(_passage(shortened(quote, most), quote))]
    if attribution := _attribution(quote, titled):
        texts.append(attribution)
    if quote.highlight.remark:
        remark = literal(clipped(quote.highlight.remark, min(most, _MOST_REMARK), _CUT))
        texts.append(f"**{wording.REMARK}:** {remark}")
    return Block(tuple(texts), _picture(quote.highlight.source) if cover else None)


def _passage(quote: Quote, whole: Quote) -> str:
    """The parts of the quote, with its marks bold; a mark of omission at the end where `whole` goes on."""
    parts = [_marked(quote, start, end) for start, end in quote.spans]
    cut = quote is not whole
    return literal(OMISSION).join(parts) + (literal(_CUT) if cut else "")


def _marked(quote: Quote, start: int, end: int) -> str:
    plain, position, pieces = quote.highlight.plain, start, ""
    for begin, stop in _joined(quote, start, end):
        pieces += f"{literal(plain[position:begin])}**{literal(plain[begin:stop])}**"
        position = stop
    return pieces + literal(plain[position:end])


def _joined(quote: Quote, start: int, end: int) -> list[tuple[int, int]]:
    """The marks of a part that can be bold, those that touch as seen made one: `**a****b**` would not be bold.

    Nothing else splits a text before it is made literal: the halves of a ping are no ping.
    """
    result: list[tuple[int, int]] = []
    for begin, stop in sorted(quote.emphasised):
        if begin < start or stop > end or not _can_be_bold(quote.highlight.plain[begin:stop]):
            continue
        if result and not visible(quote.highlight.plain[result[-1][1] : begin]):
            result[-1] = (result[-1][0], max(stop, result[-1][1]))
        else:
            result.append((begin, stop))
    return result


def _can_be_bold(word: str) -> bool:
    return "\n" not in word and word[:1].isalnum() and word[-1:].isalnum()


def _attribution(quote: Quote, titled: bool) -> str:
    highlight, source = quote.highlight, quote.highlight.source
    title, apart = _title(source) if titled else ("", None)
    details = [_names(source) if titled else "", wording.CLOSE if quote.sentence is not None else ""]
    details.append(literal_line(clipped(one_line(highlight.location or ""), _MOST_DETAIL, "…")))
    if highlight.chapter:
        details.append(f"“{literal_line(clipped(one_line(highlight.chapter), _MOST_NAMES, '…'))}”")
    details.append(literal_line(wording.day(highlight.added or source.date or "")))
    if passage := address(highlight.link):
        details.append(link(wording.HIGHLIGHT, passage))
    details.append(apart or "")
    line = " · ".join(filter(None, details))
    return "\n".join(filter(None, (title, f"-# {line}" if line else "")))


def _names(source: Source) -> str:
    return literal_line(clipped(", ".join(map(one_line, source.authors)), _MOST_NAMES, "…"))


def _title(source: Source) -> tuple[str, str | None]:
    """The title, linked where it may be; else the link apart from it."""
    title = clipped(one_line(source.title) or wording.UNTITLED, _MOST_TITLE, "…")
    target = address(source.url)
    if target is None:
        return f"**{literal_line(title)}**", None
    if can_label(title, target):
        return f"**{link(title, target)}**", None
    return f"**{literal_line(title)}**", link(wording.SOURCE, target)


def _picture(source: Source) -> Picture | None:
    url = address(source.cover)
    if url is None:
        return None
    return Picture(url, clipped(one_line(source.title) or wording.UNTITLED, 200, "…"))


def source_lines(source: Source, told: str) -> str:
    """A source in two lines: its title; its authors and what is told of it."""
    title, apart = _title(source)
    return f"{title}\n-# {' · '.join(filter(None, (_names(source), told, apart)))}"

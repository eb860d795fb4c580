"""One quote on Slack: the passage with a bar on its left, and below it the attribution and the reader's remark."""

from adapters.slack.cards import block_kit as kit
from adapters.slack.cards.block_kit import Block
from bot.answering.shorten import shortened
from bot.chat import wording
from bot.chat.attribution import Attribution, attribution, source_line
from bot.model import OMISSION, Quote, Span
from bot.text import safe_links
from bot.text.sanitize import visible
from bot.text.truncate import clipped
from corpus.model import Source

_SEPARATOR = " · "
_CUT = f" {wording.CUT_MARK}"
_MAX_TITLE_CHARS, _MAX_AUTHORS_CHARS, _MAX_DETAIL_CHARS, _MAX_REMARK_CHARS = 250, 200, 120, 1000
_MAX_TAGS, _MAX_TAG_CHARS = 6, 40
MAX_PICTURE_URL_CHARS = 3000
_MAX_URL_UNITS = 3500
"""Maximum length of an address as Slack counts it, with five characters for each `&`."""


def passage_blocks(
    quote: Quote, max_chars: int, *, show_source: bool = True, show_cover: bool = False
) -> list[Block]:
    """The quote with at most `max_chars` code points of its passage.

    The first block has the passage, the source (with `show_source`), the location, the link and the remark; the second one,
    small and grey, has the cover (with `show_cover`) and the other details.
    """
    facts = attribution(quote)
    line = source_elements(quote.highlight.source) if show_source else []
    location, url = _shortened(facts.location), linkable_url(facts.url)
    line += kit.text(_separator(line, location) + location)
    if url is not None:
        line += kit.text(_separator(line, url)) + kit.link(wording.HIGHLIGHT, url)
    remark = _remark(quote.highlight.remark or "")
    line += kit.text("\n" if line and remark else "") + remark
    blocks = kit.rich_text(kit.quote(passage(quote, max_chars)) + kit.section(line))
    details = _SEPARATOR.join(_details(facts))
    cover = linkable_url(quote.highlight.source.cover) if show_cover else None
    if cover is None or len(cover) > MAX_PICTURE_URL_CHARS:
        return blocks + kit.context(details)
    title = clipped(facts.source.title, _MAX_DETAIL_CHARS, _CUT)
    return blocks + kit.context(details, (cover, wording.cover_of(title)))


def passage(quote: Quote, max_chars: int) -> list[Block]:
    """The parts of the quote, joined by the omission mark, with matched words in bold. Where the quote was cut, a mark says so."""
    shown = shortened(quote, max_chars)
    elements: list[Block] = []
    for span in shown.spans:
        part = _part(shown, span)
        elements += kit.text(OMISSION if elements and part else "") + part
    if elements and shown.spans[0][0] != quote.spans[0][0]:
        elements = kit.text(OMISSION.lstrip()) + elements
    if shown.spans and shown.spans[-1][1] == quote.spans[-1][1]:
        return elements
    return elements + kit.text(_CUT if elements else wording.CUT_MARK)


def source_elements(source: Source) -> list[Block]:
    """A source's title, linked if that is allowed, and its authors."""
    facts = source_line(source)
    title = clipped(facts.title, _MAX_TITLE_CHARS, _CUT)
    url = linkable_url(facts.url)
    elements: list[Block] = []
    if url is not None and facts.links_title(title):
        elements += kit.link(title, url, bold=True)
    else:
        elements += kit.text(title, bold=True)
        elements += kit.text(_SEPARATOR if url else "")
        elements += kit.link(wording.SOURCE, url) if url else []
    authors = clipped(", ".join(facts.authors), _MAX_AUTHORS_CHARS, _CUT)
    return elements + kit.text(authors and _SEPARATOR + authors)


def linkable_url(url: str | None) -> str | None:
    """The address if it may be linked and is short enough for Slack; else None."""
    safe = safe_links.web(url)
    return safe if safe is not None and kit.escaped_units(safe) <= _MAX_URL_UNITS else None


def _part(quote: Quote, span: Span) -> list[Block]:
    """One part of the quote as literal text.

    `visible` only removes or replaces single characters, so the visible form of a prefix is a prefix of the visible form.
    """
    start, end = span
    raw = quote.highlight.plain[start:end]
    shown = visible(raw)
    elements: list[Block] = []
    position = 0
    for mark_start, mark_end in quote.emphasised:
        if not start <= mark_start < mark_end <= end:
            continue
        first, last = len(visible(raw[: mark_start - start])), len(visible(raw[: mark_end - start]))
        if first < position:
            continue
        elements += kit.text(shown[position:first]) + kit.text(shown[first:last], bold=True)
        position = last
    return elements + kit.text(shown[position:])


def _details(facts: Attribution) -> list[str]:
    """The note "close in meaning", the chapter, the date and the tags. What is not known is left out."""
    chapter = _shortened(facts.chapter)
    details = [
        wording.CLOSE_IN_MEANING if facts.close_in_meaning else "",
        f"“{chapter}”" if chapter else "",
        wording.day(_shortened(facts.date)),
        " ".join(f"#{clipped(tag, _MAX_TAG_CHARS, _CUT)}" for tag in facts.tags[:_MAX_TAGS]),
    ]
    return [detail for detail in details if detail]


def _separator(before: list[Block], after: str) -> str:
    return _SEPARATOR if before and after else ""


def _shortened(detail: str) -> str:
    return clipped(detail, _MAX_DETAIL_CHARS, _CUT)


def _remark(remark: str) -> list[Block]:
    """The reader's own words in italics, after a label that sets them apart from the passage."""
    shown = clipped(visible(remark).strip(), _MAX_REMARK_CHARS, _CUT)
    return kit.text(f"{wording.REMARK}: ", bold=True) + kit.text(shown, italic=True) if shown else []

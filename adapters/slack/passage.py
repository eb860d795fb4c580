"""One quote on Slack: the passage behind a bar, below it whose it is, where it stands, and the reader's own remark."""

from adapters.slack import block_kit as kit
from adapters.slack.block_kit import Block
from bot.answering.shorten import shortened
from bot.chat import wording
from bot.model import OMISSION, Quote, Span
from bot.text import safe_links
from bot.text.sanitize import one_line, visible
from bot.text.truncate import clipped
from corpus.model import Source

_BETWEEN = " · "
_CUT = f" {wording.CUT}"
_MOST_TITLE, _MOST_NAMES, _MOST_DETAIL, _MOST_TAGS, _MOST_REMARK = 250, 200, 120, 6, 1000
_MOST_ADDRESS = 3500
"""Of an address as Slack counts it, `&` as five."""


def block(quote: Quote, most: int, *, titled: bool = True) -> list[Block]:
    """The quote with at most `most` code points of the passage, without its source where that is told already.

    The passage behind a bar; whose it is, where it stands, the link to it; the reader's remark; small and grey the rest.
    """
    highlight = quote.highlight
    line = source_line(highlight.source) if titled else []
    location, link = _line(highlight.location), web(highlight.link)
    line += kit.text(_between(line, location) + location)
    if link is not None:
        line += kit.text(_between(line, link)) + kit.link(wording.HIGHLIGHT, link)
    remark = _remark(highlight.remark or "")
    line += kit.text("\n" if line and remark else "") + remark
    blocks = kit.rich(kit.quote(passage(quote, most)) + kit.section(line))
    return blocks + kit.small(_BETWEEN.join(_details(quote)))


def passage(quote: Quote, most: int) -> list[Block]:
    """The parts of the quote, matched words bold, joined by the mark of omission, with one more where it was cut."""
    shown = shortened(quote, most)
    elements: list[Block] = []
    for span in shown.spans:
        part = _part(shown, span)
        elements += kit.text(OMISSION if elements and part else "") + part
    if shown.spans == quote.spans:
        return elements
    return elements + kit.text(_CUT if elements else wording.CUT)


def source_line(source: Source) -> list[Block]:
    """A source's title, linked where it has an address, and its authors."""
    title = clipped(one_line(source.title), _MOST_TITLE, _CUT) or wording.UNTITLED
    address = web(source.url)
    elements: list[Block] = []
    if address is not None and safe_links.honest(title, address):
        elements += kit.link(title, address, bold=True)
    else:
        elements += kit.text(title, bold=True)
        elements += kit.text(_BETWEEN if address else "")
        elements += kit.link(wording.SOURCE, address) if address else []
    names = clipped(", ".join(filter(None, map(one_line, source.authors))), _MOST_NAMES, _CUT)
    return elements + kit.text(names and _BETWEEN + names)


def web(address: str | None) -> str | None:
    """The address when Slack takes it and it may be linked."""
    found = safe_links.web(address)
    return found if found is not None and kit.counted(found) <= _MOST_ADDRESS else None


def _part(quote: Quote, span: Span) -> list[Block]:
    """One part as literal text. `visible` only takes away or replaces, so that a prefix of it is that of the prefix."""
    start, end = span
    raw = quote.highlight.plain[start:end]
    shown = visible(raw)
    elements: list[Block] = []
    position = 0
    for begin, stop in quote.emphasised:
        if not start <= begin < stop <= end:
            continue
        first, last = len(visible(raw[: begin - start])), len(visible(raw[: stop - start]))
        if first < position:
            continue
        elements += kit.text(shown[position:first]) + kit.text(shown[first:last], bold=True)
        position = last
    return elements + kit.text(shown[position:])


def _details(quote: Quote) -> list[str]:
    """That it is close in meaning, chapter, day, tags; those that there are."""
    highlight = quote.highlight
    chapter = _line(highlight.chapter)
    tags = [tag for one in highlight.tags if (tag := one_line(one).lstrip("#"))][:_MOST_TAGS]
    details = [
        wording.CLOSE if quote.sentence is not None else "",
        f"“{chapter}”" if chapter else "",
        wording.day(_line(highlight.added or highlight.source.date)),
        " ".join(f"#{clipped(tag, 40, _CUT)}" for tag in tags),
    ]
    return [detail for detail in details if detail]


def _between(before: list[Block], after: str) -> str:
    return _BETWEEN if before and after else ""


def _line(shown: str | None) -> str:
    return clipped(one_line(shown or ""), _MOST_DETAIL, _CUT)


def _remark(remark: str) -> list[Block]:
    """The reader's own words, told apart from the passage's by a sign and by italics."""
    shown = clipped(visible(remark).strip(), _MOST_REMARK, _CUT)
    return kit.text(f"{wording.REMARK}: ", bold=True) + kit.text(shown, italic=True) if shown else []

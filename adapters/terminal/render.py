"""Renders replies for a terminal. A quote has a bar on its left, its matched words are marked, and its attribution stands below.

Pure functions: a reply and a width go in, styled text comes out. Nothing in a note acts as markup or as an escape sequence.
Modules that only replies to commands need are imported late, so that a single question is answered sooner.
"""

from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

from bot.chat import wording
from bot.chat.attribution import SourceLine, attribution, source_line
from bot.model import OMISSION, Answer, Quote
from bot.text.sanitize import one_line, visible

if TYPE_CHECKING:
    from bot.chat.replies import Digest, Picks, Quotes, Reply, Sources

BAR = "▌ "
_MATCH, _QUIET, _REMARK = "bold", "dim", "italic"
_DASH = "  — "


def render(reply: "Reply", width: int | None, hint: str | None = None) -> Text:
    """The reply for a terminal that is `width` columns wide. None stands for a pipe: long lines are not wrapped.

    `hint` is added at the end if there is more to show.
    """
    text = Text()
    if isinstance(reply, Answer):
        _quotes(text, reply, width)
        has_more = bool(reply.quotes) and reply.offset + len(reply.quotes) < reply.total
    else:
        from bot.chat.commands import next_page
        from bot.chat.replies import Notice, Sources

        if isinstance(reply, Notice):
            _sentences(text, visible(wording.as_typed(reply.text)), width)
        elif isinstance(reply, Sources):
            _sources(text, reply)
        else:
            _quotes(text, reply, width)
        has_more = next_page(reply) is not None
    if hint is not None and has_more:
        text.append(f"\n{hint}", _QUIET)
    text.append("\n")
    return text


def _quotes(text: Text, reply: "Answer | Picks | Quotes | Digest", width: int | None) -> None:
    if isinstance(reply, Answer):
        if not reply.found:
            _sentences(text, visible(wording.nothing_fits(reply)), width)
            return
        if (above := wording.above(reply)) is not None:
            _sentences(text, visible(above), width, _QUIET)
            text.append("\n\n")
    else:
        _above_list(text, reply)
    for number, quote in enumerate(reply.quotes):
        text.append("\n\n" if number else "")
        _quote(text, quote, width)
    if not isinstance(reply, Answer):
        return
    if (below := wording.below(reply)) is not None:
        text.append("\n\n")
        _sentences(text, visible(below), width, _QUIET)
    if reply.offset or reply.total > len(reply.quotes):
        text.append(f"\n\n{wording.shown_of(reply.offset, len(reply.quotes), reply.total)}", _QUIET)


def _above_list(text: Text, reply: "Picks | Quotes | Digest") -> None:
    """The subject of a list, and how much of it is shown."""
    from bot.chat.replies import Quotes
    from bot.chat.requests import LIST_FACETS

    if isinstance(reply, Quotes):
        page = reply.page
        shown = wording.shown_of(page.offset, len(page.quotes), page.total)
        listed = wording.listed(LIST_FACETS[reply.command.name], page.meant, page.word_filter)
        text.append(f"{shown} {one_line(listed)}\n\n", _QUIET)


def _quote(text: Text, quote: Quote, width: int | None) -> None:
    passage = _marked(quote)
    for number, line in enumerate(_wrapped(passage, width, len(BAR))):
        text.append("\n" if number else "")
        text.append(BAR, "cyan")
        text.append_text(line)
    text.append("\n")
    _attribution(text, quote, width)
    if quote.highlight.remark:
        remark, label = Text(visible(quote.highlight.remark), _REMARK), f"{wording.REMARK}: "
        for number, line in enumerate(_wrapped(remark, width, len(label) + 2)):
            text.append("\n  ")
            text.append(label if not number else " " * len(label), _QUIET)
            text.append_text(line)


def _marked(quote: Quote) -> Text:
    """The parts of the quote, with matched words marked."""
    plain = quote.highlight.plain
    passage = Text()
    marks = list(quote.emphasised)
    for number, (start, end) in enumerate(quote.spans):
        passage.append(OMISSION if number else "", _QUIET)
        position = start
        for begin, stop in marks:
            if begin < position or stop > end:
                continue
            passage.append(visible(plain[position:begin]))
            passage.append(visible(plain[begin:stop]), _MATCH)
            position = stop
        passage.append(visible(plain[position:end]))
    return passage


def _sentences(text: Text, sentence: str, width: int | None, style: str = "") -> None:
    """Adds sentences, wrapped between words."""
    text.append_text(Text("\n").join(_wrapped(Text(sentence, style), width, 0)))


def _attribution(text: Text, quote: Quote, width: int | None) -> None:
    facts = attribution(quote)
    line = _source(facts.source)
    details = (
        facts.location,
        f"“{facts.chapter}”" if facts.chapter else "",
        facts.date[:10],
        wording.CLOSE_IN_MEANING if facts.close_in_meaning else "",
    )
    for detail in filter(None, details):
        line.append(f" · {detail}", _QUIET)
    for number, wrapped in enumerate(_wrapped(line, width, len(_DASH))):
        text.append("\n" + " " * len(_DASH) if number else _DASH, _QUIET)
        text.append_text(wrapped)
    if (url := facts.url or facts.source.url) is not None:
        text.append("\n    ")
        text.append(url, f"dim link {url}")


def _source(source: SourceLine) -> Text:
    """The title and the authors. The title is clickable if it may carry its link."""
    line = Text()
    line.append(source.title, f"link {source.url}" if source.links_title(source.title) else "")
    if source.authors:
        line.append(f" · {', '.join(source.authors)}", _QUIET)
    return line


def _sources(text: Text, reply: "Sources") -> None:
    page = reply.page
    counts = wording.shown_of(page.offset, len(page.sources), page.total, "sources")
    text.append(f"{counts} {reply.freshness}".rstrip(), _QUIET)
    for counted in page.sources:
        text.append(f"\n{counted.highlights:>6}  ")
        text.append_text(_source(source_line(counted.source)))


def _wrapped(passage: Text, width: int | None, indent: int) -> list[Text]:
    if width is None:
        return list(passage.split("\n", allow_blank=True))
    lines = list(passage.wrap(_WRAPPING_CONSOLE, max(20, width - indent), tab_size=4))
    for line in lines:
        line.rstrip()
    return lines


_WRAPPING_CONSOLE = Console(width=80, legacy_windows=False)

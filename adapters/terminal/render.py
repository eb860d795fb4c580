"""Replies as they stand in a terminal: quotes behind a bar, matched words marked, below them whose they are.

Pure: a reply and a width go in, styled text comes out. Nothing of a note is taken for markup or an escape sequence.
"""

from urllib.parse import urlsplit

from rich.console import Console
from rich.text import Text

from bot.chat import wording
from bot.chat.commands import next_page
from bot.chat.replies import Digest, Notice, Picks, Quotes, Reply, Sources
from bot.chat.requests import KINDS
from bot.model import OMISSION, Answer, Quote
from bot.text.sanitize import one_line, visible

BAR = "▌ "
_MATCH, _QUIET, _REMARK = "bold", "dim", "italic"
_REMARK_SIGN = "Your note: "
_DASH = "  — "


def render(reply: Reply, width: int | None, hint: str | None = None) -> Text:
    """The reply for a terminal `width` columns wide; None leaves long lines to be wrapped by no one (a pipe).

    `hint` is said at the end when there is more to show.
    """
    text = Text()
    if isinstance(reply, Notice):
        _words(text, visible(reply.text), width)
    elif isinstance(reply, Sources):
        _sources(text, reply)
    else:
        _quotes(text, reply, width)
    if hint is not None and next_page(reply) is not None:
        text.append(f"\n{hint}", _QUIET)
    text.append("\n")
    return text


def _quotes(text: Text, reply: Answer | Picks | Quotes | Digest, width: int | None) -> None:
    if isinstance(reply, Answer):
        if not reply.found:
            past = reply.offset and reply.total
            _words(text, wording.NO_MORE if past else visible(wording.nothing_fits(reply)), width)
            return
        if (corrected := wording.corrected(reply)) is not None:
            _words(text, visible(corrected), width, _QUIET)
            text.append("\n\n")
    elif isinstance(reply, Quotes):
        shown = wording.shown_of(reply.page.offset, len(reply.page.quotes), reply.page.total)
        text.append(
            f"{shown} {one_line(wording.listed(KINDS[reply.command.name], reply.page.meant))}\n\n", _QUIET
        )
    for number, quote in enumerate(reply.quotes):
        text.append("\n\n" if number else "")
        _quote(text, quote, width)
    if isinstance(reply, Answer) and (reply.offset or reply.total > len(reply.quotes)):
        text.append(f"\n\n{wording.shown_of(reply.offset, len(reply.quotes), reply.total)}", _QUIET)


def _quote(text: Text, quote: Quote, width: int | None) -> None:
    passage = _marked(quote)
    for number, line in enumerate(_wrapped(passage, width, len(BAR))):
        text.append("\n" if number else "")
        text.append(BAR, "cyan")
        text.append_text(line)
    text.append("\n")
    _attribution(text, quote, width)
    if quote.highlight.remark:
        remark = Text(visible(quote.highlight.remark), _REMARK)
        for number, line in enumerate(_wrapped(remark, width, len(_REMARK_SIGN) + 2)):
            text.append("\n  ")
            text.append(_REMARK_SIGN if not number else " " * len(_REMARK_SIGN), _QUIET)
            text.append_text(line)


def _marked(quote: Quote) -> Text:
    """The quote's parts with the words that matched marked."""
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


def _words(text: Text, told: str, width: int | None, style: str = "") -> None:
    """Sentences, wrapped between words."""
    text.append_text(Text("\n").join(_wrapped(Text(told, style), width, 0)))


def _attribution(text: Text, quote: Quote, width: int | None) -> None:
    highlight, source = quote.highlight, quote.highlight.source
    address = web(source.url)
    told = Text()
    told.append(one_line(source.title), f"link {address}" if address else "")
    details = [", ".join(one_line(author) for author in source.authors), one_line(highlight.location or "")]
    if highlight.chapter:
        details.append(f"“{one_line(highlight.chapter)}”")
    details.append((highlight.added or source.date or "")[:10])
    details.append(wording.CLOSE if quote.sentence is not None else "")
    for detail in filter(None, details):
        told.append(f" · {detail}", _QUIET)
    for number, line in enumerate(_wrapped(told, width, len(_DASH))):
        text.append("\n" + " " * len(_DASH) if number else _DASH, _QUIET)
        text.append_text(line)
    if (link := web(highlight.link) or address) is not None:
        text.append("\n    ")
        text.append(link, f"dim link {link}")


def _sources(text: Text, reply: Sources) -> None:
    page = reply.page
    told = wording.shown_of(page.offset, len(page.sources), page.total, "sources")
    text.append(f"{told} {reply.freshness}".rstrip(), _QUIET)
    for one in page.sources:
        address = web(one.source.url)
        text.append(f"\n{one.highlights:>6}  ")
        text.append(one_line(one.source.title), f"link {address}" if address else "")
        if one.source.authors:
            text.append(f" · {', '.join(one_line(author) for author in one.source.authors)}", _QUIET)


def _wrapped(passage: Text, width: int | None, indent: int) -> list[Text]:
    if width is None:
        return list(passage.split("\n", allow_blank=True))
    lines = list(passage.wrap(_MEASURE, max(20, width - indent), tab_size=4))
    for line in lines:
        line.rstrip()
    return lines


_MEASURE = Console(width=80, legacy_windows=False)


def web(address: str | None) -> str | None:
    """The address when it is http or https, without blanks or controls, and names a host; else None."""
    if not address or len(address) > 5000 or any(c.isspace() or not c.isprintable() for c in address):
        return None
    try:
        parts = urlsplit(address)
        return address if parts.scheme.lower() in ("http", "https") and parts.hostname else None
    except ValueError:
        return None

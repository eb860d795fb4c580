"""A reply as text without blocks, for the rare case that Slack refuses the blocks of a message. It keeps every link.

It is posted with `mrkdwn` off: then `<address|label>` is still a link, and nothing else is markup. An invisible character breaks
addresses, host names and emoji names in a passage. Otherwise Slack would make links and emoji of them.
"""

import re
from collections.abc import Sequence

from adapters.slack.cards import block_kit as kit
from adapters.slack.cards.passage import linkable_url
from bot.chat import wording
from bot.chat.attribution import attribution, source_line
from bot.chat.replies import Digest, Picks, Quotes, Sources
from bot.model import Answer, Quote
from bot.text.sanitize import visible
from bot.text.truncate import clipped
from corpus.model import Source

MAX_BYTES = 3_900
"""Length of the whole text. Slack cuts a text of more than 4,000 characters into several messages."""
_MAX_PASSAGE_CHARS, _MAX_TITLE_CHARS, _MAX_AUTHORS_CHARS = 900, 160, 120
_CUT = f" {wording.CUT_MARK}"
_WORD_JOINER = "\u2060"
_INTERPRETED_BY_SLACK = re.compile(r":(?=//)|:(?=[a-z0-9_+'-]+:)|(?<=[\w-])\.(?=[A-Za-z]{2})|@(?=\w)")


def of(reply: Answer | Picks | Quotes | Digest | Sources) -> str:
    """The quotes or sources of a reply, as many as fit, each with its links."""
    if isinstance(reply, Sources):
        lines = [_source(counted.source) for counted in reply.page.sources]
    else:
        lines = [_quote(quote) for quote in reply.quotes]
    return _within_limit(lines)


def _quote(quote: Quote) -> str:
    passage = _literal(clipped(visible(quote.text), _MAX_PASSAGE_CHARS, _CUT))
    url = linkable_url(attribution(quote).url)
    link = f" · {_link(wording.HIGHLIGHT, url)}" if url is not None else ""
    return f"“{passage}”\n— {_source(quote.highlight.source)}{link}"


def _source(source: Source) -> str:
    facts = source_line(source)
    title, url = clipped(facts.title, _MAX_TITLE_CHARS, _CUT), linkable_url(facts.url)
    if url is not None and facts.links_title(title):
        shown = _link(title, url)
    else:
        shown = _literal(title) + (f" · {_link(wording.SOURCE, url)}" if url is not None else "")
    authors = clipped(", ".join(facts.authors), _MAX_AUTHORS_CHARS, _CUT)
    return shown + (f" · {_literal(authors)}" if authors else "")


def _link(label: str, url: str) -> str:
    return f"<{kit.escape_mrkdwn(url)}|{_literal(label)}>"


def _literal(shown: str) -> str:
    return kit.escape_mrkdwn(_INTERPRETED_BY_SLACK.sub(lambda found: found.group() + _WORD_JOINER, shown))


def _within_limit(lines: Sequence[str]) -> str:
    """As many whole lines as fit; a link is never cut."""
    kept = ""
    for line in lines:
        longer = f"{kept}\n\n{line}" if kept else line
        if len(longer.encode("utf-8", "replace")) > MAX_BYTES:
            break
        kept = longer
    return kept

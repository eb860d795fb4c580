"""For all texts of notes and questions, Slack accepts the message and shows them literally, without pings, with web links only."""

import json
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.slack.cards import passage, render
from adapters.slack.cards.render import SlackMessage
from bot.chat.replies import Notice, Picks, Quotes, Reply
from bot.model import OMISSION, Answer, Quote
from bot.text import safe_links as web
from bot.text.sanitize import visible
from tests.adapters.slack.cards import hostile
from tests.examples import examples
from tests.slack_server import links, notification, pings, unfurls, visible_text
from tests.slack_server.json_types import Json
from tests.slack_server.shown.blocks import MAX_BLOCKS_SIZE, problems, size_of

pytestmark = pytest.mark.timeout(300)
many = settings(max_examples=examples(150), deadline=None, suppress_health_check=list(HealthCheck))


def payload(message: SlackMessage) -> Json:
    return {"text": message.text, "blocks": message.blocks, "unfurl_links": False, "unfurl_media": False}


def messages(reply: Reply) -> Iterator[SlackMessage]:
    yield render.message(reply, asker="U1", private=False)
    yield render.message(reply, asker=None, private=True)
    yield render.shared(reply, asker="U1", by="<!channel> & Ann")


@given(hostile.replies)
@many
@pytest.mark.long
def test_slack_accepts_every_message_and_nobody_is_pinged(reply: Reply) -> None:
    for message in messages(reply):
        assert problems(message.blocks) == []
        assert size_of(message.blocks) <= MAX_BLOCKS_SIZE
        assert message.text.strip()
        assert len(message.text.encode("utf-8", "surrogatepass")) <= 4000
        assert json.dumps(message.blocks, ensure_ascii=False).encode()
        shown = payload(message)
        assert pings(shown) == set()
        assert unfurls(shown) == []
        for link in links(shown):
            parts = urlsplit(link.url)
            assert parts.scheme.lower() in ("http", "https")
            assert parts.hostname
            assert "@" not in parts.netloc
            assert len(link.url) <= 3000


@pytest.mark.long
@given(hostile.answers | hostile.listings)
@many
def test_every_quote_is_shown_word_for_word(reply: Answer | Picks | Quotes) -> None:
    message = render.message(reply, asker="U1", private=False)
    shown = quoted_texts(message)
    assert 1 <= len(shown) + blank(reply) <= len(reply.quotes) + blank(reply)
    expected = [quote for quote in reply.quotes if parts_of(quote)]
    for text, quote in zip(shown, expected, strict=False):
        assert is_faithful(text, quote)


@given(hostile.quotes(), st.integers(1, 3000))
@many
def test_a_cut_passage_is_marked_and_still_word_for_word(quote: Quote, most: int) -> None:
    text = "".join(str(element["text"]) for element in passage.passage(quote, most))
    assert is_faithful(text, quote)
    whole = OMISSION.join(parts_of(quote))
    assert text == whole or text.endswith("[…]") or text.startswith("[…]")


@given(hostile.answers)
@many
def test_every_link_survives_a_long_answer(reply: Answer) -> None:
    message = render.message(reply, asker="U1", private=False)
    found = {link.url for link in links(payload(message))}
    count = sum(1 for block in message.blocks if block["type"] == "divider") + 1
    for quote in reply.quotes[:count]:
        for address in (quote.highlight.link, quote.highlight.source.url):
            assert passage.linkable_url(address) is None or address in found


@given(hostile.texts | st.sampled_from(hostile.ADDRESSES))
@settings(max_examples=examples(300))
def test_only_plain_web_addresses_are_linked(text: str) -> None:
    address = web.web(text)
    if address is not None:
        assert address == text
        assert not any(c.isspace() or c in "|<>\\" for c in address)


@given(hostile.texts)
@settings(max_examples=examples(300))
def test_the_notification_is_escaped_once(text: str) -> None:
    message = render.message(Notice(f"a {text} b"), asker=None, private=False)
    read = message.text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    assert read == visible(f"a {text} b")
    assert not set("<>") & set(message.text)


def quoted_texts(message: SlackMessage) -> list[str]:
    """The texts of the quotes."""
    return [
        "".join(str(element["text"]) for element in part["elements"])
        for block in message.blocks
        if block["type"] == "rich_text"
        for part in block["elements"]  # type: ignore[attr-defined]
        if part["type"] == "rich_text_quote"
    ]


def blank(reply: Answer | Picks | Quotes) -> int:
    """The number of quotes without any visible text."""
    return sum(not parts_of(quote) for quote in reply.quotes)


def parts_of(quote: Quote) -> list[str]:
    """The visible text of each part of the quote. Parts without visible text are left out."""
    parts = (visible(quote.highlight.plain[start:end]) for start, end in quote.spans)
    return [part for part in parts if part]


def is_faithful(text: str, quote: Quote) -> bool:
    """Whether the text consists of parts of the passage, joined by ellipses. It may also begin or end with one.

    Words may be left out only where an ellipsis stands.
    """
    whole = OMISSION.join(parts_of(quote))
    shown = (text, text.removesuffix("[…]").removesuffix(" "))
    if whole.startswith(shown):
        return True
    begin = OMISSION.lstrip()
    return text.startswith(begin) and any(part.removeprefix(begin) in whole for part in shown)


def test_an_entity_in_a_note_reads_as_in_the_note() -> None:
    message = render.message(Notice("AT&T said &lt;b&gt; & <!channel>"), asker=None, private=False)
    assert visible_text(payload(message)) == "AT&T said &lt;b&gt; & <!channel>"
    assert notification(payload(message)) == "AT&T said &lt;b&gt; & <!channel>"
    assert message.text == "AT&amp;T said &amp;lt;b&amp;gt; &amp; &lt;!channel&gt;"

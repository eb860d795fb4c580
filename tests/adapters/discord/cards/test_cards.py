"""Cards made from hostile replies keep every limit. Only our own links are live, and each quote is a part of its highlight."""

import json

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from simcord.components import validate_components

from adapters.discord.cards import passage
from adapters.discord.cards.card import layout
from adapters.discord.cards.custom_ids import decode
from adapters.discord.cards.markdown import PING_STOP, linkable_url, utf16_units
from adapters.discord.cards.render import MIN_PASSAGE_CHARS, PASSAGE_LIMITS, Origin, render
from bot.chat.replies import Notice, Picks, Reply, Sources
from bot.chat.requests import Command
from bot.model import Quote
from bot.text.sanitize import visible
from corpus.model import Highlight, Source
from tests.adapters.discord.cards.hostile import quotes, replies
from tests.adapters.discord.cards.reading import PING, read, unquoted
from tests.examples import examples

COMPONENTS_V2 = 1 << 15
origins = st.builds(
    Origin,
    st.none() | st.integers(1, 2**63),
    st.none() | st.integers(1, 2**63),
    st.booleans(),
    st.sampled_from(["", "0123456789abcdef"]),
)


def _bold(plain: str, *marks: tuple[int, int]) -> Quote:
    highlight = Highlight("0" * 16, plain, plain, Source("a title"))
    return Quote(highlight, ((0, len(plain)),), marks)


def _linked(plain: str) -> Quote:
    """A quote of a source with an address."""
    source = Source("a title", url="https://example.org/a")
    return Quote(Highlight("0" * 16, plain, plain, source), ((0, len(plain)),), ())


ours = settings(max_examples=examples(100), deadline=None, suppress_health_check=list(HealthCheck))


@ours
@given(replies(), origins, st.booleans())
def test_every_card_keeps_discords_limits(reply: Reply, origin: Origin, pictures: bool) -> None:
    card = render(reply, origin, pictures)
    view = layout(card)
    payload = view.to_components()  # type: ignore[no-untyped-call]
    validate_components(json.loads(json.dumps(payload, ensure_ascii=False).encode()), flags=COMPONENTS_V2)
    assert sum(map(utf16_units, card.texts)) <= 4000
    assert view.content_length() <= 4000
    assert view.total_children_count == card.components <= 40
    assert all(text.strip() for text in card.texts)
    assert all(
        0 < utf16_units(button.label) <= 80 and utf16_units(button.custom_id) <= 100
        for button in card.buttons
    )
    assert len({button.custom_id for button in card.buttons}) == len(card.buttons) <= 5
    assert all(decode(button.custom_id) is not None for button in card.buttons)
    assert (
        card.menu is None
        or len({option.value for option in card.menu.options}) == len(card.menu.options) <= 25
    )
    for option in card.menu.options if card.menu else ():
        assert card.menu is not None
        assert 0 < utf16_units(option.label) <= 100
        assert utf16_units(option.description) <= 100
        assert decode(card.menu.custom_id, (option.value,)) is not None


@ours
@given(replies(), origins)
def test_only_our_own_links_are_live(reply: Reply, origin: Origin) -> None:
    card = render(reply, origin)
    allowed = {linkable_url(url) for url in _addresses(reply)} - {None}
    for text in card.texts:
        assert not PING.search(text)
        quote = text.startswith("> ")
        seen = read(unquoted(text) if quote else text, in_quote=quote)
        assert set(seen.live) <= {"subtext"}
        assert not (quote and (seen.live or seen.links))
        assert {target for _, target in seen.links} <= allowed
    if card.texts:
        pictures = {block.picture.url for block in card.blocks if block.picture}
        assert pictures <= {linkable_url(url) for url in _covers(reply)}


@ours
@given(quotes(), st.sampled_from((*PASSAGE_LIMITS, MIN_PASSAGE_CHARS)))
@example(_bold("a\x1fb c", (0, 1), (2, 3)), 120)
@example(_bold("ab c", (0, 1), (1, 2)), 120)
def test_each_shown_quote_is_a_part_of_its_highlight(quote: Quote, limit: int) -> None:
    shown = passage.PassageBlocks().block(quote, limit, show_cover=False, show_source=True).texts[0]
    plain = visible(quote.highlight.plain).replace(PING_STOP, "")
    seen = read(unquoted(shown), in_quote=True).shown.replace(PING_STOP, "")
    for part in seen.split("[…]"):
        assert part.strip() in plain
    assert len(seen) <= limit + len(" […] ") * 3


@ours
@given(replies(), origins)
@example(Picks((_linked("one"), _linked("two")), Command("random", limit=2)), Origin())
def test_every_shown_quote_keeps_its_links(reply: Reply, origin: Origin) -> None:
    """The link to a source stands once below neighbouring quotes of it."""
    if isinstance(reply, Notice | Sources) or not reply.quotes:
        return
    card = render(reply, origin)
    has_common_source = card.header is not None and "](" in card.header
    links = [{target for text in block.texts[1:] for _, target in read(text).links} for block in card.blocks]
    sources = [quote.highlight.source for quote in reply.quotes]
    for number, quote in enumerate(reply.quotes[: len(links)]):
        assert {linkable_url(quote.highlight.link)} - {None} <= links[number]
        last = next(at for at in range(number, len(sources)) if sources[at + 1 : at + 2] != [sources[number]])
        if not has_common_source:
            assert {linkable_url(sources[number].url)} - {None} <= links[last]


def _addresses(reply: Reply) -> list[str | None]:
    if isinstance(reply, Notice):
        return []
    if isinstance(reply, Sources):
        return [source.source.url for source in reply.page.sources]
    return [url for quote in reply.quotes for url in (quote.highlight.link, quote.highlight.source.url)]


def _covers(reply: Reply) -> list[str | None]:
    quotes = () if isinstance(reply, Notice | Sources) else reply.quotes
    return [quote.highlight.source.cover for quote in quotes]

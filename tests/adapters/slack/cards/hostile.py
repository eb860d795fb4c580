"""Hostile and odd texts of notes (faults 19 to 25), and replies with them."""

from hypothesis import strategies as st

from bot.answering import listing
from bot.answering.listing import SourceCount
from bot.chat.replies import Digest, Notice, Picks, Quotes, Sources
from bot.chat.requests import Command
from bot.model import Answer, Quote, Suggestion, SuggestionKind
from corpus.model import Highlight, Source

PIECES = (
    "<!channel>", "<!here>", "<!everyone>", "<@U012ABCDEF>", "<!subteam^S012ABCDE>", "<#C012ABCDEF>",
    "<!date^1392734382^{date}^https://evil.example|x>", "@channel", "@here", "@everyone", "&lt;!channel&gt;",
    "&amp;lt;", "&", "<", ">", "&amp;", "<https://evil.example|bank.com>", "[bank.com](https://evil.example)",
    "https://example.com/a?b=c&d=e", "javascript:alert(1)", "bank.com", "mailto:a@b.example",
    "\n\n", "\n> ", "\n- ", "\n1. ", "```", "`code`", "*bold*", "_it_", "~no~", "# head", ":tada:", ":10:",
    "0:10:31", "|", "\\", '"', "\x00", "\x1b[31mred", "\u202eevil", "\u2066x\u2069", "\u200b\u200b\u200b",
    "a" + "\u0301" * 50, "\ud800", "\u2028", "\r\n", "\t", "👨‍👩‍👧‍👦", "🇫🇷🇩🇪", "👍🏽", "é", "e\u0301", "ﬁ", "한국어",
    "遗忘曲线：先是陡坡", "مرحبا", "ไทย", "…", " […] ", "word", " ", "  ", "",
)  # fmt: skip
ADDRESSES = (
    "https://example.com/a", "http://example.com", "HTTPS://Example.COM/x?y=1&z=2#f", "https://例え.jp/道", "https://medium.com/@me/a",
    "javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "kindle://book?action=open", "//example.com", "example.com",
    "https://bank.com@evil.example/", "https://user:pw@evil.example", "https://a b.example", "https://a.example/x|y",
    "https://a.example/<b>", "https://a.example/\nb", " https://a.example", "https://", "https://[::1", "https://a.example:x/",
    "https://evil.example\\@bank.com", "https://a.example/\u202e", "https://a.example/\x00", "https://a.example/" + "x" * 2970,
    "https://a.example/" + "x" * 5000, "https://a.example/?" + "&" * 2000, "", "ftp://a.example", "https://.",
)  # fmt: skip

texts = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=40)), max_size=12).map("".join)
long_texts = st.one_of(
    texts, st.tuples(texts, st.integers(1, 400)).map(lambda pair: (pair[0] + " w")[:400] * pair[1])
)
maybe = st.none() | texts
addresses = st.none() | st.sampled_from(ADDRESSES) | texts.map("https://a.example/".__add__)
sources = st.builds(
    Source,
    title=long_texts,
    authors=st.lists(texts, max_size=4).map(tuple),
    url=addresses,
    tags=st.lists(texts, max_size=2).map(tuple),
    date=st.none() | st.sampled_from(["2024-03-12", "2024-03", "2024", "nonsense", "2024-99-99"]) | texts,
)


@st.composite
def quotes(draw: st.DrawFn) -> Quote:
    """A quote of a hostile highlight. As in the core, its parts are in order and do not touch, and marks are inside the parts."""
    plain = draw(long_texts)
    cuts = sorted(draw(st.sets(st.integers(0, len(plain)), max_size=6)))
    spans = tuple(zip(cuts[::2], cuts[1::2], strict=False)) or ((0, len(plain)),)
    marks = []
    for start, end in spans:
        ends = sorted(draw(st.sets(st.integers(start, end), max_size=4)))
        marks += list(zip(ends[::2], ends[1::2], strict=False))
    highlight = Highlight(
        draw(st.text("0123456789abcdef", min_size=1, max_size=16)),
        plain,
        plain,
        draw(sources),
        link=draw(addresses),
        location=draw(maybe),
        remark=draw(st.none() | long_texts),
        tags=draw(st.lists(texts, max_size=8).map(tuple)),
        chapter=draw(maybe),
        added=draw(st.none() | st.just("2024-03-12T10:00:00")),
    )
    return Quote(highlight, spans, tuple(marks))


some_quotes = st.lists(quotes(), min_size=1, max_size=6).map(tuple)
corrections = st.dictionaries(texts, texts, max_size=3)
answers = st.builds(
    Answer,
    question=long_texts,
    quotes=some_quotes,
    offset=st.integers(0, 20),
    total=st.integers(6, 100),
    corrected=corrections,
)
nothing = st.builds(
    Answer,
    question=long_texts,
    corrected=corrections,
    filters=st.dictionaries(st.sampled_from(["author", "tag"]), st.lists(texts, max_size=2), max_size=2),
    looked_for=st.lists(long_texts, max_size=20).map(tuple),
    suggestions=st.lists(
        st.builds(
            Suggestion, st.sampled_from(SuggestionKind), st.lists(texts, min_size=1, max_size=2).map(tuple)
        ),
        max_size=3,
    ).map(tuple),
)
commands = st.builds(
    Command,
    st.sampled_from(["by", "from", "tag"]),
    long_texts,
    st.integers(0, 50),
    st.none() | st.integers(1, 20),
)
pages = st.builds(
    listing.Page,
    some_quotes,
    st.integers(6, 100),
    st.lists(texts, min_size=1, max_size=4).map(tuple),
    st.integers(0, 20),
)
counted_sources = st.lists(
    st.builds(SourceCount, sources, st.integers(0, 10_000)), min_size=1, max_size=10
).map(tuple)
listings = st.one_of(
    st.builds(Picks, some_quotes, st.just(Command("random", limit=3))),
    st.builds(Quotes, commands, pages),
    st.builds(Digest, some_quotes, texts),
)
replies = st.one_of(
    answers,
    nothing,
    listings,
    st.builds(
        Sources,
        st.just(Command("sources")),
        st.builds(listing.SourcePage, counted_sources, st.integers(10, 50), st.integers(0, 20)),
    ),
    st.builds(Notice, long_texts),
)

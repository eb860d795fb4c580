"""Replies made of hostile texts, for the property tests."""

from hypothesis import strategies as st

from bot.answering.listing import Page, SourceCount, SourcePage
from bot.chat.replies import Digest, Notice, Picks, Quotes, Reply, Sources
from bot.chat.requests import Command
from bot.model import Answer, Quote, Suggestion, SuggestionKind
from corpus.model import Highlight, Source

PIECES = (
    "@everyone", "@here", "<@123456789012345678>", "<@!1>", "<@&123>", "<#123>", "</ask:123>",
    "<t:1700000000:R>", "<t:1>", "<:x:1>",
    "<a:x:1>", ":smile:", "https://evil.example/x_y_z", "http://a.b", "<https://evil.example>", "[bank.com](https://evil.example)",
    "[", "]", "](", ")", "(", "*", "**", "***", "_", "__", "~~", "|", "||", "`", "```", "```py\n", "\\", "\\\\",
    "> ", ">", ">>> ", "# ", "## ",
    "-# ", "- ", "* ", "+ ", "1. ", "2) ", "===", "---", "\n", "\n\n", " ", "  ", "\t", "word", "a", "é", "中文", "日本",
    "👩‍👩‍👧", "🇩🇪", "😀", "e\u0301",
    "\u200b", "\u202e", "\u0000", "\x1b[31m", "\ud800", "\u0301" * 30, "&amp;", "&#42;", "¯\\_(ツ)_/¯", "discord.gg/abc",
    "javascript:alert(1)",
    "steam://x", "user@example.org", "<+1234567>", "<id:customize>", "@silent", "$[a](b)", "x" * 90, " […] ",
)  # fmt: skip
ADDRESSES = (
    None, "", "https://example.org/a", "https://example.org/a_(b)?q=1&r=[2]#:~:text=x,-y",
    "javascript:alert(1)", "data:text/html,x",
    "https://bank.com@evil.example/", "https://example.org/a b", "https://example.org/a\nb", "https://example.org/<x>", "file:///etc/passwd",
    "https://example.org/" + "x" * 650, "https://example.org/" + "é" * 400, "https://" + "x" * 5000, "https://[::1]/x", "https://exämple.org/**x**",
    "http://example.org/'a'\"b\"", "https://example.org/*a*~~b~~||c||`d`", "HTTPS://EXAMPLE.ORG/Q", "http://", "https://:80/", "https://example.org\\@evil.example",
)  # fmt: skip

texts = st.one_of(
    st.lists(st.sampled_from(PIECES), max_size=30).map("".join),
    st.text(max_size=60),
    st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=5)), max_size=60).map("".join),
)
long_texts = st.builds(lambda text, times: text * times, texts, st.integers(1, 60))
addresses = st.sampled_from(ADDRESSES)
names = st.lists(texts, max_size=4).map(tuple)
sources = st.builds(
    Source, texts, names, st.none(), addresses, st.just(()), addresses, st.sampled_from([None, "2024-01-02"])
)
highlights = st.builds(
    lambda plain, source, link, location, remark, chapter: Highlight(
        "0" * 16, plain, plain, source, link, location, remark, (), chapter
    ),
    long_texts.filter(bool),
    sources,
    addresses,
    st.none() | texts,
    st.none() | long_texts,
    st.none() | texts,
)


@st.composite
def quotes(draw: st.DrawFn) -> Quote:
    """A quote of one to three parts, at most 700 code points each, with marks inside."""
    highlight = draw(highlights)
    size = len(highlight.plain)
    ends = sorted(
        draw(st.sets(st.integers(0, size), min_size=2, max_size=6)) | ({0, size} if size < 2 else set())
    )
    spans = [
        (start, min(end, start + 700))
        for start, end in zip(ends[::2], ends[1::2], strict=False)
        if end > start
    ]
    spans = spans or [(0, min(size, 700))]
    marks = []
    for start, end in spans:
        for _ in range(draw(st.integers(0, 4))):
            begin = draw(st.integers(start, end - 1))
            marks.append((begin, draw(st.integers(begin + 1, end))))
    return Quote(highlight, tuple(spans), tuple(sorted(marks)))


@st.composite
def replies(draw: st.DrawFn) -> Reply:
    """A reply of any kind."""
    found = tuple(draw(st.lists(quotes(), min_size=1, max_size=draw(st.sampled_from([1, 2, 3, 6, 20])))))
    words, offset, total = draw(texts), draw(st.integers(0, 50)), draw(st.integers(0, 500))
    command = Command(draw(st.sampled_from(["by", "from", "tag"])), words, offset)
    pages = draw(st.lists(st.builds(SourceCount, sources, st.integers(1, 99_999)), min_size=1, max_size=12))
    corrected = draw(st.dictionaries(texts, texts, max_size=3))
    kinds: list[Reply] = [
        Answer(words, found, offset, total + len(found), corrected),
        Answer(
            words,
            (),
            0,
            0,
            corrected,
            {"author": [words]},
            tuple(words.split()),
            (Suggestion(SuggestionKind.FROM_TITLE, (words,)),),
        ),
        Picks(found, Command("random", limit=len(found))),
        Digest(found[:10], words),
        Quotes(command, Page(found, offset + len(found) + total, tuple(draw(names)), offset)),
        Sources(Command("sources"), SourcePage(tuple(pages), len(pages) + total, offset)),
        Notice(words if words.strip() else "nothing"),
    ]
    return draw(st.sampled_from(kinds))

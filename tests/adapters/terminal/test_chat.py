"""Conversations in the terminal: what a person types, and what is answered."""

from adapters.terminal.transcript import talk
from bot.chat.conversation import Bot
from bot.chat.replies import Notice, Picks, Quotes, Sources
from bot.model import Answer
from bot.search.index import Index
from corpus.model import Library


def test_asks_for_more(bot: Bot) -> None:
    transcript = talk(bot, ["how does memory work?", "more"])
    first, second = transcript.replies
    assert isinstance(first, Answer)
    assert isinstance(second, Answer)
    assert first.quotes
    assert second.quotes
    shown = [quote.highlight.id for quote in (*first.quotes, *second.quotes)]
    assert len(shown) == len(set(shown)), "the second page repeats nothing of the first"


def test_asks_for_more_until_all_was_shown(bot: Bot) -> None:
    lines = ["tag:favorite memory"] + ["more"] * 100
    transcript = talk(bot, lines)
    assert transcript.lines[-1] == "That’s all."
    answers = [reply for reply in transcript.replies if isinstance(reply, Answer)]
    shown = [quote.highlight.id for reply in answers for quote in reply.quotes]
    assert len(shown) == len(set(shown)) == answers[0].total


def test_asks_for_more_before_anything_else(bot: Bot) -> None:
    assert talk(bot, ["more"]).lines == ["There is nothing more to show. Ask me something first."]


def test_reads_about_digests_where_none_can_be_set(bot: Bot) -> None:
    transcript, refused = talk(bot, ["/highlight digest help", "/highlight digest daily at 9"]).lines
    assert "weekdays at 8:30" in transcript
    assert "Slack or Discord" in transcript
    assert refused == "Digests are posted in channels on Slack or Discord. Set one there."


def test_asks_what_no_note_answers(bot: Bot) -> None:
    transcript = talk(bot, ["how do I bake sourdough bread"])
    assert "Nothing fits" in transcript.lines[0]
    assert "sourdough" in transcript.lines[0], "it names what it looked for"


def test_types_only_punctuation(bot: Bot) -> None:
    transcript = talk(bot, ["", "   ", "?!", "🙂", "the of and"])
    assert len(set(map(type, transcript.replies))) <= 2
    assert not any(isinstance(reply, Answer) and reply.found for reply in transcript.replies)


def test_asks_for_help_in_several_ways(bot: Bot) -> None:
    transcript = talk(bot, ["help", "/highlight", "/highlight help", "/help"])
    assert len(set(transcript.lines)) == 1
    assert "/highlight random" in transcript.lines[0]


def test_uses_every_command(bot: Bot) -> None:
    transcript = talk(
        bot,
        [
            "/highlight random",
            "/highlight search forgetting curve",
            "/highlight by Krautbach",
            "/highlight from slope of forgetting",
            "/highlight tag favorite",
            "/highlight sources",
            "more",
        ],
    )
    assert [type(reply) for reply in transcript.replies] == [
        Picks,
        Answer,
        Quotes,
        Quotes,
        Quotes,
        Sources,
        Sources,
    ]
    by = transcript.replies[2]
    assert isinstance(by, Quotes)
    assert {author for quote in by.page.quotes for author in quote.highlight.source.authors} == {
        "Wendelin Krautbach"
    }
    sources = transcript.replies[5]
    assert isinstance(sources, Sources)
    counts = [source.highlights for source in sources.page.sources]
    assert counts == sorted(counts, reverse=True)


def test_forgets_what_a_command_needs(bot: Bot) -> None:
    transcript = talk(bot, ["/highlight by", "/highlight from", "/highlight tag", "/highlight search"])
    assert all(isinstance(reply, Notice) and "For example" in reply.text for reply in transcript.replies)


def test_mistypes_an_author(bot: Bot) -> None:
    transcript = talk(bot, ["/highlight by Krautbahc", "/highlight by zzzzzz"])
    assert "Wendelin Krautbach" in transcript.lines[0]
    assert isinstance(transcript.replies[1], Notice)


def test_types_an_unknown_command(bot: Bot) -> None:
    reply = talk(bot, ["/highlight forgetting curve"]).replies[0]
    assert isinstance(reply, Answer)
    assert reply.question == "forgetting curve"


def test_random_shows_all_sources(bot: Bot) -> None:
    transcript = talk(bot, ["/highlight random 10"] * 20)
    sources = {
        quote.highlight.source
        for reply in transcript.replies
        if isinstance(reply, Picks)
        for quote in reply.quotes
    }
    assert len(sources) > 15


def test_talks_to_a_bot_without_notes() -> None:
    transcript = talk(
        Bot(Index.build(Library())),
        ["anything?", "/highlight random", "/highlight sources", "/highlight by Ann", "more"],
    )
    assert len(transcript.lines) == 5
    assert all(transcript.lines)


def test_every_quote_in_a_chat_is_from_the_notes(bot: Bot) -> None:
    transcript = talk(
        bot,
        [
            "what is bm25?",
            "precision and recall",
            "¿qué hace el ojo?",
            "Zettelkasten",
            "睡眠 记忆",
            "/highlight random 10",
        ],
    )
    quotes = [
        quote for reply in transcript.replies if isinstance(reply, Answer | Picks) for quote in reply.quotes
    ]
    assert len(quotes) > 12
    for quote in quotes:
        assert all(part in quote.highlight.plain for part in quote.text.split(" […] "))

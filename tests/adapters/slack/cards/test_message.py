"""How people see each kind of reply on Slack."""

from dataclasses import replace
from datetime import date

import pytest

from adapters.slack.cards import actions, home, render
from adapters.slack.cards.render import SlackMessage
from bot.answering.listing import Page, source_key
from bot.chat import wording
from bot.chat.conversation import Bot
from bot.chat.replies import Help, Picks, Quotes, Reply, Sources
from bot.chat.requests import Command
from bot.model import Answer, Question, Quote, Suggestion, SuggestionKind
from bot.search.index import Index
from corpus.model import Highlight, Source
from tests.libraries import library
from tests.slack_server import Link, links, pings, visible_text
from tests.slack_server.shown.blocks import elements_of, problems
from tests.slack_server.views import too_large, view_problems

BOOK = Source("The Art of Noticing", ("Ann Author", "Bo Writer"), url="https://example.com/noticing?a=1&b=2")
NOTED = Highlight(
    "1a", "Notice what others overlook.", "Notice what others overlook.", BOOK,
    link="https://read.example/1?x=1&y=2", location="Location 144", remark="Try on walks.", tags=("favorite",),
    chapter="Looking", added="2024-03-12T10:00:00",
)  # fmt: skip


def whole_quote(highlight: Highlight, *marks: tuple[int, int]) -> Quote:
    return Quote(highlight, ((0, len(highlight.plain)),), marks)


def passage(text: str, id_: str = "1a", source: Source = BOOK) -> Quote:
    return whole_quote(Highlight(id_, text, text, source))


def visible(message: SlackMessage) -> str:
    assert problems(message.blocks) == []
    return visible_text({"text": message.text, "blocks": message.blocks})


def buttons(message: SlackMessage) -> dict[str, str]:
    elements = [element for block in message.blocks for _, element in elements_of(block)]
    return {str(element["action_id"]): str(element["value"]) for element in elements if "value" in element}


def options(message: SlackMessage) -> dict[str, str]:
    """The values of the menus' options, by label."""
    elements = [control for block in message.blocks for _, control in elements_of(block)]
    return {
        str(option["text"]["text"]): str(option["value"])
        for control in elements
        for option in control.get("options", ())
    }


def public(reply: Reply) -> SlackMessage:
    return render.message(reply, asker="U1", private=False)


ANSWER = Answer("what to notice?", (whole_quote(NOTED, (0, 6)),), total=4)


def test_an_answer_has_passage_attribution_remark_and_buttons() -> None:
    assert visible(public(ANSWER)).splitlines() == [
        "Notice what others overlook.",
        "The Art of Noticing · Ann Author, Bo Writer · Location 144 · highlight",
        "Reader’s note: Try on walks.",
        "“Looking” · 12 March 2024 · #favorite",
        "[More (3)] [⋯ Show source | Remove]",
    ]


def test_title_and_highlight_are_linked() -> None:
    assert links({"blocks": public(ANSWER).blocks}) == [
        Link("The Art of Noticing", "https://example.com/noticing?a=1&b=2"),
        Link("highlight", "https://read.example/1?x=1&y=2"),
    ]


def test_matched_words_are_bold_in_the_quote() -> None:
    quote = public(ANSWER).blocks[0]["elements"][0]  # type: ignore[index]
    assert quote == {
        "type": "rich_text_quote",
        "elements": [
            {"type": "text", "text": "Notice", "style": {"bold": True}},
            {"type": "text", "text": " what others overlook."},
        ],
    }


def test_parts_of_a_quote_are_joined_by_the_omission_mark() -> None:
    quote = replace(ANSWER.quotes[0], spans=((0, 6), (12, 18)), marks=())
    assert "Notice […] others\n" in visible(public(replace(ANSWER, quotes=(quote,))))


def test_the_notification_is_one_line() -> None:
    assert (
        public(ANSWER).text == "“Notice what others overlook.” — The Art of Noticing, Ann Author, Bo Writer"
    )


def test_without_addresses_title_and_location_stand_alone() -> None:
    without_addresses = replace(NOTED, link=None, source=replace(BOOK, url="javascript:alert(1)"))
    message = public(Answer("q", (whole_quote(without_addresses),), total=1))
    assert links({"blocks": message.blocks}) == []
    assert "The Art of Noticing · Ann Author, Bo Writer · Location 144\n" in visible(message)


@pytest.mark.parametrize(
    ("title", "url", "linked"),
    [
        ("bank.com", "https://evil.example/", "source"),
        ("https://bank.com/login", "https://evil.example/", "source"),
        ("See www.bank.com now", "https://evil.example/", "source"),
        ("https://example.com/a", "https://www.example.com/a", "https://example.com/a"),
        ("Node.js in Action", "https://example.com/node", "Node.js in Action"),
    ],
)
def test_a_title_that_looks_like_another_address_carries_no_link(title: str, url: str, linked: str) -> None:
    message = public(Answer("q", (passage("x", source=Source(title, url=url)),), total=1))
    assert links({"blocks": message.blocks}) == [Link(linked, url)]
    assert title in visible(message)


@pytest.mark.parametrize(
    "text",
    [
        "one\n\ntwo",
        "> not my quote\n>> nor this",
        "- a\n- b\n  - c",
        "```\nx = 1 < 2 && y\n```",
        "*a* _b_ ~c~ `d` # e",
        "&lt;b&gt; &amp; <b> & :tada: 0:10:31",
        "[bank.com](https://evil.example) https://bare.example",
        "<!channel> <@U1> <!subteam^S1> <!date^1^{date}|x> @here",
        "👨‍👩‍👧‍👦 🇫🇷 é",
    ],
)
def test_a_passage_reads_as_in_the_note(text: str) -> None:
    message = public(Answer("q", (passage(text),), total=1))
    assert visible(message).startswith(f"{text}\nThe Art of Noticing")
    assert pings({"text": message.text, "blocks": message.blocks}) == set()
    assert [link.label for link in links({"blocks": message.blocks})] == ["The Art of Noticing"]


def test_a_correction_is_shown() -> None:
    assert visible(public(replace(ANSWER, corrected={"notise": "notice"}))).startswith(
        "Searched for “notice” instead of “notise”.\n"
    )


def test_nothing_fits_is_one_short_line_with_buttons() -> None:
    message = public(
        Answer(
            "tax?", looked_for=("tax",), suggestions=(Suggestion(SuggestionKind.BY_AUTHOR, ("Ann Author",)),)
        )
    )
    assert visible(message) == (
        "Nothing fits. I looked for tax. There are highlights by Ann Author.\n"
        "[By Ann Author] [Sources] [Random] [⋯ Remove]"
    )
    pressed = [actions.decode_request(buttons(message)[name]) for name in ("next", "next:1", "next:2")]
    assert pressed == [Command("by", "Ann Author"), Command("sources"), Command("random", limit=1)]


def test_nothing_fits_names_each_missing_word_once() -> None:
    missing = Suggestion(SuggestionKind.NO_WORD, ("zebra",))
    assert (
        visible(public(Answer("zebra?", looked_for=("zebra",), suggestions=(missing,)))).count("zebra") == 1
    )
    both = Answer("zebra sleep?", looked_for=("zebra", "sleep"), suggestions=(missing,))
    assert "No highlight has “zebra”." in visible(public(both))


def test_after_the_last_page_the_reply_says_that_was_all() -> None:
    assert visible(public(Answer("q", (), offset=3, total=3))) == "That’s all."


def test_more_continues_after_the_shown_quotes() -> None:
    assert actions.decode_request(buttons(public(ANSWER))["more"]) == Question("what to notice?", 1, 1)


def test_a_public_answer_can_be_removed_and_a_private_one_shared() -> None:
    assert actions.decode_asker(options(public(ANSWER))["Remove"]) == "U1"
    private = render.message(ANSWER, asker="U1", private=True)
    assert "Remove" not in options(private)
    assert actions.decode_request(buttons(private)["share"]) == Question("what to notice?", 1, 0)


def test_random_picks_are_shared_as_they_were_shown() -> None:
    picks = Picks(ANSWER.quotes, Command("random", limit=1))
    found = buttons(render.message(picks, asker="U1", private=True))
    assert actions.decode_highlights(found["share"]) == actions.ShownHighlights(("1a",))
    assert actions.decode_request(found["another"]) == Command("random", limit=1)


def test_a_shared_answer_names_the_person_and_the_question() -> None:
    message = render.shared(ANSWER, asker="U1", by="<!here> Ann")
    assert visible(message).startswith("<!here> Ann asked: what to notice?\nNotice what")
    assert actions.decode_asker(options(message)["Remove"]) == "U1"
    assert pings({"text": message.text, "blocks": message.blocks}) == set()


def test_each_of_several_sources_is_in_the_menu_and_lists_its_highlights() -> None:
    other = passage("Other words.", "2b", Source("Another Book"))
    message = public(replace(ANSWER, quotes=(*ANSWER.quotes, other)))
    assert visible(message).endswith(
        "[More (2)] [⋯ From “The Art of Notici…” | From “Another Book” | Remove]"
    )
    chosen = actions.decode_request(options(message)["From “Another Book”"])
    assert chosen == Command("source", source_key(Source("Another Book")))


def test_a_list_of_one_source_names_it_once() -> None:
    page = Page((whole_quote(NOTED), passage("Second.", "2b")), 7, ("The Art of Noticing",))
    text = visible(public(Quotes(Command("from", "noticing"), page)))
    assert text.startswith("The Art of Noticing · Ann Author, Bo Writer\n1–2 of 7 highlights\nNotice what")
    assert text.count("The Art of Noticing") == 1
    assert text.endswith("[More] [⋯ Remove]")


def test_a_list_by_an_author_has_a_heading() -> None:
    text = visible(public(Quotes(Command("by", "ann"), Page((whole_quote(NOTED),), 1, ("Ann Author",)))))
    assert text.startswith("1 highlight by Ann Author\nNotice what")


def test_the_numbers_of_sources_continue_on_the_next_page(bot: Bot) -> None:
    reply = bot.reply(Command("sources", offset=10))
    assert isinstance(reply, Sources)
    assert "\n11. " in visible(public(reply))
    assert actions.decode_request(buttons(public(reply))["more"]) == Command("sources", offset=20)


def test_help_reads_as_lists() -> None:
    text = visible(public(Help()))
    assert '• "exact phrase"  Only passages' in text
    assert "• /highlight sources  All titles" in text


def test_quotes_in_a_long_answer_are_cut_visibly_and_keep_their_links() -> None:
    quotes = tuple(whole_quote(replace(NOTED, id=str(n), plain="many words here " * 1000)) for n in range(3))
    message = public(Answer("q", quotes, total=3))
    lines = [line for line in visible(message).splitlines() if line.startswith("many words")]
    assert len(lines) == 3
    assert all(line.endswith(("many […]", "words […]", "here […]")) for line in lines)
    assert len(links({"blocks": message.blocks})) == 4, "of each passage, and of their one source"


def test_quotes_that_do_not_fit_are_shown_by_more() -> None:
    quotes = tuple(whole_quote(replace(NOTED, id=str(n), plain="word " * 300)) for n in range(40))
    message = public(Answer("q", quotes, total=50))
    following = actions.decode_request(buttons(message)["more"])
    assert isinstance(following, Question)
    assert 1 < following.offset == visible(message).count(" · highlight") < 40


def test_the_home_tab_shows_counts_a_highlight_the_newest_sources_and_how_to_ask(bot: Bot) -> None:
    day = date(2026, 3, 12)
    view = home.view(bot.index, day)
    text = visible_text(view)
    assert view_problems(view, "home") == []
    assert not too_large(view)
    for expected in (
        "258 highlights from 24 sources",
        wording.OF_THE_DAY,
        wording.NEWEST,
        wording.HOW_TO_ASK,
        "[Another]",
    ):
        assert expected in text
    assert home.view(bot.index, day) == view
    assert len({visible_text(home.view(bot.index, date(2026, 3, n))) for n in range(1, 29)}) > 20


def test_the_home_of_an_empty_library_says_so() -> None:
    view = home.view(Index.build(library()), date(2026, 3, 12))
    assert view_problems(view, "home") == []
    assert wording.NO_HIGHLIGHTS_YET in visible_text(view)


def test_another_on_the_home_replaces_the_highlight_of_the_day(bot: Bot) -> None:
    text = visible_text(home.view(bot.index, date(2026, 3, 12), home.Shown(whole_quote(NOTED))))
    assert "Notice what others overlook." in text
    assert wording.OF_THE_DAY not in text


def test_neighbouring_quotes_of_one_source_name_it_once() -> None:
    other = Source("Other Notes", ("Cy Clerk",))
    quotes = (
        passage("One.", "1"),
        passage("Two.", "2"),
        passage("Three.", "3", other),
        passage("Four.", "4"),
    )
    lines = visible(public(Answer("q", quotes, total=4))).splitlines()
    assert [line for line in lines if "Noticing ·" in line or "Other Notes ·" in line] == [
        "The Art of Noticing · Ann Author, Bo Writer", "Other Notes · Cy Clerk", "The Art of Noticing · Ann Author, Bo Writer",
    ]  # fmt: skip
    assert (
        lines.index("Two.")
        < lines.index("The Art of Noticing · Ann Author, Bo Writer")
        < lines.index("Three.")
    )
    assert "One." in lines

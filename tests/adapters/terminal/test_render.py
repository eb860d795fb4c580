"""Replies on the screen: what a person sees, and what a hostile note cannot do."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from adapters.terminal.render import BAR, render
from bot.chat import wording
from bot.chat.replies import Help, Picks
from bot.chat.requests import Command
from bot.model import OMISSION, Answer, Quote
from bot.text.sanitize import visible
from corpus.model import Highlight, Source

hostile = st.text(
    alphabet=st.sampled_from("ab c\n\t[]*`_<>&|\\/\x00\x1b\x07\u202e\u2066\u200b\u0301\ud800😀漢ß“”@#")
    | st.characters(),
    max_size=200,
)


def quote(plain: str, **more: str) -> Quote:
    highlight = Highlight(id="1", text=plain, plain=plain, source=Source("A Title", ("An Author",)), **more)  # type: ignore[arg-type]
    return Quote(highlight, ((0, len(plain)),))


def rendered(quoted: Quote, width: int | None = None) -> str:
    return render(Picks((quoted,), Command("random")), width).plain


def test_matched_words_are_marked_in_a_terminal() -> None:
    quoted = Quote(quote("Oil burns in lamps.").highlight, ((0, 19),), ((0, 3), (13, 18)))
    console = Console(force_terminal=True, color_system="truecolor", width=80, file=None)
    with console.capture() as capture:
        console.print(render(Answer("oil", (quoted,), total=1), 80), end="")
    assert "\x1b[1mOil\x1b[0m burns in \x1b[1mlamps\x1b[0m." in capture.get()


def test_the_option_no_color_turns_colours_off() -> None:
    console = Console(force_terminal=True, no_color=True, color_system="truecolor", width=80)
    with console.capture() as capture:
        console.print(render(Picks((quote("Oil."),), Command("random")), 80), end="")
    assert not re.search(r"\x1b\[[\d;]*3\dm", capture.get())


def test_every_line_of_a_quote_stands_behind_the_bar() -> None:
    text = rendered(quote("First line.\n\nThird line, " + "which is long " * 20), 60)
    lines = text.split("\n  —")[0].split("\n")
    assert len(lines) > 4
    assert all(line.startswith(BAR.rstrip()) for line in lines)
    assert all(len(line) <= 60 for line in lines)


def test_only_a_link_is_wider_than_the_terminal() -> None:
    quoted = quote(
        "Oil burns.", chapter="On the lamps of the lighthouse keepers", link="https://example.org/" + "a" * 60
    )
    output = render(Answer("oil", (quoted,), total=2), 40).plain + render(Help(), 40).plain
    assert [line for line in output.split("\n") if len(line) > 40] == [f"    {quoted.highlight.link}"]
    assert "  — A Title · An Author · “On the lamps\n    of the lighthouse keepers”\n" in output
    assert "\n\n1 of 2 highlights\n" in output


def test_a_question_of_exclusions_alone_is_explained() -> None:
    output = wording.nothing_fits(Answer("-sleep", filters={"without": ["sleep"]}))
    assert output == "There is nothing to search for in that. Name a topic, a person or a title."


def test_a_pipe_gets_each_line_of_the_note_as_one_line() -> None:
    text = "word " * 200 + "end\nsecond"
    assert rendered(quote(text)).split("\n")[:2] == [BAR + text.split("\n")[0], BAR + "second"]


def test_a_remark_is_labelled_as_the_readers() -> None:
    assert "Reader’s note: mine\n" in rendered(quote("Theirs.", remark="mine"))


def test_parts_of_a_quote_are_joined_by_the_mark_of_omission() -> None:
    quoted = Quote(quote("Alpha beta gamma.").highlight, ((0, 5), (11, 17)))
    assert quoted.text == f"Alpha{OMISSION}gamma."
    assert f"Alpha{OMISSION}gamma." in rendered(quoted)


def links(title: str = "A Title", url: str | None = None, link: str | None = None) -> set[str]:
    """The addresses that can be clicked in a rendered quote."""
    highlight = Highlight(id="1", text="Oil.", plain="Oil.", source=Source(title, url=url), link=link)
    text = render(Picks((Quote(highlight, ((0, 4),)),), Command("random")), None)
    styles = (str(span.style).split() for span in text.spans)
    return {word for style in styles if "link" in style for word in style if "://" in word or ":" in word}


NOT_LINKED = [
    "javascript:alert(1)",
    "data:text/html,x",
    "file:///etc/passwd",
    "https://",
    "https://a b",
    "x",
    "",
    None,
    "https://example.org/\x1b]8;;",
    "https://example.org/" + "a" * 6000,
    "http://[",
    "https:///path",
    "https://bank.com@evil.example",
]


@pytest.mark.parametrize("address", NOT_LINKED)
def test_only_plain_web_addresses_can_be_clicked(address: str | None) -> None:
    assert links(url=address, link=address) == set()


def test_a_web_address_can_be_clicked_and_is_printed() -> None:
    address = "https://example.org/a_(b)?c=d"
    assert links(link=address) == links(url=address) == {address}
    assert f"\n    {address}\n" in rendered(quote("Oil.", link=address))


def test_only_the_title_carries_the_link_of_a_source() -> None:
    source = Source("A Title", ("An Author",), url="https://example.org/")
    text = render(Picks((Quote(Highlight("1", "Oil.", "Oil.", source), ((0, 4),)),), Command("random")), None)
    linked = [text.plain[span.start : span.end] for span in text.spans if "link" in str(span.style)]
    assert linked == ["A Title", "https://example.org/"]


def test_a_title_that_looks_like_another_address_cannot_be_clicked() -> None:
    highlight = Highlight(
        id="1", text="Oil.", plain="Oil.", source=Source("www.bank.com", url="https://evil.example")
    )
    text = render(Picks((Quote(highlight, ((0, 4),)),), Command("random")), None)
    start = text.plain.index("www.bank.com")
    assert not any("link" in str(span.style) for span in text.spans if span.start <= start < span.end)


@given(hostile, hostile, hostile, st.integers(20, 120) | st.none())
def test_no_note_can_control_the_screen(text: str, title: str, remark: str, width: int | None) -> None:
    highlight = Highlight(
        id="1",
        text=text,
        plain=text,
        source=Source(title, (title,), url=title),
        remark=remark or None,
        link=text,
    )
    quoted = Quote(highlight, ((0, len(text)),), ((0, 1),) if text else ())
    output = rendered(quoted, width)
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", output)
    output.encode("utf-8")


@given(hostile)
def test_readable_text_is_unchanged(text: str) -> None:
    output = rendered(quote(text))
    passage = visible(text)
    body = output.split("\n  — ", 1)[0]
    assert (
        "\n".join(line.removeprefix(BAR).removeprefix(BAR.rstrip()) for line in body.split("\n")) == passage
    )


@given(st.text(alphabet="abc \n\u0301\u200b", max_size=400))
def test_only_long_runs_of_combining_marks_are_shortened(text: str) -> None:
    output = visible(text)
    assert output.replace("\u0301", "").replace("\u200b", "") == text.replace("\u0301", "").replace(
        "\u200b", ""
    )
    assert "\u0301" * 9 not in output


def test_ten_thousand_combining_marks_become_a_few() -> None:
    assert len(visible("a" + "\u0301" * 10_000)) < 20

"""Hostile notes in every kind of message to Slack: no ping, no preview, only web links (faults 21 to 25)."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from bot.chat import wording
from bot.chat.replies import Digest
from bot.model import Question
from bot.search.index import Index
from corpus.model import Highlight, Source
from tests.adapters.slack.conftest import SlackInstance, Starting
from tests.libraries import library_of
from tests.slack_server import Link, SlackServer, error
from tests.slack_server.workspace import Message

PINGS = "<!channel> <!here> <@U012ABCDEF> <!subteam^S012ABCDE> <!date^1392734382^{date}|x> @everyone &lt;!channel&gt; AT&T"
ADDRESSES = "https://bare.example/a [bank.com](https://evil.example) <https://evil.example|bank.com>"
ODD = "\x00\x1b[31mred\u202etxt\u2066\ud800 e" + "\u0301" * 10_000 + "\u200b" * 500
LINES = "one\n\n> two\n- three\n1. four\n```\n*five* _six_ ~seven~ `eight`\n# nine"
TEXT = f"owl {PINGS} {ADDRESSES}\n{ODD[:30]}{ODD[-20:]}\n{LINES}"
MARKS = "\u0301" * 8
SHOWN = f"owl {PINGS} {ADDRESSES}\n[31mredtxt\ufffd e{MARKS}\u200b\n{LINES}"
"""The text as people see it. All readable characters are unchanged."""

SOURCE = Source(f"bank.com {PINGS} {ODD}", (f"Ann {PINGS} {ODD}",), url="https://user@evil.example/")


def use_hostile_notes(instance: SlackInstance) -> None:
    highlight = Highlight(
        "1", TEXT, TEXT, SOURCE, link="javascript:alert(1)", location=f"Page 1 {PINGS}", remark=TEXT,
        tags=(f"owls{PINGS}",), chapter=f"Chapter {PINGS} {ODD}",
    )  # fmt: skip
    instance.service.bot.index = Index.build(library_of([highlight]))


def problems_of(slack: SlackServer, shown: Message) -> Iterator[str]:
    """The problems of a message. None if it is harmless."""
    if slack.pings(shown):
        yield "it pings"
    if slack.links(shown):
        yield "it links"
    if slack.unfurls(shown):
        yield "it previews"
    seen = slack.visible_text(shown) + slack.notification(shown)
    if any(sign in seen for sign in "\x00\x1b\u202e\u2066\ud800") or "\u0301" * 9 in seen:
        yield "it hides or breaks something"
    if "&amp;" in seen:
        yield "it is escaped twice"


async def test_an_answer_in_a_channel_is_harmless(start: Starting) -> None:
    async with SlackServer() as slack, start(slack) as instance:
        use_hostile_notes(instance)
        ann = slack.user("ann")
        answer = await slack.reply_to(await slack.mention(ann, slack.channel("general", [ann]), "owl"))
        assert list(problems_of(slack, answer)) == []
        assert slack.visible_text(answer).startswith(f"{SHOWN}\nbank.com <!channel>")
        assert [call.error for call in slack.calls("chat.postMessage")] == [None]


async def test_every_line_of_a_passage_is_in_the_quote(start: Starting) -> None:
    async with SlackServer() as slack, start(slack) as instance:
        use_hostile_notes(instance)
        question = await slack.direct_message(slack.user("ann"), "owl")
        quote = (await slack.reply_to(question)).content["blocks"][0]["elements"][0]
        assert quote["type"] == "rich_text_quote"
        assert "".join(element["text"] for element in quote["elements"]) == SHOWN
        assert {element["type"] for element in quote["elements"]} == {"text"}


@pytest.mark.parametrize(
    "text", ["random", "random public", "search owl", "from bank", "sources", "tag <!channel>"]
)
async def test_an_answer_by_a_response_url_is_harmless(start: Starting, text: str) -> None:
    async with SlackServer() as slack, start(slack) as instance:
        use_hostile_notes(instance)
        ann = slack.user("ann")
        command = await slack.slash(ann, slack.channel("general", [ann]), "/highlight", text)
        answer = await slack.reply_to(command)
        assert list(problems_of(slack, answer)) == []
        assert "<!channel>" in slack.visible_text(answer)
        (call,) = slack.calls("response_url")
        assert call.arguments["unfurl_links"] is call.arguments["unfurl_media"] is False


async def test_a_digest_is_harmless(start: Starting) -> None:
    async with SlackServer() as slack, start(slack) as instance:
        use_hostile_notes(instance)
        ann = slack.user("ann")
        general = slack.channel("general", [ann], creator=ann)
        (quote,) = instance.service.bot.reply(Question("owl")).quotes  # type: ignore[union-attr]
        plain = replace(quote, marks=(), spans=((0, len(quote.highlight.plain)),))
        await instance.platform.proactive_target(general.id, "1", 0.0).post(
            Digest((plain,), f"tagged {PINGS} {ODD}")
        )
        (digest,) = slack.posts(general)
        assert list(problems_of(slack, digest)) == []
        assert f"\n{SHOWN}\nbank.com <!channel>" in slack.visible_text(digest)
        assert slack.calls("chat.postMessage")[-1].arguments["unfurl_links"] is False


async def test_names_in_a_form_are_harmless(start: Starting) -> None:
    async with SlackServer() as slack, start(slack) as instance:
        use_hostile_notes(instance)
        ann = slack.user("ann")
        await slack.slash(ann, slack.channel("general", [ann], creator=ann), "/highlight", "digest")
        form = await slack.modal_for(ann)
        for typed, label in (
            ("owls", "owls<!channel>"),
            ("bank", "bank.com <!channel>"),
            ("ann", "Ann <!channel>"),
        ):
            options = await slack.ask_options(ann, form, "chosen", typed, block_id="only")
            await slack.acknowledged(options)
            assert options.error is None
            ((group,),) = [(options.response or {})["option_groups"]]
            (option,) = group["options"]
            assert option["text"]["text"].startswith(label)
            assert (option["text"]["type"], option["text"]["emoji"]) == ("plain_text", False)
            assert not set("\x00\x1b\u202e\ud800") & set(option["text"]["text"])


async def test_the_plain_text_after_refused_blocks_is_harmless(start: Starting) -> None:
    async with SlackServer() as slack, start(slack) as instance:
        use_hostile_notes(instance)
        slack.faults.order("chat.postMessage", error("invalid_blocks"), times=1)
        ann = slack.user("ann")
        answer = await slack.reply_to(await slack.mention(ann, slack.channel("general", [ann]), "owl"))
        assert "blocks" not in slack.calls("chat.postMessage")[-1].arguments
        assert slack.unfurls(answer) == []
        assert slack.pings(answer) == set()
        assert "<!channel>" in slack.visible_text(answer)


async def test_a_question_that_a_reply_repeats_is_harmless(start: Starting) -> None:
    """A question is repeated in "nothing fits" and in a notice to one person, in a channel and in direct messages."""
    async with SlackServer() as slack, start(slack) as instance:
        ann = slack.user("ann")
        general = slack.channel("general", [ann])
        words = "zyxwvut &lt;!channel&gt; https://evil.example/sourdough \u202e"
        for question in (
            await slack.mention(ann, general, "", markup=f"<@{slack.bot_user}> {words}"),
            await slack.direct_message(ann, "", markup=words),
        ):
            answer = await slack.reply_to(question)
            assert "zyxwvut" in slack.visible_text(answer)
            assert list(problems_of(slack, answer)) == []
        await slack.reply_to(await slack.direct_message(ann, "?!"))
        assert all(call.arguments["unfurl_links"] is False for call in slack.calls("chat.postMessage"))
        assert instance.service.counts["failed"] == 0


async def test_a_title_that_looks_like_another_address_is_no_link(start: Starting) -> None:
    async with SlackServer() as slack, start(slack) as instance:
        source = Source("bank.com", url="https://evil.example/")
        instance.service.bot.index = Index.build(library_of([Highlight("1", "owl", "owl", source)]))
        question = await slack.direct_message(slack.user("ann"), "owl")
        assert slack.links(await slack.reply_to(question)) == [Link("source", "https://evil.example/")]


async def test_a_notice_in_a_direct_message_previews_nothing(start: Starting) -> None:
    async with SlackServer() as slack, start(slack, QUESTIONS_PER_MINUTE="1,5"):
        ann = slack.user("ann")
        await slack.reply_to(await slack.direct_message(ann, "owl"))
        notice = await slack.reply_to(await slack.direct_message(ann, "owl"))
        assert slack.visible_text(notice) == wording.TOO_MANY
        arguments = slack.calls("chat.postMessage")[-1].arguments
        assert arguments["unfurl_links"] is arguments["unfurl_media"] is False

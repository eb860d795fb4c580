"""What is answered to commands and buttons."""

import logging
from datetime import date
from typing import Any

import pytest

from bot.chat.conversation import Bot
from bot.chat.digest_commands import NINE
from bot.chat.replies import Digest, Notice, Picks
from bot.chat.requests import Command
from bot.schedule.plan import Plan
from bot.search.index import Index
from bot.state.claims import StateError
from bot.state.digest_store import ChannelDigest
from bot.state.fallback import Keeper, State
from corpus.model import Library
from tests.bot.digest.conftest import Office
from tests.platforms import said


async def test_it_is_set_told_and_taken_away(work: Office) -> None:
    assert await work.say("status") == (
        "No digest is set here. Say how often and when, as in: /highlight digest daily at 9. “/highlight digest help” says more."
    )
    assert await work.say("daily at 9 Berlin 2 highlights") == (
        "Set: every day at 09:00 (Europe/Berlin), 2 highlights. The first comes on Thursday, 26 November 2026 at 09:00."
    )
    everything = len(work.desk.chooser.stock(None))
    assert (await work.say("status")).endswith(
        f"Shown in this round: 0 of {everything} highlights; left: {everything}."
    )
    assert await work.say("weekly at 20:15 tag favorite") == (
        "Set: every Wednesday at 20:15 (UTC), 1 highlight tagged favorite. "
        "The first comes on Wednesday, 25 November 2026 at 20:15."
    )
    assert (await work.say("off")).startswith("No more digests here.")
    assert (await work.say("off")).startswith("No digest is set here.")


@pytest.mark.parametrize(
    ("command", "sentence"),
    [
        ("daily tag nosuchtag", "No highlights tagged “nosuchtag”."),
        ("daily by krautbahc nobody at all", "No highlights by “krautbahc nobody at all”."),
        ("daily at 25", "“25” is no time of day"),
        ("help", "Highlights in this channel, every day"),
    ],
)
async def test_what_cannot_be_set_is_told(work: Office, command: str, sentence: str) -> None:
    assert (await work.say(command)).startswith(sentence)
    assert await work.keeper.kept(lambda shelf: shelf.standings()) == []


async def test_names_that_come_close(work: Office) -> None:
    assert await work.say("daily tag fa") == "No highlights tagged “fa”. Did you mean “favorite”?"
    assert "1 highlight tagged favorite." in await work.say("daily tag favorit")


async def test_who_does_not_manage_the_channel_may_look_only(work: Office) -> None:
    for command in ("daily", "off", "now"):
        assert (
            await work.say(command, manages=False) == "Only who manages this channel can change its digest."
        )
        assert await work.say(command, manages=None) == "Only who manages this channel can change its digest."
    assert work.board.posts == []
    assert "No digest" in await work.say("status", manages=False)

    async def asked(person: str, channel: str) -> bool:
        return (person, channel) == ("U1", "C1")

    work.desk.rules.managers["test"] = asked
    assert (await work.say("daily", manages=None)).startswith("Set")
    assert not (await work.say("daily", manages=None, channel="C2")).startswith("Set")
    work.desk.rules.everyone_sets = True
    assert (await work.say("daily", manages=False, channel="C2")).startswith("Set")


async def test_in_direct_messages_the_person_may(work: Office) -> None:
    assert (await work.say("daily", manages=None, direct=True, channel="D1")).startswith("Set")
    standing = await work.keeper.kept(lambda shelf: shelf.standing("test:D1"))
    assert standing is not None
    assert (standing.person, standing.scope) == ("U1", "test:U1")


async def test_now_posts_one_beside_that_of_the_day(work: Office) -> None:
    assert await work.say("now") == "Posted."
    await work.say("daily at 9")
    await work.look("2026-11-25T09:00")
    assert await work.say("now", number=2) == "Posted."
    assert len(work.board.posts) == 3
    assert len(set(work.board.shown())) == 3


async def test_another_keep_and_not_this_one(work: Office) -> None:
    await work.say("daily at 9 tag favorite")
    await work.look("2026-11-25T09:00")
    first = work.board.shown()[0]
    another = await work.press("another", first)
    assert isinstance(another, Digest)
    assert another.about == "tagged favorite"
    assert another.quotes[0].highlight.id != first
    assert await work.press("keep", first) == Notice("Noted: it comes back sooner in the next round.")
    assert await work.press("never", another.quotes[0].highlight.id) == Notice(
        "Noted: it does not come here again."
    )
    assert await work.press("never", "made up") == Notice("This highlight is no longer in the notes.")
    history = await work.keeper.kept(lambda shelf: shelf.history("test:C1", ""))
    assert (set(history.kept), set(history.never)) == ({first}, {another.quotes[0].highlight.id})
    assert history.turn == 2


async def test_random_does_not_repeat_itself_either(work: Office) -> None:
    """In a channel for all, to a person alone for them; a digest and chance show nothing twice between them."""
    everything = len(work.desk.chooser.stock(None))

    async def picked(**facts: Any) -> list[str]:
        request = Command("random", limit=10)
        reply = await work.desk.reply(said(request=request, **facts), request)
        assert isinstance(reply, Picks)
        return [quote.highlight.id for quote in reply.quotes]

    told = [one for _ in range(everything // 10) for one in await picked()]
    assert len(set(told)) == len(told)
    alone = [one for _ in range(3) for one in await picked(private=True)]
    assert len(set(alone)) == 30
    assert await work.say("now") == "Posted."
    assert (work.board.shown()[0] in told) == (everything % 10 == 0)


async def test_without_a_database_digests_rest_and_say_so(
    bot: Bot, work: Office, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)

    async def opening() -> State:
        raise StateError("database or disk is full")

    await work.say("daily at 9")
    keeper = Keeper(opening, clock=work.clock)
    await keeper.open()
    work.desk.chooser.keeper = keeper
    try:
        for command in ("status", "daily", "off", "now"):
            assert (await work.say(command)).startswith("Digests rest: the database that they need")
        assert "Digests rest" in str(await work.press("another", "x"))
        await work.look("2026-11-25T09:00")
        assert work.board.posts == []
        request = Command("random", limit=10)
        replies = [await work.desk.reply(said(request=request), request) for _ in range(3)]
        ids = [quote.highlight.id for one in replies if isinstance(one, Picks) for quote in one.quotes]
        assert len(set(ids)) == len(ids) == 30, "chance remembers by itself"
        assert len([one for one in caplog.records if one.levelno >= logging.WARNING]) == 1
    finally:
        await keeper.close()


async def test_a_zone_that_is_gone_is_told(work: Office, caplog: pytest.LogCaptureFixture) -> None:
    plan = Plan("daily", NINE, "Europe/Atlantis")
    gone = ChannelDigest("test:C1", "test:C1", plan, work.clock.now, date(2026, 11, 25))
    await work.keeper.kept(lambda shelf: shelf.put(gone))
    await work.look("2026-11-25T10:00")
    await work.look("2026-11-25T10:01")
    assert (await work.say("status")).startswith("I know no time zone “Europe/Atlantis”")
    assert len([one for one in caplog.records if "zone is unknown" in one.message]) == 1


async def test_empty_notes(work: Office) -> None:
    work.desk.chooser.bot = Bot(Index.build(Library()))
    assert "There is nothing to show" in await work.say("now")
    assert (await work.say("daily")).startswith("Set")
    assert "Nothing in the notes fits it now." in await work.say("status")
    request = Command("random")
    assert isinstance(await work.desk.reply(said(request=request), request), Notice)

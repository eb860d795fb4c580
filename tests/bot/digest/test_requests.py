"""Replies to digest commands and to the buttons below a digest."""

import logging
from datetime import date, timedelta
from typing import Any

import pytest

from bot.answering import themes
from bot.chat.conversation import Bot
from bot.chat.digest_commands import DEFAULT_TIME
from bot.chat.replies import Digest, Hidden, Notice, Picks
from bot.chat.requests import Command
from bot.schedule.plan import EVERYTHING, Plan
from bot.search.index import Index
from bot.state.digest_store import ChannelDigest
from corpus.model import Library
from tests.bot.digest.conftest import BotProcess, FakePlatform, start_process
from tests.platforms import Clock, make_arrival


async def test_a_digest_is_set_described_and_removed(process: BotProcess) -> None:
    assert await process.command("status") == (
        "No digest is set here. Say how often and when, for example: /highlight digest daily at 9. "
        "Say “/highlight digest help” for more."
    )
    assert await process.command("daily at 9 Berlin 2 highlights") == (
        "Set: every day at 09:00 (Europe/Berlin), 2 highlights. The first one is on Thursday, 26 November 2026 at 09:00."
    )
    total = len(process.digest_requests.chooser.candidates(EVERYTHING))
    assert (await process.command("status")).endswith(
        f"Shown in this round: 0 of {total} highlights; left: {total}."
    )
    assert await process.command("weekly at 20:15 tag favorite") == (
        "Set: every Wednesday at 20:15 (UTC), 1 highlight tagged favorite. "
        "The first one is on Wednesday, 25 November 2026 at 20:15."
    )
    assert (await process.command("off")).startswith("Stopped.")
    assert (await process.command("off")).startswith("No digest is set here.")


@pytest.mark.parametrize(
    ("command", "sentence"),
    [
        ("daily tag nosuchtag", "No highlights tagged “nosuchtag”."),
        ("daily by krautbahc nobody at all", "No highlights by “krautbahc nobody at all”."),
        ("daily at 25", "“25” isn’t a time"),
        ("help", "Highlights in this channel, every day"),
    ],
)
async def test_an_invalid_command_is_explained(process: BotProcess, command: str, sentence: str) -> None:
    assert (await process.command(command)).startswith(sentence)
    assert await process.state.digests.channel_digests() == []


async def test_close_names_are_suggested(process: BotProcess) -> None:
    assert await process.command("daily tag fa") == "No highlights tagged “fa”. Did you mean “favorite”?"
    assert "1 highlight tagged favorite." in await process.command("daily tag favorit")


async def test_people_who_do_not_manage_the_channel_may_only_see_its_digest(process: BotProcess) -> None:
    for command in ("daily", "off", "now"):
        assert (
            await process.command(command, manages=False)
            == "Only people who manage this channel can change its digest."
        )
        assert (
            await process.command(command, manages=None)
            == "Only people who manage this channel can change its digest."
        )
    assert process.platform.posts == []
    assert "No digest" in await process.command("status", manages=False)

    process.platform.managers.add(("U1", "C1"))
    assert (await process.command("daily", manages=None)).startswith("Set")
    assert not (await process.command("daily", manages=None, channel="C2")).startswith("Set")
    process.digest_requests.rules.everyone_sets_digests = True
    assert (await process.command("daily", manages=False, channel="C2")).startswith("Set")


async def test_a_person_may_set_a_digest_in_direct_messages(process: BotProcess) -> None:
    assert (await process.command("daily", manages=None, direct=True, channel="D1")).startswith("Set")
    digest = await process.state.digests.channel_digest("test:D1")
    assert digest is not None
    assert (digest.person, digest.scope) == ("U1", "test:U1")


async def test_a_digest_can_have_several_filters(process: BotProcess) -> None:
    reply = await process.command("set Both: daily at 9 tag favorite by Renée Castagnol")
    assert "1 highlight tagged favorite, by Renée Castagnol." in reply
    await process.publish_due("2026-11-25T09:00")
    (shown,) = process.platform.shown()
    index = process.digest_requests.chooser.bot.index
    found = next(highlight for highlight in index.library.highlights if highlight.id == shown)
    assert found.source.authors == ("Renée Castagnol",)
    assert "favorite" in found.tags
    assert await process.command("daily tag favorite by nobody") == "No highlights by “nobody”."


@pytest.mark.parametrize(
    ("command", "description", "stored"),
    [
        ("daily at 9 since May", "1 highlight since 1 May 2026", ["time:2026-05-01.."]),
        ("daily at 9 last month", "1 highlight last month", ["time:last month"]),
        (
            "weekly on monday at 8 tag favorite by Wendelin Krautbach in 2024",
            "tagged favorite, by Wendelin Krautbach, from 1 January 2024 to 31 December 2024",
            ["tag:favorite", "by:wendelin krautbach", "time:2024-01-01..2025-01-01"],
        ),
        (
            "daily at 9 this week by Wendelin Krautbach",
            "by Wendelin Krautbach, added this week",
            ["by:wendelin krautbach", "added:week"],
        ),
        ("Old ones: daily at 9 before 2020", "1 highlight up to 31 December 2019", ["time:..2020-01-01"]),
    ],
)
async def test_a_digest_can_be_restricted_to_a_time(
    process: BotProcess, command: str, description: str, stored: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("bot.digest.filters", "bot.chat.digest_parser"):
        monkeypatch.setattr(f"{module}.local_today", lambda: date(2026, 11, 25))
    assert description in await process.command(command)
    (digest,) = await process.state.digests.channel_digests()
    assert [filter_.key for filter_ in digest.plan.theme.filters] == stored
    assert "isn’t" not in await process.command("list")


async def test_last_month_means_the_month_before_the_day_of_the_post(process: BotProcess) -> None:
    await process.command("daily at 9 last month")
    (digest,) = await process.state.digests.channel_digests()
    theme, index = digest.plan.theme, process.digest_requests.chooser.bot.index
    for day in (date(2024, 5, 15), date(2023, 11, 1)):
        first = (day.replace(day=1) - timedelta(days=1)).replace(day=1)
        of_month = themes.added(index, first, day.replace(day=1))
        assert of_month.any()
        assert (themes.fitting(theme, index, day) == of_month).all()
        assert len(process.digest_requests.chooser.candidates(theme, day)) <= of_month.sum()


async def test_now_posts_an_extra_digest(process: BotProcess) -> None:
    assert await process.command("now") == "Posted."
    await process.command("daily at 9")
    await process.publish_due("2026-11-25T09:00")
    assert await process.command("now", number=2) == "Posted."
    assert len(process.platform.posts) == 3
    assert len(set(process.platform.shown())) == 3


async def test_the_buttons_another_keep_and_not_this_one(process: BotProcess) -> None:
    await process.command("daily at 9 tag favorite")
    await process.publish_due("2026-11-25T09:00")
    first = process.platform.shown()[0]
    another = await process.press("another", first)
    assert isinstance(another, Digest)
    assert another.about == "tagged favorite"
    assert another.quotes[0].highlight.id != first
    kept = await process.press("keep", first)
    assert isinstance(kept, Hidden)
    assert kept.text == "OK, it will come back sooner in the next round."
    never = await process.press("never", another.quotes[0].highlight.id)
    assert isinstance(never, Hidden)
    assert never.text == "OK, I won’t show it here again."
    assert [highlight for highlight, _ in never.highlights] == [another.quotes[0].highlight.id]
    assert await process.press("never", "made up") == Notice("This highlight is no longer in the notes.")
    history = await process.state.digests.history("test:C1", "")
    assert (set(history.kept), set(history.never)) == ({first}, {another.quotes[0].highlight.id})
    assert history.turn == 2


@pytest.mark.slow
async def test_random_does_not_repeat_highlights(process: BotProcess) -> None:
    """Public picks are remembered for the channel, private ones for the person. A digest does not repeat a public pick."""
    total = len(process.digest_requests.chooser.candidates(EVERYTHING))

    async def pick(**facts: Any) -> list[str]:
        request = Command("random", limit=10)
        reply = await process.digest_requests.reply(make_arrival(request=request, **facts), request)
        assert isinstance(reply, Picks)
        return [quote.highlight.id for quote in reply.quotes]

    public_ids = [id_ for _ in range(total // 10) for id_ in await pick()]
    assert len(set(public_ids)) == len(public_ids)
    private_ids = [id_ for _ in range(3) for id_ in await pick(private=True)]
    assert len(set(private_ids)) == 30
    assert await process.command("now") == "Posted."
    assert (process.platform.shown()[0] in public_ids) == (total % 10 == 0)


async def test_without_a_database_digests_are_paused_and_say_so(
    bot: Bot, clock: Clock, url: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    process = await start_process(bot, url, clock, FakePlatform(), broken="database or disk is full")
    try:
        for command in ("status", "daily", "off", "now"):
            assert (await process.command(command)).startswith("Digests are paused: their database")
        assert "Digests are paused" in str(await process.press("another", "x"))
        await process.publish_due("2026-11-25T09:00")
        assert process.platform.posts == []
        request = Command("random", limit=10)
        replies = [
            await process.digest_requests.reply(make_arrival(request=request), request) for _ in range(3)
        ]
        ids = [quote.highlight.id for reply in replies if isinstance(reply, Picks) for quote in reply.quotes]
        assert len(set(ids)) == len(ids) == 30, "random picks are remembered in memory"
        assert len([record for record in caplog.records if record.levelno >= logging.WARNING]) == 1
    finally:
        await process.state.close()


async def test_an_unknown_zone_is_reported(process: BotProcess, caplog: pytest.LogCaptureFixture) -> None:
    plan = Plan("daily", DEFAULT_TIME, "Europe/Atlantis")
    digest = ChannelDigest("test:C1", "test:C1", plan, process.clock.now, date(2026, 11, 25))
    await process.state.digests.set_digest(digest)
    await process.publish_due("2026-11-25T10:00")
    await process.publish_due("2026-11-25T10:01")
    assert (await process.command("status")).startswith("I don’t know the time zone “Europe/Atlantis”")
    assert len([record for record in caplog.records if "time zone is unknown" in record.message]) == 1


async def test_commands_with_empty_notes(process: BotProcess) -> None:
    process.digest_requests.chooser.bot = Bot(Index.build(Library()))
    assert "There is nothing to show" in await process.command("now")
    assert (await process.command("daily")).startswith("Set")
    assert "No highlight matches it at the moment." in await process.command("status")
    request = Command("random")
    assert isinstance(await process.digest_requests.reply(make_arrival(request=request), request), Notice)


async def test_a_channel_can_have_several_digests(process: BotProcess) -> None:
    await process.command("daily at 9")
    reply = await process.command("set Stoics: wednesday at 9, two by krautbach")
    assert reply.startswith("Set: every Wednesday at 09:00 (UTC), 2 highlights by Wendelin Krautbach.")
    assert (await process.command("set Monday: krautbach, three")).startswith("Set: every Monday")
    listed = await process.command("list")
    assert [row.partition(":")[0] for row in listed.splitlines()] == ["• main", "• Monday", "• Stoics"]
    await process.publish_due("2026-11-25T09:00:10")
    assert sorted(process.platform.keys()) == ["test:C1#stoics:2026-11-25", "test:C1:2026-11-25"]
    assert len(set(process.platform.shown())) == 3
    assert (await process.command("off")).startswith("Stopped.")
    assert (await process.command("off")).startswith("Which digest?")
    assert (await process.command("off STOICS")).startswith("Stopped.")
    assert (await process.command("list")).startswith("Monday: ")


async def test_a_snoozed_highlight_comes_back_after_a_month(process: BotProcess) -> None:
    await process.command("daily at 9")
    await process.publish_due("2026-11-25T09:00")
    (shown,) = process.platform.shown()
    snoozed = await process.press("snooze", shown)
    assert isinstance(snoozed, Hidden)
    assert (await process.state.digests.history("test:C1", "")).snoozed == {shown}
    assert "Snoozed for a month" in await process.command("hidden")
    process.clock.now += 31 * 86400
    assert not (await process.state.digests.history("test:C1", "")).snoozed
    await process.press("snooze", shown)
    await process.press("undo", shown)
    assert not (await process.state.digests.history("test:C1", "")).snoozed

"""Saving a message: who may do it, what is stored, and when it is confirmed."""

import asyncio
import stat
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from bot.access.places import Allowlist
from bot.access.rules import Rules
from bot.chat import wording
from bot.chat.arrival import Arrival
from bot.chat.replies import Saved
from bot.chat.save_request import ChatMessage, SaveMessage, remark_of, tags_of
from bot.saving.saver import Saver
from bot.saving.store import FolderStore, MessageStore
from corpus.load import Rules as Reading
from corpus.load import load
from corpus.model import Highlight

MESSAGE = ChatMessage(
    "slack:C012:1700000000.000100",
    "Water keeps its own calendar.",
    "#reading",
    "Mara Ilves",
    "https://example.slack.com/archives/C012/p1700000000000100",
    1_700_000_000.0,
)
ARRIVAL = Arrival(
    "slack:form:1",
    "slack",
    "T1",
    "C012",
    "U1",
    1_700_000_100.0,
    request=SaveMessage(MESSAGE),
    home=True,
    private=True,
)


def saver_for(
    folder: Path, rules: Rules | None = None, reload: Callable[[], Awaitable[object]] | None = None
) -> Saver:
    saver = Saver(rules or Rules(), FolderStore(folder), clock=lambda: 1_700_000_200.0)
    if reload is not None:
        saver.reload = reload
    return saver


async def save(saver: Saver, request: SaveMessage, arrival: Arrival = ARRIVAL) -> str:
    return (await saver.reply(arrival, request)).text


def highlights(folder: Path) -> Sequence[Highlight]:
    return load(folder, Reading(private_tags=())).highlights


async def test_a_saved_message_becomes_a_highlight_with_author_channel_link_tags_and_remark(
    tmp_path: Path,
) -> None:
    request = SaveMessage(MESSAGE, tags_of("#habit, tide  table,,"), remark_of("  For the talk\r\nin May "))
    assert await save(saver_for(tmp_path), request) == wording.SAVED_TO_NOTES
    (found,) = highlights(tmp_path)
    assert found.text == "Water keeps its own calendar."
    assert (found.source.title, found.source.authors) == ("#reading", ("Mara Ilves",))
    assert found.link == MESSAGE.link
    assert found.tags == ("habit", "tide table")
    assert found.remark == "For the talk\nin May"
    assert found.added is not None


async def test_a_message_saved_twice_is_kept_once_unchanged(tmp_path: Path) -> None:
    saver = saver_for(tmp_path)
    await save(saver, SaveMessage(MESSAGE, ("first",)))
    edited = SaveMessage(replace(MESSAGE, text="Something else", author="Other"), ("second",))
    reply = await saver.reply(ARRIVAL, edited)
    assert isinstance(reply, Saved)
    assert reply.text == wording.SAVED_BEFORE
    (found,) = highlights(tmp_path)
    assert (found.text, found.tags) == (MESSAGE.text, ("first",))


@pytest.mark.skipif(not hasattr(stat, "S_IRWXG"), reason="needs POSIX file permissions")
async def test_only_the_owner_can_read_the_file_and_no_other_file_is_left(tmp_path: Path) -> None:
    folder = tmp_path / "state" / "saved"
    await save(saver_for(folder), SaveMessage(MESSAGE))
    (file,) = folder.iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


@pytest.mark.parametrize(
    "key", ["../../evil", "slack:/etc/passwd:1", "slack:C\x00:1", "x" * 5_000, "slack:\ud800"]
)
async def test_no_message_key_leads_out_of_the_folder(tmp_path: Path, key: str) -> None:
    folder = tmp_path / "saved"
    await save(saver_for(folder), SaveMessage(replace(MESSAGE, key=key, text="../../evil\x00 \ud800 words")))
    assert names_in(tmp_path) == ["saved"]
    assert len(highlights(folder)) == 1


def names_in(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


HOME_RULES = Rules()
ALLOWLIST_RULES = Rules(allowlist=Allowlist(channels=frozenset({"slack:C012"})))
SAVERS_RULES = Rules(savers=frozenset({"slack:U1"}))


@pytest.mark.parametrize(
    ("rules", "facts", "allowed"),
    [
        (HOME_RULES, {}, True),
        (HOME_RULES, {"guest": True}, False),
        (HOME_RULES, {"unsure": True}, False),
        (HOME_RULES, {"stranger": True}, False),
        (HOME_RULES, {"shared": True}, False),
        (HOME_RULES, {"home": False}, False),
        (HOME_RULES, {"bot": True}, False),
        (HOME_RULES, {"home": False, "owner": True}, True),
        (ALLOWLIST_RULES, {"shared": True}, False),
        (ALLOWLIST_RULES, {"stranger": True}, False),
        (ALLOWLIST_RULES, {}, True),
        (ALLOWLIST_RULES, {"channel": "C999"}, False),
        (SAVERS_RULES, {}, True),
        (SAVERS_RULES, {"guest": True}, True),
        (SAVERS_RULES, {"person": "U2"}, False),
        (SAVERS_RULES, {"stranger": True}, False),
        (Rules(allowlist=ALLOWLIST_RULES.allowlist, savers=SAVERS_RULES.savers), {"shared": True}, True),
    ],
)
async def test_only_allowed_people_may_save_messages(
    tmp_path: Path, rules: Rules, facts: dict[str, object], allowed: bool
) -> None:
    arrival = replace(ARRIVAL, **facts)  # type: ignore[arg-type]
    reply = await save(saver_for(tmp_path, rules), SaveMessage(MESSAGE), arrival)
    assert reply == (wording.SAVED_TO_NOTES if allowed else wording.MAY_NOT_SAVE)
    assert len(names_in(tmp_path)) == allowed


async def test_a_person_is_told_why_a_message_is_not_saved(tmp_path: Path) -> None:
    saver = saver_for(tmp_path)
    assert await save(saver, SaveMessage(replace(MESSAGE, own=True))) == wording.SAVED_OWN
    assert await save(saver, SaveMessage(replace(MESSAGE, text=" :-) "))) == wording.NOTHING_TO_SAVE
    saver.is_private = lambda tags: "private" in tags
    assert await save(saver, SaveMessage(MESSAGE, ("private",))) == wording.SAVED_PRIVATELY
    assert await save(Saver(Rules()), SaveMessage(MESSAGE)) == wording.SAVING_OFF


async def test_a_failed_write_is_reported_and_counted(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    saver = saver_for(tmp_path / "file" / "saved")
    assert await save(saver, SaveMessage(MESSAGE)) == wording.NOT_SAVED
    assert saver.counts["message_not_saved"] == 1


async def test_confirmations_wait_for_one_common_reload(
    tmp_path: Path,
) -> None:
    reads, release = 0, asyncio.Event()

    async def reload() -> None:
        nonlocal reads
        reads += 1
        await release.wait()

    saver = saver_for(tmp_path, reload=reload)
    requests = [SaveMessage(replace(MESSAGE, key=f"slack:C012:{number}")) for number in range(20)]
    tasks = [asyncio.ensure_future(save(saver, request)) for request in requests]
    while saver._wanted < len(tasks):  # noqa: ASYNC110
        await asyncio.sleep(0)
    assert not any(task.done() for task in tasks)
    release.set()
    assert set(await asyncio.gather(*tasks)) == {wording.SAVED_TO_NOTES}
    assert reads == 2, "one reload may have begun too early, the second has them all"


def test_a_store_is_a_message_store(tmp_path: Path) -> None:
    store: MessageStore = FolderStore(tmp_path)
    assert store is not None

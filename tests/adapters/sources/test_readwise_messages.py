"""Messages that are saved to Readwise: each is stored once, with all its fields, and comes back with the next fetch."""

import pytest
from pydantic import SecretStr

from adapters.sources.readwise_messages import MAX_TEXT_CHARS, ReadwiseMessages
from bot.saving.store import Kept, SaveError, TooLongError
from corpus.folder.roots import Root, Roots
from corpus.formats.saved_message import SavedMessage
from corpus.load import load
from tests.adapters.sources.bench import FetchedCopy
from tests.readwise_server import ReadwiseServer
from tests.readwise_server.faults import Fault, limited

MESSAGE = SavedMessage(
    "Water keeps its own calendar.\n---\n- [[tide]] ^rw12",
    "#reading",
    "Mara Ilves",
    "https://example.slack.com/archives/C012/p1700000000000100",
    "2026-11-28T09:30:00+00:00",
    "2026-11-28T10:00:00+00:00",
    ("habit", "tide table"),
    "For the talk",
)


def store(
    server: ReadwiseServer, waits: list[float] | None = None, token: str | None = None
) -> ReadwiseMessages:
    async def sleep(seconds: float) -> None:
        if waits is not None:
            waits.append(seconds)

    return ReadwiseMessages(SecretStr(token or server.settings["READWISE_TOKEN"]), server.url, sleep)


async def test_a_saved_message_comes_back_with_the_next_fetch_once_with_tags_and_note(
    readwise: ReadwiseServer, copy: FetchedCopy
) -> None:
    for _ in range(2):
        assert await store(readwise).save("slack:C012:1", MESSAGE) is Kept.MAYBE_BEFORE
    await copy.sync()
    (found,) = load(Roots((Root(copy.store.folder, "@readwise/", fetched=True, layout="files"),))).highlights
    assert found.text == MESSAGE.text
    assert (found.source.title, found.source.authors) == ("#reading", ("Mara Ilves",))
    assert found.link == MESSAGE.link
    assert found.tags == ("habit", "tide-table")
    assert found.remark == "For the talk"


async def test_saving_is_retried_after_a_temporary_failure(readwise: ReadwiseServer) -> None:
    waits: list[float] = []
    readwise.post_faults = {1: Fault("status", 503), 2: limited(2)}
    await store(readwise, waits).save("k", MESSAGE)
    assert len(readwise.posted) == 3
    assert waits[-1] == 2


@pytest.mark.parametrize("fault", [Fault("status", 400), Fault("status", 302), limited(60)])
async def test_saving_is_not_retried_after_a_final_failure(readwise: ReadwiseServer, fault: Fault) -> None:
    readwise.post_faults = {1: fault}
    with pytest.raises(SaveError):
        await store(readwise, []).save("k", MESSAGE)
    assert len(readwise.posted) == 1


async def test_a_refused_token_and_a_text_too_long_are_told_apart(readwise: ReadwiseServer) -> None:
    with pytest.raises(SaveError, match="READWISE_TOKEN"):
        await store(readwise, token="another").save("k", MESSAGE)
    with pytest.raises(TooLongError):
        await store(readwise).save("k", SavedMessage("x" * (MAX_TEXT_CHARS + 1), "#reading"))


async def test_saving_fails_if_readwise_cannot_be_reached(readwise: ReadwiseServer) -> None:
    unreachable = ReadwiseMessages(SecretStr("t"), "http://127.0.0.1:9/api/v2/", store(readwise, []).sleep)
    with pytest.raises(SaveError, match="cannot be reached"):
        await unreachable.save("k", MESSAGE)

"""The digests of public channels as a feed: valid Atom, stable ids, escaped texts, nothing from private channels."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, time
from pathlib import Path
from xml.etree import ElementTree

import aiohttp
import pytest
import yarl
from pydantic import SecretStr

from adapters import digest_feed
from adapters.http_server import HttpServer
from adapters.metrics import Durations, Metrics, Watched
from bot.access.rules import Rules
from bot.chat.conversation import Bot
from bot.digest.feed import DigestFeed
from bot.runtime.health import Health
from bot.schedule.history import Shown
from bot.schedule.plan import Plan
from bot.search.index import Index
from bot.service import Service
from bot.state.database import Database, address
from bot.state.database_digests import DatabaseDigestStore
from bot.state.digest_store import ChannelDigest
from bot.state.memory_claims import MemoryClaims
from corpus.formats.saved_message import SavedMessage, encode
from corpus.load import Rules as Reading
from corpus.load import load

ATOM = "{http://www.w3.org/2005/Atom}"
HOSTILE = (
    '</blockquote><script>alert(\'x\')</script> ]]> & "quoted" <a href="javascript:1">here</a>\nsecond line'
)
KEY = "a-key-of-the-tests"
ALLOWED = {
    "feed": {"id", "title", "updated", "author", "link", "entry"},
    "entry": {"id", "title", "updated", "published", "link", "content"},
}
"""The elements that may appear, all from RFC 4287. Entries have no author of their own; the feed's author counts for them."""


class Channels:
    """A fake of the platforms. Only the channels in `public` are public."""

    def __init__(self, *public: str) -> None:
        self.public = public

    async def is_public(self, place: str) -> bool:
        return place in self.public


@pytest.fixture
def index(tmp_path: Path) -> Index:
    folder = tmp_path / "notes"
    folder.mkdir()
    texts = ("Water keeps its own calendar.", HOSTILE, "The clocks of the harbour do not know it.")
    for number, text in enumerate(texts):
        note = SavedMessage(text, f"#tide <{number}>", "Ida & Storm", f"https://example.org/{number}?a=1&b=2")
        (folder / f"{number}.md").write_text(encode(note), "utf-8")
    return Index.build(load(folder, Reading()))


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[DatabaseDigestStore]:
    database = await Database.open(address(None, tmp_path / "state"), lambda: 1_750_000_000.0)
    yield DatabaseDigestStore(database)
    await database.close()


async def post(
    store: DatabaseDigestStore, place: str, day: int, picks: tuple[str, ...], person: str = ""
) -> None:
    plan = Plan("daily", time(9), "Europe/Berlin")
    await store.set_digest(ChannelDigest(place, place, plan, 0.0, date(2025, 6, 1), person))
    key = f"{place}:2025-06-{day:02}"
    claimed = await store.claim_post(key, place, date(2025, 6, day))
    await store.renew(key, picks, claimed.until)
    await store.complete(key, f"m{day}", Shown(place, "", picks, 0))


def ids(index: Index) -> list[str]:
    return [one.id for one in index.library.highlights]


def check_atom(body: bytes) -> ElementTree.Element:
    """Parses the feed and checks it against RFC 4287, 4.1: each required element is there, once, and well formed."""
    feed = ElementTree.fromstring(body)
    assert feed.tag == f"{ATOM}feed"
    for element in (feed, *feed.findall(f"{ATOM}entry")):
        for name in ("id", "title", "updated"):
            found = element.findall(f"{ATOM}{name}")
            assert len(found) == 1, name
            assert found[0].text
        assert re.fullmatch(r"urn:uuid:[0-9a-f-]{36}", element.findtext(f"{ATOM}id") or "")
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", element.findtext(f"{ATOM}updated") or "")
        assert len(element.findall(f"{ATOM}link[@rel='alternate']")) <= 1
        assert all(
            re.match(r"https?://[^\s<>\"]+$", one.get("href") or "") for one in element.findall(f"{ATOM}link")
        )
        assert {one.tag.removeprefix(ATOM) for one in element} <= ALLOWED[element.tag.removeprefix(ATOM)]
    for entry in feed.findall(f"{ATOM}entry"):
        contents = entry.findall(f"{ATOM}content")
        assert [one.get("type") for one in contents] == ["html"]
        assert not len(contents[0]), "HTML stands escaped in it"
        assert (entry.findtext(f"{ATOM}published") or "") <= (entry.findtext(f"{ATOM}updated") or "")
    assert len(feed.findall(f"{ATOM}link[@rel='self']")) <= 1
    assert feed.findtext(f"{ATOM}author/{ATOM}name")
    names = [one.findtext(f"{ATOM}id") for one in feed.iter(f"{ATOM}entry")]
    assert len(set(names)) == len(names)
    return feed


async def test_each_digest_is_an_entry_with_escaped_texts_and_an_id_that_stays(
    index: Index, store: DatabaseDigestStore
) -> None:
    one, two, three = ids(index)
    await post(store, "slack:C1", 1, (one, two))
    await post(store, "slack:C1", 2, (three,))
    made = DigestFeed(store, Channels("slack:C1"))
    body = await made.atom(index)
    assert body is not None
    entries = check_atom(body).findall(f"{ATOM}entry")
    assert len(entries) == 2
    content = "".join(entry.findtext(f"{ATOM}content") or "" for entry in entries)
    assert "<script" not in content
    assert "javascript:" not in re.sub(r"&lt;.*?&gt;", "", content)
    assert "&lt;script&gt;" in content
    assert 'href="https://example.org/0?a=1&amp;b=2"' in content
    assert "<br/>second line" in content
    assert b"C1" not in body, "no name of a channel"
    assert await made.atom(index) == body


async def test_what_is_private_or_gone_by_now_is_in_no_entry(
    index: Index, store: DatabaseDigestStore
) -> None:
    await post(store, "slack:C1", 1, (ids(index)[0], "gone"))
    await post(store, "slack:C1", 2, ("gone",))
    body = await DigestFeed(store, Channels("slack:C1")).atom(index)
    assert body is not None
    assert len(check_atom(body).findall(f"{ATOM}entry")) == 1


async def test_private_channels_and_direct_messages_are_in_no_feed(
    index: Index, store: DatabaseDigestStore
) -> None:
    first = ids(index)[0]
    await post(store, "slack:C1", 1, (first,))
    await post(store, "slack:G2", 1, (first,))
    await post(store, "slack:D3", 1, (first,), person="U3")
    feed = DigestFeed(store, Channels("slack:C1", "slack:D3"))
    body = await feed.atom(index)
    assert body is not None
    assert len(check_atom(body).findall(f"{ATOM}entry")) == 1
    assert await feed.atom(index, "slack:C1") is not None
    for place in ("slack:G2", "slack:D3", "slack:C9"):
        assert await feed.atom(index, place) is None


async def test_a_feed_without_digests_is_valid(index: Index, store: DatabaseDigestStore) -> None:
    body = await DigestFeed(store, Channels()).atom(index)
    assert body is not None
    assert check_atom(body).findall(f"{ATOM}entry") == []


@asynccontextmanager
async def served(index: Index, feed: DigestFeed | None, key: str = KEY) -> AsyncIterator[str]:
    """Serves this feed, and yields the server's address."""
    health = Health()
    service = Service(Bot(index), Rules(), MemoryClaims())
    server = HttpServer(health, Metrics(Watched(service, health, None), Durations()))
    if feed is not None:
        server.get(digest_feed.PATH, digest_feed.handler(SecretStr(key), feed, lambda: index))
    await server.start("127.0.0.1", 0, needed=True)
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        await server.close()


async def test_without_the_key_it_is_as_if_there_were_no_feed(
    index: Index, store: DatabaseDigestStore
) -> None:
    await post(store, "slack:C1", 1, (ids(index)[0],))
    feed = DigestFeed(store, Channels("slack:C1"))
    async with served(index, feed) as url, served(index, None) as without, aiohttp.ClientSession() as session:

        async def answer(address: str) -> tuple[int, str]:
            async with session.get(address) as found:
                return found.status, await found.text()

        nothing = await answer(f"{without}/digest.atom?key={KEY}")
        assert nothing[0] == 404
        for query in (
            "",
            "?key=",
            f"?key={KEY}x",
            f"?key={KEY[:-1]}",
            "?key=" + "x" * 5_000,
            f"?key={KEY}&channel=slack:C9",
        ):
            assert await answer(f"{url}/digest.atom{query}") == nothing, query
        async with session.get(f"{url}/digest.atom?key={KEY}&channel=slack:C1") as found:
            assert found.status == 200
            assert found.content_type == "application/atom+xml"
            check_atom(await found.read())
            tag = found.headers["ETag"]
        async with session.get(
            f"{url}/digest.atom?key={KEY}&channel=slack:C1", headers={"If-None-Match": tag}
        ) as again:
            assert again.status == 304


async def test_it_names_its_own_address_and_has_an_id_that_no_other_bot_has(
    index: Index, store: DatabaseDigestStore
) -> None:
    await post(store, "slack:C1", 1, (ids(index)[0],))
    feed = DigestFeed(store, Channels("slack:C1"))
    names = set()
    async with aiohttp.ClientSession() as session:
        for key in (KEY, "another bot's key"):
            async with served(index, feed, key) as url:
                for query in ("", "&channel=slack:C1"):
                    address = yarl.URL(f"{url}/digest.atom?key={key}{query}")
                    async with session.get(address, headers={"X-Forwarded-Proto": "https"}) as found:
                        read = check_atom(await found.read())
                    names.add(read.findtext(f"{ATOM}id"))
                    link = read.find(f"{ATOM}link[@rel='self']")
                    assert link is not None
                    assert yarl.URL(link.get("href") or "") == address.with_scheme("https").with_port(
                        address.port
                    )
                    async with session.get(f"{url}/digest.atom?key={key}", headers={"Host": "["}) as found:
                        assert found.status in (200, 400)
    assert len(names) == 4


async def test_many_readers_at_once(index: Index, store: DatabaseDigestStore) -> None:
    await post(store, "slack:C1", 1, (ids(index)[0],))
    feed = DigestFeed(store, Channels("slack:C1"))
    assert len(set(await asyncio.gather(*(feed.atom(index) for _ in range(20))))) == 1

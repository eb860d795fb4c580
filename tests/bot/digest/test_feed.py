"""The feed of digests is valid Atom with stable ids and escaped texts, and shows public channels only."""

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
from bot.state.database.digests import DatabaseDigestStore
from bot.state.database.engine import Database, address
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
"""The elements that may appear, all from RFC 4287. Entries have no author element; the feed's author applies to them."""


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
    await store.renew(key, Shown(place, "", picks), claimed.until)
    await store.complete(key, f"m{day}", Shown(place, "", picks))


def ids(index: Index) -> list[str]:
    return [highlight.id for highlight in index.library.highlights]


def check_atom(body: bytes) -> ElementTree.Element:
    """Parses the feed and checks it against RFC 4287, 4.1: each required element is there, once and well formed."""
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
            re.match(r"https?://[^\s<>\"]+$", link.get("href") or "")
            for link in element.findall(f"{ATOM}link")
        )
        assert {child.tag.removeprefix(ATOM) for child in element} <= ALLOWED[element.tag.removeprefix(ATOM)]
    for entry in feed.findall(f"{ATOM}entry"):
        contents = entry.findall(f"{ATOM}content")
        assert [content.get("type") for content in contents] == ["html"]
        assert not len(contents[0]), "HTML must be escaped"
        assert (entry.findtext(f"{ATOM}published") or "") <= (entry.findtext(f"{ATOM}updated") or "")
    assert len(feed.findall(f"{ATOM}link[@rel='self']")) <= 1
    assert feed.findtext(f"{ATOM}author/{ATOM}name")
    names = [entry.findtext(f"{ATOM}id") for entry in feed.iter(f"{ATOM}entry")]
    assert len(set(names)) == len(names)
    return feed


async def test_each_digest_is_an_entry_with_escaped_texts_and_a_stable_id(
    index: Index, store: DatabaseDigestStore
) -> None:
    first, second, third = ids(index)
    await post(store, "slack:C1", 1, (first, second))
    await post(store, "slack:C1", 2, (third,))
    feed = DigestFeed(store, Channels("slack:C1"))
    body = await feed.atom(index)
    assert body is not None
    entries = check_atom(body).findall(f"{ATOM}entry")
    assert len(entries) == 2
    content = "".join(entry.findtext(f"{ATOM}content") or "" for entry in entries)
    assert "<script" not in content
    assert "javascript:" not in re.sub(r"&lt;.*?&gt;", "", content)
    assert "&lt;script&gt;" in content
    assert 'href="https://example.org/0?a=1&amp;b=2"' in content
    assert "<br/>second line" in content
    assert b"C1" not in body, "the feed must not name the channel"
    assert await feed.atom(index) == body


async def test_highlights_that_are_gone_are_left_out_of_the_feed(
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
async def serve(index: Index, feed: DigestFeed | None, key: str = KEY) -> AsyncIterator[str]:
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


async def test_without_the_key_the_feed_is_not_found(index: Index, store: DatabaseDigestStore) -> None:
    await post(store, "slack:C1", 1, (ids(index)[0],))
    feed = DigestFeed(store, Channels("slack:C1"))
    async with (
        serve(index, feed) as url,
        serve(index, None) as url_without_feed,
        aiohttp.ClientSession() as session,
    ):

        async def answer(address: str) -> tuple[int, str]:
            async with session.get(address) as response:
                return response.status, await response.text()

        not_found = await answer(f"{url_without_feed}/digest.atom?key={KEY}")
        assert not_found[0] == 404
        for query in (
            "",
            "?key=",
            f"?key={KEY}x",
            f"?key={KEY[:-1]}",
            "?key=" + "x" * 5_000,
            f"?key={KEY}&channel=slack:C9",
        ):
            assert await answer(f"{url}/digest.atom{query}") == not_found, query
        async with session.get(f"{url}/digest.atom?key={KEY}&channel=slack:C1") as response:
            assert response.status == 200
            assert response.content_type == "application/atom+xml"
            check_atom(await response.read())
            tag = response.headers["ETag"]
        async with session.get(
            f"{url}/digest.atom?key={KEY}&channel=slack:C1", headers={"If-None-Match": tag}
        ) as again:
            assert again.status == 304


async def test_a_feed_names_its_own_address_and_has_an_id_of_its_own(
    index: Index, store: DatabaseDigestStore
) -> None:
    await post(store, "slack:C1", 1, (ids(index)[0],))
    feed = DigestFeed(store, Channels("slack:C1"))
    feed_ids = set()
    async with aiohttp.ClientSession() as session:
        for key in (KEY, "another bot's key"):
            async with serve(index, feed, key) as url:
                for query in ("", "&channel=slack:C1"):
                    address = yarl.URL(f"{url}/digest.atom?key={key}{query}")
                    async with session.get(address, headers={"X-Forwarded-Proto": "https"}) as response:
                        parsed = check_atom(await response.read())
                    feed_ids.add(parsed.findtext(f"{ATOM}id"))
                    link = parsed.find(f"{ATOM}link[@rel='self']")
                    assert link is not None
                    assert yarl.URL(link.get("href") or "") == address.with_scheme("https").with_port(
                        address.port
                    )
                    async with session.get(f"{url}/digest.atom?key={key}", headers={"Host": "["}) as response:
                        assert response.status in (200, 400)
    assert len(feed_ids) == 4


async def test_many_readers_at_once_get_the_same_feed(index: Index, store: DatabaseDigestStore) -> None:
    await post(store, "slack:C1", 1, (ids(index)[0],))
    feed = DigestFeed(store, Channels("slack:C1"))
    assert len(set(await asyncio.gather(*(feed.atom(index) for _ in range(20))))) == 1

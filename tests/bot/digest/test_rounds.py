"""Rounds of several digests of one channel, whose highlights overlap: posts at the same moment, in doubt, tried again."""

from collections.abc import AsyncIterator, Sequence
from datetime import date, time, timedelta

import pytest

from bot.chat.conversation import Bot
from bot.digest.chooser import Chooser
from bot.schedule.history import Shown, record
from bot.schedule.plan import DEFAULT_NAME, EVERYTHING, Filter, Plan, Theme
from bot.search.index import Index
from bot.state.claims import LEASE_S
from bot.state.digest_store import ChannelDigest, DigestStore
from bot.state.opening import open_state
from tests.bot.digest.conftest import timestamp
from tests.bot.digest.interleaved import Interleaved
from tests.libraries import highlight, library_of
from tests.platforms import Clock

HERE = "test:C1"
ANN = Theme((Filter("by", "Ann Reed"),))
SENTENCES = {
    "First by Ann Reed": (
        "Bakers who rush the dough regret it at breakfast.",
        "Every harbour keeps a drawer of unanswered letters.",
        "Rain teaches gardeners what books leave out.",
    ),
    "Second by Ann Reed": (
        "The clerk counted the stairs twice before trusting the map.",
        "Old violins remember winters better than their owners do.",
        "A quiet kitchen makes the loudest arguments possible.",
    ),
    "Third by Bo Lund": (
        "Nobody lends a ladder to somebody who returns hammers late.",
        "Foxes cross the railway only when the signal man sleeps.",
        "Maps drawn from memory always flatter the village.",
    ),
}


@pytest.fixture(scope="module")
def small_bot() -> Bot:
    """A library of nine highlights. Ann wrote six; one of each source is a favourite."""
    return Bot(
        Index.build(
            library_of(
                highlight(f"{source[0]}{number}", text, *source.split(" by "), favorite=number == 1)
                for source, texts in SENTENCES.items()
                for number, text in enumerate(texts)
            )
        )
    )


@pytest.fixture
async def store(url: str, clock: Clock) -> AsyncIterator[DigestStore]:
    state = await open_state(url, clock)
    yield state.digests
    await state.claims.close()


class Channel:
    """A channel in which highlights are shown, and posted step by step."""

    def __init__(self, bot: Bot, store: DigestStore) -> None:
        self.store, self.chooser = store, Chooser(bot, store)

    async def show(self, theme: Theme, count: int) -> list[str]:
        """Shows highlights one after the other."""
        return [(await self.chooser.show(HERE, theme, 1))[0].highlight.id for _ in range(count)]

    async def begin(self, key: str, theme: Theme, ids: Sequence[str] = ()) -> tuple[Shown, float]:
        """A process begins to post a digest. Returns what it shows, and the end of its lease."""
        claimed = await self.store.claim_post(key, HERE, None)
        choice = await self.chooser.choose(HERE, theme, 1, ids=ids, key=key)
        until = await self.store.renew(key, choice.shown, claimed.until, LEASE_S, choice.after)
        assert isinstance(until, float)
        return choice.shown, until


@pytest.fixture
def channel(small_bot: Bot, store: DigestStore) -> Channel:
    return Channel(small_bot, store)


def anns(channel: Channel) -> set[str]:
    return set(channel.chooser.candidates(ANN).ids)


async def test_a_post_in_doubt_belongs_to_the_round_in_which_it_began(channel: Channel, clock: Clock) -> None:
    """A process posts the last highlight of Ann's round and is killed before it records that. Then Ann's next round begins.

    The look-up finds the post later. Its highlight still comes in Ann's new round.
    """
    (last,) = anns(channel) - set(await channel.show(ANN, 5))
    await channel.begin("main", EVERYTHING, [last])
    first = await channel.show(ANN, 1)
    clock.now += LEASE_S + 1
    await channel.store.claim_post("main", HERE, None)
    history = await channel.chooser.history(HERE, EVERYTHING, "main")
    await channel.store.complete("main", "m1", record(history, HERE, "", [last]))
    rest = await channel.show(ANN, 5)
    assert sorted(first + rest) == sorted(anns(channel))


async def test_a_round_that_a_post_in_doubt_began_goes_on(channel: Channel) -> None:
    """The first highlight of a new round is being posted while others of the same theme are shown."""
    await channel.show(ANN, 6)
    begun, _ = await channel.begin("ann", ANN)
    shown = await channel.show(ANN, 2)
    await channel.store.complete("ann", "m1", begun)
    rest = await channel.show(ANN, 3)
    assert sorted([*begun.ids, *shown, *rest]) == sorted(anns(channel))


async def test_a_post_that_is_tried_again_counts_from_its_last_try(channel: Channel) -> None:
    """The platform is away when the last highlight of Ann's round is posted. Her next round begins, then the post succeeds."""
    (last,) = anns(channel) - set(await channel.show(ANN, 5))
    begun, until = await channel.begin("main", EVERYTHING, [last])
    first = await channel.show(ANN, 1)
    assert isinstance(await channel.store.renew("main", begun, until), float)
    await channel.store.complete("main", "m1", begun)
    rest = await channel.show(ANN, 4)
    assert sorted([*first, last, *rest]) == sorted(anns(channel))


async def test_a_post_that_certainly_failed_shows_nothing(channel: Channel) -> None:
    (last,) = anns(channel) - set(await channel.show(ANN, 5))
    _, until = await channel.begin("main", EVERYTHING, [last])
    await channel.store.release("main", 0, until)
    assert await channel.show(ANN, 1) == [last]


async def test_a_post_that_is_tried_many_times_takes_no_more_turns(channel: Channel) -> None:
    """Turns say how long ago a highlight was shown. Without this, one shown just before an outage could come right after it."""
    begun, until = await channel.begin("main", EVERYTHING)
    for _ in range(5):
        renewed = await channel.store.renew("main", begun, until)
        assert isinstance(renewed, float)
        until = renewed
    assert (await channel.chooser.history(HERE, EVERYTHING)).turn == 1


@pytest.mark.long
@pytest.mark.parametrize("seed", [1, 2])
async def test_nothing_is_repeated_early_by_replicas_that_are_killed(
    small_bot: Bot, store: DigestStore, clock: Clock, seed: int
) -> None:
    nine, first = time(9), date(2026, 1, 1)
    clock.now = timestamp(f"{first}T08:00")
    plans = {
        DEFAULT_NAME: Plan("daily", nine, "UTC"),
        "ann": Plan("daily", nine, "UTC", None, 3, ANN.filters[0]),
        "favourites": Plan("daily", nine, "UTC", None, 1, Filter("tag", "favorite")),
        "two": Plan("daily", nine, "UTC", None, 2, never=("Third",)),
    }
    digests = [ChannelDigest(HERE, HERE, plan, clock.now, first, name=name) for name, plan in plans.items()]
    for digest in digests:
        await store.set_digest(digest)
    replicas = Interleaved(small_bot, store, clock, {digest.key: digest for digest in digests}, seed)
    for number in range(20):
        await replicas.post_all(first + timedelta(days=number))
    print(replicas.totals)
    assert replicas.totals["posts"] == 20 * len(digests)
    assert replicas.totals["kills"] > 5
    assert replicas.rounds.counts["twice"] == 0
    assert replicas.rounds.repetitions == []

"""Who is answered, where, and how often."""

import logging

import pytest

from bot.access.people import UnknownPeople
from bot.access.places import Allowlist
from bot.access.rate_limit import RateLimit
from bot.access.rules import Rules
from bot.chat.requests import Command
from bot.delivery.platform import Membership
from tests.platforms import Clock, make_arrival


async def reason(rules: Rules, **facts: object) -> str | None:
    refusal = await rules.check(make_arrival(**facts))  # type: ignore[arg-type]
    return refusal.reason.value if refusal else None


class OneMember(UnknownPeople):
    """U1 is the only member of C9."""

    async def membership(self, platform: str, person: str, channel: str) -> Membership:
        is_member = (platform, person, channel) == ("test", "U1", "C9")
        return Membership.MEMBER if is_member else Membership.OUTSIDE


@pytest.mark.parametrize(
    ("channels", "servers", "facts", "expected"),
    [
        ("", "", {}, None),
        ("", "", {"home": False}, "place"),
        ("", "", {"shared": True}, "place"),
        ("", "", {"stranger": True, "person_server": "T2"}, "place"),
        ("", "", {"guest": True}, None),
        ("", "", {"direct": True}, None),
        ("", "", {"direct": True, "guest": True}, "place"),
        ("", "", {"direct": True, "stranger": True, "person_server": "T2"}, "place"),
        ("test:C1", "", {}, None),
        ("test:C1", "", {"channel": "C2"}, "place"),
        ("test:C1", "", {"channel": "C2", "parent": "C1"}, None),
        ("test:C1", "", {"shared": True, "stranger": True, "person_server": "T2"}, None),
        ("discord:C1", "", {}, None),
        ("discord:C1", "", {"home": False}, "place"),
        ("test:C9", "", {"direct": True}, None),
        ("test:C9", "", {"direct": True, "person": "U2"}, "place"),
        ("test:C9", "", {"direct": True, "guest": True}, None),
        ("", "test:T1", {"home": False}, None),
        ("", "test:T1", {"shared": True}, "place"),
        ("", "test:T2", {}, "place"),
        ("", "test:T2", {"direct": True, "stranger": True, "person_server": "T2"}, None),
        ("", "test:T2", {"direct": True}, "place"),
    ],
)
async def test_who_is_answered_where(
    channels: str, servers: str, facts: dict[str, object], expected: str | None
) -> None:
    allowlist = Allowlist(frozenset(channels.split(",")) - {""}, frozenset(servers.split(",")) - {""})
    rules = Rules(allowlist, people=OneMember())
    assert await reason(rules, **facts) == expected


async def test_a_place_that_is_not_allowed_is_logged_once_with_the_setting(
    caplog: pytest.LogCaptureFixture,
) -> None:
    rules = Rules(Allowlist(frozenset({"test:C1"})))
    for _ in range(3):
        assert await reason(rules, channel="C2") == "place"
    assert [record.message for record in caplog.records if record.levelno == logging.WARNING] == [
        "not answered: channel test:C2 is not allowed; to answer there, add ALLOWED_CHANNELS=test:C2,test:C1 to the settings"
    ]


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"bot": True}, "bot"),
        ({"edited": True}, "edited"),
        ({"broadcast": True}, "broadcast"),
        ({"sent_at": 0.0}, "old"),
        ({"sent_at": 0.0, "request": Command("random")}, None),
        ({"text": " 🎉 …?!"}, "no_words"),
        ({"text": "", "request": Command("random")}, None),
        ({"text": "睡眠"}, None),
    ],
)
async def test_messages_that_are_never_answered(facts: dict[str, object], expected: str | None) -> None:
    assert await reason(Rules(), **facts) == expected


async def test_questions_older_than_ten_minutes_are_not_answered() -> None:
    clock = Clock()
    rules = Rules(now=clock)
    assert await reason(rules, sent_at=clock.now - 599) is None
    assert await reason(rules, sent_at=clock.now - 601) == "old"


async def test_a_person_who_asks_too_much_is_told_once_a_minute() -> None:
    clock = Clock()
    rules = Rules(person=RateLimit(3, clock), channel=RateLimit(100, clock))
    refusals = [await rules.check(make_arrival(number=number)) for number in range(10)]
    assert [refusal.reason.value if refusal else None for refusal in refusals] == [None] * 3 + ["limit"] * 7
    assert [refusal.message is not None for refusal in refusals if refusal] == [True] + [False] * 6
    assert await reason(rules, person="U2") is None
    clock.now += 61
    assert await reason(rules) is None


async def test_a_channel_with_too_many_questions_does_not_affect_others() -> None:
    rules = Rules(person=RateLimit(10), channel=RateLimit(5))
    reasons = [await reason(rules, person=f"U{number}") for number in range(8)]
    assert reasons == [None] * 5 + ["limit"] * 3
    assert await reason(rules, person="U1", channel="C2") is None


def test_rate_limits_remember_a_bounded_number_of_people(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.access.rate_limit.MAX_NAMES", 10)
    limit = RateLimit(3)
    for number in range(50):
        limit.record(f"U{number}")
        limit.may_notify(f"U{number}")
    assert len(limit._times) <= 10

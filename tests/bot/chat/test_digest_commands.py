"""Digest commands as people type them, and the replies to invalid ones."""

from datetime import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat import requests
from bot.chat.digest_commands import DigestCommand, InvalidDigestCommand
from bot.chat.digest_parser import from_form, parse
from bot.chat.wording import as_typed
from bot.schedule import time_zones
from bot.schedule.plan import Filter

NINE_O_CLOCK = time(9)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("", DigestCommand("status")),
        ("status", DigestCommand("status")),
        ("OFF", DigestCommand("off")),
        ("stop", DigestCommand("off")),
        ("now", DigestCommand("now")),
        ("help", DigestCommand("help")),
        ("on", DigestCommand("set")),
        ("daily", DigestCommand("set")),
        ("set daily", DigestCommand("set")),
        ("at 9:30", DigestCommand("set", at=time(9, 30))),
        ("daily at 9", DigestCommand("set", at=NINE_O_CLOCK)),
        ("every day at 8pm", DigestCommand("set", at=time(20))),
        ("daily at 8 pm berlin", DigestCommand("set", at=time(20), zone="Europe/Berlin")),
        ("daily 20:15", DigestCommand("set", at=time(20, 15))),
        ("daily 8 p.m.", DigestCommand("set", at=time(20))),
        ("daily at 12am", DigestCommand("set", at=time(0))),
        ("daily at noon", DigestCommand("set", at=time(12))),
        ("weekdays at 8.30", DigestCommand("set", "weekdays", time(8, 30))),
        ("weekly", DigestCommand("set", "weekly")),
        ("weekly on monday at 7", DigestCommand("set", "weekly", time(7), weekday=0)),
        ("weekly Fri", DigestCommand("set", "weekly", weekday=4)),
        ("every sunday", DigestCommand("set", "weekly", weekday=6)),
        ("on mondays at 9", DigestCommand("set", "weekly", NINE_O_CLOCK, weekday=0)),
        ("daily at 9 3 highlights", DigestCommand("set", at=NINE_O_CLOCK, count=3)),
        ("daily 3", DigestCommand("set", count=3)),
        ("3 highlights daily", DigestCommand("set", count=3)),
        ("daily in new york", DigestCommand("set", zone="America/New_York")),
        ("daily at 9 EUROPE/berlin 2 quotes", DigestCommand("set", at=NINE_O_CLOCK, zone="Europe/Berlin", count=2)),
        ("daily Lord_Howe tag favorite", DigestCommand("set", zone="Australia/Lord_Howe", only=Filter("tag", "favorite"))),
        ("daily by Ann Author", DigestCommand("set", only=Filter("by", "Ann Author"))),
        ("daily from “The Art at 9”", DigestCommand("set", only=Filter("from", "The Art at 9"))),
        ("tag x", DigestCommand("set", only=Filter("tag", "x"))),
        ("berlin at 9", DigestCommand("set", at=NINE_O_CLOCK, zone="Europe/Berlin")),
    ],
)  # fmt: skip
def test_a_command_is_read_as_people_write_it(typed: str, expected: DigestCommand) -> None:
    assert parse(typed) == expected
    assert requests.parse(f"digest {typed}") == expected


@pytest.mark.parametrize(
    ("typed", "part", "sentence"),
    [
        ("please", "every", "Say how often and when, for example: /highlight digest daily at 9."),
        ("set", "every", ""),
        ("daily at 25", "at", "“25” isn’t a time. Write it as 9, 9:30, 20:15 or 8pm."),
        ("daily at 13pm", "at", ""),
        ("daily at 9:75", "at", ""),
        ("daily at lunch", "at", "“lunch” isn’t a time"),
        ("daily 0 highlights", "count", "A digest can have 1 to 10 highlights."),
        ("daily 11 highlights", "count", ""),
        ("daily -3 highlights", "count", ""),
        ("daily berln", "zone", "I don’t know the time zone “berln”. Name a city, such as Europe/Berlin. Did you mean Europe"),
        ("daily ../../etc/passwd", "zone", "I don’t know the time zone"),
        ("daily tag", "only", "With which tag?"),
        ("daily by", "only", "By whom?"),
        ("from", "only", "From which title?"),
    ],
)  # fmt: skip
def test_an_invalid_part_is_explained_in_a_sentence(typed: str, part: str, sentence: str) -> None:
    invalid = parse(typed) if typed != "set" else from_form(every="sometimes")
    assert isinstance(invalid, InvalidDigestCommand)
    assert invalid.part == part
    assert as_typed(invalid.message).startswith(sentence)


def test_a_form_gives_the_same_command() -> None:
    command = from_form("monday", "8pm", "kolkata", "2", filters=[Filter("tag", " favorite ")])
    assert command == DigestCommand(
        "set", "weekly", time(20), "Asia/Kolkata", 0, 2, Filter("tag", "favorite")
    )
    assert from_form() == DigestCommand("set")
    assert from_form(zone="nowhere at all").part == "zone"  # type: ignore[union-attr]


@given(st.text(max_size=60) | st.lists(st.sampled_from(
    ["daily", "weekly", "at", "9", "8", "pm", "on", "monday", "in", "berlin", "tag", "by", "3", "highlights", "²", "-"]
), max_size=9).map(" ".join))  # fmt: skip
def test_any_text_can_be_parsed(typed: str) -> None:
    command = parse(typed)
    assert isinstance(command, DigestCommand | InvalidDigestCommand)
    if isinstance(command, DigestCommand):
        assert 1 <= command.count <= 10
        assert command.zone is None or time_zones.find(command.zone) == command.zone


def test_time_zones_are_completed_by_city_and_by_name() -> None:
    assert time_zones.complete("ber")[0] == "Europe/Berlin"
    assert "America/New_York" in time_zones.complete("new y")
    assert len(time_zones.complete("a")) == 25
    assert all(time_zones.find(name) == name for name in time_zones.complete("e"))
    assert time_zones.complete("kolkatta") == ["Asia/Kolkata"] or "Asia/Kolkata" in time_zones.complete(
        "kolkatta"
    )


def test_the_time_zone_of_the_host_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", ":Asia/Kolkata")
    assert time_zones.host_zone() == "Asia/Kolkata"
    monkeypatch.setenv("TZ", "nonsense")
    assert time_zones.find(time_zones.host_zone()) == time_zones.host_zone()

"""`/highlight settings` chooses who is answered and who may press buttons. The environment overrules it."""

import pytest

from bot.access.choices import Choices
from bot.access.people import UnknownPeople
from bot.access.places import Allowlist
from bot.access.refusal import Reason
from bot.access.rules import Rules
from bot.access.settings_requests import SettingsRequests
from bot.chat import wording
from bot.chat.digest_commands import DigestPress
from bot.chat.replies import Notice, ServerSettings
from bot.chat.requests import Command, parse
from bot.chat.settings_commands import InvalidSettingsCommand, PostingCommand, SettingsCommand
from bot.delivery.target import RefusedError
from bot.state.chosen import PostingChoices, ServerChoices
from bot.state.claims import StateError
from tests.platforms import make_arrival

HELP = Command("help")
OWNER = {"request": HELP, "private": True}


async def rules_with(choices: ServerChoices, **rules: object) -> Rules:
    found = Rules(**rules)  # type: ignore[arg-type]
    await found.choices.set_server("test:T1", choices)
    return found


async def refusal_of(rules: Rules, **facts: object) -> str | None:
    refusal = await rules.check(make_arrival(**facts))  # type: ignore[arg-type]
    return None if refusal is None else f"{refusal.reason.value}: {refusal.message}"


@pytest.mark.parametrize(
    ("facts", "answered"),
    [
        ({"channel": "C1"}, True),
        ({"channel": "C2"}, False),
        ({"channel": "C3", "parent": "C1"}, True),
        ({"channel": "C4", "category": "K1"}, True),
        ({"channel": "C5", "parent": "C4", "category": "K1"}, True),
        ({"channel": "D1", "direct": True}, True),
    ],
)
async def test_only_the_chosen_channels_and_categories_are_answered(
    facts: dict[str, object], answered: bool
) -> None:
    rules = await rules_with(ServerChoices(channels=("C1", "K1")))
    assert (await refusal_of(rules, **facts) is None) is answered


@pytest.mark.parametrize(
    ("roles", "answered"), [(frozenset({"R1", "R9"}), True), (frozenset({"R9"}), False), (None, False)]
)
async def test_only_people_with_a_chosen_role_are_answered(
    roles: frozenset[str] | None, answered: bool
) -> None:
    rules = await rules_with(ServerChoices(roles=("R1",)))
    assert (await refusal_of(rules, roles=roles) is None) is answered


async def test_a_refused_message_gets_no_reply_and_a_refused_command_a_sentence() -> None:
    rules = await rules_with(ServerChoices(channels=("C9",), roles=("R1",)))
    assert await refusal_of(rules) == "place: None"
    assert await refusal_of(rules, request=HELP) == f"place: {wording.NOT_IN_THIS_CHANNEL}"
    assert await refusal_of(rules, request=HELP, channel="C9") == f"place: {wording.NOT_FOR_YOU}"


@pytest.mark.parametrize(
    "rules",
    [
        {"allowlist": Allowlist(channels=frozenset({"test:C1"}), people=frozenset({"test:U1"}))},
        {"ask_channels": frozenset({"test:C1"}),
         "allowlist": Allowlist(servers=frozenset({"test:T1"}), people=frozenset({"test:U1"}))},
        {"everywhere": frozenset({"test:U1"})},
    ],
)  # fmt: skip
async def test_places_allowed_by_the_environment_are_answered_whatever_was_chosen(
    rules: dict[str, object],
) -> None:
    chosen = await rules_with(ServerChoices(channels=("C9",), roles=("R1",)), **rules)
    assert await refusal_of(chosen, private=True, request=HELP) is None


async def test_a_digest_is_posted_only_in_the_chosen_channels() -> None:
    rules = await rules_with(ServerChoices(channels=("C9",), roles=("R1",)))
    with pytest.raises(RefusedError):
        await rules.check_place(make_arrival(person=""))
    await rules.check_place(make_arrival(person="", channel="C9"))


@pytest.mark.parametrize(
    ("facts", "refused"),
    [
        ({"asked_by": "U2"}, wording.BUTTON_OF_ASKER),
        ({"asked_by": "U2", "may_delete_others": True}, None),
        ({"asked_by": "U1"}, None),
        ({"asked_by": ""}, None),
        ({"request": DigestPress("never", "h")}, wording.BUTTON_OF_MANAGERS),
        ({"request": DigestPress("never", "h"), "manages": True}, None),
        ({"request": DigestPress("another", "h")}, None),
    ],
)
async def test_who_may_press_a_button(facts: dict[str, object], refused: str | None) -> None:
    pressed = {"pressed": True, "request": HELP, "manages": False, **facts}
    assert await refusal_of(await rules_with(ServerChoices()), **pressed) is None
    chosen = await rules_with(ServerChoices(buttons="asker", digest_buttons="managers"))
    assert await refusal_of(chosen, **pressed) == (refused and f"{Reason.RIGHT.value}: {refused}")


@pytest.mark.parametrize(
    ("typed", "command"),
    [
        ("settings", SettingsCommand()),
        ("settings channels C1 <#C2|books>, <#33>", SettingsCommand("channels", ("C1", "C2", "33"))),
        ("settings channels here", SettingsCommand("channels", ("here",))),
        ("settings roles <@&12>", SettingsCommand("roles", ("12",))),
        ("Settings threads ON", SettingsCommand("threads", ("on",))),
        ("settings reset", SettingsCommand("reset")),
        ("settings channels", InvalidSettingsCommand()),
        ("settings channels #books", InvalidSettingsCommand()),
        ("settings colours blue", InvalidSettingsCommand()),
    ],
)
def test_settings_commands_are_parsed(typed: str, command: object) -> None:
    assert parse(typed) == command


async def change(rules: Rules, *typed: str, **facts: object) -> object:
    """Runs settings commands, and returns the reply to the last one."""
    arrival = make_arrival(**{"private": True, "administers": True, "roles": frozenset(), **facts})  # type: ignore[arg-type]
    return [await SettingsRequests(rules).reply(arrival, parse(text)) for text in typed][-1]  # type: ignore[arg-type]


async def test_settings_are_changed_one_by_one_and_shown() -> None:
    rules = Rules(Allowlist(channels=frozenset({"test:C5"})))
    shown = await change(
        rules, "settings channels here C7 here", "settings roles R1 R2", "settings threads on",
        "settings buttons asker", "settings digest-buttons managers",
    )  # fmt: skip
    chosen = ServerChoices(("C1", "C7"), ("R1", "R2"), True, "asker", "managers")
    assert isinstance(shown, ServerSettings)
    assert shown.choices == chosen == await rules.choices.of_server("test:T1")
    assert "ALLOWED_CHANNELS" in shown.text
    assert "C1, C7" in shown.text
    assert await change(rules, "settings threads maybe") == Notice(wording.SETTINGS_USAGE)
    assert (await change(rules, "settings channels all")).choices.channels == ()  # type: ignore[attr-defined]
    reset = await change(rules, "settings reset")
    assert isinstance(reset, ServerSettings)
    assert reset.choices == ServerChoices()


@pytest.mark.parametrize(
    ("facts", "notice"),
    [
        ({"administers": False}, wording.SETTINGS_NOT_ALLOWED),
        ({"administers": None}, wording.SETTINGS_NOT_ALLOWED),
        ({"stranger": True}, wording.SETTINGS_NOT_ALLOWED),
        ({"private": False}, wording.SETTINGS_PRIVATE),
        ({"direct": True}, wording.SETTINGS_ELSEWHERE),
    ],
)
async def test_settings_are_shown_only_in_private_to_people_who_manage_the_server(
    facts: dict[str, object], notice: str
) -> None:
    rules = Rules()
    for typed in ("settings", "settings threads on"):
        assert await change(rules, typed, **facts) == Notice(notice)
    assert await rules.choices.of_server("test:T1") == ServerChoices()


async def test_people_who_manage_the_server_cannot_lock_themselves_out() -> None:
    rules = await rules_with(ServerChoices(channels=("C9",), roles=("R1",)))
    request = {"request": SettingsCommand(), "private": True}
    assert await refusal_of(rules, **request, administers=True) is None
    assert await refusal_of(rules, **request, administers=False) is not None


async def test_no_role_can_be_chosen_on_a_platform_without_roles() -> None:
    assert await change(Rules(), "settings roles R1", roles=None) == Notice(wording.SETTINGS_NO_ROLES)


async def test_the_platform_is_asked_who_manages_the_server() -> None:
    class OneAdmin(UnknownPeople):
        async def administers(self, platform: str, person: str, server: str) -> bool:
            return (platform, person, server) == ("test", "U1", "T1")

    rules = Rules(people=OneAdmin())
    assert isinstance(await change(rules, "settings", administers=None), ServerSettings)
    assert await change(rules, "settings", administers=None, person="U2") == Notice(
        wording.SETTINGS_NOT_ALLOWED
    )


async def test_a_person_is_told_when_settings_cannot_be_stored() -> None:
    class UnavailableStore:
        async def load_chosen(self, kind: str, place: str) -> str | None:
            del kind, place
            return None

        async def save_chosen(self, kind: str, place: str, value: str) -> None:
            raise StateError("away")

    rules = Rules(choices=Choices(UnavailableStore()))
    assert await change(rules, "settings threads on") == Notice(wording.SETTINGS_NOT_STORED)


async def test_only_people_who_manage_a_channel_change_how_its_digest_is_posted() -> None:
    rules = Rules()
    command = PostingCommand(thread=True, ping="7")
    reply = await SettingsRequests(rules).reply(make_arrival(manages=False), command)
    assert reply == Notice(wording.DIGEST_NOT_ALLOWED)
    await SettingsRequests(rules).reply(make_arrival(manages=True), command)
    await SettingsRequests(rules).reply(make_arrival(manages=True), PostingCommand(publish=True))
    assert await rules.choices.of_posting("test:C1") == PostingChoices(True, "7", True)
    await SettingsRequests(rules).reply(make_arrival(manages=True), PostingCommand(ping=""))
    assert await rules.choices.of_posting("test:C1") == PostingChoices(True, "", True)


async def test_if_chosen_answers_go_to_a_thread_except_in_threads_and_direct_messages() -> None:
    rules = await rules_with(ServerChoices(threads=True))
    assert await rules.answers_in_thread(make_arrival())
    assert not await rules.answers_in_thread(make_arrival(parent="C2"))
    assert not await rules.answers_in_thread(make_arrival(direct=True))
    assert not await Rules().answers_in_thread(make_arrival())

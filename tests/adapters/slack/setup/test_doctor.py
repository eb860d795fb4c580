"""An operator runs `analects doctor` to find out what is wrong."""

import asyncio
import json
from pathlib import Path

import pytest

from adapters.finding import Finding
from adapters.slack import manifest
from adapters.slack.credentials import credentials
from adapters.slack.diagnose import diagnose
from adapters.terminal.doctor import examine
from bot.settings import Settings
from tests.processes import analects
from tests.slack_server import ALL_SCOPES, Installation, SlackServer


async def findings(tmp_path: Path, variables: dict[str, str]) -> tuple[int, list[dict[str, object]]]:
    async with analects(tmp_path, variables, "doctor", "--json") as doctor:
        assert doctor.process.stdout is not None
        report = json.loads(await doctor.process.stdout.read())
        return await doctor.ends(), report


async def diagnosed(slack: SlackServer, **settings: str) -> list[Finding]:
    """All findings about Slack. Runs in the test's own process."""
    found = credentials(Settings(_env_file=None, **slack.settings, **settings))  # type: ignore[call-arg, arg-type]
    assert found is not None
    return await diagnose(found)


async def examined(variables: dict[str, str], folder: Path, monkeypatch: pytest.MonkeyPatch) -> list[Finding]:
    """All findings for these variables and the `.env` file of a folder."""
    for name, value in {"EMBEDDING_MODEL": "off", "STATE_PATH": str(folder / "state"), **variables}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(folder)
    return await asyncio.to_thread(examine, None)


def wrong_findings(found: list[Finding]) -> list[str]:
    """The sentences of the findings that report a problem."""
    return [one.finding for one in found if not one.ok]


async def test_no_problem_is_found(tmp_path: Path) -> None:
    async with SlackServer() as slack:
        code, report = await findings(tmp_path, slack.settings)
        assert code == 0
        assert all(one["ok"] for one in report)
        assert {one["check"] for one in report} >= {
            "settings",
            "notes",
            "state",
            "slack token",
            "slack connection",
        }
        assert slack.sockets.opened == 0, "a socket would take events from a running bot"
        assert "looked up in channels" in str(report)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"SLACK_BOT_TOKEN": "xoxb-wrong-hidden"}, "SLACK_BOT_TOKEN: Slack refuses it (invalid_auth)"),
        ({"SLACK_APP_TOKEN": "xapp-wrong-hidden"}, "SLACK_APP_TOKEN: Slack refuses it"),
        ({"SLACK_APP_TOKEN": ""}, "SLACK_APP_TOKEN: missing"),
        ({"SLACK_API_URL": "http://127.0.0.1:9/api/"}, "not reached"),
        ({"CORPUS_PATH": "/nowhere"}, "/nowhere"),
        ({"LOG_LEVEL": "LOUD"}, "LOG_LEVEL"),
        ({"SLACK_BOT_TOKEN": "", "SLACK_APP_TOKEN": ""}, "no platform"),
    ],
)
async def test_what_is_wrong_comes_with_a_fix(
    changed: dict[str, str], words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with SlackServer() as slack:
        found = await examined({**slack.settings, **changed}, tmp_path, monkeypatch)
    problems = [one for one in found if not one.ok]
    assert any(words in one.finding for one in problems)
    assert all(one.fix for one in problems if one.check != "settings")
    assert "hidden" not in str(found)


async def test_a_misspelt_name_in_the_env_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = "QOUTES_PER_ANSWER=5\nLOG_LEVEL=INFO\nHTTP_PROXY=http://proxy\nLOG_LEVLE=hidden\n"
    (tmp_path / ".env").write_text(lines, encoding="utf-8")
    found = await examined({}, tmp_path, monkeypatch)
    assert [(one.finding, one.fix) for one in found if one.check == "settings"] == [
        ("QOUTES_PER_ANSWER in .env is not a setting", "write QUOTES_PER_ANSWER"),
        ("LOG_LEVLE in .env is not a setting", "write LOG_LEVEL"),
    ]
    assert "hidden" not in str(found)


async def test_scopes_that_are_a_choice() -> None:
    scopes = frozenset(ALL_SCOPES) - {"channels:history", "groups:history"}
    async with SlackServer(installation=Installation(scopes=scopes)) as slack:
        found = await diagnosed(slack)
        assert wrong_findings(found) == []
        assert "channels:history, groups:history not granted, and not required" in str(found)


async def test_a_missing_scope() -> None:
    scopes = frozenset(ALL_SCOPES) - {"chat:write"}
    async with SlackServer(installation=Installation(scopes=scopes)) as slack:
        (lacking,) = wrong_findings(await diagnosed(slack))
        assert "chat:write is missing" in lacking


@pytest.mark.parametrize("app_token", ["xapp-1-A0OTHER-3333-analects", "xapp-1-A0ANALECTS-3333-analects"])
async def test_tokens_of_two_apps(app_token: str) -> None:
    other = Installation(app_token=app_token, app_of_app_token="A0OTHER")
    async with SlackServer(installation=other) as slack:
        (mixed,) = [one for one in await diagnosed(slack) if not one.ok]
        assert mixed.check == "slack token"
        assert "belongs to the app A0ANALECTS, SLACK_APP_TOKEN to A0OTHER" in mixed.finding


async def test_the_installed_app_is_compared_with_the_manifest() -> None:
    old = manifest.manifest()
    old["settings"]["event_subscriptions"]["bot_events"] = ["app_mention", "message.im"]  # type: ignore[index]
    old["oauth_config"]["scopes"] = {"bot": ["chat:write", "commands", "app_mentions:read"]}  # type: ignore[index]
    del old["features"]["shortcuts"]  # type: ignore[attr-defined]
    installed = Installation(manifest=old)
    async with SlackServer(installation=installed) as slack:
        token = {"SLACK_CONFIG_TOKEN": installed.config_token}
        (lacking,) = wrong_findings(await diagnosed(slack, **token))
        for wanted in (
            "channels:history",
            "member_joined_channel",
            "message.mpim",
            "find_highlights",
            "app_home_opened",
        ):
            assert wanted in lacking
        assert "/highlight" not in lacking
        installed.manifest = manifest.manifest(command="/library")
        found = await diagnosed(slack, **token, SLACK_COMMAND="/library")
        assert wrong_findings(found) == []
        assert "has all that this version" in str(found)


@pytest.mark.parametrize(
    ("settings", "lacking", "expected"),
    [
        ({"ASK_CHANNELS": "slack:C012"}, {"groups:history"}, "ASK_CHANNELS needs groups:history"),
        ({"ASK_CHANNELS": "discord:12"}, {"groups:history"}, None),
        ({"QUOTE_PICTURES": "light"}, {"files:write"}, "QUOTE_PICTURES needs files:write"),
        ({}, {"files:write", "links:read", "links:write"}, None),
        ({}, {"links:write"}, "unfurling of links needs links:write"),
    ],
)
async def test_scopes_of_parts_that_are_a_choice(
    settings: dict[str, str], lacking: set[str], expected: str | None
) -> None:
    scopes = frozenset(ALL_SCOPES) | {"files:write", "links:read", "links:write"}
    scopes -= lacking
    async with SlackServer(installation=Installation(scopes=scopes)) as slack:
        assert wrong_findings(await diagnosed(slack, **settings)) == ([expected] if expected else [])


@pytest.mark.parametrize(
    ("settings", "chosen", "taken", "expected"),
    [
        (
            {"ASK_CHANNELS": "slack:C012"},
            {"ask_channels": True},
            "message.groups",
            "the events message.groups",
        ),
        ({}, {"unfurl": True}, "unfurl_domains", "the unfurl domains read.readwise.io, readwise.io"),
        ({}, {"steps": True}, "functions", "the workflow steps find_highlights_step, random_highlight_step"),
        ({}, {}, "", None),
    ],
)
async def test_parts_that_are_a_choice_are_compared_with_the_manifest(
    settings: dict[str, str], chosen: dict[str, bool], taken: str, expected: str | None
) -> None:
    installed = Installation(manifest=without(manifest.manifest(**chosen), taken))  # type: ignore[arg-type]
    async with SlackServer(installation=installed) as slack:
        found = await diagnosed(slack, SLACK_CONFIG_TOKEN=installed.config_token, **settings)
        assert wrong_findings(found) == ([f"this version also asks for {expected}"] if expected else [])


def without(found: object, taken: str) -> object:
    """JSON without the value or the key `taken`."""
    if isinstance(found, dict):
        return {key: without(value, taken) for key, value in found.items() if key != taken}
    return [without(one, taken) for one in found if one != taken] if isinstance(found, list) else found


async def test_without_a_configuration_token_it_says_where_to_look() -> None:
    async with SlackServer() as slack:
        report = str(await diagnosed(slack))
        assert "https://app.slack.com/app-settings/T0HOME0001/A0ANALECTS/app-manifest" in report

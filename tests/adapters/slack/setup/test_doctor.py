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


async def doctor_report(tmp_path: Path, variables: dict[str, str]) -> tuple[int, list[dict[str, object]]]:
    async with analects(tmp_path, variables, "doctor", "--json") as doctor:
        assert doctor.process.stdout is not None
        report = json.loads(await doctor.process.stdout.read())
        return await doctor.ends(), report


async def diagnose_slack(slack: SlackServer, **settings: str) -> list[Finding]:
    """All findings about Slack. Runs in the test's own process."""
    found = credentials(Settings(_env_file=None, **slack.settings, **settings))  # type: ignore[call-arg, arg-type]
    assert found is not None
    return await diagnose(found)


async def examine_settings(
    variables: dict[str, str], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> list[Finding]:
    """All findings for these variables and the `.env` file of a folder."""
    for name, value in {"EMBEDDING_MODEL": "off", "STATE_PATH": str(folder / "state"), **variables}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(folder)
    return await asyncio.to_thread(examine, None)


def wrong_findings(found: list[Finding]) -> list[str]:
    """The sentences of the findings that report a problem."""
    return [finding.finding for finding in found if not finding.ok]


async def test_no_problem_is_found(tmp_path: Path) -> None:
    async with SlackServer() as slack:
        code, report = await doctor_report(tmp_path, slack.settings)
        assert code == 0
        assert all(finding["ok"] for finding in report)
        assert {finding["check"] for finding in report} >= {
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
async def test_each_problem_comes_with_a_fix(
    changed: dict[str, str], words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with SlackServer() as slack:
        found = await examine_settings({**slack.settings, **changed}, tmp_path, monkeypatch)
    problems = [finding for finding in found if not finding.ok]
    assert any(words in problem.finding for problem in problems)
    assert all(problem.fix for problem in problems if problem.check != "settings")
    assert "hidden" not in str(found)


async def test_a_misspelt_name_in_the_env_file_is_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = "QOUTES_PER_ANSWER=5\nLOG_LEVEL=INFO\nHTTP_PROXY=http://proxy\nLOG_LEVLE=hidden\n"
    (tmp_path / ".env").write_text(lines, encoding="utf-8")
    found = await examine_settings({}, tmp_path, monkeypatch)
    assert [(finding.finding, finding.fix) for finding in found if finding.check == "settings"] == [
        ("QOUTES_PER_ANSWER in .env is not a setting", "write QUOTES_PER_ANSWER"),
        ("LOG_LEVLE in .env is not a setting", "write LOG_LEVEL"),
    ]
    assert "hidden" not in str(found)


async def test_optional_scopes_may_be_missing() -> None:
    scopes = frozenset(ALL_SCOPES) - {"channels:history", "groups:history"}
    async with SlackServer(installation=Installation(scopes=scopes)) as slack:
        found = await diagnose_slack(slack)
        assert wrong_findings(found) == []
        assert "channels:history, groups:history not granted, and not required" in str(found)


async def test_a_missing_required_scope_is_reported() -> None:
    scopes = frozenset(ALL_SCOPES) - {"chat:write"}
    async with SlackServer(installation=Installation(scopes=scopes)) as slack:
        (problem,) = wrong_findings(await diagnose_slack(slack))
        assert "chat:write is missing" in problem


@pytest.mark.parametrize("app_token", ["xapp-1-A0OTHER-3333-analects", "xapp-1-A0ANALECTS-3333-analects"])
async def test_tokens_of_two_different_apps_are_reported(app_token: str) -> None:
    other = Installation(app_token=app_token, app_of_app_token="A0OTHER")
    async with SlackServer(installation=other) as slack:
        (mixed,) = [finding for finding in await diagnose_slack(slack) if not finding.ok]
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
        (problem,) = wrong_findings(await diagnose_slack(slack, **token))
        for name in (
            "channels:history",
            "member_joined_channel",
            "message.mpim",
            "find_highlights",
            "app_home_opened",
        ):
            assert name in problem
        assert "/highlight" not in problem
        installed.manifest = manifest.manifest(command="/library")
        found = await diagnose_slack(slack, **token, SLACK_COMMAND="/library")
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
async def test_the_scopes_of_optional_features_are_required_only_with_the_feature(
    settings: dict[str, str], lacking: set[str], expected: str | None
) -> None:
    scopes = frozenset(ALL_SCOPES) | {"files:write", "links:read", "links:write"}
    scopes -= lacking
    async with SlackServer(installation=Installation(scopes=scopes)) as slack:
        assert wrong_findings(await diagnose_slack(slack, **settings)) == ([expected] if expected else [])


@pytest.mark.parametrize(
    ("settings", "chosen", "removed_part", "expected"),
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
async def test_optional_features_are_compared_with_the_manifest(
    settings: dict[str, str], chosen: dict[str, bool], removed_part: str, expected: str | None
) -> None:
    installed = Installation(manifest=without(manifest.manifest(**chosen), removed_part))  # type: ignore[arg-type]
    async with SlackServer(installation=installed) as slack:
        found = await diagnose_slack(slack, SLACK_CONFIG_TOKEN=installed.config_token, **settings)
        assert wrong_findings(found) == ([f"this version also asks for {expected}"] if expected else [])


def without(found: object, removed: str) -> object:
    """JSON without the value or the key `taken`."""
    if isinstance(found, dict):
        return {key: without(inner, removed) for key, inner in found.items() if key != removed}
    return (
        [without(finding, removed) for finding in found if finding != removed]
        if isinstance(found, list)
        else found
    )


async def test_without_a_configuration_token_it_says_where_to_look() -> None:
    async with SlackServer() as slack:
        report = str(await diagnose_slack(slack))
        assert "https://app.slack.com/app-settings/T0HOME0001/A0ANALECTS/app-manifest" in report

"""An operator asks the doctor what is wrong."""

import json
from pathlib import Path

import pytest

from adapters.slack import manifest
from tests.processes import analects
from tests.slack_server import ALL_SCOPES, Installation, SlackServer


async def findings(tmp_path: Path, variables: dict[str, str]) -> tuple[int, list[dict[str, object]]]:
    async with analects(tmp_path, variables, "doctor", "--json") as doctor:
        assert doctor.process.stdout is not None
        told = json.loads(await doctor.process.stdout.read())
        return await doctor.ends(), told


async def test_no_problem_is_found(tmp_path: Path) -> None:
    async with SlackServer() as slack:
        code, told = await findings(tmp_path, slack.settings)
        assert code == 0
        assert all(one["ok"] for one in told)
        assert {one["check"] for one in told} >= {
            "settings",
            "notes",
            "state",
            "slack token",
            "slack connection",
        }
        assert slack.sockets.opened == 0, "a socket would take events from a running bot"
        assert "looked up in channels" in str(told)


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
async def test_what_is_wrong_comes_with_a_fix(changed: dict[str, str], words: str, tmp_path: Path) -> None:
    async with SlackServer() as slack:
        code, told = await findings(tmp_path, {**slack.settings, **changed})
        wrong = [one for one in told if not one["ok"]]
        assert code == 1
        assert any(words in str(one["finding"]) for one in wrong)
        assert all(one["fix"] for one in wrong if one["check"] != "settings")
        assert "hidden" not in str(told)


async def test_a_misspelt_name_in_the_env_file(tmp_path: Path) -> None:
    lines = "QOUTES_PER_ANSWER=5\nLOG_LEVEL=INFO\nHTTP_PROXY=http://proxy\nLOG_LEVLE=hidden\n"
    (tmp_path / ".env").write_text(lines, encoding="utf-8")
    code, told = await findings(tmp_path, {})
    assert code == 1
    assert [(one["finding"], one["fix"]) for one in told if one["check"] == "settings"] == [
        ("QOUTES_PER_ANSWER in .env is not a setting", "write QUOTES_PER_ANSWER"),
        ("LOG_LEVLE in .env is not a setting", "write LOG_LEVEL"),
    ]
    assert "hidden" not in str(told)


async def test_scopes_that_are_a_choice(tmp_path: Path) -> None:
    scopes = frozenset(ALL_SCOPES) - {"channels:history", "groups:history"}
    async with SlackServer(installation=Installation(scopes=scopes)) as slack:
        code, told = await findings(tmp_path, slack.settings)
        assert code == 0
        assert "channels:history, groups:history not granted, and not required" in str(told)


async def test_a_missing_scope(tmp_path: Path) -> None:
    scopes = frozenset(ALL_SCOPES) - {"chat:write"}
    async with SlackServer(installation=Installation(scopes=scopes)) as slack:
        code, told = await findings(tmp_path, slack.settings)
        assert code == 1
        assert any("chat:write is missing" in str(one["finding"]) for one in told)


@pytest.mark.parametrize("app_token", ["xapp-1-A0OTHER-3333-analects", "xapp-1-A0ANALECTS-3333-analects"])
async def test_tokens_of_two_apps(app_token: str, tmp_path: Path) -> None:
    other = Installation(app_token=app_token, app_of_app_token="A0OTHER")
    async with SlackServer(installation=other) as slack:
        code, told = await findings(tmp_path, slack.settings)
        assert code == 1
        wrong = [one for one in told if not one["ok"]]
        assert [one["check"] for one in wrong] == ["slack token"]
        assert "belongs to the app A0ANALECTS, SLACK_APP_TOKEN to A0OTHER" in str(wrong)


async def test_the_installed_app_is_compared_with_the_manifest(tmp_path: Path) -> None:
    old = manifest.manifest()
    old["settings"]["event_subscriptions"]["bot_events"] = ["app_mention", "message.im"]  # type: ignore[index]
    old["oauth_config"]["scopes"] = {"bot": ["chat:write", "commands", "app_mentions:read"]}  # type: ignore[index]
    del old["features"]["shortcuts"]  # type: ignore[attr-defined]
    installed = Installation(manifest=old)
    async with SlackServer(installation=installed) as slack:
        variables = {**slack.settings, "SLACK_CONFIG_TOKEN": installed.config_token}
        code, told = await findings(tmp_path, variables)
        (lacking,) = [one for one in told if one["check"] == "slack app"]
        assert code == 1
        for wanted in (
            "channels:history",
            "member_joined_channel",
            "message.mpim",
            "find_highlights",
            "app_home_opened",
        ):
            assert wanted in str(lacking["finding"])
        assert "/highlight" not in str(lacking["finding"])
        installed.manifest = manifest.manifest(command="/library")
        code, told = await findings(tmp_path, {**variables, "SLACK_COMMAND": "/library"})
        assert code == 0
        assert "has all that this version" in str(told)


async def test_without_a_configuration_token_it_says_where_to_look(tmp_path: Path) -> None:
    async with SlackServer() as slack:
        _, told = await findings(tmp_path, slack.settings)
        assert "https://app.slack.com/app-settings/T0HOME0001/A0ANALECTS/app-manifest" in str(told)

"""`analects setup slack` says every step."""

import json

from typer.testing import CliRunner

from adapters.slack import manifest
from adapters.terminal.cli import app


def printed(*arguments: str) -> str:
    found = CliRunner().invoke(app, ["setup", "slack", *arguments])
    assert found.exit_code == 0, found.output
    return found.stdout


def test_it_prints_the_manifest_the_steps_and_where_each_token_is() -> None:
    text = printed()
    for wanted in (
        "https://api.slack.com/apps?new_app=1", "xoxb-", "xapp-", "connections:write", "SLACK_BOT_TOKEN", "SLACK_APP_TOKEN",
        "analects doctor", "analects run", "/invite @Analects", *manifest.requested_scopes(),
    ):  # fmt: skip
        assert wanted in text
    assert json.loads(text.split("─" * 72)[1]) == manifest.manifest()
    assert max(map(len, text.split("─" * 72)[2].splitlines())) <= 100


def test_the_manifest_alone_can_be_copied() -> None:
    assert json.loads(printed("--manifest")) == manifest.manifest()


def test_over_http_it_asks_for_the_signing_secret_in_place_of_the_app_token() -> None:
    text = printed("--http", "https://bot.example.com")
    assert "SLACK_SIGNING_SECRET" in text
    assert "SLACK_APP_TOKEN" not in text
    assert "https://bot.example.com/slack/events" in text


def test_an_address_that_slack_can_not_reach_is_refused() -> None:
    for url in ("http://bot.example.com", "bot.example.com", "https://"):
        assert CliRunner().invoke(app, ["setup", "slack", "--http", url]).exit_code == 2

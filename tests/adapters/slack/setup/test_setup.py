"""`analects setup slack` explains every step."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from adapters.slack import manifest
from adapters.terminal.cli import app


def setup_output(*arguments: str) -> str:
    found = CliRunner().invoke(app, ["setup", "slack", *arguments])
    assert found.exit_code == 0, found.output
    return found.stdout


def test_setup_prints_the_manifest_the_steps_and_where_each_token_is() -> None:
    text = setup_output()
    for part in (
        "https://api.slack.com/apps?new_app=1", "xoxb-", "xapp-", "connections:write", "SLACK_BOT_TOKEN", "SLACK_APP_TOKEN",
        "analects doctor", "analects run", "/invite @Analects", *manifest.requested_scopes(),
    ):  # fmt: skip
        assert part in text
    assert json.loads(text.split("─" * 72)[1]) == manifest.manifest()
    assert max(map(len, text.split("─" * 72)[2].splitlines())) <= 100


def test_the_manifest_alone_can_be_copied() -> None:
    assert json.loads(setup_output("--manifest")) == manifest.manifest()


def test_over_http_setup_asks_for_the_signing_secret_and_not_the_app_token() -> None:
    text = setup_output("--http", "https://bot.example.com")
    assert "SLACK_SIGNING_SECRET" in text
    assert "SLACK_APP_TOKEN" not in text
    assert "https://bot.example.com/slack/events" in text


def test_an_address_that_slack_cannot_reach_is_refused() -> None:
    for url in ("http://bot.example.com", "bot.example.com", "https://"):
        assert CliRunner().invoke(app, ["setup", "slack", "--http", url]).exit_code == 2


def test_the_link_comes_first_and_everything_has_the_chosen_name() -> None:
    text = setup_output("--name", "Library", "--command", "/library", "--ask-channels")
    link = next(line for line in text.splitlines() if line.startswith("https://"))
    assert link == manifest.link(manifest.manifest(name="Library", command="/library", ask_channels=True))
    assert "/invite @Library" in text
    assert "SLACK_COMMAND=/library" in text
    assert "message.channels" in text
    assert "@Analects" not in text
    assert "/highlight" not in text


def test_the_link_is_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr("typer.launch", opened.append)
    setup_output("--open")
    assert opened == [manifest.link(manifest.manifest())]


def test_the_last_step_says_who_can_read() -> None:
    text = setup_output()
    for part in (
        "Who can read",
        "ALLOWED_PEOPLE",
        "ALLOWED_CHANNELS",
        "Guests",
        "another company",
        "(optional)",
    ):
        assert part in text


def test_the_icon_is_named_by_its_whole_path_wherever_the_program_is_installed() -> None:
    (icon,) = (line.strip() for line in setup_output().splitlines() if line.endswith("icon.png"))
    assert Path(icon).read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    "option", [("--command", "library"), ("--command", "/Lib rary"), ("--name", ""), ("--name", "x" * 36)]
)
def test_names_that_slack_would_refuse_are_refused(option: tuple[str, str]) -> None:
    assert CliRunner().invoke(app, ["setup", "slack", *option]).exit_code == 2

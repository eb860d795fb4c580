"""Settings as people write them, and the errors about wrong ones."""

import os
from pathlib import Path

import pytest

from bot.settings import SettingsError, load_settings
from corpus.load import SAMPLE_NOTES


def test_defaults_without_any_setting() -> None:
    settings = load_settings()
    assert settings.corpus_path == SAMPLE_NOTES
    assert settings.rules.plain_notes == "auto"
    assert settings.rules.private_tags == ("private",)


def test_an_empty_setting_means_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CORPUS_PATH", "PLAIN_NOTES", "PRIVATE_TAGS", "PRIVATE_PATHS", "QUOTES_PER_ANSWER"):
        monkeypatch.setenv(name, " ")
    settings = load_settings()
    assert settings.corpus_path == SAMPLE_NOTES
    assert settings.private_tags == ("private",)
    assert settings.quotes_per_answer == 3


def test_a_list_is_separated_by_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PRIVATE_TAGS", " secret , diary,,")
    monkeypatch.setenv("PRIVATE_PATHS", "Journal/**, *.draft.md")
    settings = load_settings()
    assert settings.private_tags == ("secret", "diary")
    assert settings.private_paths == ("Journal/**", "*.draft.md")


def test_an_env_file_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    Path(".env").write_text("QUOTES_PER_ANSWER=5\nPLAIN_NOTES=ON\nUNKNOWN=1\n", encoding="utf-8")
    settings = load_settings()
    assert (settings.quotes_per_answer, settings.plain_notes) == (5, "on")
    monkeypatch.setenv("QUOTES_PER_ANSWER", "7")
    assert load_settings().quotes_per_answer == 7, "the environment overrides the file"


TOKEN = "xoxb-1-from-a-file"


@pytest.fixture
def secrets(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A folder of secrets."""
    folder = tmp_path / "secrets"
    folder.mkdir()
    monkeypatch.setenv("SECRETS_DIR", str(folder))
    return folder


def bot_token() -> str | None:
    token = load_settings().slack_bot_token
    return None if token is None else token.get_secret_value()


@pytest.mark.parametrize("name", ["slack_bot_token", "SLACK_BOT_TOKEN"])
@pytest.mark.parametrize("end", ["", "\n", "\r\n"])
def test_secrets_as_docker_mounts_them(name: str, end: str, secrets: Path) -> None:
    (secrets / name).write_bytes((TOKEN + end).encode())
    (secrets / "something_else").write_text("not ours", encoding="utf-8")
    assert bot_token() == TOKEN
    assert TOKEN not in repr(load_settings())


def test_secrets_as_kubernetes_mounts_them(secrets: Path) -> None:
    """Kubernetes links each file through `..data`, which is swapped when a secret changes."""
    for version, token in (("..2026_11_24", "xoxb-1-old"), ("..2026_11_25", TOKEN)):
        (secrets / version).mkdir()
        (secrets / version / "SLACK_BOT_TOKEN").write_text(token, encoding="utf-8")
    (secrets / "..data").symlink_to("..2026_11_24", target_is_directory=True)
    (secrets / "SLACK_BOT_TOKEN").symlink_to("..data/SLACK_BOT_TOKEN")
    assert bot_token() == "xoxb-1-old"
    (secrets / "..data").unlink()
    (secrets / "..data").symlink_to("..2026_11_25", target_is_directory=True)
    assert bot_token() == TOKEN


def test_the_environment_overrides_the_env_file_and_the_env_file_overrides_secrets(
    secrets: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (secrets / "slack_bot_token").write_text(TOKEN, encoding="utf-8")
    (secrets / "database_url").write_text("sqlite:///here", encoding="utf-8")
    Path(".env").write_text("SLACK_BOT_TOKEN=xoxb-1-env-file\nDATABASE_URL=\n", encoding="utf-8")
    assert bot_token() == "xoxb-1-env-file"
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-1-environment")
    assert bot_token() == "xoxb-1-environment"
    url = load_settings().database_url
    assert url is not None
    assert url.get_secret_value() == "sqlite:///here", "an empty line in a copied .env must not hide a secret"


def test_an_empty_secret_counts_as_not_set(secrets: Path) -> None:
    (secrets / "slack_bot_token").write_text("\n", encoding="utf-8")
    assert bot_token() is None


def wrong_secrets(folder: Path) -> dict[str, Path]:
    """Makes folders of secrets that are mounted wrongly, by the kind of mistake."""
    found = {name: folder / name for name in ("missing", "file", "bytes", "folder")}
    found["file"].write_text(TOKEN, encoding="utf-8")
    for name in ("bytes", "folder"):
        found[name].mkdir()
    (found["bytes"] / "slack_bot_token").write_bytes(TOKEN.encode() + b"\xff")
    (found["folder"] / "slack_bot_token").mkdir()
    return found


@pytest.mark.parametrize("name", ["missing", "file", "bytes", "folder"])
def test_a_folder_of_secrets_that_cannot_be_used_is_reported(
    name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SECRETS_DIR", str(wrong_secrets(tmp_path)[name]))
    with pytest.raises(SettingsError) as caught:
        load_settings()
    assert str(caught.value).startswith("SECRETS_DIR")
    assert len(str(caught.value).splitlines()) == 1
    assert TOKEN not in str(caught.value)


@pytest.mark.skipif(getattr(os, "geteuid", lambda: 0)() == 0, reason="root reads everything")
@pytest.mark.parametrize("unreadable", ["", "slack_bot_token"])
def test_a_secret_that_may_not_be_read_is_reported(unreadable: str, secrets: Path) -> None:
    (secrets / "slack_bot_token").write_text(TOKEN, encoding="utf-8")
    (secrets / unreadable).chmod(0)
    try:
        with pytest.raises(SettingsError, match=r"SECRETS_DIR: .*Permission denied"):
            load_settings()
    finally:
        (secrets / unreadable).chmod(0o700)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PLAIN_NOTES", "perhaps"),
        ("QUOTES_PER_ANSWER", "0"),
        ("QUOTES_PER_ANSWER", "x"),
        ("QUOTES_PER_ANSWER", "21"),
        ("DIGEST_ZONE", "Atlantis"),
        ("DIGEST_GRACE", "soon"),
        ("DIGEST_GRACE", "25h"),
        ("DIGEST_SETTERS", "me"),
    ],
)
def test_a_wrong_value_names_the_variable_and_not_the_value(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as caught:
        load_settings()
    assert caught.value.variable == name
    assert caught.value.fix.startswith(("give ", "write "))
    assert str(caught.value) == f"{name}: {caught.value.finding}; {caught.value.fix}"
    assert value not in str(caught.value).split(":", 1)[1] or value == "0"


def test_all_wrong_settings_are_reported_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAIN_NOTES", "perhaps")
    monkeypatch.setenv("QUOTES_PER_ANSWER", "many")
    with pytest.raises(SettingsError) as caught:
        load_settings()
    assert [problem.variable for problem in caught.value.problems] == ["PLAIN_NOTES", "QUOTES_PER_ANSWER"]
    assert len(str(caught.value).splitlines()) == 2


def test_the_command_line_overrides_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CORPUS_PATH", "/elsewhere")
    assert load_settings(tmp_path).corpus_path == tmp_path


@pytest.mark.parametrize(
    ("text", "seconds"), [("6h", 21600), ("90m", 5400), ("45 s", 45), ("30", 30), ("1.5H", 5400)]
)
def test_a_duration_may_have_a_unit(text: str, seconds: float, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIGEST_GRACE", text)
    assert load_settings().digest_grace == seconds


def test_a_time_zone_can_be_set_by_its_city(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIGEST_ZONE", "berlin")
    assert load_settings().digest_zone == "Europe/Berlin"

"""The settings for fetching notes."""

from pathlib import Path

import pytest

from bot.settings import SettingsError, load_settings
from corpus.folder.roots import Roots


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("READWISE_API_URL", "https://readwise.io/api/v2", "ends in /"),
        ("READWISE_API_URL", "readwise.io/api/v2/", "ends in /"),
        ("READWISE_API_URL", "http://example.org/api/v2/", "https://"),
        ("SYNC_INTERVAL", "soon", "write it as 15m"),
        ("SYNC_INTERVAL", "0", "at least 1"),
        ("CORPUS_GIT", "http://example.org/you/vault.git", "https://"),
        ("CORPUS_GIT", "git@github.com:you/vault.git", "https://"),
        ("CORPUS_GIT", "https://github.com", "https://"),
        ("CORPUS_GIT", "https://you:zebra@example.org/vault.git", "CORPUS_GIT_TOKEN"),
    ],
)
def test_the_error_for_a_wrong_value_has_the_fix_and_not_the_value(
    name: str, value: str, says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=f"^{name}: ") as caught:
        load_settings()
    assert says in str(caught.value)
    assert "zebra" not in str(caught.value)


@pytest.mark.parametrize(
    ("value", "seconds"), [("", 900.0), ("15m", 900.0), ("2s", 2.0), ("1h", 3600.0), ("30", 30.0)]
)
def test_the_sync_interval_is_read_as_seconds(
    value: str, seconds: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SYNC_INTERVAL", value)
    assert load_settings().sync_interval == seconds


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost", "[::1]:80"])
def test_a_repository_on_loopback_may_be_http(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CORPUS_GIT", f"http://{host}/vault.git")
    assert load_settings().corpus_git == f"http://{host}/vault.git"


def test_a_folder_outside_of_the_repository_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CORPUS_GIT", "https://example.org/you/vault.git")
    monkeypatch.setenv("CORPUS_PATH", "Reading/../../secret")
    with pytest.raises(SettingsError, match=r"^CORPUS_PATH: it leads out of the repository"):
        load_settings()


def test_a_tilde_is_the_home_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("CORPUS_PATH", "~/vault")
    assert load_settings().corpus_path == tmp_path / "vault"


def test_a_relative_corpus_path_is_a_folder_in_the_repository(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("STATE_PATH", str(tmp_path))
    monkeypatch.setenv("CORPUS_GIT", "https://example.org/you/vault.git")
    for path, roots in (
        ("Reading", [("", "Reading")]),
        (str(tmp_path), [("", ""), ("@git/", "")]),
        ("", [("", "")]),
    ):
        monkeypatch.setenv("CORPUS_PATH", path)
        corpus = load_settings().corpus
        assert isinstance(corpus, Roots)
        assert [(root.prefix, root.below) for root in corpus.each] == roots


def test_only_the_folder_on_the_command_line_is_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("READWISE_TOKEN", "a-token")
    settings = load_settings(tmp_path)
    assert settings.corpus == tmp_path
    assert not settings.fetches

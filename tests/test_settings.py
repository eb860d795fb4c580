"""Settings as people write them, and what they are told when one is wrong."""

from pathlib import Path

import pytest

from bot.settings import SettingsError, load_settings
from corpus.load import SAMPLE_NOTES


def test_nothing_set() -> None:
    settings = load_settings()
    assert settings.corpus_path == SAMPLE_NOTES
    assert settings.rules.plain_notes == "auto"
    assert settings.rules.private_tags == ("private",)


def test_empty_means_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
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
    assert load_settings().quotes_per_answer == 7, "the environment goes before the file"


def test_a_secrets_folder_is_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "quotes_per_answer").write_text("4\n", encoding="utf-8")
    monkeypatch.setenv("SECRETS_DIR", str(tmp_path))
    assert load_settings().quotes_per_answer == 4


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
    assert str(caught.value).startswith(f"{name}: give ")
    assert value not in str(caught.value).split(":", 1)[1] or value == "0"


def test_all_that_is_wrong_is_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAIN_NOTES", "perhaps")
    monkeypatch.setenv("QUOTES_PER_ANSWER", "many")
    with pytest.raises(SettingsError) as caught:
        load_settings()
    assert len(str(caught.value).splitlines()) == 2


def test_the_command_line_goes_first(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CORPUS_PATH", "/elsewhere")
    assert load_settings(tmp_path).corpus_path == tmp_path


@pytest.mark.parametrize(
    ("text", "seconds"), [("6h", 21600), ("90m", 5400), ("45 s", 45), ("30", 30), ("1.5H", 5400)]
)
def test_a_time_is_written_with_its_unit(text: str, seconds: float, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIGEST_GRACE", text)
    assert load_settings().digest_grace == seconds


def test_a_zone_is_named_by_its_city(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIGEST_ZONE", "berlin")
    assert load_settings().digest_zone == "Europe/Berlin"

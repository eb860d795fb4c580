"""`analects doctor` notices another distribution in Analects' own packages."""

from pathlib import Path

import pytest

from adapters.terminal.doctor import examine
from adapters.terminal.own_packages import foreign_packages
from corpus.load import SAMPLE_NOTES


def install(folder: Path, name: str, package: str) -> None:
    """Writes the metadata that pip writes for an installed distribution."""
    info = folder / f"{name.replace('-', '_')}-1.3.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.3.0\n", encoding="utf-8")
    (info / "RECORD").write_text(f"{package}/__init__.py,,\n{package}/model.py,,\n", encoding="utf-8")


@pytest.mark.slow
def test_an_environment_of_its_own_has_no_finding() -> None:
    assert foreign_packages() == []


def test_a_distribution_with_a_package_of_the_same_name_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(tmp_path, "adapters", "adapters")
    install(tmp_path, "slack-helper", "slack_helper")
    monkeypatch.syspath_prepend(tmp_path)
    [finding] = foreign_packages()
    assert not finding.ok
    assert "`adapters` belongs to adapters 1.3.0" in finding.finding
    assert "environment of its own" in (finding.fix or "")


@pytest.mark.slow
def test_doctor_reports_a_foreign_package_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(tmp_path / "site", "corpus", "corpus")
    monkeypatch.syspath_prepend(tmp_path / "site")
    monkeypatch.setenv("STATE_PATH", str(tmp_path / "state"))
    assert examine(SAMPLE_NOTES)[0].check == "packages"

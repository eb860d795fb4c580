"""docs/notes.md and its compose files fit the program."""

import re
from typing import Any

import pytest
import yaml

from bot.settings import Settings
from tests import ROOT

PAGE = (ROOT / "docs" / "notes.md").read_text(encoding="utf-8")
FILES = sorted((ROOT / "docs" / "compose").glob("*.yaml"))
SETTINGS = {name.upper() for name in Settings.model_fields} | {"SECRETS_DIR"}


def read(name: str) -> Any:
    return yaml.safe_load((ROOT / "docs" / "compose" / name).read_text(encoding="utf-8"))


def test_every_file_is_on_the_page() -> None:
    assert FILES
    assert all(f"(compose/{one.name})" in PAGE for one in FILES)


@pytest.mark.parametrize("name", [one.name for one in FILES if "kubernetes" not in one.name])
def test_a_compose_file_starts_the_bot_with_settings_that_exist(name: str) -> None:
    told = read(name)
    bot = told["services"]["analects"]
    assert set(bot["environment"]) <= SETTINGS
    assert not any("TOKEN" in one for one in bot["environment"]), "a secret is a file"
    mounts = {one.split(":")[1]: one.split(":")[0] for one in bot["volumes"]}
    assert mounts["/state"] == "state"
    corpus = bot["environment"].get("CORPUS_PATH", "")
    if corpus.startswith("/"):
        assert any(corpus == mount or corpus.startswith(f"{mount}/") for mount in mounts)
    named = {one.split(":")[0] for service in told["services"].values() for one in service["volumes"]}
    assert {one for one in named if not one.startswith(".")} == set(told["volumes"])


def test_the_kubernetes_file_reads_what_git_sync_publishes() -> None:
    told = read("git-sync.kubernetes.yaml")
    bot, sync = told["spec"]["template"]["spec"]["containers"]
    variables = {one["name"]: one["value"] for one in bot["env"]}
    theirs = {one["name"]: one["value"] for one in sync["env"]}
    assert set(variables) <= SETTINGS
    assert variables["CORPUS_PATH"] == f"{theirs['GITSYNC_ROOT']}/{theirs['GITSYNC_LINK']}"


def test_every_setting_on_the_page_exists() -> None:
    named = set(re.findall(r"`((?:READWISE|CORPUS|SYNC|STATE|PRIVATE)_[A-Z_]+)[`=/]", PAGE))
    assert named
    assert named <= SETTINGS

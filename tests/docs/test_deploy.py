"""The files in `deploy/` and `compose.yaml` match the program and the pages that name them."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.settings import Settings
from tests import ROOT
from tests.docs.kustomize import KUBERNETES, build, read
from tests.docs.pages import text_of

COMPOSE = sorted((ROOT / "deploy" / "compose").glob("*.yaml"))
UNIT = ROOT / "deploy" / "systemd" / "analects.service"
SETTINGS = {name.upper() for name in Settings.model_fields} | {"SECRETS_DIR"}


# Compose


@pytest.mark.parametrize("path", COMPOSE, ids=lambda path: path.name)
def test_the_page_names_each_compose_file_and_the_file_says_how_to_start_it(path: Path) -> None:
    assert f"/deploy/compose/{path.name})" in text_of("docs/notes.md")
    assert f"-f deploy/compose/{path.name} --project-directory ." in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", COMPOSE, ids=lambda path: path.name)
def test_a_compose_file_starts_the_bot_with_settings_that_exist(path: Path) -> None:
    compose = read(path)
    bot = compose["services"]["analects"]
    assert set(bot["environment"]) <= SETTINGS
    assert not any("TOKEN" in variable for variable in bot["environment"]), "a secret is a file"
    mounts = [tuple(re.sub(r"\$\{[^}]*\}", ".", volume).split(":")) for volume in bot["volumes"]]
    targets = [mount[1] if len(mount) > 1 else mount[0] for mount in mounts]
    assert "/state" in targets
    corpus = bot["environment"].get("CORPUS_PATH", "")
    if corpus.startswith("/"):
        assert any(corpus == mount or corpus.startswith(f"{mount}/") for mount in targets)
    named = {
        source
        for service in compose["services"].values()
        for source, *rest in (re.sub(r"\$\{[^}]*\}", ".", volume).split(":") for volume in service["volumes"])
        if rest and not source.startswith(".")
    }
    assert named == set(compose["volumes"])


# Kubernetes


FOLDERS = sorted(path.name for path in KUBERNETES.iterdir())


def of_kind(kind: str, folder: str) -> Any:
    """The only manifest of this kind that a folder builds."""
    [found] = [manifest for manifest in build(folder) if manifest["kind"] == kind]
    return found


def in_one_order(manifest: Any) -> Any:
    """The same with each list of named objects in the order of their names: kustomize puts what a patch adds first."""
    if isinstance(manifest, dict):
        return {key: in_one_order(value) for key, value in manifest.items()}
    if isinstance(manifest, list) and all(isinstance(item, dict) and "name" in item for item in manifest):
        return [in_one_order(item) for item in sorted(manifest, key=lambda item: str(item["name"]))]
    return manifest


def by_kind(manifests: list[Any]) -> dict[str, Any]:
    found = {manifest["kind"]: in_one_order(manifest) for manifest in manifests}
    assert len(found) == len(manifests), "each kind is there once"
    return found


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("kubectl") is None, reason="no kubectl on this machine")
@pytest.mark.parametrize("folder", FOLDERS)
def test_kubectl_builds_the_same(folder: str) -> None:
    done = subprocess.run(["kubectl", "kustomize", KUBERNETES / folder], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    text = re.sub(r"\bname: analects-[a-z0-9]{10}\b", "name: analects", done.stdout.decode())
    assert by_kind(list(yaml.safe_load_all(text))) == by_kind(build(folder))


@pytest.mark.parametrize("folder", FOLDERS)
def test_the_manifests_match_the_program(folder: str) -> None:
    deployment = of_kind("Deployment", folder)
    pod = deployment["spec"]["template"]["spec"]
    volumes = {volume["name"] for volume in pod["volumes"]}
    for container in pod["containers"]:
        assert {mount["name"] for mount in container["volumeMounts"]} <= volumes
        assert container["securityContext"]["readOnlyRootFilesystem"]
    bot = pod["containers"][0]
    variables = {entry["name"]: entry["value"] for entry in bot["env"]}
    assert set(variables) <= SETTINGS
    mounts = {mount["mountPath"] for mount in bot["volumeMounts"]}
    assert {variables["SECRETS_DIR"], variables["STATE_PATH"], "/tmp"} <= mounts
    assert {bot["livenessProbe"]["httpGet"]["path"], bot["startupProbe"]["httpGet"]["path"]} == {"/healthz"}
    assert bot["readinessProbe"]["httpGet"]["path"] == "/readyz"
    assert f"| `{folder}` |" in text_of("docs/kubernetes.md")


def test_settings_of_the_config_map_and_secrets_exist() -> None:
    for folder in FOLDERS:
        assert set(of_kind("ConfigMap", folder)["data"]) <= SETTINGS
    named = re.findall(r"--from-literal=(\w+)=", text_of("docs/kubernetes.md"))
    assert {name.upper() for name in named if name != "token"} <= SETTINGS


def test_the_bot_reads_what_git_sync_publishes() -> None:
    bot, sync = of_kind("Deployment", "git-sync")["spec"]["template"]["spec"]["containers"]
    variables = {variable["name"]: variable["value"] for variable in bot["env"]}
    theirs = {variable["name"]: variable["value"] for variable in sync["env"]}
    assert variables["CORPUS_PATH"] == f"{theirs['GITSYNC_ROOT']}/{theirs['GITSYNC_LINK']}"


def test_without_postgres_there_is_only_one_replica() -> None:
    deployment, claim = of_kind("Deployment", "sqlite"), of_kind("PersistentVolumeClaim", "sqlite")
    assert deployment["spec"]["strategy"] == {"type": "Recreate"}
    assert deployment["spec"]["replicas"] == 1
    state = next(
        volume for volume in deployment["spec"]["template"]["spec"]["volumes"] if volume["name"] == "state"
    )
    assert state == {"name": "state", "persistentVolumeClaim": {"claimName": claim["metadata"]["name"]}}


def test_the_example_of_a_team_has_two_replicas_with_settings_and_an_image_of_its_own() -> None:
    deployment = of_kind("Deployment", "team")
    assert deployment["spec"]["replicas"] == 2
    assert deployment["spec"]["template"]["spec"]["containers"][0]["image"].startswith("registry.example/")
    assert {"CORPUS_GIT", "LOG_FORMAT"} <= set(of_kind("ConfigMap", "team")["data"])
    labels = deployment["spec"]["template"]["metadata"]["labels"]
    assert of_kind("PodDisruptionBudget", "team")["spec"]["selector"]["matchLabels"] == labels
    assert of_kind("NetworkPolicy", "team")["spec"]["podSelector"]["matchLabels"] == labels
    assert {manifest["metadata"]["namespace"] for manifest in build("team")} == {"reading"}


# systemd


def test_the_unit_names_settings_that_exist() -> None:
    unit = UNIT.read_text(encoding="utf-8")
    assert {line.split("=")[0] for line in re.findall(r"^Environment=(.*)$", unit, re.M)} <= SETTINGS
    assert "ExecStart=/opt/analects/bin/analects run" in unit
    assert "RestartPreventExitStatus=2" in unit


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd on this machine")
def test_systemd_accepts_the_unit(tmp_path: Path) -> None:
    """The program is not installed here, so the unit starts `/bin/true` instead. `--threshold=20` allows an exposure of 2.0 of
    10."""
    unit = tmp_path / "analects.service"
    text = UNIT.read_text(encoding="utf-8").replace("/opt/analects/bin/analects run", "/bin/true")
    unit.write_text(text, encoding="utf-8")
    verified = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", unit], capture_output=True, check=False
    )
    complaints = [line for line in verified.stderr.decode().splitlines() if "analects.service" in line]
    assert (verified.returncode, complaints) == (0, []), verified.stderr.decode()
    exposure = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--json=short", "--threshold=20", unit],
        capture_output=True, check=False,
    )  # fmt: skip
    assert exposure.returncode == 0, exposure.stdout.decode()[-2000:]
    assert json.loads(exposure.stdout)

"""The files that the image is built from fit the project: locks, labels, Dockerfile."""

import importlib.util
import re
import subprocess
import tomllib
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from bot import __version__
from bot.settings import Settings
from tests import ROOT
from tests.image import variables

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
PYTHONS = ("3.11", "3.13")
RENEW_HINT = "run container/renew-locks"


def locked(name: str) -> list[tuple[Requirement, int]]:
    """Returns the packages that a lock pins, each with its number of hashes."""
    text = (ROOT / "container" / name).read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line and not line.lstrip().startswith("#")]
    return [(Requirement(line.split("--hash")[0]), line.count("--hash=sha256:")) for line in lines]


def pinned(name: str, python: str) -> dict[str, str]:
    """Returns the version of each package that this Python installs on Linux."""
    on = {"python_full_version": f"{python}.1", "python_version": python, "sys_platform": "linux"}
    found = [
        requirement
        for requirement, _ in locked(name)
        if requirement.marker is None or requirement.marker.evaluate(on)
    ]
    versions: dict[str, str] = {
        canonicalize_name(requirement.name): str(requirement.specifier).removeprefix("==")
        for requirement in found
    }
    assert len(versions) == len(found), "each package must have one version"
    return versions


def unmet(wanted: list[str], lock: dict[str, str], python: str) -> list[str]:
    """Returns the direct requirements that a lock does not fulfil."""
    on = {"python_full_version": f"{python}.1", "python_version": python, "sys_platform": "linux"}
    requirements = [Requirement(requirement) for requirement in wanted]
    return [
        str(requirement) for requirement in requirements
        if (requirement.marker is None or requirement.marker.evaluate(on))
        and not requirement.specifier.contains(lock.get(canonicalize_name(requirement.name), "0"))
    ]  # fmt: skip


@pytest.mark.parametrize("python", PYTHONS)
def test_the_locks_fulfil_the_projects_requirements(python: str) -> None:
    assert unmet(PROJECT["project"]["dependencies"], pinned("run.lock", python), python) == [], RENEW_HINT
    extras = PROJECT["project"]["optional-dependencies"]
    wanted = [
        *PROJECT["project"]["dependencies"],
        *extras["meaning"],
        *extras["onnx"],
        *extras["mcp"],
        *extras["pictures"],
    ]
    assert unmet(wanted, pinned("extras.lock", python), python) == [], RENEW_HINT
    assert unmet(PROJECT["build-system"]["requires"], pinned("build.lock", python), python) == [], RENEW_HINT


def test_the_lock_has_all_indirect_dependencies() -> None:
    """Compared with the metadata of the installed packages, if their versions are the locked ones."""
    lock = pinned("run.lock", PYTHONS[0])
    unchecked = [Requirement(text) for text in PROJECT["project"]["dependencies"]]
    seen: set[tuple[str, frozenset[str]]] = set()
    while unchecked:
        requirement = unchecked.pop()
        key = (canonicalize_name(requirement.name), frozenset(requirement.extras))
        if key in seen:
            continue
        seen.add(key)
        assert key[0] in lock, f"{requirement.name}: {RENEW_HINT}"
        if metadata.version(requirement.name) != lock[key[0]]:
            continue  # another version may have other dependencies
        for text in metadata.requires(requirement.name) or ():
            dependency = Requirement(text)
            if dependency.marker is None or any(
                dependency.marker.evaluate({"extra": extra}) for extra in ("", *requirement.extras)
            ):
                unchecked.append(dependency)


@pytest.mark.parametrize("python", PYTHONS)
def test_the_lock_with_extras_pins_the_same_versions(python: str) -> None:
    assert pinned("run.lock", python).items() <= pinned("extras.lock", python).items(), RENEW_HINT


@pytest.mark.parametrize("lock", sorted(path.name for path in (ROOT / "container").glob("*.lock")))
def test_every_package_is_locked_by_version_and_hash(lock: str) -> None:
    for requirement, hashes in locked(lock):
        assert re.fullmatch(r"==[^*,]+", str(requirement.specifier)), requirement
        assert hashes, requirement


def test_the_developers_lock_fits_the_project() -> None:
    packages = tomllib.loads((ROOT / "uv.lock").read_text(encoding="utf-8"))["package"]
    [own] = [package for package in packages if package["name"] == "analects"]
    locked_names = {canonicalize_name(package["name"]) for package in own["metadata"]["requires-dist"]}
    groups = [PROJECT["project"]["dependencies"], *PROJECT["project"]["optional-dependencies"].values()]
    required_names = {canonicalize_name(Requirement(text).name) for group in groups for text in group} - {
        "analects"
    }
    assert locked_names - {"analects"} == required_names, RENEW_HINT
    sources = {package["source"]["registry"] for package in packages if package != own}
    assert sources == {"https://pypi.org/simple"}


def test_the_version_is_written_in_one_place() -> None:
    """The image and the release read the version from that place."""
    printed = (
        subprocess.run([ROOT / ".ci" / "version"], capture_output=True, check=True).stdout.decode().strip()
    )
    assert printed == __version__
    others = [ROOT / "Dockerfile", ROOT / "pyproject.toml", ROOT / "compose.yaml"]
    for path in (*others, *sorted((ROOT / ".github").rglob("*.yml"))):
        assert __version__ not in path.read_text(encoding="utf-8"), path
    assert 'image.version="${VERSION}"' in DOCKERFILE


def test_the_changelog_has_an_entry_for_this_version() -> None:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    headings = re.findall(r"^## (.*)$", text, re.M)
    assert headings[0] == "Unreleased"
    assert re.fullmatch(rf"{re.escape(__version__)}, \d{{4}}-\d\d-\d\d", headings[1])
    assert len(set(headings)) == len(headings)
    assert "\n- " not in text.split("\n## 0.1.0\n")[1], "a merge brought the old list back: delete it"


def test_the_image_runs_without_privileges_and_has_a_health_check() -> None:
    for line in (
        "USER 10001:10001", 'VOLUME ["/state"]', "STOPSIGNAL SIGTERM", 'ENTRYPOINT ["analects"]', 'CMD ["run"]',
    ):  # fmt: skip
        assert f"\n{line}\n" in DOCKERFILE
    assert re.search(r'\nHEALTHCHECK .* CMD \["analects", "health"\]\n', DOCKERFILE)


def test_only_listed_files_reach_the_builder() -> None:
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert ignored[1] == "*"
    copied = {
        name.split("/")[0]
        for name in re.findall(r"^COPY (?!--from)(.*) \S+$", DOCKERFILE, re.M)
        for name in name.split()
    }
    assert {line.removeprefix("!") for line in ignored if line.startswith("!")} == copied


COMPOSE: dict[str, dict[str, Any]] = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
SERVICES = COMPOSE["services"]


@pytest.mark.parametrize("name", SERVICES)
def test_services_have_only_the_rights_they_need(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert "/tmp" in service["tmpfs"]
    assert service["restart"] == "unless-stopped"
    assert service["healthcheck"]["test"]
    assert {"driver", "options"} <= service["logging"].keys()
    for mount in service["volumes"]:
        assert isinstance(mount, str) or (mount["read_only"] and not mount["bind"]["create_host_path"])


def test_compose_has_one_service_by_default_and_a_profile_with_replicas() -> None:
    assert {name: service.get("profiles") for name, service in SERVICES.items()} == {
        "analects": None, "analects-2": ["replicas"], "postgres": ["replicas"],
    }  # fmt: skip
    assert SERVICES["analects"]["environment"] == SERVICES["analects-2"]["environment"]


def test_compose_sets_only_known_settings_and_no_secret() -> None:
    secret = {"SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET", "DISCORD_TOKEN", "DATABASE_URL"}
    known = {name.upper() for name in Settings.model_fields} - secret | {"SECRETS_DIR"}
    assert SERVICES["analects"]["environment"].keys() <= known
    assert "secrets/" in (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()


def test_modules_that_need_a_missing_extra_are_left_out_of_the_image(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = importlib.util.spec_from_file_location("finish", ROOT / "container" / "finish.py")
    assert spec is not None
    assert spec.loader is not None
    finish = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(finish)
    (tmp_path / "some_package").mkdir()
    (tmp_path / "some_package" / "__init__.py").touch()
    (tmp_path / "some_package" / "served.py").write_text(
        "import a_package_of_an_extra.part\n", encoding="utf-8"
    )
    (tmp_path / "some_package" / "broken.py").write_text("import some_package.gone\n", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    finish.import_if_complete("some_package.served")
    with pytest.raises(ModuleNotFoundError, match="gone"):
        finish.import_if_complete("some_package.broken")


def test_every_setting_has_a_wrong_value_to_try_the_image_with() -> None:
    covered = variables.REFUSED.keys() | variables.ACCEPTED_WITH_WARNING.keys() | variables.NEVER_WRONG
    assert covered == {name.upper() for name in Settings.model_fields}

"""The files from which the image is built fit the project: locks, labels, Dockerfile."""

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
RENEW = "run container/renew-locks"


def locked(name: str) -> list[tuple[Requirement, int]]:
    """The packages that a lock pins, and how many hashes each has."""
    text = (ROOT / "container" / name).read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line and not line.lstrip().startswith("#")]
    return [(Requirement(line.split("--hash")[0]), line.count("--hash=sha256:")) for line in lines]


def pinned(name: str, python: str) -> dict[str, str]:
    """The version of each package that this Python installs on Linux."""
    on = {"python_full_version": f"{python}.1", "python_version": python, "sys_platform": "linux"}
    found = [one for one, _ in locked(name) if one.marker is None or one.marker.evaluate(on)]
    versions: dict[str, str] = {
        canonicalize_name(one.name): str(one.specifier).removeprefix("==") for one in found
    }
    assert len(versions) == len(found), "one version each"
    return versions


def unmet(wanted: list[str], lock: dict[str, str], python: str) -> list[str]:
    """Direct requirements that a lock does not fulfil."""
    on = {"python_full_version": f"{python}.1", "python_version": python, "sys_platform": "linux"}
    requirements = [Requirement(one) for one in wanted]
    return [
        str(one) for one in requirements
        if (one.marker is None or one.marker.evaluate(on))
        and not one.specifier.contains(lock.get(canonicalize_name(one.name), "0"))
    ]  # fmt: skip


@pytest.mark.parametrize("python", PYTHONS)
def test_the_lock_fulfils_the_projects_requirements(python: str) -> None:
    assert unmet(PROJECT["project"]["dependencies"], pinned("run.lock", python), python) == [], RENEW
    extras = PROJECT["project"]["optional-dependencies"]
    wanted = [
        *PROJECT["project"]["dependencies"],
        *extras["meaning"],
        *extras["onnx"],
        *extras["mcp"],
        *extras["pictures"],
    ]
    assert unmet(wanted, pinned("extras.lock", python), python) == [], RENEW
    assert unmet(PROJECT["build-system"]["requires"], pinned("build.lock", python), python) == [], RENEW


def test_the_lock_has_all_dependencies() -> None:
    """Checked against the metadata of those installed packages whose version is the locked one."""
    lock = pinned("run.lock", PYTHONS[0])
    left = [Requirement(one) for one in PROJECT["project"]["dependencies"]]
    seen: set[tuple[str, frozenset[str]]] = set()
    while left:
        one = left.pop()
        key = (canonicalize_name(one.name), frozenset(one.extras))
        if key in seen:
            continue
        seen.add(key)
        assert key[0] in lock, f"{one.name}: {RENEW}"
        if metadata.version(one.name) != lock[key[0]]:
            continue  # another version may have other dependencies
        for text in metadata.requires(one.name) or ():
            more = Requirement(text)
            if more.marker is None or any(more.marker.evaluate({"extra": it}) for it in ("", *one.extras)):
                left.append(more)


@pytest.mark.parametrize("python", PYTHONS)
def test_with_the_extras_the_other_packages_are_the_same(python: str) -> None:
    assert pinned("run.lock", python).items() <= pinned("extras.lock", python).items(), RENEW


@pytest.mark.parametrize("lock", sorted(one.name for one in (ROOT / "container").glob("*.lock")))
def test_everything_is_locked_by_version_and_hash(lock: str) -> None:
    for one, hashes in locked(lock):
        assert re.fullmatch(r"==[^*,]+", str(one.specifier)), one
        assert hashes, one


def test_the_lock_of_developers_fits_the_project() -> None:
    packages = tomllib.loads((ROOT / "uv.lock").read_text(encoding="utf-8"))["package"]
    [own] = [one for one in packages if one["name"] == "analects"]
    asked = {canonicalize_name(one["name"]) for one in own["metadata"]["requires-dist"]}
    groups = [PROJECT["project"]["dependencies"], *PROJECT["project"]["optional-dependencies"].values()]
    wanted = {canonicalize_name(Requirement(one).name) for group in groups for one in group} - {"analects"}
    assert asked - {"analects"} == wanted, RENEW
    sources = {one["source"]["registry"] for one in packages if one != own}
    assert sources == {"https://pypi.org/simple"}


def test_the_version_stands_in_one_place() -> None:
    """The image and the release read the version from that place."""
    printed = (
        subprocess.run([ROOT / ".ci" / "version"], capture_output=True, check=True).stdout.decode().strip()
    )
    assert printed == __version__
    others = [ROOT / "Dockerfile", ROOT / "pyproject.toml", ROOT / "compose.yaml"]
    for path in (*others, *sorted((ROOT / ".github").rglob("*.yml"))):
        assert __version__ not in path.read_text(encoding="utf-8"), path
    assert 'image.version="${VERSION}"' in DOCKERFILE


def test_the_changelog_tells_of_this_version() -> None:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    headings = re.findall(r"^## (.*)$", text, re.M)
    assert headings[0] == "Unreleased"
    assert re.fullmatch(rf"{re.escape(__version__)}, \d{{4}}-\d\d-\d\d", headings[1])
    assert len(set(headings)) == len(headings)
    assert "\n- " not in text.split("\n## 0.1.0\n")[1], "a merge brought the old list back: delete it"


def test_it_runs_without_privileges_and_has_a_health_check() -> None:
    for line in (
        "USER 10001:10001", 'VOLUME ["/state"]', "STOPSIGNAL SIGTERM", 'ENTRYPOINT ["analects"]', 'CMD ["run"]',
    ):  # fmt: skip
        assert f"\n{line}\n" in DOCKERFILE
    assert re.search(r'\nHEALTHCHECK .* CMD \["analects", "health"\]\n', DOCKERFILE)


def test_only_listed_files_reach_the_builder() -> None:
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert ignored[1] == "*"
    copied = {
        one.split("/")[0]
        for one in re.findall(r"^COPY (?!--from)(.*) \S+$", DOCKERFILE, re.M)
        for one in one.split()
    }
    assert {one.removeprefix("!") for one in ignored if one.startswith("!")} == copied


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


def test_one_service_by_default_and_a_profile_with_a_database() -> None:
    assert {name: service.get("profiles") for name, service in SERVICES.items()} == {
        "analects": None, "analects-2": ["replicas"], "postgres": ["replicas"],
    }  # fmt: skip
    assert SERVICES["analects"]["environment"] == SERVICES["analects-2"]["environment"]


def test_compose_knows_the_settings_and_holds_no_secret() -> None:
    secret = {"SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET", "DISCORD_TOKEN", "DATABASE_URL"}
    known = {name.upper() for name in Settings.model_fields} - secret | {"SECRETS_DIR"}
    assert SERVICES["analects"]["environment"].keys() <= known
    assert "secrets/" in (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()


def test_modules_of_extras_that_an_image_lacks_are_left_out(
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


def test_the_image_is_tried_with_each_setting_wrong() -> None:
    tried = variables.REFUSED.keys() | variables.ACCEPTED_WITH_WARNING.keys() | variables.NEVER_WRONG
    assert tried == {name.upper() for name in Settings.model_fields}

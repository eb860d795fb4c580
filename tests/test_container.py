"""What the image is made of fits the project: locks, labels, frame."""

import re
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from bot import __version__

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
PYTHONS = ("3.11", "3.13")
RENEW = "run container/renew-locks"


def locked(name: str) -> list[tuple[Requirement, int]]:
    """What a lock pins, and how many hashes each has."""
    text = (ROOT / "container" / name).read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line and not line.lstrip().startswith("#")]
    return [(Requirement(line.split("--hash")[0]), line.count("--hash=sha256:")) for line in lines]


def pinned(name: str, python: str) -> dict[str, str]:
    """Package to version, as installed on Linux by this Python."""
    on = {"python_full_version": f"{python}.1", "python_version": python, "sys_platform": "linux"}
    found = [one for one, _ in locked(name) if one.marker is None or one.marker.evaluate(on)]
    versions = {canonicalize_name(one.name): str(one.specifier).removeprefix("==") for one in found}
    assert len(versions) == len(found), "one version each"
    return versions


def unmet(wanted: list[str], lock: dict[str, str], python: str) -> list[str]:
    """What is wanted directly, and not in a lock as wanted."""
    on = {"python_full_version": f"{python}.1", "python_version": python, "sys_platform": "linux"}
    requirements = [Requirement(one) for one in wanted]
    return [
        str(one) for one in requirements
        if (one.marker is None or one.marker.evaluate(on))
        and not one.specifier.contains(lock.get(canonicalize_name(one.name), "0"))
    ]  # fmt: skip


@pytest.mark.parametrize("python", PYTHONS)
def test_the_lock_is_what_the_project_asks_for(python: str) -> None:
    assert unmet(PROJECT["project"]["dependencies"], pinned("run.lock", python), python) == [], RENEW
    assert unmet(PROJECT["build-system"]["requires"], pinned("build.lock", python), python) == [], RENEW


def test_the_lock_is_whole() -> None:
    """All that is reached from what the project asks for is in it, by the metadata of what is installed here."""
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
        for text in metadata.requires(one.name) or ():
            more = Requirement(text)
            if more.marker is None or any(more.marker.evaluate({"extra": it}) for it in ("", *one.extras)):
                left.append(more)


@pytest.mark.parametrize("lock", sorted(one.name for one in (ROOT / "container").glob("*.lock")))
def test_everything_is_locked_by_version_and_hash(lock: str) -> None:
    for one, hashes in locked(lock):
        assert re.fullmatch(r"==[^*,]+", str(one.specifier)), one
        assert hashes, one


def test_the_label_is_the_version() -> None:
    assert re.findall(r'image\.version="([^"]*)"', DOCKERFILE) == [__version__]


def test_it_runs_as_nobody_special_and_is_asked_by_the_program() -> None:
    for line in (
        "USER 10001:10001", 'VOLUME ["/state"]', "STOPSIGNAL SIGTERM", 'ENTRYPOINT ["analects"]', 'CMD ["run"]',
    ):  # fmt: skip
        assert f"\n{line}\n" in DOCKERFILE
    assert re.search(r'\nHEALTHCHECK .* CMD \["analects", "health"\]\n', DOCKERFILE)


def test_nothing_reaches_the_builder_that_is_not_asked_for() -> None:
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert ignored[1] == "*"
    copied = {
        one.split("/")[0]
        for one in re.findall(r"^COPY (?!--from)(.*) \S+$", DOCKERFILE, re.M)
        for one in one.split()
    }
    assert {one.removeprefix("!") for one in ignored if one.startswith("!")} == copied

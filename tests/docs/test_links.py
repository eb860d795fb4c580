"""Every link and picture in the documentation has a target. The build of the site also checks the links between its pages."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests import ROOT
from tests.docs.pages import PAGES, RAW, REPOSITORY, SITE

LINK = re.compile(r"\]\(([^)\s]+)\)|<(https?://[^>\s]+)>")
SOURCES = sorted(
    [*PAGES, *(ROOT / ".github").rglob("*.yml"), *(ROOT / ".github").rglob("*.yaml"), ROOT / "pyproject.toml"]
)


def without_code(text: str) -> str:
    return re.sub(r"```.*?```|`[^`\n]*`", "", text, flags=re.S)


def headings(page: Path) -> list[str]:
    """The anchors of a page's headings."""
    found = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), re.M)
    return [re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in found]


def check(target: Path, part: str, shown: str) -> None:
    assert target.exists(), f"{shown} leads nowhere"
    if part:
        assert part in headings(target), f"{shown}: no such heading"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_link_of_a_page_has_a_target(page: Path) -> None:
    for found in LINK.finditer(without_code(page.read_text(encoding="utf-8"))):
        link = found[1] or found[2]
        address, _, part = link.partition("#")
        if re.match(r"https?:|mailto:", link):
            continue
        target = page.parent / address if address else page
        check(target, part, link)
        if page.parent == ROOT / "docs":
            assert target.resolve().is_relative_to(ROOT / "docs"), f"{link} leads out of the site"


def on_disk(address: str) -> Path | None:
    """The file of the project to which an address leads, in its repository or on its site. None for other addresses."""
    address = address.rstrip(".,")
    for prefix in (RAW, f"{REPOSITORY}/blob/main/", f"{REPOSITORY}/tree/main/"):
        if address.startswith(prefix):
            return ROOT / address.removeprefix(prefix)
    if address.startswith(SITE):
        name = address.removeprefix(SITE).rstrip("/")
        return ROOT / "docs" / f"{name or 'index'}.md"
    return None


@pytest.mark.parametrize("source", SOURCES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_address_of_this_project_leads_to_a_file(source: Path) -> None:
    for address in re.findall(r"https?://[^\s)>\"'`]+", source.read_text(encoding="utf-8")):
        shown, _, part = address.partition("#")
        target = on_disk(shown)
        if target is not None:
            check(target, part, address)


def test_every_picture_is_shown_and_exists() -> None:
    """The README uses absolute addresses, so that package indexes show its pictures."""
    shown = set()
    for page in PAGES:
        for address in re.findall(r"!\[[^\]]+\]\(([^)]+)\)", page.read_text(encoding="utf-8")):
            assert page.parent != ROOT or address.startswith(RAW), f"{address} is not absolute"
            target = on_disk(address) or page.parent / address
            assert target.is_file(), address
            shown.add(target.name)
    assert shown == {picture.name for picture in (ROOT / "docs" / "images").iterdir()}


def test_every_page_is_in_the_navigation_once() -> None:
    def listed(entries: list[Any]) -> list[str]:
        names: list[str] = []
        for entry in entries:
            [inside] = entry.values()
            names += [inside] if isinstance(inside, str) else listed(inside)
        return names

    site = tomllib.loads((ROOT / "zensical.toml").read_text(encoding="utf-8"))["project"]
    assert site["site_url"] == SITE
    assert sorted(listed(site["nav"])) == sorted(page.name for page in (ROOT / "docs").glob("*.md"))

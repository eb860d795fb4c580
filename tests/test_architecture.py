"""Every file that `ARCHITECTURE.md` names exists, and it names every package."""

import re

from tests import ROOT

PAGE = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")


def test_every_path_named_by_the_page_exists() -> None:
    """On the page, `<platform>` stands for `slack` and `discord`."""
    named = re.findall(r"`((?:adapters|bot|corpus|docs|examples)/[\w/.<>-]*)`", PAGE)
    assert len(named) > 30
    paths = [path.replace("<platform>", platform) for path in named for platform in ("slack", "discord")]
    missing = [path for path in paths if not (ROOT / path).exists()]
    assert not missing


def test_every_package_is_in_the_picture() -> None:
    picture = re.search(r"```text\n(.*?)```", PAGE, re.S)
    assert picture is not None
    words = set(re.findall(r"\w+", picture[1]))
    for room in ("adapters", "bot", "corpus"):
        modules = {path.stem for path in (ROOT / room).glob("*.py")} - {"__init__", "__main__"}
        packages = {path.parent.name for path in (ROOT / room).glob("*/__init__.py")} | modules
        assert packages <= words, f"{room}: {packages - words}"

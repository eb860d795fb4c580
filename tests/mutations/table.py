"""The rows of `tests/FAULTS.md` that a program can apply."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from tests import ROOT
from tests.test_fault_table import rows


@dataclass(frozen=True)
class Mutation:
    """A guard (its file and source text), the text that replaces it, and the tests that must then fail."""

    file: str
    guard: str
    change: str
    tests: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.file}: {self.guard} -> {self.change}"

    def applied(self, source: str) -> str:
        """The source with every occurrence of the guard replaced."""
        return source.replace(self.guard, self.change)


def mutations() -> Iterator[Mutation]:
    """Yields every row that can be applied: its guard is a single piece of code, and the file still parses without it."""
    for _, (guard, change, tests) in rows():
        guarded = re.fullmatch(r"`([\w/]+\.py)`: (`+)(.+?)\2", guard)
        changed = re.fullmatch(r"(`+)([^`]+)\1", change)
        if guarded is None or changed is None or " ⏎ " in guarded[3] + changed[2]:
            continue
        mutation = Mutation(
            guarded[1],
            guarded[3].strip(),
            changed[2],
            tuple(f"tests/{file}::{name}" for file, name in re.findall(r"`([\w/]+\.py)::(\w+)`", tests)),
        )
        source = (ROOT / mutation.file).read_text(encoding="utf-8")
        if mutation.guard in source and _can_be_read(mutation.applied(source)):
            yield mutation


def _can_be_read(source: str) -> bool:
    try:
        ast.parse(source)
    except SyntaxError:
        return False
    return True

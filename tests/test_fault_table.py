"""`FAULTS.md`: every fault has tests, every named test exists, and every guard is in the file that the table names."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
FAULTS = 73


def rows() -> Iterator[tuple[list[int], list[str]]]:
    """Yields the fault numbers of each row of the table ("14, 39", "23 to 25") and its other cells."""
    for line in (TESTS / "FAULTS.md").read_text(encoding="utf-8").splitlines():
        cells = [cell.strip().replace(r"\|", "|") for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        if cells and cells[0][:1].isdecimal():
            spans = re.findall(r"(\d+)(?: to (\d+))?", cells[0])
            yield (
                [number for first, last in spans for number in range(int(first), int(last or first) + 1)],
                cells[1:],
            )


@cache
def names_in(file: str) -> frozenset[str]:
    tree = ast.parse((TESTS / file).read_text(encoding="utf-8"))
    functions = (node for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    return frozenset(function.name for function in functions if function.name.startswith("test_"))


@pytest.mark.slow
def test_every_fault_is_mapped_to_tests_that_exist() -> None:
    mapped = set()
    for numbers, (guard, change, tests) in rows():
        named = re.findall(r"`([\w/]+\.py)::(\w+)`", tests)
        assert named, f"fault {numbers}: {guard} has no test"
        assert len(named) == tests.count("::"), tests
        assert change, f"fault {numbers}: {guard} has no change that makes its tests fail"
        for file, name in named:
            assert (TESTS / file).is_file(), file
            assert name in names_in(file), f"{file} has no {name}"
        mapped.update(numbers)
    assert mapped == set(range(1, FAULTS + 1))


def test_every_guard_is_in_the_file_that_the_table_names() -> None:
    seen = 0
    for numbers, (guard, _, _) in rows():
        quoted = re.fullmatch(r"`([\w/]+\.py)`: (`+)(.+?)\2", guard)
        if quoted is None:
            continue
        source = (TESTS.parent / quoted[1]).read_text(encoding="utf-8")
        for line in quoted[3].split(" ⏎ "):
            assert line.strip() in source, f"fault {numbers}: {quoted[1]} has no {line}"
        seen += 1
    assert seen > 80

"""The parameters of the decision are documented with the benchmark they come from, and stay within their ranges."""

import re
from dataclasses import replace

import pytest

from bot.answering.parameters import MEANING, WORDS, MeaningParameters, WordParameters, describe
from tests import ROOT

README = (ROOT / "benchmarks" / "README.md").read_text("utf-8")


def documented(class_name: str) -> dict[str, tuple[str, ...]]:
    """Reads the table below the first mention of a class: value, unit, range and section of each parameter."""
    table = README[README.index(f"(`{class_name}`)") :].split("\n\n", 2)[1]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()[2:]]
    return {row[0].strip("`"): tuple(row[1:]) for row in rows}


@pytest.mark.parametrize("parameters", [WORDS, MEANING], ids=["words", "meaning"])
def test_the_benchmarks_list_every_parameter_with_its_value(
    parameters: WordParameters | MeaningParameters,
) -> None:
    expected = {
        name: (f"{value:g}", info.unit, f"{info.low:g} to {info.high:g}", info.section)
        for name, (value, info) in describe(parameters).items()
    }
    assert documented(type(parameters).__name__) == expected


@pytest.mark.parametrize("parameters", [WORDS, MEANING], ids=["words", "meaning"])
def test_every_parameter_comes_from_a_section_of_the_benchmarks(
    parameters: WordParameters | MeaningParameters,
) -> None:
    headings = set(re.findall(r"^#+ (.+)$", README, re.MULTILINE))
    assert {info.section for _, info in describe(parameters).values()} <= headings


@pytest.mark.parametrize("parameters", [WORDS, MEANING], ids=["words", "meaning"])
def test_a_value_outside_its_range_is_refused(parameters: WordParameters | MeaningParameters) -> None:
    for name, (_, info) in describe(parameters).items():
        for value in (info.low - 1, info.high + 1):
            with pytest.raises(ValueError, match=f"{name} is .* must lie between"):
                replace(parameters, **{name: value})  # type: ignore[arg-type]

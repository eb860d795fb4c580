"""The tree of exceptions in the docstring of `corpus/errors.py` matches the classes."""

import importlib
import pkgutil
import re

import pytest

import adapters
import bot
import corpus
from corpus import errors
from corpus.errors import AnalectsError

EXTRAS = {"mcp", "uvicorn", "starlette"}


def classes(root: type[Exception]) -> list[tuple[str, str]]:
    """Returns every exception below a root as (parent, name)."""
    found = []
    for subclass in root.__subclasses__():
        if not subclass.__name__.startswith("_"):
            found += [(root.__name__, subclass.__name__), *classes(subclass)]
    return found


def classes_in_docstring() -> list[tuple[str, str]]:
    """Returns every exception in the docstring's tree as (parent, name)."""
    path, found = ["AnalectsError"], []
    for line in (errors.__doc__ or "").splitlines():
        if match := re.match(r"    ([ │]*)[├└]── (\w+)", line):
            depth = len(match[1]) // 4 + 1
            path[depth:] = [match[2]]
            found.append((path[depth - 1], match[2]))
    return found


def _import(name: str) -> None:
    """Imports a module. A module whose extra is not installed is skipped; it defines no exceptions."""
    try:
        importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name not in EXTRAS:
            raise


@pytest.mark.slow
def test_the_exception_tree_shows_every_exception() -> None:
    for package in (adapters, bot, corpus):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if "migrations" not in module.name and not module.name.endswith("__main__"):
                _import(module.name)
    assert set(classes_in_docstring()) == set(classes(AnalectsError))

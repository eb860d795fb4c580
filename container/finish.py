"""Makes an environment ready for an image: `python finish.py FOLDER MODULE ...`, with `strip` (binutils) on the path.

It removes what the bot never runs: the packages' own tests, builders and type stubs, and symbols that only debuggers and linkers
read. It compiles the given modules and everything that they import to bytecode below PYTHONPYCACHEPREFIX, Python's own library
included (slim base images lack its bytecode). On a read-only root, Python could not save bytecode and would compile again at
every start. The bytecode is never compared with its source again.
"""

import importlib
import pkgutil
import shutil
import subprocess
import sys
from pathlib import Path
from py_compile import PycInvalidationMode
from py_compile import compile as compile_to_cache

NOT_RUN = ("**/tests", "**/testing", "**/*.pyi", "**/*.pyx", "**/*.pxd", "**/*.h", "**/*.dll", "**/_simd.*.so",
           "**/*.a", "**/sboms", "**/numpy/_core/_*_tests.*.so", "**/numpy/distutils", "**/numpy/f2py", "**/numpy/fft",
           "**/numpy/polynomial", "**/pygments/lexers/[!_]*.py", "**/pypinyin/phrases_dict.json")  # fmt: skip


NOT_MODULES = ("__main__", "migrations")
"""Modules that do something when they are imported."""


def main(folder: Path, modules: list[str]) -> None:
    """Removes, strips, compiles."""
    for pattern in NOT_RUN:
        for path in list(folder.glob(pattern)):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    extensions = sorted(map(str, folder.glob("**/*.cpython-*.so")))
    subprocess.run(["strip", "--strip-unneeded", *extensions], check=True)
    sources: set[Path] = set()
    for module in map(importlib.import_module, modules):
        for place in getattr(module, "__path__", ()):
            sources |= set(Path(place).rglob("*.py"))
        for below in pkgutil.walk_packages(getattr(module, "__path__", ()), f"{module.__name__}."):
            if not any(name in below.name for name in NOT_MODULES):
                import_if_complete(below.name)
    sources |= {Path(file) for module in sys.modules.values() if (file := getattr(module, "__file__", None))}
    for source in sorted(sources - {Path(__file__)}):
        if source.suffix == ".py":
            compile_to_cache(str(source), doraise=True, invalidation_mode=PycInvalidationMode.UNCHECKED_HASH)


def import_if_complete(name: str) -> None:
    """Imports a module, unless it needs a package of an extra that this image does not have. Raises ImportError where something of
    our own is missing."""
    try:
        importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] == name.partition(".")[0]:
            raise


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])

"""Makes an environment ready for an image: `python finish.py FOLDER MODULE ...`, with `strip` (binutils) on the path.

What nobody runs there goes: the packages' own tests, builders and type stubs, and debug symbols. Bytecode is made of all that the
modules given import, with the modules below them, of packages and of Python's own library (slim bases have none of it), all below
PYTHONPYCACHEPREFIX. On a read-only root it could not be kept, and would be made anew at every start. It is never compared with its
source again.
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
           "**/numpy/f2py", "**/numpy/distutils", "**/pygments/lexers/[!_]*.py")  # fmt: skip


NOT_MODULES = ("__main__", "migrations")
"""What does something where it is imported."""


def main(folder: Path, modules: list[str]) -> None:
    """Removes, strips, compiles."""
    for pattern in NOT_RUN:
        for path in list(folder.glob(pattern)):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    extensions = sorted(map(str, folder.glob("**/*.cpython-*.so")))
    subprocess.run(["strip", "--strip-debug", *extensions], check=True)
    sources: set[Path] = set()
    for module in map(importlib.import_module, modules):
        for place in getattr(module, "__path__", ()):
            sources |= set(Path(place).rglob("*.py"))
        for below in pkgutil.walk_packages(getattr(module, "__path__", ()), f"{module.__name__}."):
            if not any(name in below.name for name in NOT_MODULES):
                importlib.import_module(below.name)
    sources |= {Path(file) for module in sys.modules.values() if (file := getattr(module, "__file__", None))}
    for source in sorted(sources - {Path(__file__)}):
        if source.suffix == ".py":
            compile_to_cache(str(source), doraise=True, invalidation_mode=PycInvalidationMode.UNCHECKED_HASH)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])

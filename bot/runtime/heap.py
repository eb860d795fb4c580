"""Returns freed memory to the operating system."""

import ctypes
import sys


def release_free_memory() -> None:
    """Returns freed memory that glibc would keep for later: a third of all while an index is built. Takes 10 ms."""
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
        if trim is not None:
            trim(0)

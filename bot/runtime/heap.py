"""Memory that is free again, back to the system."""

import ctypes
import sys


def give_back() -> None:
    """Returns freed memory that the C library would keep for later (glibc): a third of all while an index is built, in 10 ms."""
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
        if trim is not None:
            trim(0)

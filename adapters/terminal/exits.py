"""How the program ends, and with which exit code."""

import os
import sys
from typing import NoReturn


def leave(code: int) -> NoReturn:
    """Ends the process at once. Otherwise Python would wait for threads that read notes or compute vectors.

    Their work is lost, but no file is half written. Processes that they started end by themselves (see `corpus.folder.read`).
    """
    sys.stdout.flush()
    os._exit(code)

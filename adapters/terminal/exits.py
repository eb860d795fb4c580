"""How the program ends, and with which exit code."""

import os
import sys
from typing import NoReturn


def leave(code: int) -> NoReturn:
    """Ends the process at once. Python would wait for threads that read notes or make vectors, to their end. What they have in hand
    is lost with them; nothing is half written. The processes that they may have started end by themselves; see
    `corpus.folder.read`."""
    sys.stdout.flush()
    os._exit(code)

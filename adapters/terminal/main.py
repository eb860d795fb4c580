"""Where the process starts, and where it ends that has threads in hand."""

import gc
import os
import signal
import sys

ALLOCATIONS = 50_000
"""Objects made before the collector looks for cycles, instead of 700: starting makes many that stay, and looking at
them again and again took a sixth of the time to an answer."""


def main() -> None:
    """`analects`, as a process of its own."""
    gc.set_threshold(ALLOCATIONS)
    if sys.argv[1:2] == ["run"]:
        signal.signal(signal.SIGTERM, _stopped)
    from adapters.terminal import cli

    cli.main()


def _stopped(number: int, frame: object) -> None:
    """Told to stop before `run` listens for that, while it still reads notes. In a container it is process 1, where a signal that
    nothing handles is no signal: without this, `docker stop` then would wait in vain, and kill. It ends at once: an exception could
    come up in the middle of starting a process, which then nobody would know of, and Python would wait for it for ever."""
    del number, frame
    os._exit(0)

"""Where the process starts."""

import gc
import os
import signal
import sys

GC_THRESHOLD = 200_000
"""New objects after which Python looks for reference cycles, instead of 700. Starting creates many objects that stay, and checking
them again and again took a sixth of the time to an answer."""


def main() -> None:
    """`analects`, as a process of its own."""
    gc.set_threshold(GC_THRESHOLD)
    if sys.argv[1:2] == ["run"]:
        signal.signal(signal.SIGTERM, _stopped)
    from adapters.terminal import cli

    cli.main()


def _stopped(number: int, frame: object) -> None:
    """Stops `run` while it still reads notes and has no handler of its own.

    In a container it is process 1, where a signal without a handler is ignored: `docker stop` would wait, then kill it. It exits at
    once, because an exception could be raised while a process is being started, and Python would then wait for that for ever.
    """
    del number, frame
    os._exit(0)

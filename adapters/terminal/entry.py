"""Where the process starts."""

import gc

ALLOCATIONS = 50_000
"""Objects made before the collector looks for cycles, instead of 700: starting makes many that stay, and looking at
them again and again took a sixth of the time to an answer."""


def main() -> None:
    """`analects`, as a process of its own."""
    gc.set_threshold(ALLOCATIONS)
    from adapters.terminal import cli

    cli.main()

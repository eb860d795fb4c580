"""Runs the server as a process of its own: `python -m tests.readwise_server --port N`.

Its account has a few invented highlights. Prints the settings for the bot as one line of JSON, and runs until it is stopped.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys

from tests.readwise_server import ReadwiseServer

SOURCES = {
    ("The Tide Clock", "Mara Quill"): (
        "Water keeps its own calendar, and the moon holds the pen.",
        "A harbour is a promise that the land makes to those who are still at sea.",
    ),
    ("Small Hours", "Ilse Tander"): (
        "Whoever sleeps on a question meets it in the morning with its coat off.",
        "We forget most of what we read within days, unless something asks us for it again.",
    ),
}
"""Highlights by title and author."""


async def _serve(port: int) -> None:
    readwise = ReadwiseServer(port=port)
    for (title, author), texts in SOURCES.items():
        source = readwise.account.add_source(title, author=author)
        for text in texts:
            readwise.account.add_highlight(source, text)
    async with readwise:
        sys.stdout.write(json.dumps(readwise.settings) + "\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m tests.readwise_server", description="Readwise on loopback."
    )
    parser.add_argument("--port", type=int, default=0, help="0 picks one")
    try:
        asyncio.run(_serve(parser.parse_args().port))
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()

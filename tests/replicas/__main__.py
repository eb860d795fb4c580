"""The long test of replicas: `python -m tests.replicas [--minutes 2] [--kills 12] [--seed 0] [--replicas 2]`.

Prints the counts as one line of JSON. The exit code is 1 if a promise is broken.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.discord_server import DiscordServer
from tests.postgres import PostgresServer
from tests.replicas.fleet import Fleet
from tests.replicas.load import Load, broken_promises
from tests.slack_server import SlackServer


async def run(options: argparse.Namespace) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as name, PostgresServer() as postgres:
        url = await postgres.create()
        async with (
            SlackServer() as slack,
            DiscordServer() as discord,
            Fleet(Path(name), url, slack, discord, options.replicas, options.lease) as fleet,
        ):
            return await Load(fleet, slack, discord, options.seed).run(options.minutes * 60, options.kills)


def main() -> None:
    parser = argparse.ArgumentParser(description="Replicas that are killed while people ask.")
    parser.add_argument("--minutes", type=float, default=2.0)
    parser.add_argument(
        "--lease", type=float, help="length of a lease in seconds; default: that of the program"
    )
    parser.add_argument("--kills", type=int, default=12)
    parser.add_argument("--replicas", type=int, default=2)
    parser.add_argument("--seed", type=int, default=0)
    result = asyncio.run(run(parser.parse_args()))
    broken = broken_promises(result)
    sys.stdout.write(json.dumps({**result, "broken": broken}) + "\n")
    sys.exit(1 if broken else 0)


if __name__ == "__main__":
    main()

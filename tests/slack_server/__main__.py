"""Runs the server as a process of its own: `python -m tests.slack_server --port N`.

Prints one line of JSON when it listens (`base_url`, and the settings for the bot). Runs until it gets SIGTERM or
SIGINT, or until its standard input closes, so that it does not outlive the process that started it.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import sys

from tests.slack_server.control import Control
from tests.slack_server.core import Installation, Timing
from tests.slack_server.server import SlackServer


def _end_with_input(stopped: asyncio.Event) -> None:
    if not os.read(sys.stdin.fileno(), 1024):
        stopped.set()


async def _serve(arguments: argparse.Namespace) -> None:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stopped.set)
    installation = Installation(
        bot_token=arguments.bot_token,
        app_token=arguments.app_token,
        events=frozenset(arguments.events.split(",")),
    )
    timing = Timing().scaled(arguments.time_scale)
    slack = SlackServer(port=arguments.port, installation=installation, timing=timing, seed=arguments.seed)
    Control(slack)
    async with slack:
        sys.stdout.write(json.dumps({"base_url": slack.base_url, "settings": slack.settings}) + "\n")
        sys.stdout.flush()
        if arguments.until_stdin_closes:
            loop.add_reader(sys.stdin, _end_with_input, stopped)
        await stopped.wait()


def main() -> None:
    defaults = Installation()
    parser = argparse.ArgumentParser(
        prog="python -m tests.slack_server", description="A Slack workspace on loopback."
    )
    parser.add_argument("--port", type=int, default=0, help="0 means any free port")
    parser.add_argument("--bot-token", default=defaults.bot_token)
    parser.add_argument("--app-token", default=defaults.app_token)
    parser.add_argument(
        "--events", default=",".join(sorted(defaults.events)), help="subscriptions, separated by commas"
    )
    parser.add_argument(
        "--time-scale",
        type=float,
        default=1.0,
        help="factor for Slack's times; with 0.01, a minute takes 0.6 s",
    )
    parser.add_argument("--seed", type=int, default=0, help="seed of the random choice among sockets")
    parser.add_argument(
        "--until-stdin-closes", action="store_true", help="stop when the process that started it ends"
    )
    asyncio.run(_serve(parser.parse_args()))


if __name__ == "__main__":
    main()

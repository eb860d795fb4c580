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


def _end_with_input(ended: asyncio.Event) -> None:
    if not os.read(sys.stdin.fileno(), 1024):
        ended.set()


async def _serve(arguments: argparse.Namespace) -> None:
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, ended.set)
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
            loop.add_reader(sys.stdin, _end_with_input, ended)
        await ended.wait()


def main() -> None:
    usual = Installation()
    parser = argparse.ArgumentParser(
        prog="python -m tests.slack_server", description="A Slack workspace on loopback."
    )
    parser.add_argument("--port", type=int, default=0, help="0 picks one")
    parser.add_argument("--bot-token", default=usual.bot_token)
    parser.add_argument("--app-token", default=usual.app_token)
    parser.add_argument("--events", default=",".join(sorted(usual.events)), help="subscriptions, by commas")
    parser.add_argument(
        "--time-scale", type=float, default=1.0, help="0.01: Slack's minutes in under a second"
    )
    parser.add_argument("--seed", type=int, default=0, help="of the choice among sockets")
    parser.add_argument(
        "--until-stdin-closes", action="store_true", help="end with the process that started it"
    )
    asyncio.run(_serve(parser.parse_args()))


if __name__ == "__main__":
    main()

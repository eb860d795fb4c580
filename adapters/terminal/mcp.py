"""`analects mcp`: serves the notes as tools for an assistant, and follows changes of the notes."""

import asyncio
import sys
from functools import partial

from adapters.terminal import embedding, loading
from adapters.terminal.live_reload import following
from bot.settings import Settings, SettingsError


def serve(settings: Settings, http_port: int | None) -> None:
    """Serves on standard input and output until that is closed. With `http_port`, serves over HTTP until a stop signal; port 0
    picks a free one.

    Raises SettingsError if the extra is not installed, the token is missing, or the port cannot be used.
    """
    try:
        from adapters.mcp import server
        from adapters.mcp.tools import Tools
    except ModuleNotFoundError as error:
        if error.name is not None and error.name.partition(".")[0] in ("adapters", "bot", "corpus"):
            raise
        raise SettingsError(
            "analects mcp", f"the package {error.name} is not installed", "pip install '.[mcp]'"
        ) from None
    if http_port is not None and settings.mcp_token is None:
        raise SettingsError(
            "MCP_TOKEN", "it is missing", "set a long random secret; clients send it as bearer token"
        )
    found = loading.snapshot(settings)
    meaning = loading.meaning(settings, found.index)
    bot = loading.bot_over(found, settings, meaning)
    tools = Tools(bot, settings.questions_per_minute[0])
    with (
        following(bot, found, settings.corpus, partial(loading.forget, settings)),
        embedding.in_background(meaning, lambda: bot.index),
    ):
        if http_port is None or settings.mcp_token is None:
            asyncio.run(server.serve_stdio(tools))
            return
        try:
            asyncio.run(
                server.serve_http(
                    tools, settings.http_host, http_port, settings.mcp_token, ready=_print_address
                )
            )
        except OSError as error:
            finding = f"cannot listen on port {http_port}: {error.strerror}"
            raise SettingsError("--http", finding, "choose another port") from None


def _print_address(address: str) -> None:
    sys.stderr.write(f"listening on {address}\n")
    sys.stderr.flush()

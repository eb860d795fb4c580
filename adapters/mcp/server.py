"""The tools as an MCP server: over standard input and output, or over HTTP with a bearer token.

Standard output carries the protocol; sentences for people go to standard error.
"""

import hmac
import socket
from collections.abc import Callable
from typing import Annotated, Any, TypeAlias, TypeVar

import uvicorn
from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ToolError as ProtocolError
from mcp.server.transport_security import TransportSecuritySettings
from mcp_types import ToolAnnotations
from pydantic import Field, SecretStr
from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from adapters.mcp.tools import MAX_HIGHLIGHTS, MAX_SOURCES, ToolError, Tools
from bot import __version__

PATH = "/mcp"
INSTRUCTIONS = (
    "Passages from a person's reading highlights, word for word. Quote `plain` or `quote` without changing a word, and name "
    "authors, title and link. `remark` is the reader's own; everything else is the author's. Where `found` is false, the library "
    "has nothing on it: say so. Where `weak` is true, nothing fits well, and the one highlight is only the nearest."
)
_READS = ToolAnnotations(read_only_hint=True, open_world_hint=False)

Result = TypeVar("Result")
Structured: TypeAlias = dict[str, Any]
"""JSON. The SDK derives the schema of a result from its type, and does not accept a recursive type."""


def build(tools: Tools) -> MCPServer[object]:
    """The server with its four tools."""
    server: MCPServer[object] = MCPServer(
        "analects", title="Analects", instructions=INSTRUCTIONS, version=__version__, log_level="WARNING"
    )

    @server.tool(title="Search highlights", annotations=_READS)
    def search_highlights(
        query: Annotated[
            str,
            Field(
                description='A question or words; also "exact phrase", -word, author:, title:, tag:, color:, before:, after:'
            ),
        ],
        limit: Annotated[int, Field(ge=1, le=MAX_HIGHLIGHTS, description="How many at most")] = 5,
    ) -> Structured:
        """Find the passages that answer a question in the reader's highlights, best first."""
        return _report_refusal(lambda: tools.search(query, limit))

    @server.tool(title="Random highlights", annotations=_READS)
    def random_highlights(
        limit: Annotated[int, Field(ge=1, le=MAX_HIGHLIGHTS, description="How many")] = 1,
        tag: Annotated[str, Field(description="Only those with this tag")] = "",
        author: Annotated[str, Field(description="Only those by this author")] = "",
        title: Annotated[str, Field(description="Only those from this title")] = "",
    ) -> Structured:
        """Bring back highlights that the reader may have forgotten."""
        return _report_refusal(lambda: tools.random(limit, tag, author, title))

    @server.tool(title="List sources", annotations=_READS)
    def list_sources(
        limit: Annotated[int, Field(ge=1, le=MAX_SOURCES, description="How many at most")] = 50,
        offset: Annotated[int, Field(ge=0, description="How many to skip")] = 0,
    ) -> Structured:
        """List what was read, most highlights first."""
        return _report_refusal(lambda: tools.sources(limit, offset))

    @server.tool(title="Get a highlight", annotations=_READS)
    def get_highlight(
        id: Annotated[str, Field(description="The `id` of a highlight, as the other tools give it")],  # noqa: A002
    ) -> Structured:
        """Get one highlight by its id."""
        return _report_refusal(lambda: tools.highlight(id))

    return server


def _report_refusal(run: Callable[[], Result]) -> Result:
    """Runs a tool, and reports its refusals as the protocol requires."""
    try:
        return run()
    except ToolError as error:
        raise ProtocolError(str(error)) from None


async def serve_stdio(tools: Tools) -> None:
    """Serves one client on standard input and output until it leaves."""
    await build(tools).run_stdio_async()


async def serve_http(
    tools: Tools, host: str, port: int, token: SecretStr, ready: Callable[[str], None]
) -> None:
    """Serves clients that send the token, until the process gets a stop signal. Calls `ready` with the address. Raises OSError if
    it cannot listen on the port."""
    config = uvicorn.Config(
        _with_token(
            build(tools).streamable_http_app(
                streamable_http_path=PATH,
                # A web page that gets here by DNS rebinding does not have the token. A proxy in front may use any host name.
                transport_security=TransportSecuritySettings(enable_dns_rebinding_protection=False),
            ),
            token,
        ),
        host=host,
        port=port,
        log_config=None,
        access_log=False,
    )
    listening = _listen(config)
    ready(f"http://{host}:{listening.getsockname()[1]}{PATH}")
    await uvicorn.Server(config).serve(sockets=[listening])


def _listen(config: uvicorn.Config) -> socket.socket:
    listening = socket.create_server((config.host, config.port), reuse_port=False)
    listening.setblocking(False)
    return listening


def _with_token(app: ASGIApp, token: SecretStr) -> ASGIApp:
    """The app for requests with the bearer token; all others get 401, whatever they ask for."""
    expected = f"Bearer {token.get_secret_value()}".encode()

    async def guarded(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            sent_token = Headers(scope=scope).get("authorization", "").encode()
            if not hmac.compare_digest(sent_token, expected):
                refusal = PlainTextResponse(
                    "A token is needed: Authorization: Bearer …\n", 401, {"WWW-Authenticate": "Bearer"}
                )
                await refusal(scope, receive, send)
                return
        await app(scope, receive, send)

    return guarded

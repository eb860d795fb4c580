"""The tools, called by the protocol's own client: in a process that it starts, as assistants do, and over HTTP."""

import os
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from tests import ROOT

pytest.importorskip("mcp", reason="the extra mcp is not installed")

import httpx2 as httpx
from mcp.client.client import Client
from mcp.client.stdio import StdioServerParameters, stdio_client
from mcp.client.streamable_http import streamable_http_client

pytestmark = [pytest.mark.slow, pytest.mark.extras]

NOTES = {
    "lamps.md": """# The Lamp Book

## Metadata
- Author: [[Ida Wick]]
- Category: #books

## Highlights
- A lamp that is trimmed at dusk burns **evenly** until dawn. ([Location 12](https://readwise.io/to_kindle?action=open&asin=B01&location=12))
    - Tags: [[light]]
    - Note: my own words
- Oil is cheaper than sleep. ([Location 30](https://readwise.io/to_kindle?action=open&asin=B01&location=30))
""",
    "secret.md": """# Hidden Lamps

## Metadata
- Author: [[Ida Wick]]
- Category: #books
- Document Tags: [[private]]

## Highlights
- The lamp in the cellar is never lit. ([Location 3](https://readwise.io/to_kindle?action=open&asin=B02&location=3))
""",
}
TOKEN = "a-long-secret-for-tests"


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    folder = tmp_path / "notes"
    folder.mkdir()
    for name, text in NOTES.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def environment(tmp_path: Path, **settings: str) -> dict[str, str]:
    return {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "STATE_PATH": str(tmp_path / "state"),
        "EMBEDDING_MODEL": "off",
        **settings,
    }


@asynccontextmanager
async def assistant(notes: Path, tmp_path: Path, **settings: str) -> AsyncIterator[Client]:
    """A client that has started `analects mcp`, as assistants do."""
    command = StdioServerParameters(
        command=sys.executable,
        args=["-m", "bot", "mcp", "--corpus", str(notes)],
        env=environment(tmp_path, **settings),
        cwd=tmp_path,
    )
    async with Client(stdio_client(command)) as client:
        yield client


async def call_tool(client: Client, tool: str, **arguments: object) -> dict[str, Any]:
    result = await client.call_tool(tool, arguments)
    assert not result.is_error, result.content
    assert result.structured_content is not None
    return dict(result.structured_content)


async def refusal_text(client: Client, tool: str, **arguments: object) -> str:
    result = await client.call_tool(tool, arguments)
    assert result.is_error
    return "".join(getattr(part, "text", "") for part in result.content)


async def test_an_assistant_finds_a_passage_word_for_word_and_gets_it_again(
    notes: Path, tmp_path: Path
) -> None:
    async with assistant(notes, tmp_path) as client:
        tools = {tool.name for tool in (await client.list_tools()).tools}
        assert tools == {"search_highlights", "random_highlights", "list_sources", "get_highlight"}
        found = await call_tool(client, "search_highlights", query="when is a lamp trimmed?")
        (highlight,) = found["highlights"]
        assert (found["found"], found["weak"]) == (True, False)
        assert (
            highlight["plain"]
            == highlight["quote"]
            == "A lamp that is trimmed at dusk burns evenly until dawn."
        )
        assert highlight["source"]["title"] == "The Lamp Book"
        assert highlight["source"]["authors"] == ["Ida Wick"]
        assert highlight["link"].endswith("location=12")
        assert highlight["remark"] == "my own words"
        same_highlight = await call_tool(client, "get_highlight", id=highlight["id"])
        assert same_highlight["plain"] == highlight["plain"]


async def test_no_tool_shows_private_notes(notes: Path, tmp_path: Path) -> None:
    async with assistant(notes, tmp_path, QUESTIONS_PER_MINUTE="50,50") as client:
        found = await call_tool(
            client, "search_highlights", query="the lamp in the cellar is never lit", limit=50
        )
        random = await call_tool(client, "random_highlights", limit=50)
        sources = await call_tool(client, "list_sources")
        shown = str((found["highlights"], random, sources))
        assert "cellar" not in shown
        assert "Hidden" not in shown
        assert (len(random["highlights"]), sources["total"]) == (2, 1)


async def test_nothing_fits_is_an_answer_and_not_an_error(notes: Path, tmp_path: Path) -> None:
    async with assistant(notes, tmp_path) as client:
        found = await call_tool(client, "search_highlights", query="quarterly tax return of a bakery")
        assert not found["found"]
        assert found["highlights"] == []


async def test_random_highlights_have_the_tag_that_was_asked_for(notes: Path, tmp_path: Path) -> None:
    async with assistant(notes, tmp_path) as client:
        found = await call_tool(client, "random_highlights", limit=9, tag="light")
        assert [highlight["location"] for highlight in found["highlights"]] == ["Location 12"]
        assert "no-such-tag" in await refusal_text(client, "random_highlights", tag="no-such-tag")


async def test_an_unknown_id_and_too_many_questions_are_refused_with_the_reason(
    notes: Path, tmp_path: Path
) -> None:
    async with assistant(notes, tmp_path, QUESTIONS_PER_MINUTE="2,30") as client:
        assert "No highlight has this id" in await refusal_text(client, "get_highlight", id="nothing")
        for _ in range(2):
            await call_tool(client, "search_highlights", query="oil")
        assert "wait a minute" in await refusal_text(client, "search_highlights", query="oil")


async def test_a_changed_note_is_found_without_a_restart(notes: Path, tmp_path: Path) -> None:
    async with assistant(notes, tmp_path, QUESTIONS_PER_MINUTE="1000,1000") as client:
        changed = NOTES["lamps.md"].replace("Oil is cheaper than sleep.", "Wax is dearer than oil.")
        (notes / "lamps.md").write_text(changed, encoding="utf-8")
        found: dict[str, Any] = {"found": False}
        while not found["found"]:  # the test's time limit ends it if the note is never found
            found = await call_tool(client, "search_highlights", query="is wax dearer?")
        assert found["highlights"][0]["plain"] == "Wax is dearer than oil."


async def test_http_clients_need_the_token(notes: Path, tmp_path: Path) -> None:
    process = subprocess.Popen(  # noqa: ASYNC220
        [sys.executable, "-m", "bot", "mcp", "--corpus", str(notes), "--http", "0"],
        env=environment(tmp_path, MCP_TOKEN=TOKEN, HTTP_HOST="127.0.0.1"),
        cwd=tmp_path,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stderr is not None
        line = process.stderr.readline()
        address = line.removeprefix("listening on ").strip()
        assert address.startswith("http://127.0.0.1:"), line
        for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": TOKEN}):
            async with httpx.AsyncClient(headers=headers) as unauthorised:
                assert (await unauthorised.post(address, json={})).status_code == 401
                assert (await unauthorised.get(address.removesuffix("/mcp"))).status_code == 401
        async with (
            httpx.AsyncClient(headers={"Authorization": f"Bearer {TOKEN}"}) as authorised,
            Client(streamable_http_client(address, http_client=authorised)) as client,
        ):
            assert (await call_tool(client, "search_highlights", query="oil"))["found"]
    finally:
        process.terminate()
        process.communicate(timeout=20)
    assert process.returncode in (0, -15)


def test_without_a_token_http_is_refused(notes: Path, tmp_path: Path) -> None:
    result = subprocess.run(
        [sys.executable, "-m", "bot", "mcp", "--corpus", str(notes), "--http", "0"],
        env=environment(tmp_path),
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 2
    assert "MCP_TOKEN" in result.stderr
    assert result.stdout == ""

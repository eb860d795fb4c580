"""Every block of code in the documentation is well formed. A block that shows a part of the program matches it.

A block in a new language fails until a check for it is added here. `test_commands.py` runs the commands.
"""

import ast
import json
import re
import subprocess
from collections.abc import Callable

import pytest
import yaml

from tests.docs.command_line import SETTINGS, check_started
from tests.docs.pages import BLOCKS, PAGES, Block, commands, text_of


def check_shell(block: Block) -> None:
    result = subprocess.run(["bash", "-n"], input=block.code.encode(), capture_output=True, check=False)
    assert result.returncode == 0, result.stderr.decode()
    assert commands(block)


def check_python(block: Block) -> None:
    """The code is a part of the example platform, or it runs."""
    if unindented(block.code) not in unindented(text_of("examples/irc_platform.py")):
        exec(compile(ast.parse(block.code), str(block), "exec"), {"__name__": "example"})


def unindented(code: str) -> str:
    """The code without its indentation."""
    return "\n".join(line.strip() for line in code.splitlines())


def check_json(block: Block) -> None:
    """The settings of an assistant. They name MCP servers, some of which the assistant starts itself."""
    [servers] = json.loads(block.code).values()
    for server in servers.values():
        if "command" in server:
            check_started([server["command"], *server["args"]], server["env"])


def check_settings(block: Block) -> None:
    for line in block.code.splitlines():
        assert re.fullmatch(r"#.*|[A-Z_]+=.*|\s*", line), line
        assert line.startswith("#") or not line or line.split("=")[0] in SETTINGS


def check_promql(block: Block) -> None:
    table = text_of("docs/metrics.md").split("## Alarms")[0]
    for name in re.findall(r"analects_\w+", block.code):
        assert f"`{name}`" in table, name


def check_text(block: Block) -> None:
    """A conversation, which `test_tables.py` repeats with the bot."""
    assert "you › " in block.code or block.page == "ARCHITECTURE.md"


def check_yaml(block: Block) -> None:
    """The rules for Prometheus name metrics that exist."""
    yaml.safe_load(block.code)
    check_promql(block)


CHECKS: dict[str, Callable[[Block], None]] = {
    "sh": check_shell, "python": check_python, "json": check_json, "yaml": check_yaml, "env": check_settings,
    "promql": check_promql, "text": check_text,
}  # fmt: skip


@pytest.mark.parametrize("block", BLOCKS, ids=str)
def test_a_block_is_well_formed(block: Block) -> None:
    assert block.language in CHECKS, f"say in CHECKS how a block of {block.language!r} is tested"
    CHECKS[block.language](block)


def test_blocks_in_a_list_are_indented_by_four() -> None:
    """With less indentation, the site shows the block after the list. GitHub accepts both."""
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        for found in re.findall(r"^( +)(?:```|[-*] |\d+\. )", text, re.M):
            assert len(found) % 4 == 0, page

"""The names that this package gives to JSON."""

from __future__ import annotations

from typing import Any, TypeAlias

Json: TypeAlias = dict[str, Any]
"""A JSON object in a request, an envelope or an answer. Its values are what Slack's formats say."""


def pick(source: Json, *names: str) -> Json:
    """Those of the named fields that `source` holds with a value other than null."""
    return {name: source[name] for name in names if source.get(name) is not None}

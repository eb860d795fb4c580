"""The type of JSON objects."""

from __future__ import annotations

from typing import Any, TypeAlias

Json: TypeAlias = dict[str, Any]
"""A JSON object in a request, an envelope or an answer, as Slack's reference describes it."""


def pick(source: Json, *names: str) -> Json:
    """The named fields of `source` that are not null."""
    return {name: source[name] for name in names if source.get(name) is not None}

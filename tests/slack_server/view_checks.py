"""The checks of views, Home tabs and modals (docs.slack.dev/reference/views): `invalid_arguments`."""

from __future__ import annotations

import json

from tests.slack_server.json_types import Json
from tests.slack_server.shown.blocks import plain, problems
from tests.slack_server.shown.shapes import Check, Found, anything, boolean, by_type, fields, say, string

MAX_VIEW_BYTES = 250_000

_COMMON: dict[str, Check] = {
    "private_metadata": string(3000, least=0),
    "callback_id": string(255, least=0),
    "external_id": string(255, least=0),
}
_VIEW = by_type(
    {
        "home": fields({"blocks": anything}, _COMMON),
        "modal": fields(
            {"blocks": anything, "title": plain(24)},
            {
                **_COMMON,
                "submit": plain(24),
                "close": plain(24),
                "clear_on_close": boolean,
                "notify_on_close": boolean,
                "submit_disabled": boolean,
            },
        ),
    }
)


def view_problems(view: Json, kind: str) -> list[str]:
    """What Slack finds wrong with a view that must be of this kind ("home" or "modal"), in its words."""
    found: Found = []
    _VIEW(view, "/view", found)
    if not found and view["type"] != kind:
        say(found, f"unsupported type: {view['type']}", "/view/type")
    if not found:
        found += problems(view["blocks"], "/view/blocks", in_view=True)
    if not found and kind == "modal" and "submit" not in view:
        for number, block in enumerate(view["blocks"]):
            if block["type"] == "input":
                say(
                    found,
                    "must define `submit` to use an `input` block in modals",
                    f"/view/blocks/{number}/input",
                )
    return found


def too_large(view: Json) -> bool:
    return len(json.dumps(view, ensure_ascii=False).encode()) > MAX_VIEW_BYTES

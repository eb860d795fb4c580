"""Home tabs and modals: views.publish, views.open, views.update.

Source: docs.slack.dev/reference/methods/views.open and its neighbours.

A trigger opens one modal within 3 s. After that the error is `expired_trigger_id`, for a second use
`exchanged_trigger_id`. For a refused view the error is `invalid_arguments`, with sentences. If the hash in the call is
not the view's current hash, the error is `hash_conflict`.
"""

from __future__ import annotations

import json
import time

from tests.slack_server.core import Core
from tests.slack_server.json_types import Json
from tests.slack_server.shown.blocks import plain, problems
from tests.slack_server.shown.shapes import Check, Found, anything, boolean, by_type, fields, say, string
from tests.slack_server.web_api import Method, RefusalError, argument, invalid, structure
from tests.slack_server.workspace import View

# The checks of a view (docs.slack.dev/reference/views)

MAX_VIEW_BYTES = 250_000

_COMMON: dict[str, Check] = {
    "private_metadata": string(3000, minimum=0),
    "callback_id": string(255, minimum=0),
    "external_id": string(255, minimum=0),
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
    """Slack's sentences about the mistakes in a view, which must be of this kind ("home" or "modal")."""
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


# The methods


def checked(view: object, kind: str) -> Json:
    if not isinstance(view, dict):
        raise invalid("invalid_arguments", ["must provide an object [json-pointer:/view]"])
    if too_large(view):
        raise RefusalError("view_too_large")
    found = view_problems(view, kind)
    if found:
        raise invalid("invalid_arguments", found)
    return view


def _view_in(arguments: Json, kind: str) -> Json:
    argument(arguments, "view")
    return checked(structure(arguments, "view", "invalid_arguments"), kind)


def _hash(core: Core) -> str:
    return f"{int(time.time())}.{core.workspace.next_id('h')}"


def replace(core: Core, view: View, content: Json) -> None:
    """Replaces the content of an open view."""
    view.content, view.hash, view.at = content, _hash(core), time.time()
    view.revision += 1
    core.touch()


def open_modal(core: Core, user: str, content: Json) -> View:
    view = View(core.workspace.next_id("V"), user, content, _hash(core))
    core.workspace.modals[view.id] = view
    core.touch()
    return view


def _check_hash(view: View | None, arguments: Json) -> None:
    expected = arguments.get("hash")
    if expected and (view is None or expected != view.hash):
        raise RefusalError("hash_conflict")


def _publish(core: Core, arguments: Json) -> Json:
    if not core.installation.home_tab:
        raise RefusalError("not_enabled")
    user = argument(arguments, "user_id")
    content = _view_in(arguments, "home")
    if user not in core.workspace.users:
        raise invalid("invalid_arguments", ["invalid `user_id`"])
    home = core.workspace.homes.get(user)
    _check_hash(home, arguments)
    if home is None:
        home = core.workspace.homes[user] = View(core.workspace.next_id("V"), user, content, _hash(core))
    else:
        replace(core, home, content)
    core.touch()
    return {"view": home.to_json()}


def _open(core: Core, arguments: Json) -> Json:
    trigger = core.triggers.get(argument(arguments, "trigger_id"))
    if trigger is None:
        raise RefusalError("invalid_trigger_id")
    if trigger.used:
        raise RefusalError("exchanged_trigger_id")
    if time.monotonic() > trigger.expires:
        raise RefusalError("expired_trigger_id")
    content = _view_in(arguments, "modal")
    trigger.used = True
    return {"view": open_modal(core, trigger.user, content).to_json()}


def _update(core: Core, arguments: Json) -> Json:
    ids = arguments.get("view_id"), arguments.get("external_id")
    for view in core.workspace.modals.values():
        if view.open and (view.id == ids[0] or (ids[1] and view.content.get("external_id") == ids[1])):
            _check_hash(view, arguments)
            replace(core, view, _view_in(arguments, "modal"))
            return {"view": view.to_json()}
    raise RefusalError("not_found")


VIEWS = {
    "views.publish": Method(_publish),
    "views.open": Method(_open),
    "views.update": Method(_update),
}

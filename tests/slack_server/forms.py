"""People fill in modals: initial values, the submitted state, and the app's answers.

Sources: docs.slack.dev/reference/views (state), docs.slack.dev/surfaces/modals (response_action), the option object and the select
menu of external data source in docs.slack.dev/reference/block-kit.
"""

from __future__ import annotations

from tests.slack_server.json_types import Json
from tests.slack_server.shown.blocks import OPTIONS
from tests.slack_server.shown.shapes import Found, say
from tests.slack_server.workspace import View

_VALUE_FIELDS = {
    "plain_text_input": ("value", "initial_value"),
    "number_input": ("value", "initial_value"),
    "timepicker": ("selected_time", "initial_time"),
    "datepicker": ("selected_date", "initial_date"),
    "static_select": ("selected_option", "initial_option"),
    "external_select": ("selected_option", "initial_option"),
    "multi_external_select": ("selected_options", "initial_options"),
    "radio_buttons": ("selected_option", "initial_option"),
    "checkboxes": ("selected_options", "initial_options"),
}


def state(view: View, filled_in: Json) -> Json:
    """`state.values` of a submitted view: the initial values, replaced by those that the person filled in.

    Raises AssertionError if a required input is empty, because Slack's client would not submit the form.
    """
    values: Json = {}
    for number, block in enumerate(view.content["blocks"]):
        name = block.get("block_id", f"block{number}")
        element = block.get("element") or block.get("accessory") or {}
        value_field, initial_field = _VALUE_FIELDS.get(element.get("type", ""), ("", ""))
        if not value_field:
            continue
        typed = (filled_in.get(name) or {}).get(element["action_id"], {})
        value: Json = {"type": element["type"], value_field: element.get(initial_field), **typed}
        if block["type"] == "input" and not block.get("optional") and value[value_field] in (None, ""):
            raise AssertionError(f"{name!r} is empty, so the form is not sent")
        values[name] = {element["action_id"]: value}
    return values


def wrong_errors(view: View, errors: object) -> str | None:
    """Why Slack cannot show these errors; None if it can. Each must be a text that belongs to an input block."""
    inputs = {block.get("block_id") for block in view.content["blocks"] if block["type"] == "input"}
    if not isinstance(errors, dict) or not errors or not set(errors) <= inputs:
        return "errors for blocks that are no inputs"
    return None if all(isinstance(error, str) and error for error in errors.values()) else "empty errors"


def wrong_options(response: Json | None) -> str | None:
    """Why Slack cannot show these options of an external_select; None if it can."""
    found: Found = []
    OPTIONS(response or {}, "", found)
    if len(response or {}) != 1:
        say(found, "must define either `options` or `option_groups`", "")
    return "; ".join(found) or None

"""The manifest asks for the scopes and events that the code needs, and for no others."""

import ast
import json
import re

import jsonschema
import pytest
from referencing import Registry, Resource

from adapters.slack import actions, manifest
from tests import ROOT

CODE = ROOT / "adapters" / "slack"
SCHEMAS = ROOT.parent / "shared" / "slack"

_METHOD = re.compile(r"(?:apps|auth|bots|chat|conversations|reactions|team|users|views)(?:\.[A-Za-z]+)+")


def strings_in_code() -> set[str]:
    """Every string in the code of the adapter, except in the table itself."""
    trees = (ast.parse(path.read_text("utf-8")) for path in CODE.glob("*.py") if path.name != "manifest.py")
    constants = (node.value for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Constant))
    return {one for one in constants if isinstance(one, str)}


def test_it_asks_for_the_scopes_that_the_table_needs_and_no_more() -> None:
    assert manifest.requested_scopes() == manifest.needed_scopes()
    assert set(manifest.REASONS) == set(manifest.needed_scopes())


def test_it_subscribes_to_the_events_of_the_table() -> None:
    settings = manifest.manifest()["settings"]
    assert set(settings["event_subscriptions"]["bot_events"]) == set(manifest.EVENTS)  # type: ignore[index]
    assert set(manifest.manifest()["features"]) == set(manifest.FEATURES)  # type: ignore[call-overload]


def test_the_table_holds_the_methods_that_the_code_calls() -> None:
    assert {one for one in strings_in_code() if _METHOD.fullmatch(one)} == {
        *manifest.METHODS,
        *manifest.APP_METHODS,
    }


def test_the_code_listens_to_every_event_of_the_table() -> None:
    assert {part for name in manifest.EVENTS for part in name.split(".")} <= strings_in_code()


def test_the_shortcut_has_the_callback_id_that_is_listened_to() -> None:
    features = manifest.manifest()["features"]
    assert [one["callback_id"] for one in features["shortcuts"]] == [actions.FIND_HIGHLIGHTS]  # type: ignore[index]


def test_over_http_everything_comes_to_one_address() -> None:
    for url in (
        "https://bot.example.com",
        "https://bot.example.com/",
        "https://bot.example.com/slack/events",
    ):
        text = json.dumps(manifest.manifest(url))
        assert text.count('"https://bot.example.com/slack/events"') == 4
        assert '"socket_mode_enabled": false' in text


@pytest.mark.parametrize("url", [None, "https://bot.example.com"])
@pytest.mark.skipif(not SCHEMAS.exists(), reason="the public schema is not here")
def test_it_fits_the_public_schema(url: str | None) -> None:
    def local(uri: str) -> Resource:
        return Resource.from_contents(
            json.loads((SCHEMAS / "schemas" / uri.rsplit("/", 1)[1]).read_text("utf-8"))
        )

    schema = json.loads((SCHEMAS / "manifest.schema.json").read_text("utf-8"))
    validator = jsonschema.Draft7Validator(schema, registry=Registry(retrieve=local))  # type: ignore[call-arg]
    validator.validate(manifest.manifest(url))
    found = manifest.manifest(url)
    found["settings"]["no_such_setting"] = True  # type: ignore[index]
    assert not validator.is_valid(found)

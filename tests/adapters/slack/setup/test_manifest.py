"""The manifest asks for the scopes and events that the code needs, and for no others."""

import ast
import json
import re
from urllib.parse import parse_qs, urlsplit

import jsonschema
import pytest
from referencing import Registry, Resource

from adapters.slack import manifest
from adapters.slack.cards import actions
from tests import ROOT

CODE = ROOT / "adapters" / "slack"
SCHEMAS = ROOT.parent / "shared" / "slack"

_METHOD = re.compile(
    r"(?:apps|assistant|auth|bots|chat|conversations|functions|reactions|team|users|views)(?:\.[A-Za-z]+)+"
)


def strings_in_code() -> set[str]:
    """Every string in the code of the adapter, except in the table itself."""
    trees = (ast.parse(path.read_text("utf-8")) for path in CODE.rglob("*.py") if path.name != "manifest.py")
    constants = (node.value for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Constant))
    return {constant for constant in constants if isinstance(constant, str)}


def test_the_manifest_asks_for_exactly_the_scopes_of_the_table() -> None:
    every = manifest.manifest(unfurl=True)
    assert manifest.requested_scopes(every) == manifest.needed_scopes()
    assert set(manifest.requested_scopes(every)) - set(manifest.requested_scopes()) == {
        "links:read",
        "links:write",
    }
    assert set(manifest.REASONS) == {*manifest.needed_scopes(), "files:write"}


def test_the_manifest_subscribes_to_exactly_the_events_of_the_table() -> None:
    settings = manifest.manifest()["settings"]
    assert set(settings["event_subscriptions"]["bot_events"]) == set(manifest.EVENTS)  # type: ignore[index]
    with_all = manifest.manifest(ask_channels=True)
    assert set(manifest.events(with_all)) == {*manifest.EVENTS, *manifest.ASK_CHANNELS_EVENTS}
    chosen = manifest.manifest(unfurl=True, steps=True)
    assert set(manifest.events(chosen)) == {*manifest.EVENTS, *manifest.UNFURL_EVENTS, *manifest.STEP_EVENTS}
    assert set(manifest.manifest()["features"]) == set(manifest.FEATURES)  # type: ignore[call-overload]


def test_the_table_has_exactly_the_methods_that_the_code_calls() -> None:
    assert {string for string in strings_in_code() if _METHOD.fullmatch(string)} == {
        *manifest.METHODS,
        *manifest.APP_METHODS,
    }


def test_the_code_listens_to_every_event_of_the_table() -> None:
    events = {*manifest.EVENTS, *manifest.UNFURL_EVENTS, *manifest.STEP_EVENTS}
    assert {part for name in events for part in name.split(".")} <= strings_in_code()


def test_the_code_listens_to_the_callback_ids_of_the_shortcuts() -> None:
    features = manifest.manifest()["features"]
    callback_ids = [shortcut["callback_id"] for shortcut in features["shortcuts"]]  # type: ignore[index]
    assert callback_ids == [actions.FIND_HIGHLIGHTS, actions.SAVE_HIGHLIGHT]


def test_history_scopes_are_optional_and_files_write_is_not_requested() -> None:
    scopes = manifest.manifest()["oauth_config"]["scopes"]  # type: ignore[index]
    assert scopes["bot_optional"] == ["channels:history", "groups:history", "mpim:history"]
    assert not set(scopes["bot"]) & set(scopes["bot_optional"])
    assert "files:write" not in manifest.requested_scopes()
    heard = manifest.manifest(ask_channels=True)
    assert {"channels:history", "groups:history"} <= set(manifest.requested_scopes(heard, optional=False))
    assert manifest.manifest()["settings"]["org_deploy_enabled"] is True  # type: ignore[index]
    assert len(manifest.manifest()["features"]["agent_view"]["suggested_prompts"]) == 3  # type: ignore[index]


def test_a_second_library_has_its_own_name_and_command() -> None:
    text = json.dumps(manifest.manifest(name='The "Reading" Room', command="/library"), ensure_ascii=False)
    assert "Analects" not in text
    assert "/highlight" not in text
    assert json.loads(text)["features"]["bot_user"]["display_name"] == 'The "Reading" Room'
    assert manifest.commands(json.loads(text)) == ("/library",)


def test_the_link_has_the_manifest_filled_in() -> None:
    content = manifest.manifest(name="Überblick & mehr")
    address = urlsplit(manifest.link(content))
    assert (address.scheme, address.netloc, address.path) == ("https", "api.slack.com", "/apps")
    query = parse_qs(address.query)
    assert query["new_app"] == ["1"]
    assert json.loads(query["manifest_json"][0]) == content
    assert len(manifest.link(content)) < 8_000


def test_over_http_all_requests_go_to_one_address() -> None:
    for url in (
        "https://bot.example.com",
        "https://bot.example.com/",
        "https://bot.example.com/slack/events",
    ):
        text = json.dumps(manifest.manifest(url))
        assert text.count('"https://bot.example.com/slack/events"') == 4
        assert '"socket_mode_enabled": false' in text


@pytest.mark.parametrize("chosen", [False, True])
@pytest.mark.parametrize("url", [None, "https://bot.example.com"])
@pytest.mark.skipif(not SCHEMAS.exists(), reason="the public schema is not here")
def test_the_manifest_is_valid_by_the_public_schema(url: str | None, chosen: bool) -> None:
    def local(uri: str) -> Resource:
        return Resource.from_contents(
            json.loads((SCHEMAS / "schemas" / uri.rsplit("/", 1)[1]).read_text("utf-8"))
        )

    schema = json.loads((SCHEMAS / "manifest.schema.json").read_text("utf-8"))
    validator = jsonschema.Draft7Validator(schema, registry=Registry(retrieve=local))  # type: ignore[call-arg]
    validator.validate(manifest.manifest(url, ask_channels=chosen, unfurl=chosen, steps=chosen))
    found = manifest.manifest(url)
    found["settings"]["no_such_setting"] = True  # type: ignore[index]
    assert not validator.is_valid(found)

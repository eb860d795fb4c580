"""The Slack checks of `analects doctor`: tokens, scopes, and whether a socket would be granted."""

import re

from adapters.finding import Finding, failed
from adapters.slack import manifest
from adapters.slack.arrivals import Identity, Payload, get_object, get_string
from adapters.slack.credentials import (
    CHANNEL_HISTORY,
    CHOSEN_SCOPES,
    OPTIONAL_SCOPES,
    PICTURE_SCOPES,
    REQUIRED_SCOPES,
    UNFURL_SCOPES,
    Credentials,
)
from adapters.slack.manifest import Manifest
from adapters.slack.tokens import SCOPES_PAGE, identify, socket_url
from adapters.slack.web_api import Api
from bot.delivery.platform import UnreachableError
from bot.delivery.target import LimitedError, PostError
from bot.settings import SettingsError

_APP_IN_TOKEN = re.compile(r"xapp-\d+-(A[A-Z0-9]+)-")


async def diagnose(credentials: Credentials) -> list[Finding]:
    """All findings about Slack. Posts nothing."""
    try:
        async with Api(credentials.bot_token, credentials.api_url) as api:
            return await _check(api, credentials)
    except SettingsError as error:
        return [failed("slack", error)]
    except (UnreachableError, LimitedError) as error:
        return [Finding("slack", False, f"not reached: {error}", "check the network and SLACK_API_URL")]


async def _check(api: Api, credentials: Credentials) -> list[Finding]:
    identity, granted = await identify(api)
    token = Finding("slack token", True, f"bot {identity.user}, {_installed(identity)}")
    return [
        token,
        *_scopes(granted),
        *_chosen_parts(granted, credentials),
        *await _connection(api, credentials),
        *await _check_same_app(api, credentials, identity),
        *await _compare_with_manifest(api, credentials, identity),
    ]


def _installed(identity: Identity) -> str:
    if identity.for_organisation:
        return f"installed for organisation {identity.enterprise}: it answers in all workspaces that have the app"
    if identity.enterprise:
        return f"installed in workspace {identity.team} of organisation {identity.enterprise}"
    return f"installed in workspace {identity.team}"


async def _check_same_app(api: Api, credentials: Credentials, identity: Identity) -> list[Finding]:
    """Whether both tokens belong to the same app. No finding if Slack does not say."""
    if credentials.app_token is None:
        return []
    id_in_token = _APP_IN_TOKEN.match(credentials.app_token)
    app_token_facts = await _call_or_empty(api, "auth.test", token=credentials.app_token)
    bot_facts = await _call_or_empty(api, "bots.info", bot=identity.bot)
    bot_app = get_string(get_object(bot_facts, "bot"), "app_id")
    token_apps = {id_in_token[1] if id_in_token else "", get_string(app_token_facts, "app_id")} - {
        "",
        bot_app,
    }
    if not bot_app or not token_apps:
        return []
    finding = (
        f"SLACK_BOT_TOKEN belongs to the app {bot_app}, SLACK_APP_TOKEN to {', '.join(sorted(token_apps))}"
    )
    return [Finding("slack token", False, finding, "copy both tokens from the pages of one app")]


async def _compare_with_manifest(api: Api, credentials: Credentials, identity: Identity) -> list[Finding]:
    """What this version's manifest has and the installed app lacks. Without a configuration token, Slack does not show the
    app's events, commands and shortcuts."""
    check = "slack app"
    app = get_string(get_object(await _call_or_empty(api, "bots.info", bot=identity.bot), "bot"), "app_id")
    page = (
        f"https://app.slack.com/app-settings/{identity.team}/{app}/app-manifest"
        if app
        else "the page “App Manifest”"
    )
    if credentials.config_token is None:
        finding = (
            "events, commands and shortcuts cannot be seen with the bot's tokens: after an upgrade compare "
            f"{page} with `analects setup slack --manifest`, or set SLACK_CONFIG_TOKEN for `doctor` alone"
        )
        return [Finding(check, True, finding)]
    try:
        body, _ = await api.call("apps.manifest.export", token=credentials.config_token, app_id=app)
    except PostError as error:
        fix = "generate a configuration token at https://api.slack.com/apps; it lasts twelve hours"
        return [Finding(check, False, f"SLACK_CONFIG_TOKEN: its manifest was not shown ({error})", fix)]
    missing = _missing(dict(get_object(body, "manifest")), credentials)
    if not missing:
        return [Finding(check, True, "the installed app has all that this version's manifest asks for")]
    fix = f"add it at {page} (`analects setup slack --manifest` prints it whole), and install the app again"
    return [Finding(check, False, f"this version also asks for {'; '.join(missing)}", fix)]


def _missing(installed: Manifest, credentials: Credentials) -> list[str]:
    """What this version's manifest has and the installed one lacks, by kind. Optional parts count if the settings need them, or
    if the installed manifest has some of them."""
    ours = manifest.manifest(
        command=credentials.command,
        ask_channels=credentials.asks_in_channels,
        pictures=credentials.pictures,
        unfurl=manifest.unfurls(installed),
        steps=manifest.has_steps(installed),
    )
    kinds = {
        "the scopes": manifest.requested_scopes,
        "the events": manifest.events,
        "the commands": manifest.commands,
        "the shortcuts": manifest.shortcuts,
        "the unfurl domains": manifest.domains,
        "the workflow steps": manifest.step_ids,
    }
    found = []
    for kind, parts_of in kinds.items():
        missing = [part for part in parts_of(ours) if part not in parts_of(installed)]
        if missing:
            found.append(f"{kind} {', '.join(missing)}")
    return found


async def _call_or_empty(api: Api, method: str, **arguments: object) -> Payload:
    try:
        body, _ = await api.call(method, **arguments)
    except PostError:
        return {}
    return body


def _scopes(granted: frozenset[str]) -> list[Finding]:
    findings = [
        Finding("slack scopes", False, f"{scope} is missing ({reason})", f"add it under {SCOPES_PAGE}")
        for scope, reason in (REQUIRED_SCOPES | OPTIONAL_SCOPES).items()
        if scope not in granted
    ] or [Finding("slack scopes", True, "all needed scopes are granted")]
    not_granted = [scope for scope in CHANNEL_HISTORY if scope not in granted]
    history = "posts of unknown outcome are looked up in channels"
    if not_granted:
        history = (
            f"{', '.join(not_granted)} not granted, and not required: without history, if posting in a channel fails "
            "midway, the bot cannot check whether it arrived and will not retry; nor can it read threads that a question is about"
        )
    findings.append(Finding("slack history", True, history))
    for scope, reason in CHOSEN_SCOPES.items():
        if scope not in granted and scope not in CHANNEL_HISTORY + UNFURL_SCOPES:
            finding = f"{scope} not granted, and not required ({reason})"
            findings.append(Finding("slack scopes", True, finding))
    extra = granted - manifest.REASONS.keys()
    if extra:
        findings.append(Finding("slack scopes", True, f"granted but not needed: {', '.join(sorted(extra))}"))
    return findings


def _chosen_parts(granted: frozenset[str], credentials: Credentials) -> list[Finding]:
    """Findings about optional parts that lack scopes: parts that the settings turn on, or whose scopes were granted only in
    part."""
    channel_scopes = tuple(scope for scopes in manifest.ASK_CHANNELS_EVENTS.values() for scope in scopes)
    parts = (
        (credentials.asks_in_channels, channel_scopes, "ASK_CHANNELS", "--ask-channels"),
        (credentials.pictures, tuple(PICTURE_SCOPES), "QUOTE_PICTURES", "--pictures"),
        (bool(granted & set(UNFURL_SCOPES)), UNFURL_SCOPES, "unfurling of links", "--unfurl"),
    )
    findings = []
    for wanted, scopes, part, option in parts:
        missing = ", ".join(scope for scope in scopes if scope not in granted)
        if wanted and missing:
            fix = f"`analects setup slack {option}` prints the manifest with it; then install the app again"
            findings.append(Finding("slack scopes", False, f"{part} needs {missing}", fix))
    return findings


async def _connection(api: Api, credentials: Credentials) -> list[Finding]:
    """Whether Slack grants a socket. It is not opened: Slack would send it events that are meant for the running bot."""
    check = "slack connection"
    if credentials.app_token is None:
        return [Finding(check, True, "over HTTP: Slack must reach /slack/events")]
    try:
        await socket_url(api, credentials.app_token)
    except SettingsError as error:
        return [failed(check, error)]
    return [Finding(check, True, "Socket Mode token accepted (no connection opened)")]

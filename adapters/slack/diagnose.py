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
from adapters.slack.platform import SCOPES_PAGE, Slack
from bot.access.rules import Rules
from bot.chat.conversation import Bot
from bot.delivery.platform import UnreachableError
from bot.delivery.target import LimitedError, PostError
from bot.runtime.health import Health
from bot.search.index import Index
from bot.service import Service
from bot.settings import SettingsError
from bot.state.memory_claims import MemoryClaims
from corpus.model import Library

_APP_IN_TOKEN = re.compile(r"xapp-\d+-(A[A-Z0-9]+)-")


async def diagnose(credentials: Credentials) -> list[Finding]:
    """All findings about Slack. Posts nothing."""
    empty_bot = Bot(Index.build(Library((), ())))
    slack = Slack(credentials, Service(empty_bot, Rules(), MemoryClaims()), Health())
    try:
        async with slack.api:
            return await _check(slack, credentials)
    except SettingsError as error:
        return [failed("slack", error)]
    except (UnreachableError, LimitedError) as error:
        return [Finding("slack", False, f"not reached: {error}", "check the network and SLACK_API_URL")]


async def _check(slack: Slack, credentials: Credentials) -> list[Finding]:
    identity, granted = await slack.identify()
    token = Finding("slack token", True, f"bot {identity.user}, {_installed(identity)}")
    return [
        token,
        *_scopes(granted),
        *_chosen_parts(granted, credentials),
        *await _connection(slack, credentials),
        *await _apps(slack, credentials, identity),
        *await _compared(slack, credentials, identity),
    ]


def _installed(identity: Identity) -> str:
    if identity.for_organisation:
        return f"installed for organisation {identity.enterprise}: it answers in all workspaces that have the app"
    if identity.enterprise:
        return f"installed in workspace {identity.team} of organisation {identity.enterprise}"
    return f"installed in workspace {identity.team}"


async def _apps(slack: Slack, credentials: Credentials, identity: Identity) -> list[Finding]:
    """Whether both tokens belong to one app. No finding if Slack does not tell."""
    if credentials.app_token is None:
        return []
    named = _APP_IN_TOKEN.match(credentials.app_token)
    of_app_token = await _asked(slack, "auth.test", token=credentials.app_token)
    of_bot_token = await _asked(slack, "bots.info", bot=identity.bot)
    bot = get_string(get_object(of_bot_token, "bot"), "app_id")
    apps = {named[1] if named else "", get_string(of_app_token, "app_id")} - {"", bot}
    if not bot or not apps:
        return []
    finding = f"SLACK_BOT_TOKEN belongs to the app {bot}, SLACK_APP_TOKEN to {', '.join(sorted(apps))}"
    return [Finding("slack token", False, finding, "copy both tokens from the pages of one app")]


async def _compared(slack: Slack, credentials: Credentials, identity: Identity) -> list[Finding]:
    """What the installed app lacks compared with this version's manifest. Only a configuration token shows events, commands and
    shortcuts."""
    check = "slack app"
    app = get_string(get_object(await _asked(slack, "bots.info", bot=identity.bot), "bot"), "app_id")
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
        body, _ = await slack.api.call("apps.manifest.export", token=credentials.config_token, app_id=app)
    except PostError as error:
        fix = "generate a configuration token at https://api.slack.com/apps; it lasts twelve hours"
        return [Finding(check, False, f"SLACK_CONFIG_TOKEN: its manifest was not shown ({error})", fix)]
    missing = _missing(dict(get_object(body, "manifest")), credentials)
    if not missing:
        return [Finding(check, True, "the installed app has all that this version's manifest asks for")]
    fix = f"add it at {page} (`analects setup slack --manifest` prints it whole), and install the app again"
    return [Finding(check, False, f"this version also asks for {'; '.join(missing)}", fix)]


def _missing(installed: Manifest, credentials: Credentials) -> list[str]:
    """What this version's manifest has and the installed one lacks, by kind. Optional parts count if the settings ask for them,
    or if the installed manifest has some of them."""
    wanted = manifest.manifest(
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
    for kind, listed in kinds.items():
        lacking = [one for one in listed(wanted) if one not in listed(installed)]
        if lacking:
            found.append(f"{kind} {', '.join(lacking)}")
    return found


async def _asked(slack: Slack, method: str, **arguments: object) -> Payload:
    try:
        body, _ = await slack.api.call(method, **arguments)
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
    """Scopes that are missing for parts that the settings ask for, or that were granted only in part."""
    heard = tuple(scope for scopes in manifest.ASK_CHANNELS_EVENTS.values() for scope in scopes)
    parts = (
        (credentials.asks_in_channels, heard, "ASK_CHANNELS", "--ask-channels"),
        (credentials.pictures, tuple(PICTURE_SCOPES), "QUOTE_PICTURES", "--pictures"),
        (bool(granted & set(UNFURL_SCOPES)), UNFURL_SCOPES, "unfurling of links", "--unfurl"),
    )
    findings = []
    for asked_for, scopes, part, option in parts:
        missing = ", ".join(scope for scope in scopes if scope not in granted)
        if asked_for and missing:
            fix = f"`analects setup slack {option}` prints the manifest with it; then install the app again"
            findings.append(Finding("slack scopes", False, f"{part} needs {missing}", fix))
    return findings


async def _connection(slack: Slack, credentials: Credentials) -> list[Finding]:
    """Whether Slack grants a socket. None is opened: Slack would give it events that belong to the running bot."""
    check = "slack connection"
    if credentials.app_token is None:
        return [Finding(check, True, "over HTTP: Slack must reach /slack/events")]
    try:
        await slack.new_url()
    except SettingsError as error:
        return [failed(check, error)]
    return [Finding(check, True, "Socket Mode token accepted (no connection opened)")]

"""The Slack checks of `analects doctor`: token, scopes, and one socket that is opened and closed."""

from adapters.finding import Finding, failed
from adapters.slack.credentials import CHOSEN_SCOPES, OPTIONAL_SCOPES, REQUIRED_SCOPES, Credentials
from adapters.slack.platform import SCOPES_PAGE, Slack
from adapters.slack.socket_mode import Socket, SocketClosedError
from bot.access.rules import Rules
from bot.chat.conversation import Bot
from bot.delivery.platform import UnreachableError
from bot.delivery.target import LimitedError
from bot.runtime.health import Health
from bot.search.index import Index
from bot.service import Service
from bot.settings import SettingsError
from bot.state.memory_claims import MemoryClaims
from corpus.model import Library


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
    token = Finding("slack token", True, f"bot {identity.user} in team {identity.team}")
    return [token, *_scopes(granted), *await _connection(slack, credentials)]


def _scopes(granted: frozenset[str]) -> list[Finding]:
    findings = [
        Finding("slack scopes", False, f"{scope} is missing ({reason})", f"add it under {SCOPES_PAGE}")
        for scope, reason in (REQUIRED_SCOPES | OPTIONAL_SCOPES).items()
        if scope not in granted
    ] or [Finding("slack scopes", True, "all needed scopes are granted")]
    not_granted = [scope for scope in CHOSEN_SCOPES if scope not in granted]
    history = "posts of unknown outcome are looked up in channels"
    if not_granted:
        history = (
            f"{', '.join(not_granted)} not granted, and not required: without history, a post of unknown outcome in a "
            "channel is neither looked up nor repeated"
        )
    findings.append(Finding("slack history", True, history))
    extra = granted - REQUIRED_SCOPES.keys() - OPTIONAL_SCOPES.keys() - CHOSEN_SCOPES.keys()
    if extra:
        findings.append(Finding("slack scopes", True, f"granted but not needed: {', '.join(sorted(extra))}"))
    return findings


async def _connection(slack: Slack, credentials: Credentials) -> list[Finding]:
    check = "slack connection"
    if credentials.app_token is None:
        return [Finding(check, True, "over HTTP: Slack must reach /slack/events")]
    try:
        url = await slack.new_url()
    except SettingsError as error:
        return [failed(check, error)]
    socket = Socket(None)
    try:
        count = await socket.open(slack.api.session, url, slack.api.client.proxy)
    except SocketClosedError as error:
        return [Finding(check, False, f"no socket: {error}", "check the network and that Socket Mode is on")]
    await socket.close()
    return [Finding(check, True, f"a socket was opened and closed; {count - 1} others are open")]

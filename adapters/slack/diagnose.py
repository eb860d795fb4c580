"""What `analects doctor` checks about Slack."""

from adapters.finding import Finding, _wrong
from adapters.slack.credentials import LOOKED_UP, NEEDED, WANTED, Credentials
from adapters.slack.platform import SCOPES_AT, Slack
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


async def _slack(given: Credentials) -> list[Finding]:
    nothing = Bot(Index.build(Library((), ())))
    slack = Slack(given, Service(nothing, Rules(), MemoryClaims()), Health())
    try:
        async with slack.api:
            return await _asked(slack, given)
    except SettingsError as error:
        return [_wrong("slack", str(error))]
    except (UnreachableError, LimitedError) as error:
        return [Finding("slack", False, f"not reached: {error}", "see to the network, or to SLACK_API_URL")]


async def _asked(slack: Slack, given: Credentials) -> list[Finding]:
    me, granted = await slack.identify()
    found = [Finding("slack token", True, f"bot {me.user} in team {me.team}")]
    for scope, reason in (NEEDED | WANTED).items():
        if scope not in granted:
            found.append(
                Finding("slack scopes", False, f"{scope} is missing ({reason})", f"add it under {SCOPES_AT}")
            )
    if len(found) == 1:
        found.append(Finding("slack scopes", True, "all that are needed"))
    unread = [scope for scope in LOOKED_UP if scope not in granted]
    told = "what may have been posted is looked up in channels"
    if unread:
        told = f"{', '.join(unread)} not granted, nor asked for: what may have been posted in a channel is left as it is"
    found.append(Finding("slack history", True, told))
    more = granted - NEEDED.keys() - WANTED.keys() - set(LOOKED_UP)
    if more:
        found.append(Finding("slack scopes", True, f"granted and not needed: {', '.join(sorted(more))}"))
    if given.app_token is None:
        return [*found, Finding("slack connection", True, "over HTTP: Slack must reach /slack/events")]
    try:
        url = await slack.new_url()
    except SettingsError as error:
        return [*found, _wrong("slack connection", str(error))]
    socket = Socket(None)
    try:
        count = await socket.open(slack.api.session, url, slack.api.client.proxy)
    except SocketClosedError as error:
        return [
            *found,
            Finding(
                "slack connection", False, f"no socket: {error}", "see to the network and to Socket Mode"
            ),
        ]
    await socket.close()
    told = f"a socket opened and closed; {count - 1} others are open"
    return [*found, Finding("slack connection", True, told)]

"""`analects doctor`: one look at everything that the bot stands on; each finding with its mend."""

import asyncio
from dataclasses import asdict, dataclass
from pathlib import Path

from pydantic_settings import DotEnvSettingsSource
from rapidfuzz import process
from rapidfuzz.distance import OSA

from adapters.discord import credentials as discord_credentials
from adapters.slack.connect import SCOPES_AT, Slack
from adapters.slack.credentials import LOOKED_UP, NEEDED, WANTED, Credentials, credentials
from adapters.slack.socket import LostError, Socket
from adapters.terminal import loading
from bot.conversation import Bot
from bot.health import Health
from bot.index import Index
from bot.platform import UnreachableError
from bot.posting import LimitedError
from bot.rules import Listed, Rules
from bot.service import Service
from bot.settings import Settings, SettingsError, load_settings
from bot.state.claims import StateError
from bot.state.database import address
from bot.state.events import DatabaseClaims
from bot.state.memory import MemoryClaims
from corpus.files import CorpusError
from corpus.load import load
from corpus.model import Library


@dataclass(frozen=True, slots=True)
class Finding:
    """What was looked at and how it is; `mend` where something is to be done."""

    check: str
    ok: bool
    finding: str
    mend: str | None = None

    def told(self) -> dict[str, str | bool | None]:
        """As JSON."""
        return asdict(self)


def examine(corpus: Path | None) -> list[Finding]:
    """Looks at everything. What can't be looked at because of another finding is left out."""
    try:
        settings = load_settings(corpus)
    except SettingsError as error:
        return [_wrong("settings", line) for line in str(error).splitlines()]
    found = [
        *(_misspelt() or [Finding("settings", True, "can be used")]),
        _notes(settings),
        *_meaning(settings),
        *asyncio.run(_state(settings)),
    ]
    platforms = [*_on_slack(settings), *_on_discord(settings)]
    if not platforms:
        mend = "set SLACK_BOT_TOKEN and SLACK_APP_TOKEN, or DISCORD_TOKEN"
        platforms = [Finding("platforms", False, "no platform has its tokens", mend)]
    return [*found, *platforms]


def _misspelt() -> list[Finding]:
    """Names in `.env` that are nearly a setting's; what is nothing like one is there for another program."""
    known = list(Settings.model_fields)
    found = []
    for name in DotEnvSettingsSource(Settings).env_vars:
        near = process.extractOne(name, known, scorer=OSA.distance, score_cutoff=2)
        if near is not None and name not in known:
            mend = f"write it {near[0].upper()}"
            found.append(Finding("settings", False, f"{name.upper()} in .env is no setting", mend))
    return found


def _on_slack(settings: Settings) -> list[Finding]:
    """Nothing where Slack has no tokens."""
    try:
        slack = credentials(settings)
    except SettingsError as error:
        return [_wrong("slack", str(error))]
    return asyncio.run(_slack(slack)) if slack is not None else []


def _on_discord(settings: Settings) -> list[Finding]:
    """Nothing where Discord has no token."""
    try:
        given = discord_credentials.credentials(settings)
    except SettingsError as error:
        return [_wrong("discord", str(error))]
    if given is None:
        return []
    from adapters.discord.diagnose import diagnose  # discord.py takes a while to import

    listed = Listed(frozenset(settings.allowed_channels), frozenset(settings.allowed_servers))
    told = asyncio.run(diagnose(given, listed))
    return [Finding(one.check, one.ok, one.finding, one.mend) for one in told]


def in_words(findings: list[Finding]) -> str:
    """The findings for people."""
    lines = []
    for one in findings:
        lines.append(f"{'ok   ' if one.ok else 'WRONG'} {one.check}: {one.finding}")
        if one.mend:
            lines.append(f"      → {one.mend}")
    return "\n".join(lines)


def _wrong(check: str, sentence: str) -> Finding:
    """A sentence of settings: the variable and what is wrong before the last semicolon, the mend behind it."""
    finding, _, mend = sentence.rpartition("; ")
    return Finding(check, False, finding or sentence, mend if finding else None)


def _notes(settings: Settings) -> Finding:
    try:
        library = load(settings.corpus_path, settings.rules)
    except CorpusError as error:
        return Finding("notes", False, str(error), "set CORPUS_PATH to the folder of notes")
    told = f"{len(library.highlights):,} highlights of {len(library.sources):,} sources"
    if not library.highlights:
        return Finding("notes", False, told, "`analects check` says what was found and skipped")
    return Finding("notes", True, told)


def _meaning(settings: Settings) -> list[Finding]:
    """Nothing where no model is set. One that is not there yet is fetched."""
    meaning = loading.meaning(settings)
    if meaning is None:
        return []
    if not meaning.open():
        return [_wrong("meaning", meaning.problem or "")]
    return [Finding("meaning", True, f"the model {settings.embedding_model} works")]


async def _state(settings: Settings) -> list[Finding]:
    url = settings.database_url.get_secret_value() if settings.database_url else None
    try:
        claims = await DatabaseClaims.open(address(url, settings.state_path))
        await claims.sweep()
        await claims.close()
    except StateError as error:
        name = "DATABASE_URL" if url else "STATE_PATH"
        return [
            Finding("state", False, str(error), f"see to {name}; without it the bot answers, but forgets")
        ]
    return [Finding("state", True, "can be written")]


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
    except LostError as error:
        return [
            *found,
            Finding(
                "slack connection", False, f"no socket: {error}", "see to the network and to Socket Mode"
            ),
        ]
    await socket.close()
    told = f"a socket opened and closed; {count - 1} others are open"
    return [*found, Finding("slack connection", True, told)]

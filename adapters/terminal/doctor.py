"""`analects doctor`: one look at everything that the bot stands on; each finding with its mend."""

import asyncio
from pathlib import Path

from pydantic_settings import DotEnvSettingsSource
from rapidfuzz import process
from rapidfuzz.distance import OSA

from adapters.discord import credentials as discord_credentials
from adapters.finding import Finding, _wrong
from adapters.slack.credentials import credentials
from adapters.slack.diagnose import _slack
from adapters.terminal import loading
from bot.access.rules import Listed
from bot.settings import Settings, SettingsError, load_settings
from bot.state.claim_tables import DatabaseClaims
from bot.state.claims import StateError
from bot.state.database import address
from corpus.folder.files import CorpusError
from corpus.load import load


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
    from bot.answering.refusal_weights import has_weights

    told = f"the model {settings.embedding_model} works"
    if meaning.model is not None and not has_weights(meaning.model.name):
        told += (
            "; it ranks highlights, but words alone decide what is refused, as no weights were trained for it"
        )
    return [Finding("meaning", True, told)]


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

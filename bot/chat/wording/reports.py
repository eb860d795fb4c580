"""What the bot knows, how fresh it is, what was asked in vain, and how a server is set up."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from bot.chat.wording import messages
from bot.chat.wording.catalog import digits
from bot.chat.wording.dates import age
from bot.chat.wording.lists import count, short
from bot.library.freshness import Freshness
from bot.state.chosen import ServerChoices
from bot.state.feedback_store import Gap

if TYPE_CHECKING:
    from bot.semantic.embedding import Progress

MAX_GAPS = 15
"""Unanswered questions that are listed in chat."""


def known(highlights: int, sources: int) -> str:
    """What the bot knows."""
    return messages.LIBRARY_SIZE.format(
        highlights=count(highlights, "highlights"), sources=count(sources, "sources")
    )


def by_meaning(progress: "Progress") -> str:
    """How many highlights are found by their meaning, or why none is."""
    if progress.state != "ready":
        return messages.FOUND_BY_WORDS.format(problem=progress.problem or messages.MODEL_LOADING)
    text = messages.FOUND_BY_MEANING.format(
        model=progress.model,
        vectors=digits(progress.vectors),
        highlights=count(progress.wanted, "highlights"),
    )
    if progress.english:
        text += messages.ENGLISH_ONLY
    if progress.vectors < progress.wanted:
        text += messages.MEANING_PENDING
    return f"{text}; {progress.problem}" if progress.problem else text


def freshness(found: Freshness, now: float, problems: bool = False) -> str:
    """ "Newest highlight: 2024-07-04. Readwise synced 12 minutes ago."; "" if nothing is known. `now` in seconds since 1970. With
    `problems`, for whoever runs the bot, also why the last attempt to fetch failed."""
    sentences = []
    if found.newest is not None:
        sentences.append(messages.NEWEST_HIGHLIGHT.format(day=found.newest))
    for sync in found.syncs:
        service = messages.SERVICES.get(sync.name, sync.name)
        if sync.synced is None:
            sentences.append(messages.NOT_SYNCED.format(service=service))
        else:
            sentences.append(messages.SYNCED.format(service=service, age=age(now - sync.synced)))
        if problems and sync.problem is not None and sync.failed_at is not None:
            since = age(now - sync.failed_at)
            sentences.append(messages.SYNC_FAILED.format(age=since, problem=sync.problem))
    if found.newest_change is not None and not found.syncs:
        sentences.append(messages.LAST_CHANGE.format(age=age(now - found.newest_change)))
    return messages.SENTENCE_SEPARATOR.join(sentences)


def gaps(found: Sequence[Gap], days: int, now: float, most: int | None = MAX_GAPS) -> str:
    """Unanswered questions, the latest first, at most `most`; `now` in seconds since 1970."""
    span = messages.AGES["day"].of(days)
    if not found:
        return messages.NO_GAPS.format(days=span)
    rows = [
        messages.GAPS_ROW.format(
            question=short(" ".join(gap.question.split()), 120), facts=_gap_facts(gap, now)
        )
        for gap in found[:most]
    ]
    left = len(found) - len(rows)
    more = [messages.GAPS_MORE.format(number=digits(left))] if left else []
    return "\n".join((messages.GAPS_ABOVE.format(days=span), *rows, *more))


def _gap_facts(gap: Gap, now: float) -> str:
    facts = [
        messages.GAPS_MARKED if gap.reason == "wrong" else "",
        messages.GAPS_TIMES.format(times=digits(gap.times)) if gap.times > 1 else "",
        messages.GAPS_LAST.format(age=age(now - gap.at)),
    ]
    return messages.LIST_SEPARATOR.join(filter(None, facts))


def server_settings(choices: ServerChoices, overruled: frozenset[str]) -> str:
    """The settings of a server, a line each, and the environment settings that overrule them."""
    shown = {
        "channels": ", ".join(choices.channels) or messages.SETTINGS_ANY["channels"],
        "roles": ", ".join(choices.roles) or messages.SETTINGS_ANY["roles"],
        "threads": messages.SETTINGS_CHOICES["threads"]["on" if choices.threads else "off"],
        "buttons": messages.SETTINGS_CHOICES["buttons"][choices.buttons],
        "digest-buttons": messages.SETTINGS_CHOICES["digest-buttons"][choices.digest_buttons],
    }
    rows = [messages.SETTINGS_ROW.format(name=messages.SETTINGS[name], value=shown[name]) for name in shown]
    above = [messages.SETTINGS_ABOVE, settings_overruled(overruled)]
    return "\n".join(filter(None, (*above, *rows)))


def settings_overruled(overruled: frozenset[str]) -> str:
    """Says which environment settings take precedence; "" if none do."""
    return messages.SETTINGS_OVERRULED.format(names=", ".join(sorted(overruled))) if overruled else ""

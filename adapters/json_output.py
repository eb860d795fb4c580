"""Answers, highlights and reports as JSON for scripts."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeAlias

from bot.library.freshness import Freshness
from bot.model import Answer, Quote
from corpus.model import Highlight, Library

if TYPE_CHECKING:
    from bot.semantic.embedding import Progress
    from corpus.privacy.entries import Objection

Json: TypeAlias = "str | int | float | bool | Mapping[str, Json] | Sequence[Json] | None"


def line(value: Json) -> str:
    """One line of JSON. Lone surrogates are written as escapes."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False)
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def highlight(item: Highlight) -> dict[str, Json]:
    """A highlight with its source."""
    return {
        "id": item.id,
        "text": item.text,
        "plain": item.plain,
        "link": item.link,
        "location": item.location,
        "remark": item.remark,
        "tags": list(item.tags),
        "color": item.color,
        "favorite": item.favorite,
        "chapter": item.chapter,
        "added": item.added,
        "path": item.path,
        "line": item.line,
        "source": {
            "title": item.source.title,
            "authors": list(item.source.authors),
            "category": item.source.category,
            "url": item.source.url,
            "tags": list(item.source.tags),
            "date": item.source.date,
        },
    }


def quote(item: Quote) -> Json:
    """A quote. `nearest` is the sentence closest to the question. Only quotes that were found just by their meaning have it."""
    return {
        "text": item.text,
        "spans": [list(span) for span in item.spans],
        "matched": list(item.matched),
        **({"nearest": list(item.sentence)} if item.sentence is not None else {}),
        "score": round(float(item.score), 4),
        "highlight": highlight(item.highlight),
    }


def answer(reply: Answer) -> dict[str, Json]:
    return {
        "question": reply.question,
        "found": reply.found,
        "weak": reply.weak,
        "quotes": [quote(part) for part in reply.quotes],
        "total": reply.total,
        "corrected": dict(reply.corrected),
        "missing": list(reply.missing),
        "filters": dict(reply.filters),
        "took_ms": round(reply.took_ms, 3),
    }


def check(
    library: Library,
    took_ms: float,
    freshness: Freshness | None = None,
    progress: "Progress | None" = None,
    privacy: "Sequence[Objection]" = (),
) -> Json:
    """What `analects check` reports. `vectors` is there if `EMBEDDING_MODEL` is set; `deleted` if exported highlights are left out
    because they were deleted or rewritten in Readwise. An entry of PRIVATE_TAGS or PRIVATE_PATHS that covers nothing is a problem
    whose path is the name of the setting."""
    settings: list[Json] = [
        {"path": objection.setting, "line": None, "problem": f"{objection.finding}; {objection.fix}"}
        for objection in privacy
    ]
    return {
        "notes": library.notes,
        "shapes": dict(library.shapes),
        "sources": len(library.sources),
        "highlights": len(library.highlights),
        "duplicates": library.duplicates,
        "private": library.private,
        **({"deleted": library.gone} if library.gone else {}),
        **_freshness(freshness or Freshness()),
        "skipped": [{"path": file.path, "reason": file.reason} for file in library.skipped],
        "problems": [*settings, *(asdict(problem) for problem in library.problems)],
        **({"vectors": asdict(progress)} if progress is not None else {}),
        "took_ms": round(took_ms, 1),
    }


def _freshness(freshness: Freshness) -> dict[str, Json]:
    """The day of the newest highlight, and the last successful fetch of each service (ISO 8601, UTC; null means never);
    `sync_failed` if the last fetch failed."""
    synced = {sync.name: None if sync.synced is None else _iso_time(sync.synced) for sync in freshness.syncs}
    failed: dict[str, Json] = {
        sync.name: {"at": _iso_time(sync.failed_at), "problem": sync.problem}
        for sync in freshness.syncs
        if sync.problem is not None and sync.failed_at is not None
    }
    return {"newest": freshness.newest, "synced": synced, **({"sync_failed": failed} if failed else {})}


def _iso_time(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")

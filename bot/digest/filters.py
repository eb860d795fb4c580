"""What a typed command restricts a digest to, by the names in the notes."""

from bot.answering import themes
from bot.answering.word_filters import local_today
from bot.chat import wording
from bot.chat.digest_commands import DigestCommand, InvalidDigestCommand
from bot.schedule.plan import FILTER_FACETS, Filter, Theme
from bot.search.index import Index
from bot.understanding import times


def objection(command: DigestCommand, index: Index) -> InvalidDigestCommand | None:
    """Says which part of a 'set' command matches nothing in the notes; None if all parts match."""
    for part, names in (("less", command.less), ("never", command.never)):
        for name in names:
            if not themes.is_known(name, index):
                known = sorted({source.category for source in index.sources if source.category})
                return InvalidDigestCommand(part, wording.no_category(name, known))  # type: ignore[arg-type]
    wrong = themes.unmatched(Theme(filters_of(command, index)), index)
    if wrong is None:
        return None
    return InvalidDigestCommand("only", wording.none_listed(wrong.facet, wrong.name, wrong.suggestions))


def filters_of(command: DigestCommand, index: Index) -> tuple[Filter, ...]:
    """What a command restricts a digest to: "tag favorite by Seneca" is typed as one name. Names that can only mean one are those
    of the notes."""
    typed: tuple[Filter, ...] = () if command.only is None else (command.only, *command.also)
    today, filters = local_today(), list[Filter]()
    for given in typed:
        value, kind = given.value, given.kind
        theme = themes.read(f"{kind} {value}", index, today) if kind in FILTER_FACETS else None
        if isinstance(theme, Theme):
            filters += theme.filters
            spoken = times.read(value, today) if theme.after or theme.before else None
            period = themes.time_filter(spoken.words, today) if spoken is not None else None
            filters += [period] if period is not None else []
        else:
            filters.append((themes.time_filter(value, today) if kind == "time" else None) or given)
    return tuple(dict.fromkeys(_resolved(filter_, index) for filter_ in filters))


def _resolved(one: Filter, index: Index) -> Filter:
    if one.kind not in FILTER_FACETS:
        return one
    kind = FILTER_FACETS[one.kind]
    meant = index.facets.find(kind, one.value)
    return Filter(one.kind, index.facets.names(kind).names[meant[0]]) if len(meant) == 1 else one

"""What people read in chat, in the reader's language.

    wording.read_in(interaction.locale)      # an adapter, once for each thing that arrives; "de-AT" is German, "pt" English
    wording.NO_MORE                          # "Das war alles."
    wording.count(3, "highlights")           # "3 Markierungen"

The texts stand in `languages/`, one file for each language; the functions here put values into them.

To add a text: declare its name in `messages.py` (`NEW_TEXT: str`), and add one line to each file in `languages/`. The test
`tests/bot/chat/test_languages.py` names what is lacking, and where placeholders differ. Until then it is read in English.

A text names a command in pointed brackets, "</highlight search memory>": each platform writes it in its own way
(`bot.chat.wording.commands`).

To add a language: copy `languages/en.toml`, translate it, and add its code to `LANGUAGES` in `reader.py`; then its phrases to
`bot/chat/small_talk.json`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from unicodedata import east_asian_width

from bot.chat.wording import messages
from bot.chat.wording.catalog import digits
from bot.chat.wording.commands import COMMAND as COMMAND
from bot.chat.wording.commands import CommandText as CommandText
from bot.chat.wording.commands import as_typed as as_typed
from bot.chat.wording.commands import command_text as command_text
from bot.chat.wording.commands import parts as parts
from bot.chat.wording.reader import ENGLISH as ENGLISH
from bot.chat.wording.reader import LANGUAGES as LANGUAGES
from bot.chat.wording.reader import in_language as in_language
from bot.chat.wording.reader import language as language
from bot.chat.wording.reader import language_of as language_of
from bot.chat.wording.reader import read_in as read_in
from bot.library.freshness import Freshness
from bot.model import OMISSION, Answer, Suggestion, SuggestionKind, WordFilter
from bot.schedule.plan import THEME_FACETS, YEAR_IN_REVIEW, Filter, Plan, Theme
from bot.search.query import MAX_QUERY_CHARS
from bot.state.chosen import PostingChoices, ServerChoices
from bot.state.feedback_store import Gap
from bot.text.truncate import clipped

if TYPE_CHECKING:
    from bot.chat.wording.messages import *  # noqa: F403  each text is also a name of this package
    from bot.semantic.embedding import Progress
else:

    def __getattr__(name):  # PEP 562
        return getattr(messages, name)


CUT_MARK = OMISSION.strip()
"""Where a passage, a title or a note was cut for lack of room."""
MAX_WORDS_NAMED = 12
MAX_NAMES_LISTED = 3
MAX_HIDDEN, MAX_HIDDEN_CHARS = 20, 60
"""Hidden highlights that are listed, and code points of each."""
MAX_BUTTON_NAME_CHARS = 40
MAX_GAPS = 15
"""Unanswered questions that are listed in chat."""


# The help


@dataclass(frozen=True, slots=True)
class Usage:
    """How a command is typed: its name, and a placeholder for what follows ("AUTHOR", "[N]")."""

    name: str
    arguments: str

    def written(self, command: str = COMMAND) -> str:
        """The same where the slash command is called `command`."""
        return f"{command} {self.name} {self.arguments}".rstrip()


Typed = str | Usage | CommandText
"""What the help shows that can be typed: part of a question, a command with placeholders, an example of a command."""


@dataclass(frozen=True, slots=True)
class HelpSection:
    """A heading, and rows of what can be typed and what it means."""

    heading: str
    rows: tuple[tuple[tuple[Typed, ...], str], ...]


def help_sections() -> tuple[HelpSection, ...]:
    """All that the help says below `ABOUT`. Platforms decide only how it looks."""
    commands = (
        ((Usage(name, arguments),), meaning) for name, (arguments, meaning) in messages.COMMANDS.items()
    )
    return (
        HelpSection(messages.OPERATORS_ABOVE, messages.OPERATORS),
        HelpSection(messages.COMMANDS_ABOVE, tuple(commands)),
    )


def subcommand(name: str) -> str:
    """What a `/highlight` command does, for platforms that show it while a command is typed."""
    return messages.COMMANDS[name][1]


def digest_help_sections() -> tuple[HelpSection, ...]:
    """All that the help about digests says below `DIGEST_ABOUT`."""
    listed = (
        (messages.DIGEST_EXAMPLES_ABOVE, messages.DIGEST_EXAMPLES),
        (messages.DIGEST_COMMANDS_ABOVE, messages.DIGEST_COMMANDS),
    )
    return tuple(
        HelpSection(
            heading,
            tuple(((CommandText(f"digest {typed}"),), meaning) for typed, meaning in rows.items()),
        )
        for heading, rows in listed
    )


def help_text(
    about: str | None = None, sections: Sequence[HelpSection] | None = None, command: str = COMMAND
) -> str:
    """A help as plain text, in two columns; by default that of how to ask. `command` is what the slash command is called."""
    lines = [about if about is not None else messages.ABOUT]
    for section in sections if sections is not None else help_sections():
        rows = [("  ".join(typed(one, command) for one in shown), meaning) for shown, meaning in section.rows]
        width = max(_cells(shown) for shown, _ in rows)
        columns = (f"  {shown}{' ' * (width - _cells(shown))}   {meaning}" for shown, meaning in rows)
        lines += ["", section.heading, *columns]
    return "\n".join(lines)


def typed(one: Typed, command: str = COMMAND) -> str:
    """What can be typed, as a text, where the slash command is called `command`."""
    return one if isinstance(one, str) else one.written(command)


def _cells(text: str) -> int:
    """How wide a text is where all letters are equally wide: Chinese and Japanese ones count twice."""
    return sum(2 if east_asian_width(one) in "WF" else 1 for one in text)


# Answers and lists


def nothing_fits(answer: Answer) -> str:
    """Says that no highlight answers, what was looked for, and the nearest useful thing."""
    if answer.said and not answer.looked_for and not answer.filters.keys() - {"before", "after", "order"}:
        return none_in_period("", answer.said)
    if not answer.looked_for and not answer.filters.keys() - {"without"}:
        sentence = messages.NOTHING_TO_SEARCH
    else:
        sentence = messages.NOTHING_FITS.format(words=_looked_for(answer))
    suggested = (
        messages.NONE_OF_THESE_WORDS.of(len(answer.looked_for))
        if _all_missing(one, answer)
        else suggestion(one)
        for one in answer.suggestions
    )
    return messages.SENTENCE_SEPARATOR.join(filter(None, (sentence, read_in_part(answer), *suggested)))


def read_in_part(answer: Answer) -> str:
    """How much of a long question was read; "" where all of it was."""
    if len(answer.question) <= MAX_QUERY_CHARS:
        return ""
    return messages.READ_IN_PART.format(count=digits(MAX_QUERY_CHARS))


def _all_missing(one: Suggestion, answer: Answer) -> bool:
    """Whether no highlight has any of the words looked for. The sentence before has just listed them."""
    looked_for = {word.casefold() for word in answer.looked_for}
    return one.kind is SuggestionKind.NO_WORD and looked_for <= {name.casefold() for name in one.names}


def nearest(one: Suggestion) -> str:
    """The label of a button for the nearest author or title."""
    if one.kind is SuggestionKind.FROM_TITLE:
        return only_from(one.names[0])
    return messages.BY_AUTHOR.format(name=_short(" ".join(one.names[0].split()), MAX_BUTTON_NAME_CHARS))


def above(answer: Answer) -> str | None:
    """What stands above the quotes of an answer: how much of a long question was read, which words were corrected, and that nothing
    fits well; None if none of it."""
    sentences = [
        read_in_part(answer),
        understood(answer.said),
        corrected(answer),
        messages.NEAREST if answer.weak else None,
    ]
    return messages.SENTENCE_SEPARATOR.join(filter(None, sentences)) or None


def understood(found: WordFilter | None) -> str:
    """What was understood of words about time and favourites, as "From 1 October 2026 to 31 October 2026."; "" where there
    were none."""
    if found is None:
        return ""
    first = day(found.after.isoformat()) if found.after else ""
    last = day((found.before - timedelta(days=1)).isoformat()) if found.before else ""
    span = "span" if first and last else "since" if first else "until"
    texts = messages.UNDERSTOOD
    told = (
        [texts["day" if first and first == last else span].format(first=first, last=last)]
        if first or last
        else []
    )
    told += [
        texts[name] for name, meant in (("newest", found.newest), ("favourites", found.favourites)) if meant
    ]
    return " ".join(told)


def below(answer: Answer) -> str | None:
    """What stands below the quotes: the words that no highlight has, else the rarest word if no quote has it; None if neither."""
    if answer.weak and answer.missing:
        return suggestion(Suggestion(SuggestionKind.NO_WORD, answer.missing[:MAX_WORDS_NAMED]))
    if answer.not_quoted is None:
        return None
    if answer.not_quoted in answer.missing:
        return suggestion(Suggestion(SuggestionKind.NO_WORD, (answer.not_quoted,)))
    return messages.NOT_QUOTED.format(word=messages.NAME_IN_QUOTES.format(name=_short(answer.not_quoted)))


def suggestion(one: Suggestion) -> str:
    """The sentence of a suggestion after a refusal."""
    names = [messages.NAME_IN_QUOTES.format(name=_short(name)) for name in one.names]
    bare = [_short(name) for name in one.names]
    listed = bare if one.kind is SuggestionKind.BY_AUTHOR else names
    if one.kind is SuggestionKind.NO_WORD:
        return messages.SUGGESTIONS[one.kind].format(name=_alternatives(names))
    return messages.SUGGESTIONS[one.kind].format(name=messages.LIST_SEPARATOR.join(listed))


def _alternatives(names: Sequence[str]) -> str:
    """ "“a”, “b” or “c”"."""
    first = messages.LIST_SEPARATOR.join(names[:-1])
    return messages.OR.join(filter(None, (first, names[-1])))


def _looked_for(answer: Answer) -> str:
    corrections = {typed.casefold(): meant for typed, meant in answer.corrected.items()}
    words = _listing([corrections.get(word, word) for word in answer.looked_for], MAX_WORDS_NAMED)
    filters = filtered(answer)
    if words and filters:
        return messages.WORDS_AND_FILTERS.format(words=words, filters=filters)
    return words or filters


def filtered(answer: Answer) -> str:
    """The filters of a question in words: "author Ann Author, before 2024-01-01, phrase “two words”"."""
    parts = []
    for name, value in answer.filters.items():
        text = messages.PHRASE_FILTER if name == "phrase" else messages.OTHER_FILTER
        parts += [
            text.format(name=messages.FILTER_NAMES.get(name, name), value=one)
            for one in ([value] if isinstance(value, str) else value)
            if name != "order"
        ]
    return messages.LIST_SEPARATOR.join(parts)


def corrected(answer: Answer) -> str | None:
    """Which words were taken for others; None if none was."""
    pairs = [
        messages.CORRECTED_WORD.format(meant=meant, typed=typed) for typed, meant in answer.corrected.items()
    ]
    return messages.CORRECTED.format(words=messages.LIST_SEPARATOR.join(pairs)) if pairs else None


def count(number: int, noun: str) -> str:
    """A number with its noun ("highlights" or "sources"): "1 highlight", "1,200 highlights"."""
    return messages.COUNTS[noun].of(number)


def shown_of(offset: int, shown: int, total: int, noun: str = "highlights") -> str:
    """How much of a list is shown: "1–3 of 12 highlights"."""
    if shown >= total and not offset:
        return count(total, noun)
    text = messages.SHOWN_ONE_OF if shown == 1 else messages.SHOWN_OF
    total_ = messages.COUNTS[noun].other.format(number=digits(total))
    return text.format(first=digits(offset + 1), last=digits(offset + shown), total=total_)


def left_over(name: str, words: str) -> str:
    """Says which words of a command were not understood, and how to search for them."""
    return messages.LEFT_OVER.format(words=_short(words), whole=_short(f"{name} {words}"))


def none_in_period(what: str, said: WordFilter) -> str:
    """Says that no highlight matches `what` in the time asked for."""
    return " ".join(
        filter(
            None,
            (
                messages.NONE_IN_PERIOD.format(what=what).replace(" .", ".").replace("（）", ""),
                understood(said),
            ),
        )
    )


def themed(theme: Theme) -> str:
    """What a theme is restricted to: "by Ann Author"; "" if to nothing but a time."""
    return messages.LIST_SEPARATOR.join(filter(None, map(restricted, theme.filters)))


def listed(kind: str, names: Sequence[str], said: WordFilter | None = None) -> str:
    """What a list of highlights holds: "by Ann Author", and what was said about time."""
    text = messages.LISTED[kind].format(names=_listing(names, MAX_NAMES_LISTED)).strip()
    return ". ".join(filter(None, (text, understood(said))))


def none_listed(kind: str, name: str, suggestions: Sequence[str]) -> str:
    """Says that a list is empty, and suggests names that come close."""
    sentence = messages.NONE_LISTED[kind].format(name=_short(name))
    if not suggestions:
        return sentence
    names = messages.LIST_SEPARATOR.join(
        messages.NAME_IN_QUOTES.format(name=_short(one)) for one in suggestions
    )
    return messages.DID_YOU_MEAN.format(sentence=sentence, names=names)


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


# How fresh the highlights are


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


def age(seconds: float) -> str:
    """A time span in its largest whole unit: "12 minutes"."""
    for unit, length in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        number = int(seconds // length)
        if number >= 1:
            return messages.AGES[unit].of(number)
    return messages.JUST_NOW


# Feedback


def gaps(found: Sequence[Gap], days: int, now: float, most: int | None = MAX_GAPS) -> str:
    """Unanswered questions, the latest first, at most `most`; `now` in seconds since 1970."""
    span = messages.AGES["day"].of(days)
    if not found:
        return messages.NO_GAPS.format(days=span)
    rows = [
        messages.GAPS_ROW.format(
            question=_short(" ".join(one.question.split()), 120), facts=_gap_facts(one, now)
        )
        for one in found[:most]
    ]
    left = len(found) - len(rows)
    more = [messages.GAPS_MORE.format(number=digits(left))] if left else []
    return "\n".join((messages.GAPS_ABOVE.format(days=span), *rows, *more))


def _gap_facts(one: Gap, now: float) -> str:
    facts = [
        messages.GAPS_MARKED if one.reason == "wrong" else "",
        messages.GAPS_TIMES.format(times=digits(one.times)) if one.times > 1 else "",
        messages.GAPS_LAST.format(age=age(now - one.at)),
    ]
    return messages.LIST_SEPARATOR.join(filter(None, facts))


# Buttons and headings


def more(left: int | None) -> str:
    """The button for the next page, with how many are left if that is known."""
    return messages.MORE if left is None else messages.MORE_LEFT.format(left=digits(left))


def only_from(title: str) -> str:
    """The button that shows the highlights of one of several sources."""
    return messages.ONLY_FROM.format(title=_short(title, 18))


def cover_of(title: str) -> str:
    """What the picture of a cover shows."""
    return messages.COVER_OF.format(title=title)


def shared(name: str, question: str | None) -> str:
    """Who shared an answer with the channel, and what was asked."""
    if not question:
        return messages.SHARED.format(name=name)
    return messages.SHARED_QUESTION.format(name=name, question=_short(question, 200))


# Days and times


def day(iso: str) -> str:
    """A date as people write it, "12 March 2024", from YYYY-MM-DD, a longer time or a prefix; otherwise `iso` itself."""
    parts = iso[:10].split("-")
    if not all(part.isdecimal() for part in parts) or len(parts) > 3:
        return iso
    if len(parts) == 1 or not 1 <= int(parts[1]) <= 12:
        return iso[:10]
    month = messages.MONTHS[int(parts[1]) - 1]
    if len(parts) == 2:
        return messages.MONTH.format(month=month, year=parts[0])
    number = messages.FIRST_OF_MONTH if int(parts[2]) == 1 else int(parts[2])
    return messages.DAY.format(day=number, month=month, year=parts[0])


def moment(local: datetime) -> str:
    """A day and time: "Thursday, 26 November 2026 at 09:00"."""
    weekday = messages.WEEKDAYS[local.weekday()]
    return messages.MOMENT.format(weekday=weekday, day=day(local.date().isoformat()), time=f"{local:%H:%M}")


# Digests


def restricted(only: Filter | None) -> str:
    """What a digest is restricted to: "by Ann Author"; "" if to nothing."""
    if only is None:
        return ""
    if only.kind in THEME_FACETS:
        return messages.LISTED[THEME_FACETS[only.kind]].format(names=_short(only.value))
    if only.kind == "time":
        return _of_days(only.value)
    return messages.THEMES[only.value or only.kind]


def _of_days(value: str) -> str:
    """The days of a filter of the kind "time": "since 1 May 2026"; words that mean others each day as they were typed."""
    first, dots, end = value.partition("..")
    if not dots:
        return _short(value)
    last = (date.fromisoformat(end) - timedelta(days=1)).isoformat() if end else ""
    span = "span" if first and last else "since" if first else "until"
    return messages.THEMES[span].format(first=day(first) if first else "", last=day(last) if last else "")


def plan_about(plan_: Plan) -> str:
    """What a digest is restricted to: "tagged favorite, by Ann Author"; "" if to nothing."""
    return restricted(plan_.only) if plan_.is_review else themed(plan_.theme)


def digest_above(about: str) -> str:
    """The heading of a digest; `about` is what it is restricted to."""
    return messages.DIGEST_ABOVE_ABOUT.format(about=about) if about else messages.DIGEST_ABOVE


def plan(plan_: Plan) -> str:
    """A plan in words: "every Monday at 09:00 (Europe/Berlin), 2 highlights tagged favorite"."""
    days = messages.PLAN_DAYS[plan_.every].format(
        weekday=messages.WEEKDAYS[plan_.weekday or 0], day=YEAR_IN_REVIEW[1]
    )
    what = f"{count(plan_.count, 'highlights')} {plan_about(plan_)}".rstrip()
    for text, names in ((messages.PLAN_LESS, plan_.less), (messages.PLAN_NEVER, plan_.never)):
        what += f"; {text.format(names=_listing(names, MAX_NAMES_LISTED))}" if names else ""
    return messages.PLAN.format(days=days, time=f"{plan_.at:%H:%M}", zone=plan_.zone, what=what)


def digest_set(plan_: Plan, first: datetime) -> str:
    """Says that a digest is set, and when the first one comes."""
    return messages.DIGEST_SET_FIRST.format(plan=plan(plan_), moment=moment(first))


def digest_row(name: str, plan_: Plan, coming: datetime) -> str:
    """One of several digests: its name, its plan, and when it comes next."""
    return messages.DIGEST_ROW.format(name=name, plan=plan(plan_), moment=moment(coming))


def digest_rows(rows: Sequence[str]) -> str:
    """Several digests, one a row; behind a mark, as a row may take several lines on a phone."""
    return "\n".join(f"• {row}" for row in rows) if len(rows) > 1 else "".join(rows)


def which_digest(names: Sequence[str]) -> str:
    """Asks which of several digests is meant."""
    return messages.WHICH_DIGEST.format(names=_listing(names, MAX_NAMES_LISTED * 4))


def too_many_digests(most: int) -> str:
    return messages.TOO_MANY_DIGESTS.format(most=most)


def no_name(most: int) -> str:
    """Says which names a digest may have."""
    return messages.NO_NAME.format(most=most)


def no_category(name: str, known: Sequence[str]) -> str:
    """Says that no category and no title is called so, and which categories there are."""
    return messages.NO_CATEGORY.format(name=_short(name), names=_listing(known, MAX_WORDS_NAMED))


def digest_status(plan_: Plan, coming: datetime) -> str:
    """What is set, and when the next one comes."""
    return messages.DIGEST_STATUS.format(plan=plan(plan_), moment=moment(coming))


def digest_round(shown: int, left: int) -> str:
    """The progress of the current round."""
    if not shown + left:
        return messages.DIGEST_NOTHING_FITS
    highlights = count(shown + left, "highlights")
    return messages.DIGEST_ROUND.format(shown=digits(shown), highlights=highlights, left=digits(left))


def digest_not_set() -> str:
    return messages.DIGEST_NONE.format(usage=messages.DIGEST_USAGE)


def digest_usage() -> str:
    """How to set a digest, in one sentence."""
    return messages.DIGEST_USAGE


def no_time(typed: str) -> str:
    return messages.NO_TIME.format(typed=_short(typed, 20))


def no_zone(typed: str, suggestions: Sequence[str]) -> str:
    """Says that a time zone is not known, and suggests names that come close."""
    sentence = messages.NO_ZONE.format(typed=_short(typed, 40))
    if not suggestions:
        return sentence
    return messages.DID_YOU_MEAN.format(sentence=sentence, names=_alternatives(suggestions))


def no_count(most: int) -> str:
    return messages.NO_COUNT.format(most=most)


def not_granted(grants: Sequence[str]) -> str:
    """Says that the bot cannot write in a channel of Discord."""
    return messages.NOT_GRANTED.format(grants=messages.LIST_SEPARATOR.join(grants))


def _listing(names: Sequence[str], most: int) -> str:
    return messages.LIST_SEPARATOR.join(names[:most]) + (messages.AND_MORE if len(names) > most else "")


def _short(text: str, most: int = 80) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def hidden(marked_: Sequence[tuple[str, str]]) -> str:
    """Lists the highlights that were marked in a channel: what was done with each, and its beginning."""
    rows = [
        messages.MARKED_ROW.format(
            mark=messages.MARKS[mark], text=clipped(" ".join(text.split()), MAX_HIDDEN_CHARS, "…")
        )
        for mark, text in marked_[:MAX_HIDDEN]
    ]
    return "\n".join(
        (messages.HIDDEN, *rows, *((messages.AND_MORE.strip(", "),) if len(marked_) > MAX_HIDDEN else ()))
    )


def marked(action: str) -> str:
    """Says what was done with a highlight of a digest."""
    texts = {"keep": messages.KEPT_IN_DIGEST, "snooze": messages.SNOOZED, "never": messages.NEVER_AGAIN}
    return texts[action]


# Settings of a server


def server_settings(choices: ServerChoices, overruled: frozenset[str]) -> str:
    """The settings of a server, a line each, and what the environment says before them."""
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
    """That settings of the environment count first; "" if there are none."""
    return messages.SETTINGS_OVERRULED.format(names=", ".join(sorted(overruled))) if overruled else ""


def posting(choices: PostingChoices) -> str:
    """Says how the digests of a channel are posted."""
    parts = [text for name, text in messages.POSTING_PARTS.items() if getattr(choices, name)]
    return messages.POSTING_SET.format(what=", ".join(parts) or messages.POSTING_PLAIN)


def digest_thread_name(iso: str) -> str:
    """The name of the thread of a digest that was posted on a day, YYYY-MM-DD."""
    return messages.DIGEST_THREAD_NAME.format(day=day(iso))

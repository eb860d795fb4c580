"""Answers and lists of highlights: what stands above and below the quotes, on their buttons, and where there are none."""

from collections.abc import Sequence
from datetime import timedelta

from bot.chat.wording import messages
from bot.chat.wording.catalog import digits
from bot.chat.wording.dates import day
from bot.chat.wording.lists import MAX_NAMES_LISTED, MAX_WORDS_NAMED, alternatives, listing, short
from bot.model import OMISSION, Answer, Suggestion, SuggestionKind, WordFilter
from bot.search.query import MAX_QUERY_CHARS

CUT_MARK = OMISSION.strip()
"""Marks where a passage, a title or a note was cut for lack of room."""
MAX_BUTTON_NAME_CHARS = 40


def nothing_fits(answer: Answer) -> str:
    """Of a page without quotes: there are no more, or nothing fits, what was looked for and the nearest useful thing."""
    if answer.past_end:
        return messages.NO_MORE
    if (
        answer.word_filter
        and not answer.looked_for
        and not answer.filters.keys() - {"before", "after", "order"}
    ):
        return none_in_period("", answer.word_filter)
    if not answer.looked_for and not answer.filters.keys() - {"without"}:
        sentence = messages.NOTHING_TO_SEARCH
    else:
        sentence = messages.NOTHING_FITS.format(words=_looked_for(answer))
    suggested = (
        messages.NONE_OF_THESE_WORDS.of(len(answer.looked_for))
        if _all_missing(item, answer)
        else suggestion(item)
        for item in answer.suggestions
    )
    return messages.SENTENCE_SEPARATOR.join(filter(None, (sentence, read_in_part(answer), *suggested)))


def read_in_part(answer: Answer) -> str:
    """How much of a long question was read; "" if all of it was."""
    if len(answer.question) <= MAX_QUERY_CHARS:
        return ""
    return messages.READ_IN_PART.format(count=digits(MAX_QUERY_CHARS))


def _all_missing(item: Suggestion, answer: Answer) -> bool:
    """Whether no highlight has any of the words looked for. The sentence before has just listed them."""
    looked_for = {word.casefold() for word in answer.looked_for}
    return item.kind is SuggestionKind.NO_WORD and looked_for <= {name.casefold() for name in item.names}


def nearest(item: Suggestion) -> str:
    """The label of a button for the nearest author or title."""
    if item.kind is SuggestionKind.FROM_TITLE:
        return only_from(item.names[0])
    return messages.BY_AUTHOR.format(name=short(" ".join(item.names[0].split()), MAX_BUTTON_NAME_CHARS))


def above(answer: Answer) -> str | None:
    """What stands above the quotes of an answer: how much of a long question was read, which words were corrected, and that nothing
    fits well; None if none of it."""
    sentences = [
        read_in_part(answer),
        understood(answer.word_filter),
        corrected(answer),
        messages.NEAREST if answer.weak else None,
    ]
    return messages.SENTENCE_SEPARATOR.join(filter(None, sentences)) or None


def understood(found: WordFilter | None) -> str:
    """What was understood of words about time and favourites, as "From 1 October 2026 to 31 October 2026."; "" if there
    were none."""
    if found is None:
        return ""
    first = day(found.after.isoformat()) if found.after else ""
    last = day((found.before - timedelta(days=1)).isoformat()) if found.before else ""
    span = "span" if first and last else "since" if first else "until"
    texts = messages.UNDERSTOOD
    sentences = (
        [texts["day" if first and first == last else span].format(first=first, last=last)]
        if first or last
        else []
    )
    sentences += [
        texts[name] for name, meant in (("newest", found.newest), ("favourites", found.favourites)) if meant
    ]
    return " ".join(sentences)


def below(answer: Answer) -> str | None:
    """What stands below the quotes: the words that no highlight has, else the rarest word if no quote has it; None if neither."""
    if answer.weak and answer.missing:
        return suggestion(Suggestion(SuggestionKind.NO_WORD, answer.missing[:MAX_WORDS_NAMED]))
    if answer.not_quoted is None:
        return None
    if answer.not_quoted in answer.missing:
        return suggestion(Suggestion(SuggestionKind.NO_WORD, (answer.not_quoted,)))
    return messages.NOT_QUOTED.format(word=messages.NAME_IN_QUOTES.format(name=short(answer.not_quoted)))


def suggestion(item: Suggestion) -> str:
    """The sentence of a suggestion after a refusal."""
    names = [messages.NAME_IN_QUOTES.format(name=short(name)) for name in item.names]
    bare = [short(name) for name in item.names]
    listed = bare if item.kind is SuggestionKind.BY_AUTHOR else names
    if item.kind is SuggestionKind.NO_WORD:
        return messages.SUGGESTIONS[item.kind].format(name=alternatives(names))
    return messages.SUGGESTIONS[item.kind].format(name=messages.LIST_SEPARATOR.join(listed))


def _looked_for(answer: Answer) -> str:
    corrections = {typed.casefold(): meant for typed, meant in answer.corrected.items()}
    words = listing([corrections.get(word, word) for word in answer.looked_for], MAX_WORDS_NAMED)
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
            text.format(name=messages.FILTER_NAMES.get(name, name), value=filter_value)
            for filter_value in ([value] if isinstance(value, str) else value)
            if name != "order"
        ]
    return messages.LIST_SEPARATOR.join(parts)


def corrected(answer: Answer) -> str | None:
    """Which words were taken for others; None if none was."""
    pairs = [
        messages.CORRECTED_WORD.format(meant=meant, typed=typed) for typed, meant in answer.corrected.items()
    ]
    return messages.CORRECTED.format(words=messages.LIST_SEPARATOR.join(pairs)) if pairs else None


def left_over(name: str, words: str) -> str:
    """Says which words of a command were not understood, and how to search for them."""
    return messages.LEFT_OVER.format(words=short(words), whole=short(f"{name} {words}"))


def none_in_period(what: str, word_filter: WordFilter) -> str:
    """Says that no highlight matches `what` in the time asked for."""
    return " ".join(
        filter(
            None,
            (
                messages.NONE_IN_PERIOD.format(what=what).replace(" .", ".").replace("（）", ""),
                understood(word_filter),
            ),
        )
    )


def listed(kind: str, names: Sequence[str], word_filter: WordFilter | None = None) -> str:
    """What a list of highlights holds: "by Ann Author", and what was said about time."""
    text = messages.LISTED[kind].format(names=listing(names, MAX_NAMES_LISTED)).strip()
    return ". ".join(filter(None, (text, understood(word_filter))))


def none_listed(kind: str, name: str, suggestions: Sequence[str]) -> str:
    """Says that a list is empty, and suggests names that come close."""
    sentence = messages.NONE_LISTED[kind].format(name=short(name))
    if not suggestions:
        return sentence
    names = messages.LIST_SEPARATOR.join(
        messages.NAME_IN_QUOTES.format(name=short(close_name)) for close_name in suggestions
    )
    return messages.DID_YOU_MEAN.format(sentence=sentence, names=names)


def more(left: int | None) -> str:
    """The button for the next page, with how many are left if that is known."""
    return messages.MORE if left is None else messages.MORE_LEFT.format(left=digits(left))


def only_from(title: str) -> str:
    """The button that shows the highlights of one of several sources."""
    return messages.ONLY_FROM.format(title=short(title, 18))


def cover_of(title: str) -> str:
    """What the picture of a cover shows."""
    return messages.COVER_OF.format(title=title)


def shared(name: str, question: str | None) -> str:
    """Who shared an answer with the channel, and what was asked."""
    if not question:
        return messages.SHARED.format(name=name)
    return messages.SHARED_QUESTION.format(name=name, question=short(question, 200))

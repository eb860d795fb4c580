"""Names and types of every text that people read in chat. The texts stand in `languages/`, one file for each language.

Plain sentences without markup: each platform formats them in its own way. `{name}` stands for a value that is put in by
`bot.chat.wording`; a translation may move it. A command stands in pointed brackets. Quotation marks are those of the language.

Each name is looked up when it is used, in the language of the reader (`bot.chat.wording.reader`). So none of these is used where a
module is loaded, as a default or in a table of constants: it would stay English.
"""

import sys
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, get_type_hints

from bot.chat.wording import catalog
from bot.chat.wording.catalog import Grouping, Plural
from bot.chat.wording.reader import language
from bot.model import SuggestionKind

# How to ask

ABOUT: str
ABOUT_APP: str
OPERATORS_ABOVE: str
OPERATORS: tuple[tuple[tuple[str, ...], str], ...]
"""What can be typed, and what it means."""
COMMANDS_ABOVE: str
COMMANDS: Mapping[str, tuple[str, str]]
"""By name: the arguments of `/highlight NAME`, and what it does."""
COMMAND_NAMES: Mapping[str, str]
"""By name: the commands as Discord shows them in this language, by its rules: lower case, 1 to 32 letters, no blanks."""
OPTION_NAMES: Mapping[str, str]
"""Likewise, their options."""
WELCOME: str
TERMINAL_GREETING: str
MORE_HINT: str
"""In a terminal, below a list that goes on."""
SAMPLE_QUESTION: str
NAME_IT: str
ASK_SOMETHING: str
SMALL_TALK: Mapping[str, str]
"""What is said to small talk, by its kind."""
MISSING_ARGUMENT: Mapping[str, str]
"""A command without its argument."""

# Answers and lists

NO_HIGHLIGHTS_YET: str
NO_MORE: str
NOTHING_BEFORE: str
NONE_SIMILAR: str
NOTHING_TO_SEARCH: str
NOTHING_FITS: str
NEAREST: str
"""Above the one quote of a weak answer."""
NOT_QUOTED: str
"""Below quotes without the question's rarest word."""
SUGGESTIONS: Mapping[SuggestionKind, str]
"""The sentence for each kind of suggestion."""
NONE_OF_THESE_WORDS: Plural
"""After `NOTHING_FITS`, if no highlight has any of the words that it lists."""
CORRECTED: str
CORRECTED_WORD: str
READ_IN_PART: str
WORDS_AND_FILTERS: str
PHRASE_FILTER: str
OTHER_FILTER: str
FILTER_NAMES: Mapping[str, str]
UNDERSTOOD: Mapping[str, str]
"""Above an answer, what was understood of "last week", "since May", "latest", "my favourites"."""
SENTENCE_SEPARATOR: str
LIST_SEPARATOR: str
"""Between the names or words of a list."""
AND_MORE: str
"""After the first names or words of a long list."""
LISTED: Mapping[str, str]
THEMES: Mapping[str, str]
"""What a digest may be restricted to beside a tag, an author and a title."""
NONE_IN_PERIOD: str
"""No highlight fits what was asked; `bot.chat.wording.understood` follows."""
LEFT_OVER: str
"""Words of a command that were not understood."""
NONE_LISTED: Mapping[str, str]
DID_YOU_MEAN: str
NAME_IN_QUOTES: str
OR: str
COUNTS: Mapping[str, Plural]
SHOWN_ONE_OF: str
SHOWN_OF: str
LIBRARY_SIZE: str
CLOSE_IN_MEANING: str
"""Beside a quote that holds none of the question's words."""
FOUND_BY_WORDS: str
MODEL_LOADING: str
FOUND_BY_MEANING: str
ENGLISH_ONLY: str
MEANING_PENDING: str

# How fresh the highlights are

NEWEST_HIGHLIGHT: str
SYNCED: str
NOT_SYNCED: str
SYNC_FAILED: str
LAST_CHANGE: str
SERVICES: Mapping[str, str]
AGES: Mapping[str, Plural]
JUST_NOW: str

# What goes wrong

TOO_MANY: str
QUESTION_FAILED: str
QUESTION_CUT_OFF: str
BUSY: str
NOT_HERE: str
NOT_FOR_YOU: str
GUEST: str
UNSURE: str
NOT_REMOVED: str
MESSAGE_GONE: str
PAGES_GONE: str
MAY_NOT_WRITE: str
WITHHELD: str
NOT_SHARED: str
OLD_BUTTON: str
NO_LONGER_THERE: str

# Buttons, links and headings

KEEP_ANSWER: str
"""Sends an answer that only its asker sees to their direct messages."""
KEPT_ANSWER: str
SOURCES_BUTTON: str
RANDOM_BUTTON: str
BY_AUTHOR: str
MORE_LIKE_THIS: str
MORE: str
PREVIOUS_PAGE: str
NEXT_PAGE: str
MORE_LEFT: str
ANOTHER: str
SHOW_SOURCE: str
REMOVE: str
SHARE: str
CHOOSE_SOURCE: str
ONLY_FROM: str
SHARED_QUESTION: str
SHARED: str
HIGHLIGHT: str
"""The link to the passage itself."""
SOURCE: str
"""The link to the source, if its title cannot carry it."""
UNTITLED: str
REMARK: str
HOME_HEADING: str
CHANNEL_TOPIC: str
OF_THE_DAY: str
AT_RANDOM: str
NEWEST: str
ALL_SOURCES: str
HOW_TO_ASK: str
FIND_ABOUT: str
"""The command on a message."""
OPTIONS: Mapping[str, str]

# Days, times and numbers

GROUPING: Grouping
"""How numbers are written."""
DAY: str
FIRST_OF_MONTH: str
"""The number of the first day: "1er" in French."""
MONTH: str
MOMENT: str
MONTHS: tuple[str, ...]
WEEKDAYS: tuple[str, ...]

# Digests

DIGEST_ABOUT: str
DIGEST_EXAMPLES_ABOVE: str
DIGEST_EXAMPLES: Mapping[str, str]
DIGEST_COMMANDS_ABOVE: str
DIGEST_COMMANDS: Mapping[str, str]
"""What follows `/highlight digest`, and what it does."""
DIGEST_USAGE: str
DIGEST_ELSEWHERE: str
DIGEST_ABOVE: str
DIGEST_ABOVE_ABOUT: str
KEEP: str
SNOOZE: str
NOT_THIS_ONE: str
CHOOSE_HIGHLIGHT: str
DIGEST_FREQUENCIES: Mapping[str, str]
"""How often, as a menu offers it."""
DIGEST_TITLE: str
DIGEST_SET: str
DIGEST_NOT_SET: str
DIGEST_FIELDS: Mapping[str, tuple[str, str]]
"""The form in which a digest is set: the label of each field, and the hint below it."""
DIGEST_FILTERS: Mapping[str, str]
DIGEST_OTHER_THEMES: str
FORM_NOT_OPENED: str
NOT_INVITED: str
NOT_GRANTED: str
DIGEST_SUBCOMMANDS: Mapping[str, str]
DIGEST_OPTIONS: Mapping[str, str]
REVIEW_ALONE: str
MISSING_DIGEST_FILTER: Mapping[str, str]
NO_TIME: str
NO_ZONE: str
NO_COUNT: str
NO_REVIEW: str
REVIEW_FALLBACK: Mapping[str, str]
"""Why a digest does not show the Daily Review."""
NO_NAME: str
NO_CATEGORY: str
PLAN: str
PLAN_LESS: str
PLAN_NEVER: str
PLAN_DAYS: Mapping[str, str]
DIGEST_SET_FIRST: str
DIGEST_STATUS: str
DIGEST_ROUND: str
DIGEST_NOTHING_FITS: str
DIGEST_NONE: str
DIGEST_ROW: str
"""One of several digests."""
WHICH_DIGEST: str
TOO_MANY_DIGESTS: str
DIGEST_POSTED: str
DIGEST_UNKNOWN: str
DIGEST_GIVEN_UP: str
DIGEST_REFUSED: str
DIGEST_EMPTY: str
DIGEST_OFF: str
DIGESTS_PAUSED: str
DIGEST_NOT_ALLOWED: str
KEPT_IN_DIGEST: str
SNOOZED: str
NEVER_AGAIN: str
SHOWN_AGAIN: str
NONE_HIDDEN: str
HIDDEN: str
MARKED_ROW: str
MARKS: Mapping[str, str]
"""What was done with a highlight, in the list of those."""
UNDO: str
SHOW_AGAIN: str
GONE_FROM_NOTES: str

# Feedback, Home, workflow steps

MORE_LIKE: str
COVER_OF: str
HELPFUL: str
NOT_WHAT_I_MEANT: str
FEEDBACK_NOTED: str
FEEDBACK_WRONG_NOTED: str
FEEDBACK_NOT_NOTED: str
GAPS_ABOVE: str
GAPS_ROW: str
GAPS_TIMES: str
GAPS_LAST: str
GAPS_MARKED: str
GAPS_MORE: str
NO_GAPS: str
GAPS_OFF: str
GAPS_NOT_FOR_YOU: str
GAPS_PRIVATELY: str
GAPS_ELSEWHERE: str
SEARCH_LABEL: str
SEARCH_HINT: str
MANAGED_DIGESTS: str
PUT_ASIDE: str
DIGEST_TURN_OFF: str
DIGEST_FOR_ME: str
YOUR_MESSAGES: str
STEP_NO_QUESTION: str
# Messages saved as highlights, pictures of quotes, statistics

SAVE_AS_HIGHLIGHT: str
"""The command on a message, and the heading of its form."""
SAVE_BUTTON: str
SAVE_CANCEL: str
SAVE_TAGS: str
SAVE_TAGS_HINT: str
SAVE_REMARK: str
SAVED_TO_NOTES: str
SAVED_TO_READWISE: str
SAVED_WITHOUT_FORM: str
SAVED_PRIVATELY: str
SAVED_BEFORE: str
SAVING_OFF: str
MAY_NOT_SAVE: str
NOTHING_TO_SAVE: str
SAVED_OWN: str
TOO_LONG_TO_SAVE: str
NOT_SAVED: str
SAVE_FORM_NOT_OPENED: str
SAVE_FORM_GONE: str
DIRECT_MESSAGES: str
"""Where a message was written that stands in no channel."""
SAVED_PLACE_UNKNOWN: str
"""Where a message was written whose channel has no name that is known."""
AS_PICTURE: str
PICTURE_FONTS_MISSING: str
PICTURE_FAILED: str
PICTURES_OFF: str
STATS_HEADING: str
STATS_YEAR_HEADING: str
STATS_SPAN: str
STATS_UNDATED: str
STATS_MONTHS: str
STATS_AUTHORS: str
STATS_SOURCES: str
STATS_LANGUAGES: str
STATS_NONE_IN_YEAR: str
LANGUAGE_NAMES: Mapping[str, str]
"""By the codes of `bot.text.language_detection`; of others the code is shown."""


# Settings of a server, and how digests are posted

POSTING_OPTIONS: Mapping[str, str]
POSTING_SET: str
POSTING_PLAIN: str
POSTING_PARTS: Mapping[str, str]
NOT_AN_ANNOUNCEMENT_CHANNEL: str
PING_NOT_ALLOWED: str
PING_EVERYONE: str
DIGEST_THREAD_NAME: str
SETTINGS: Mapping[str, str]
"""What can be set, as it is shown above its value."""
SETTINGS_ANY: Mapping[str, str]
"""Where nothing is chosen."""
SETTINGS_CHOICES: Mapping[str, Mapping[str, str]]
SETTINGS_ROW: str
SETTINGS_ABOVE: str
SETTINGS_OVERRULED: str
SETTINGS_USAGE: str
SETTINGS_ELSEWHERE: str
SETTINGS_PRIVATE: str
SETTINGS_NOT_ALLOWED: str
SETTINGS_NOT_STORED: str
SETTINGS_NO_ROLES: str
NOT_IN_THIS_CHANNEL: str
BUTTON_OF_ASKER: str
BUTTON_OF_MANAGERS: str
THREAD_NAME: str
"""The name of a thread whose question has no words."""


def names() -> tuple[str, ...]:
    """The names of all texts."""
    return tuple(get_type_hints(sys.modules[__name__]))


if not TYPE_CHECKING:  # mypy knows the names above, and no others

    @cache
    def _texts(name):
        return catalog.typed(name, get_type_hints(sys.modules[__name__]))

    def __getattr__(name):
        """The text with this name in the language of the reader (PEP 562)."""
        if name.isupper() and not name.startswith("_"):
            try:
                return _texts(language())[name]
            except KeyError:
                pass
        raise AttributeError(
            f"no text is named {name!r}: declare it in {__name__} and add it to each language"
        )

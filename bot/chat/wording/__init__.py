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

from typing import TYPE_CHECKING

from bot.chat.wording import messages
from bot.chat.wording.answers import CUT_MARK as CUT_MARK
from bot.chat.wording.answers import MAX_BUTTON_NAME_CHARS as MAX_BUTTON_NAME_CHARS
from bot.chat.wording.answers import above as above
from bot.chat.wording.answers import below as below
from bot.chat.wording.answers import corrected as corrected
from bot.chat.wording.answers import cover_of as cover_of
from bot.chat.wording.answers import filtered as filtered
from bot.chat.wording.answers import left_over as left_over
from bot.chat.wording.answers import listed as listed
from bot.chat.wording.answers import more as more
from bot.chat.wording.answers import nearest as nearest
from bot.chat.wording.answers import none_in_period as none_in_period
from bot.chat.wording.answers import none_listed as none_listed
from bot.chat.wording.answers import nothing_fits as nothing_fits
from bot.chat.wording.answers import only_from as only_from
from bot.chat.wording.answers import read_in_part as read_in_part
from bot.chat.wording.answers import shared as shared
from bot.chat.wording.answers import suggestion as suggestion
from bot.chat.wording.answers import understood as understood
from bot.chat.wording.commands import COMMAND as COMMAND
from bot.chat.wording.commands import CommandText as CommandText
from bot.chat.wording.commands import as_typed as as_typed
from bot.chat.wording.commands import command_text as command_text
from bot.chat.wording.commands import parts as parts
from bot.chat.wording.dates import age as age
from bot.chat.wording.dates import day as day
from bot.chat.wording.dates import moment as moment
from bot.chat.wording.digests import MAX_HIDDEN as MAX_HIDDEN
from bot.chat.wording.digests import MAX_HIDDEN_CHARS as MAX_HIDDEN_CHARS
from bot.chat.wording.digests import digest_above as digest_above
from bot.chat.wording.digests import digest_not_set as digest_not_set
from bot.chat.wording.digests import digest_round as digest_round
from bot.chat.wording.digests import digest_row as digest_row
from bot.chat.wording.digests import digest_rows as digest_rows
from bot.chat.wording.digests import digest_set as digest_set
from bot.chat.wording.digests import digest_status as digest_status
from bot.chat.wording.digests import digest_thread_name as digest_thread_name
from bot.chat.wording.digests import digest_usage as digest_usage
from bot.chat.wording.digests import hidden as hidden
from bot.chat.wording.digests import marked as marked
from bot.chat.wording.digests import no_category as no_category
from bot.chat.wording.digests import no_count as no_count
from bot.chat.wording.digests import no_name as no_name
from bot.chat.wording.digests import no_time as no_time
from bot.chat.wording.digests import no_zone as no_zone
from bot.chat.wording.digests import not_granted as not_granted
from bot.chat.wording.digests import plan as plan
from bot.chat.wording.digests import plan_about as plan_about
from bot.chat.wording.digests import posting as posting
from bot.chat.wording.digests import restricted as restricted
from bot.chat.wording.digests import themed as themed
from bot.chat.wording.digests import too_many_digests as too_many_digests
from bot.chat.wording.digests import which_digest as which_digest
from bot.chat.wording.help import HelpSection as HelpSection
from bot.chat.wording.help import Typed as Typed
from bot.chat.wording.help import Usage as Usage
from bot.chat.wording.help import digest_help_sections as digest_help_sections
from bot.chat.wording.help import help_sections as help_sections
from bot.chat.wording.help import help_text as help_text
from bot.chat.wording.help import subcommand as subcommand
from bot.chat.wording.help import typed as typed
from bot.chat.wording.lists import MAX_NAMES_LISTED as MAX_NAMES_LISTED
from bot.chat.wording.lists import MAX_WORDS_NAMED as MAX_WORDS_NAMED
from bot.chat.wording.lists import count as count
from bot.chat.wording.lists import shown_of as shown_of
from bot.chat.wording.reader import ENGLISH as ENGLISH
from bot.chat.wording.reader import LANGUAGES as LANGUAGES
from bot.chat.wording.reader import in_language as in_language
from bot.chat.wording.reader import language as language
from bot.chat.wording.reader import language_of as language_of
from bot.chat.wording.reader import read_in as read_in
from bot.chat.wording.reports import MAX_GAPS as MAX_GAPS
from bot.chat.wording.reports import by_meaning as by_meaning
from bot.chat.wording.reports import freshness as freshness
from bot.chat.wording.reports import gaps as gaps
from bot.chat.wording.reports import known as known
from bot.chat.wording.reports import server_settings as server_settings
from bot.chat.wording.reports import settings_overruled as settings_overruled

if TYPE_CHECKING:
    from bot.chat.wording.messages import *  # noqa: F403  each text is also a name of this package
else:

    def __getattr__(name):  # PEP 562
        return getattr(messages, name)

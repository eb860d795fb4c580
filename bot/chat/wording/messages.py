"""Every text that people read in chat. To translate the bot, translate this file.

Plain sentences without markup: each platform formats them in its own way. `{name}` stands for a value that is put in by
`bot.chat.wording`; a translation may move it. Where a number decides, there is one text for 1 and one for other numbers.
"""

from bot.model import OMISSION, SuggestionKind

# How to ask

ABOUT = (
    "Ask in your own words, as “what did she say about sleep?”. I answer with your highlights, word for word."
)
ABOUT_APP = (
    "Analects answers questions with passages from a library of reading highlights: word for word, with title, author "
    "and link."
)
OPERATORS_ABOVE = "In a question you can also write:"
OPERATORS = (
    (('"exact phrase"',), "Only passages with these words in this order"),
    (("-word",), "Only passages without it"),
    (
        ("author:name", "title:words", "tag:name"),
        "Only passages by this author, from this title, with this tag",
    ),
    (("before:2024", "after:2023-06"), "Only passages highlighted before or after that day"),
)
"""What can be typed, and what it means."""
COMMANDS_ABOVE = "Commands, answered to you alone:"
COMMANDS = {
    "random": ("[N]", "A highlight that you may have forgotten"),
    "search": ("WORDS", "The same as asking, answered to you alone"),
    "by": ("AUTHOR", "What you highlighted of someone"),
    "from": ("TITLE", "What you highlighted in something"),
    "tag": ("TAG", "What you tagged"),
    "sources": ("", "What you have read, most highlights first"),
    "help": ("", "How to ask"),
    "digest": ("", "Highlights in this channel, every day"),
    "settings": ("", "Where and for whom I answer in this server"),
}
"""By name: the arguments of `/highlight NAME`, and what it does."""
WELCOME = (
    "Hello! I answer questions with passages from a library of reading highlights, word for word. In a channel mention me with "
    "your question, or write to me directly. “help” says more."
)
SAMPLE_QUESTION = "What did {author} say about {subject}?"
NAME_IT = "Tell me what to look for: I could not read what this is about."
ASK_SOMETHING = "Ask me something in your own words, or say “help”."
SMALL_TALK = {
    "thanks": {
        "en": "You’re welcome.",
        "de": "Gern geschehen.",
        "fr": "Avec plaisir.",
        "es": "De nada.",
        "ja": "どういたしまして。",
        "zh": "不客气。",
    },
    "greeting": {
        "en": "Hello! Ask me something in your own words, or say “help”.",
        "de": "Hallo! Frag mich etwas in eigenen Worten, oder sag „Hilfe“.",
        "fr": "Bonjour ! Posez-moi une question avec vos mots, ou dites « aide ».",
        "es": "¡Hola! Pregúntame algo con tus palabras, o di «ayuda».",
        "ja": "こんにちは！ 知りたいことを普段の言葉で聞いてください。使い方は「ヘルプ」と言ってください。",
        "zh": "你好！用你自己的话问我，或者说“帮助”。",
    },
    "goodbye": {
        "en": "See you!",
        "de": "Bis bald!",
        "fr": "À bientôt !",
        "es": "¡Hasta luego!",
        "ja": "またどうぞ。",
        "zh": "再见！",
    },
    "praise": {
        "en": "All right. Ask me whenever you like.",
        "de": "In Ordnung. Frag mich, wann immer du magst.",
        "fr": "D’accord. Posez-moi une question quand vous voulez.",
        "es": "De acuerdo. Pregúntame cuando quieras.",
        "ja": "わかりました。いつでも聞いてください。",
        "zh": "好的，随时可以问我。",
    },
}
"""What is said to small talk, by its kind and language."""
MISSING_ARGUMENT = {
    "search": "What shall I look for? For example: /highlight search memory and sleep",
    "by": "By whom? For example: /highlight by Ann Author",
    "from": "From which title? For example: /highlight from the art of noticing",
    "tag": "With which tag? For example: /highlight tag favorite",
}
"""A command without its argument."""

# Answers and lists

NO_HIGHLIGHTS_YET = (
    "There are no highlights yet. `analects check` says what was found in the folder of notes."
)
NO_MORE = "That was all."
NOTHING_BEFORE = "There is nothing to show more of: ask something first."
NONE_SIMILAR = "No other highlight is like this one."
NOTHING_TO_SEARCH = "There is nothing in that to look for: name a subject, a person or a title."
NOTHING_FITS = "Nothing fits. I looked for {words}."
NEAREST = "Nothing fits well. Nearest:"
"""Above the one quote of a weak answer."""
NOT_QUOTED = "No quote here has {word}."
"""Below quotes without the question's rarest word."""
SUGGESTIONS = {
    SuggestionKind.NO_HIGHLIGHTS: "There are no highlights yet.",
    SuggestionKind.NO_AUTHOR: "No author is like {name}.",
    SuggestionKind.NO_TITLE: "No title is like {name}.",
    SuggestionKind.NO_TAG: "No tag is like {name}.",
    SuggestionKind.NO_PHRASE: "No highlight has {name} word for word; without quotation marks its words are looked for.",
    SuggestionKind.NO_WORD: "No highlight has {name}.",
    SuggestionKind.BY_AUTHOR: "There are highlights by {name}.",
    SuggestionKind.FROM_TITLE: "There are highlights from {name}.",
}
"""What stands behind it."""
CORRECTED = "Looked for {words}."
CORRECTED_WORD = "“{meant}” for “{typed}”"
WORDS_AND_FILTERS = "{words} ({filters})"
PHRASE_FILTER = "{name} “{value}”"
OTHER_FILTER = "{name} {value}"
AND_MORE = ", …"
"""After the first names or words of a long list."""
LISTED = {"author": "by {names}", "title": "from {names}", "tag": "tagged {names}", "like": "like {names}"}
NONE_LISTED = {
    "author": "No highlights by “{name}”.",
    "title": "No highlights from “{name}”.",
    "tag": "No highlights tagged “{name}”.",
}
DID_YOU_MEAN = "{sentence} Did you mean {names}?"
NAME_IN_QUOTES = "“{name}”"
OR = " or "
COUNTS = {
    "highlights": ("{number} highlight", "{number} highlights"),
    "sources": ("{number} source", "{number} sources"),
    "notes": ("{number} note", "{number} notes"),
    "duplicates": ("{number} duplicate", "{number} duplicates"),
}
"""For 1, and for other numbers."""
SHOWN_ONE_OF = "{first} of {total}"
SHOWN_OF = "{first}–{last} of {total}"
LIBRARY_SIZE = "I know {highlights} of {sources}."
CLOSE_IN_MEANING = "close in meaning"
"""Beside a quote that holds none of the question's words."""
FOUND_BY_WORDS = "Found by words alone: {problem}"
MODEL_LOADING = "the model is being loaded"
FOUND_BY_MEANING = "Found by meaning too ({model}): {vectors} of {highlights}"
ENGLISH_ONLY = " in English, which is what the model reads"
MEANING_PENDING = "; `run`, `chat` and `ask` read the others"

# How fresh the highlights are

NEWEST_HIGHLIGHT = "Newest highlight: {day}."
SYNCED = "{service} synced {age} ago."
NOT_SYNCED = "{service}: not synced yet."
SYNC_FAILED = "The last try, {age} ago, failed: {problem}."
LAST_CHANGE = "Last change in the notes: {age} ago."
SERVICES = {"readwise": "Readwise", "git": "Git"}
AGES = {
    "day": ("{number} day", "{number} days"),
    "hour": ("{number} hour", "{number} hours"),
    "minute": ("{number} minute", "{number} minutes"),
}
"""For 1, and for other numbers."""
JUST_NOW = "less than a minute"

# What goes wrong

TOO_MANY = "That is a lot of questions at once. I will pause for a minute."
QUESTION_FAILED = "Something went wrong, and it was logged. Please ask again in a while."
BUSY = "There are too many questions waiting here. Please ask again in a minute."
NOT_HERE = "I may not answer here. Whoever runs me finds in my log how to allow it."
NOT_FOR_YOU = "I answer only certain people here. Whoever runs me can add you."
GUEST = "Guests can’t ask me here, but in the channels that I was invited to: mention me there."
UNSURE = "I could not find out just now who may ask me here. Please try again in a minute."
NOT_REMOVED = "Only the person who asked, or an admin, can remove this."
MESSAGE_GONE = "The message that this belongs to is gone: please ask again."
PAGES_GONE = "This list is too old to be turned: please ask again."
MAY_NOT_WRITE = "You may not write in this channel, so nothing is posted here for you. /highlight search is answered to you alone."
WITHHELD = (
    "Discord does not show me the words of this message. Mention me by my name, not by my role; or open the menu of a message, "
    "Apps, “Find highlights about this”."
)
NOT_SHARED = "It could not be shared here: I may not answer in this channel, or Discord refused it."
OLD_BUTTON = "This button comes from another version: please ask again."

# Buttons, links and headings

KEEP_ANSWER = "Keep"
"""Sends an answer that only its asker sees to their direct messages."""
KEPT_ANSWER = "Kept: you find it in your direct messages with me."
SOURCES_BUTTON = "Sources"
RANDOM_BUTTON = "Random"
BY_AUTHOR = "By {name}"

MORE_LIKE_THIS = "More like this"
MORE = "More"
PREVIOUS_PAGE = "◀"
NEXT_PAGE = "▶"
MORE_LEFT = "More ({left})"
ANOTHER = "Another"
SHOW_SOURCE = "Show source"
REMOVE = "Remove"
SHARE = "Share in channel"
CHOOSE_SOURCE = "Show everything from …"
ONLY_FROM = "From “{title}”"
SHARED_QUESTION = "{name} asked: {question}"
SHARED = "Shared by {name}"
HIGHLIGHT = "highlight"
"""The link to the passage itself."""
SOURCE = "source"
"""The link to the source, where its title cannot carry it."""
UNTITLED = "Untitled"
REMARK = "Reader’s note"
CUT_MARK = OMISSION.strip()
"""Where a passage, a title or a note was cut for lack of room."""
HOME_HEADING = "This library, word for word"
CHANNEL_TOPIC = "This library, word for word"
OF_THE_DAY = "Highlight of the day"
AT_RANDOM = "At random"
NEWEST = "Read last"
ALL_SOURCES = "All sources"
HOW_TO_ASK = "How to ask"
FIND_ABOUT = "Find highlights about this"
"""The command on a message."""
OPTIONS = {
    "words": "What to look for, in your own words",
    "author": "Whose",
    "title": "From which title",
    "tag": "With which tag",
    "count": "How many",
    "public": "Show it to everyone here at once",
}

# Days and times

DAY = "{day} {month} {year}"
MONTH = "{month} {year}"
MOMENT = "{weekday}, {day} at {time}"
MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
          "November", "December")  # fmt: skip
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

# Digests

DIGEST_HELP = "\n".join((
    "Highlights in this channel, every day at the same time:",
    "  /highlight digest daily at 9",
    "  /highlight digest weekdays at 8:30 Europe/Berlin 3 highlights",
    "  /highlight digest weekly on monday at 8pm tag favorite",
    "With “tag TAG”, “by AUTHOR” or “from TITLE” at the end only those. And:",
    "  /highlight digest status   when the next one comes",
    "  /highlight digest now      one at once",
    "  /highlight digest hidden   what was marked “Not this one”",
    "  /highlight digest off      no more",
))  # fmt: skip
DIGEST_USAGE = (
    "Say how often and when, as in: /highlight digest daily at 9. “/highlight digest help” says more."
)
DIGEST_ELSEWHERE = "A digest comes to a channel on Slack or Discord: set it there."
DIGEST_ABOVE = "From this library"
DIGEST_ABOVE_ABOUT = "From this library · {about}"
KEEP = "Keep"
NOT_THIS_ONE = "Not this one"
CHOOSE_HIGHLIGHT = "Keep one, or never show it again …"
DIGEST_FREQUENCIES = {
    "daily": "Every day",
    "weekdays": "Monday to Friday",
    "monday": "Every Monday",
    "tuesday": "Every Tuesday",
    "wednesday": "Every Wednesday",
    "thursday": "Every Thursday",
    "friday": "Every Friday",
    "saturday": "Every Saturday",
    "sunday": "Every Sunday",
}
"""How often, as a menu offers it."""
DIGEST_TITLE = "Digest in this channel"
DIGEST_SET = "Set"
DIGEST_NOT_SET = "Cancel"
DIGEST_FIELDS = {
    "every": ("How often", ""),
    "at": ("At", ""),
    "zone": ("Time zone", "Type a city, for example Berlin"),
    "count": ("How many", ""),
    "only": ("Only", "Type a tag, an author or a title. Without a choice, all highlights"),
}
"""The form in which a digest is set: the label of each field, and the hint below it."""
DIGEST_FILTERS = {"tag": "With the tag", "by": "By", "from": "From"}
FORM_NOT_OPENED = "The form could not be opened. Write it instead, as in: /highlight digest daily at 9"
NOT_INVITED = "I can’t write in this conversation: invite me first (/invite), or set it where I am."
NOT_GRANTED = "I may not write in this channel: grant me {grants} first."
DIGEST_SUBCOMMANDS = {
    "set": "Highlights here, every day at the same time",
    "now": "One at once",
    "status": "When the next one comes, and what was shown",
    "hidden": "What was marked “Not this one” here, to show it again",
    "off": "No more",
}
DIGEST_OPTIONS = {
    "every": "How often; every day by default",
    "at": "At what time: 9, 9:30, 20:15 or 8pm",
    "zone": "Time zone, for example Europe/Berlin",
    "highlights": "How many each time",
    "tag": "Only those with this tag",
    "by": "Only those by this author",
    "from_": "Only those from this title",
}
ONE_FILTER = "A digest is of one tag, one author or one title: choose one of them."
MISSING_DIGEST_FILTER = {
    "tag": "With which tag? For example: /highlight digest daily tag favorite",
    "by": "By whom? For example: /highlight digest daily by Ann Author",
    "from": "From which title? For example: /highlight digest daily from the art of noticing",
}
NO_TIME = "“{typed}” is no time of day: write it as 9, 9:30, 20:15 or 8pm."
NO_ZONE = "I know no time zone “{typed}”: name a city, as Europe/Berlin."
NO_COUNT = "A digest has 1 to {most} highlights."
PLAN = "{days} at {time} ({zone}), {what}"
PLAN_DAYS = {"daily": "every day", "weekdays": "Monday to Friday", "weekly": "every {weekday}"}
DIGEST_SET_FIRST = "Set: {plan}. The first comes on {moment}."
DIGEST_STATUS = "Set: {plan}. The next comes on {moment}."
DIGEST_ROUND = "Shown in this round: {shown} of {highlights}; left: {left}."
DIGEST_NOTHING_FITS = "Nothing in the notes fits it now."
DIGEST_NONE = "No digest is set here. {usage}"
DIGEST_POSTED = "Posted."
DIGEST_UNKNOWN = "It may have been posted. I can’t tell, so I will not post it again."
DIGEST_GIVEN_UP = "It could not be posted just now. Please try again in a while."
DIGEST_REFUSED = "I may not post in this channel: the log of the bot says what to grant."
DIGEST_EMPTY = "There is nothing to show: no highlight fits, or all that do were marked “Not this one” here."
DIGEST_OFF = "No more digests here. What was shown is remembered, in case you set one again."
DIGESTS_PAUSED = (
    "Digests are paused: the database that they need cannot be used just now. Questions are still answered."
)
DIGEST_NOT_ALLOWED = "Only people who manage this channel can change its digest."
KEPT_IN_DIGEST = "Noted: it comes back sooner in the next round."
NEVER_AGAIN = "Noted: it will not come here again."
SHOWN_AGAIN = "Noted: it may come here again."
NONE_HIDDEN = "No highlight is marked “Not this one” here."
HIDDEN = "Marked “Not this one” here:"
HIDDEN_ROW = "- {text}"
UNDO = "Undo"
SHOW_AGAIN = "Show one again …"
POSTING = "How digests are posted in this channel"
POSTING_OPTIONS = {
    "thread": "Open a thread below each digest",
    "ping": "The one role that is pinged",
    "no_ping": "Ping nobody any more",
    "publish": "Publish to the servers that follow this announcement channel",
}
POSTING_SET = "Noted. Digests in this channel: {what}."
POSTING_PLAIN = "a message, nothing else"
POSTING_PARTS = {
    "thread": "a thread below each",
    "ping": "a ping of one role",
    "publish": "published to followers",
}
NOT_AN_ANNOUNCEMENT_CHANNEL = "Only announcement channels can be published from: this is none."
PING_NOT_ALLOWED = "You may not ping this role, so I do not either: choose one that anyone can mention."
PING_EVERYONE = "I do not ping everyone: choose a role."
GONE_FROM_NOTES = "This highlight is no longer in the notes."

# Settings of a server

SETTINGS = {
    "channels": "Channels and categories where I answer",
    "roles": "Roles that may ask",
    "threads": "Answers",
    "buttons": "Who may press the buttons below an answer",
    "digest-buttons": "Who may keep or hide highlights of a digest",
}
"""What can be set, as it is shown above its value."""
SETTINGS_ANY = {"channels": "all", "roles": "everyone"}
"""Where nothing is chosen."""
SETTINGS_CHOICES = {
    "threads": {"off": "As a reply", "on": "In a thread of their own"},
    "buttons": {"everyone": "Everyone", "asker": "Who asked, and who may manage messages"},
    "digest-buttons": {"everyone": "Everyone", "managers": "Who may manage the channel"},
}
SETTINGS_ROW = "{name}: {value}"
SETTINGS_ABOVE = "Settings of this server, seen by you alone:"
SETTINGS_OVERRULED = (
    "Whoever runs me set {names}: that counts first, and what it names is answered whatever is chosen here."
)
SETTINGS_USAGE = "\n".join((
    "To change the settings of this server:",
    "  /highlight settings channels here   only here; or ids of channels, or “all”",
    "  /highlight settings roles all   or ids of roles",
    "  /highlight settings threads on   or off",
    "  /highlight settings buttons asker   or everyone",
    "  /highlight settings digest-buttons managers   or everyone",
    "  /highlight settings reset   as at the beginning",
))  # fmt: skip
SETTINGS_ELSEWHERE = "Settings belong to a server of Slack or Discord: use /highlight settings there."
SETTINGS_PRIVATE = "Settings are shown to one person alone: type /highlight settings as a command."
SETTINGS_NOT_ALLOWED = "Only people who manage this server can see and change its settings."
SETTINGS_NOT_STORED = "The database that keeps the settings cannot be used just now. Please try again later."
SETTINGS_NO_ROLES = "There are no roles here: whoever runs me can name people (ALLOWED_PEOPLE)."
NOT_IN_THIS_CHANNEL = (
    "I answer in other channels of this server. Whoever manages it can change that: /highlight settings."
)
BUTTON_OF_ASKER = "Only the person who asked can press this here. /highlight search is answered to you alone."
BUTTON_OF_MANAGERS = "Only people who manage this channel can press this here."
THREAD_NAME = "Highlights"
"""The name of a thread whose question has no words."""

"""Recognises what people say to a bot that is no search: thanks, "help!", "more.", "what books do you have?".

It also tells whether a sentence is a question at all.

The phrases are data, for each language that the product claims. A message is small talk only if nothing but such a phrase and words
around it ("so much", "dear bot") is left of it: "thanks for everything" is, "thanks and praise in the Psalms" is not.
"""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from functools import cache
from pathlib import Path
from unicodedata import category, normalize

MAX_SMALL_TALK_CHARS = 80
"""Longer messages are never small talk."""


class Kind(Enum):
    """What is meant."""

    THANKS = "thanks"
    GREETING = "greeting"
    GOODBYE = "goodbye"
    PRAISE = "praise"
    """ "ok", "great": it needs no search, and hardly an answer."""
    HELP = "help"
    MORE = "more"
    RANDOM = "random"
    SOURCES = "sources"
    """ "What books do you have?" """
    STATS = "stats"
    """ "How many highlights are there?" """


@dataclass(frozen=True, slots=True)
class SmallTalk:
    """A message that is no search, and its language ("en", "de", "fr", "es", "ja" or "zh")."""

    kind: Kind
    language: str


LANGUAGES = ("en", "de", "fr", "es", "ja", "zh")

_DATA = json.loads(Path(__file__).with_name("small_talk.json").read_text("utf-8"))
"""Phrases and words of each language; "around" are the words that may stand around a phrase, "object_of" the words right before a
mention where the bot is talked about: verbs and prepositions that it belongs to, articles."""


def _folded(text: str) -> str:
    """Lower case, without apostrophes, signs and emoji, words apart by one blank."""
    signs = normalize("NFKC", text).casefold().replace("’", "").replace("'", "")
    return " ".join(
        "".join(sign if sign == "/" or category(sign)[0] in "LNM" else " " for sign in signs).split()
    )


def _one_of(listed: Iterable[str]) -> str:
    folded = sorted({_folded(phrase) for phrase in listed}, key=len, reverse=True)
    return "|".join(map(re.escape, folded))


def _pattern(phrases: Iterable[str], around: Iterable[str], gap: str) -> re.Pattern[str]:
    core, fill = _one_of(phrases), _one_of(around)
    return re.compile(rf"(?:(?:{fill}){gap}){{0,4}}(?:{core})(?:{gap}(?:{core}|{fill})){{0,4}}")


_GAPS = {language: " ?" if language in ("ja", "zh") else " " for language in LANGUAGES}


@cache
def _patterns() -> tuple[tuple[SmallTalk, re.Pattern[str], re.Pattern[str]], ...]:
    """For each kind and language the pattern of a whole message, and that of a phrase in it."""
    found = []
    for name, by_language in _DATA["phrases"].items():
        for language, phrases in by_language.items():
            whole = _pattern(phrases, _DATA["around"][language], _GAPS[language])
            edge = r"\b" if _GAPS[language] == " " else ""
            found.append(
                (SmallTalk(Kind(name), language), whole, re.compile(f"{edge}(?:{_one_of(phrases)}){edge}"))
            )
    return tuple(found)


@cache
def _together() -> dict[str, re.Pattern[str]]:
    """For each language the pattern of a message of several phrases, of whatever kinds."""
    kinds = _DATA["phrases"].values()
    return {
        language: _pattern(
            [phrase for kind in kinds for phrase in kind[language]], _DATA["around"][language], gap
        )
        for language, gap in _GAPS.items()
    }


_TELLING = (
    Kind.STATS,
    Kind.SOURCES,
    Kind.HELP,
    Kind.MORE,
    Kind.RANDOM,
    Kind.THANKS,
    Kind.GREETING,
    Kind.GOODBYE,
    Kind.PRAISE,
)
"""Of several phrases in one message, the one that comes first here is answered."""
_OPERATORS = re.compile(r"[\"“”«»]|\w:\w")


def small_talk(text: str, reader: str = "en") -> SmallTalk | None:
    """The small talk in a message; None for a question, and for anything with an operator in it. If several languages have the
    phrase, the language `reader` counts.
    """
    if len(text) > MAX_SMALL_TALK_CHARS or _OPERATORS.search(text):
        return None
    if text.strip() in ("?", "？"):
        return SmallTalk(Kind.HELP, reader)
    folded = _folded(text)
    if not folded:
        return None
    alone = [meant for meant, pattern, _ in _patterns() if pattern.fullmatch(folded)]
    return (
        next((meant for meant in alone if meant.language == reader), alone[0]) if alone else _several(folded)
    )


def _several(folded: str) -> SmallTalk | None:
    """The most telling of several phrases in one language: of "hello, what can you do?" the second one."""
    for language, pattern in _together().items():
        if pattern.fullmatch(folded):
            found = {
                meant.kind: meant
                for meant, _, core in _patterns()
                if meant.language == language and core.search(folded)
            }
            return next((found[kind] for kind in _TELLING if kind in found), None)
    return None


def asks_for_more(text: str) -> bool:
    """Whether a message asks for more of what was shown."""
    meant = small_talk(text)
    return meant is not None and meant.kind is Kind.MORE


_TALKED_ABOUT = frozenset(word for words in _DATA["object_of"].values() for word in words)
_BETWEEN = frozenset("du ihr sie er wir man jemand schon mal eigentlich ya already ever déjà".split())  # noqa: SIM905
"""Words between a verb and its object: "hast du schon @Analects probiert?"."""
MAX_WORDS_AFTER_VERB = 2
_PARTICLE_AFTER = re.compile(
    r"\s*(?:を|って|に(?:聞|訊|きい)|と(?:いう|一緒)|の(?:使|こと|導入)|が(?:来|入|便利))"
)
_VERB_BEFORE = re.compile(
    r"(?:看到|看见|看見|见过|見過|试过|試過|试试|試試|用过|用過|使用|邀请|邀請|问问|問問|关于|關於|跟|和|与|把|用|問|问)\s*$"
)


def in_passing(before: str, after: str) -> bool:
    """Whether a mention between these two parts of a message only talks about the bot, as in "did you see @Analects?".

    A mention at the beginning, and one that is set off by a sign ("what about sleep, @Analects?"), speaks to the bot.
    """
    before = before.rstrip()
    if not before:
        return _PARTICLE_AFTER.match(after) is not None and len(_folded(after)) < 12
    if _VERB_BEFORE.search(before) or _PARTICLE_AFTER.match(after):
        return True
    if category(before[-1])[0] not in "LNM":
        return False
    words = _folded(before).split()
    if len(_folded(after).split()) <= MAX_WORDS_AFTER_VERB:
        while words and words[-1] in _BETWEEN:
            words.pop()
    return bool(words) and words[-1] in _TALKED_ABOUT and small_talk(before) is None


_QUESTION_STARTS = frozenset(_DATA["question_starts"])
_ENDS_ASKING = re.compile(r"[?？؟][\s\W]*$|[?？؟]\s+\S")
_ASKS_UNSPACED = re.compile(
    r"(?:[吗嗎呢]|ですか|ますか|でしょうか|のか|だろうか)[。.]?\s*$|什么|什麼|怎么|怎麼|为什么|為什麼|谁|誰|哪[里裡个個些]|何を|何が|なぜ|どう|どこ|いつ"
)
_ENDS_TELLING = re.compile(r"[.!。！…:;]\s*$")
_URL = re.compile(r"https?://\S+")
MIN_QUESTION_WORDS = 3
"""Words of a question that has no question mark."""


def is_question(text: str) -> bool:
    """Whether a message asks something: it has a question mark at the end of a sentence, or begins as questions do.

    Small talk is no question, and neither is what is only shouted ("what a day!") or told ("when I was young, I read.").
    """
    message = _URL.sub(" ", text).strip()
    if not message:
        return False
    if (meant := small_talk(message)) is not None:
        return meant.kind in (Kind.SOURCES, Kind.STATS) and bool(_ENDS_ASKING.search(message))
    if _ENDS_ASKING.search(message):
        return any(sign.isalpha() for sign in message)
    if _ENDS_TELLING.search(message):
        return bool(_ASKS_UNSPACED.search(message)) and not message.endswith(("!", "！"))
    if _ASKS_UNSPACED.search(message):
        return True
    words = _folded(message).split()
    return len(words) >= MIN_QUESTION_WORDS and words[0] in _QUESTION_STARTS and "\n" not in message


_FIRST_UNSPACED = "\u3000"
"""Signs from here on are of languages without blanks."""
_POINTING_WORDS = frozenset(" ".join(map(_folded, _DATA["pointing"])).split())
_VAGUE_WORDS = frozenset(" ".join(map(_folded, _DATA["vague"])).split())


@cache
def _referring() -> re.Pattern[str]:
    """Matches a message of such words alone; in languages with blanks, of whole words."""
    words = sorted(_VAGUE_WORDS | _POINTING_WORDS, key=len, reverse=True)
    whole = (f"{re.escape(word)}{'' if word[-1] > _FIRST_UNSPACED else '(?![a-zß-ÿ])'}" for word in words)
    return re.compile(rf"(?:{'|'.join(whole)}|\s)+")


def refers(text: str) -> bool:
    """Whether a message asks about the message or thread above it, as in "anything on this?", and names no subject itself."""
    folded = _folded(text)
    if len(folded) > MAX_SMALL_TALK_CHARS or not _referring().fullmatch(folded):
        return False
    spaced = folded.split()
    return any(word in _POINTING_WORDS for word in spaced) or any(
        word in folded for word in _POINTING_WORDS if word[0] > _FIRST_UNSPACED
    )

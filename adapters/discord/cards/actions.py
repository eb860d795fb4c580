"""The actions of buttons and menus on cards. `adapters.discord.cards.custom_ids` encodes them."""

from dataclasses import dataclass

from bot.chat.digest_commands import PressAction
from bot.chat.feedback import Verdict
from bot.chat.requests import Command
from bot.chat.settings_commands import SettingName


@dataclass(frozen=True, slots=True)
class More:
    """Shows another page: of the answer to the question in `message`, of the list that `command` shows, or of an earlier result
    that is stored under `key`. One of the three is set."""

    offset: int
    limit: int
    message: int | None = None
    command: Command | None = None
    key: str = ""


@dataclass(frozen=True, slots=True)
class Another:
    """Shows other random highlights."""

    count: int = 1
    theme: str = ""
    """The theme of the highlights, in the form of the `argument` of the command "random"; "" for all."""


@dataclass(frozen=True, slots=True)
class Step:
    """Runs a command that is offered below "Nothing fits"."""

    command: Command


@dataclass(frozen=True, slots=True)
class ShowSource:
    """Shows the highlights of a source. Only the presser sees them."""

    key: str


@dataclass(frozen=True, slots=True)
class Similar:
    """Shows highlights that are similar to this one."""

    highlight: str


@dataclass(frozen=True, slots=True)
class Draw:
    """Shows this highlight as a picture."""

    highlight: str


@dataclass(frozen=True, slots=True)
class Remove:
    """Removes the answer, for its asker and for those who may manage messages."""

    asker: int


@dataclass(frozen=True, slots=True)
class Share:
    """Posts a private answer to the channel (`adapters.discord.events.share`)."""

    shown: tuple[str, ...] = ()
    """Names of what it shows (`bot.answering.lookup.short_name`): it is not posted once any of it has left the library."""


@dataclass(frozen=True, slots=True)
class Vote:
    """Says whether an answer was helpful."""

    verdict: Verdict
    answer: str
    """`Answer.key`."""


@dataclass(frozen=True, slots=True)
class DigestAction:
    """What to do with a highlight of a digest."""

    press: PressAction
    highlight: str
    mark: str = ""
    """The mark of the scheduled digest (`adapters.discord.proactive`); "" if somebody asked for the digest."""


@dataclass(frozen=True, slots=True)
class Choose:
    """Sets a setting of the server to the chosen values."""

    name: SettingName
    values: tuple[str, ...]


Action = Choose | More | Another | Similar | Draw | ShowSource | Remove | Share | Step | Vote | DigestAction

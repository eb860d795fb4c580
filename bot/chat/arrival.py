"""What reaches the bot on a platform, as plain facts: a message, a command, a pressed button.

An adapter fills in the facts and decides nothing; `bot.access.rules` decides.
"""

from dataclasses import dataclass

from bot.chat.digest_commands import DigestRequest
from bot.chat.feedback import Feedback
from bot.chat.requests import Request
from bot.chat.save_request import SaveMessage
from bot.chat.settings_commands import SettingsRequest


@dataclass(frozen=True, slots=True)
class QuotesById:
    """Asks for highlights by their ids, as they were shown before."""

    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class QuotesByLink:
    """Asks for the highlights with these links."""

    links: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FoundPage:
    """Asks for a page of an earlier result, stored under `key` (`bot.state.found_lists`)."""

    key: str
    offset: int
    limit: int


Asked = (
    Request | DigestRequest | QuotesById | QuotesByLink | FoundPage | Feedback | SaveMessage | SettingsRequest
)
"""What a command, a button or a form asks for."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A message to the bot, a command, or a press of one of its buttons.

    `key` identifies it for good: two deliveries of the same message, or two events about it, have the same key.
    """

    key: str
    """"slack:C012:1700000000.000100": the platform, the channel, the message. No text, no names."""
    platform: str
    server: str
    """Slack's team or Discord's guild where it happened; "" in a direct message outside of one."""
    channel: str
    person: str
    sent_at: float
    """Seconds since 1970, by the platform's clock."""
    text: str = ""
    """The message as plain text, without the mention."""
    context: str = ""
    """The thread or forwarded text the message may refer to."""
    around: tuple[str, str] | None = None
    """The text before and after the mention of the bot; None without a mention."""
    request: Asked | None = None
    """What a command or a button asks for; None for a message, which is interpreted later."""
    organisation: str = ""
    """The organisation that `server` belongs to, on platforms where several servers belong to one: Slack's Enterprise Grid."""
    thread: str | None = None
    parent: str | None = None
    """The channel that this one (a thread, a forum post) belongs to, on platforms where threads are channels of their own."""
    category: str = ""
    """The category of the channel or of its parent, on platforms that have categories."""
    conversation: str = ""
    """The channel that the answer goes to ("discord:123"), if it is not this one: a thread of its own."""
    roles: frozenset[str] | None = None
    """Ids of the person's roles in the server; None on platforms that have none."""
    person_server: str = ""
    """The server that the person belongs to, if it is not `server`."""
    home: bool = False
    """Sent in a server that the bot belongs to by default: its own workspace, its owner's guild."""
    direct: bool = False
    """Sent in direct messages."""
    bot: bool = False
    """Sent by a bot, by the bot itself, or through a webhook."""
    edited: bool = False
    broadcast: bool = False
    """Only a ping of everyone, or of a group."""
    stranger: bool = False
    """The person belongs to another organisation (Slack Connect)."""
    shared: bool = False
    """The channel is shared with another organisation."""
    guest: bool = False
    """A guest of the workspace, let into single channels."""
    unsure: bool = False
    """The platform could not say whether the channel is shared or the person is a guest."""
    owner: bool = False
    """The person owns the bot."""
    withheld: bool = False
    """The platform did not provide the text of the message."""
    unaddressed: bool = False
    """A message in a channel that does not mention the bot."""
    follows: bool = False
    """Said in a thread that the bot has answered in."""
    pressed: bool = False
    """A button, the next page or the Home tab: it does not count as a question."""
    deduplicate: bool = False
    """A public reply that may be requested twice at the same time, as when two people press a button."""
    private: bool = False
    """The reply is for the asker alone. What nobody else may see is shown only then, or in direct messages."""
    zone: str | None = None
    """The person's own time zone, if the platform says it and it matters."""
    manages: bool | None = None
    """Whether the person may change the channel's settings, by the platform's rights; None if that is not known yet."""

    administers: bool | None = None
    """Whether the person manages the whole server; None if that is not known yet."""
    asked_by: str = ""
    """The person whose public answer a button belongs to; "" if that does not matter."""
    may_delete_others: bool = False
    """Whether the person may delete other people's messages there."""

    @property
    def needs_claim(self) -> bool:
        """Whether it may reach the bot more than once, so that it must be claimed before it is answered."""
        return self.request is None or self.deduplicate

    @property
    def place(self) -> str:
        """The channel as it is written in settings: "slack:C012"."""
        return f"{self.platform}:{self.channel}"

    @property
    def scope(self) -> str:
        """Within a scope, no highlight is shown twice until all have been: the channel, or the person in direct messages."""
        return self.asker if self.direct else self.place

    @property
    def asker(self) -> str:
        return f"{self.platform}:{self.person}"

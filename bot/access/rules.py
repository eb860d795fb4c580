"""Who is answered, where, and how often: decided once, for every platform.

Each rule makes one decision about an `Arrival`. They are asked in order, and the first refusal counts.

| rule | refuses |
|---|---|
| `not_from_bots` | messages from bots, webhooks and the bot itself; edits; pings of everyone or of a group |
| `only_to_the_bot` | mentions that only talk about the bot; messages without a mention, except where these are answered too |
| `not_too_old` | messages sent more than ten minutes ago, as after an outage |
| `only_where_allowed` | other places and people; each is logged once, with the settings that would allow it |
| `only_as_chosen` | channels and people that `/highlight settings` of the server leaves out |
| `only_who_may_press` | buttons that are for the asker, or for those who manage the channel, where it was chosen so |
| `not_too_many` | questions over the limit of a person or a channel; buttons and the Home tab do not count |
| `not_without_words` | nothing but a mention, emoji or punctuation; a short help is the reply |

What could be answered to the asker alone (commands, buttons, direct messages) is refused with one sentence; in channels there is
silence.

What is allowed: `bot.access.places`.

Who may save messages (`SAVERS`), of those who are answered in a place: the people listed; with nobody listed the people of the
home, no guests, in places that are not shared with another organisation. What is not known counts as a no.

Within that, whoever manages a server may choose channels, categories and roles (`/highlight settings`). The environment counts
first: a channel that `ALLOWED_CHANNELS` or `ASK_CHANNELS` names is answered whatever was chosen, and so are the people that
`ALLOWED_PEOPLE` or `DISCORD_USERS` names.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from cachetools import LRUCache

from bot.access.choices import Choices
from bot.access.people import People, UnknownPeople
from bot.access.places import AllowedPlaces, Allowlist, places
from bot.access.rate_limit import RateLimit
from bot.access.refusal import Reason, Refusal
from bot.chat import wording
from bot.chat.arrival import Arrival
from bot.chat.digest_commands import DigestPress
from bot.chat.settings_commands import InvalidSettingsCommand, SettingsCommand
from bot.chat.small_talk import in_passing, is_question
from bot.delivery.target import RefusedError
from bot.state.chosen import ServerChoices
from bot.state.shared_limits import Limited, NothingShared, SharedLimits
from bot.text.sanitize import has_words

MAX_AGE_S = 600.0
"""Age in seconds beyond which a question is not answered any more."""
MAX_WITHHELD_THREADS = 1_000
"""Threads remembered as having got the notice that messages are withheld. Beyond this number, the oldest gets it again."""


def may_remove(person: str, asker: str | None, admin: bool) -> bool:
    """Whether a person may remove an answer: the asker and admins may."""
    return admin or (asker is not None and person == asker)


@dataclass(slots=True)
class Rules:
    """All rules, and what they remember."""

    allowlist: Allowlist = field(default_factory=Allowlist)
    person: RateLimit = field(default_factory=lambda: RateLimit(10))
    channel: RateLimit = field(default_factory=lambda: RateLimit(30))
    shared: SharedLimits = field(default_factory=NothingShared)
    """The same limits over all replicas."""
    now: Callable[[], float] = time.time
    people: People = field(default_factory=UnknownPeople)
    everyone_sets_digests: bool = False
    """Whether everyone may set a channel's digest, not only its managers."""
    ask_channels: frozenset[str] = frozenset()
    """`ASK_CHANNELS`: here questions need no mention."""
    private_channels: frozenset[str] = frozenset()
    """`PRIVATE_CHANNELS`: here messages are answered to the asker alone."""
    savers: frozenset[str] = frozenset()
    """`SAVERS`: who may save messages."""
    everywhere: frozenset[str] = frozenset()
    """`DISCORD_USERS`: who may use commands in every place, where the answer is for them alone."""
    choices: Choices = field(default_factory=Choices)
    """What was chosen by commands."""
    _logged_places: set[str] = field(default_factory=set)
    _told_withheld: LRUCache[str, bool] = field(default_factory=lambda: LRUCache(MAX_WITHHELD_THREADS))
    """Threads in which it was said that the platform does not hand over their messages."""

    @property
    def _where(self) -> AllowedPlaces:
        return AllowedPlaces(self.allowlist, self.people, self.everywhere, self._logged_places)

    async def check(self, arrival: Arrival) -> Refusal | None:
        """The first refusal; None if it is to be answered, which then counts towards the limits."""
        return (
            self.not_from_bots(arrival)
            or self.only_to_the_bot(arrival)
            or self.not_too_old(arrival)
            or await self.only_where_allowed(arrival)
            or await self.only_who_may_press(arrival)
            or await self.not_too_many(arrival)
            or self.not_without_words(arrival)
        )

    async def may_manage(self, arrival: Arrival) -> bool:
        """Whether the person may set the digest there; always in their own direct messages."""
        if self.everyone_sets_digests or arrival.direct:
            return True
        if arrival.manages is not None:
            return arrival.manages
        return await self.people.manages(arrival.platform, arrival.person, arrival.channel)

    async def runs_the_bot(self, arrival: Arrival) -> bool:
        """Whether the person runs the bot: on Slack an admin or owner of its workspace or organisation, on Discord the
        application's owner or an accepted member of its team. Strangers never do, nor does anyone if the platform cannot say."""
        if arrival.stranger or arrival.guest:
            return False
        return arrival.owner or await self.people.is_operator(arrival.platform, arrival.person)

    async def may_save(self, arrival: Arrival) -> bool:
        """Whether the person may save a message there."""
        if arrival.bot or not await self._where.allow(arrival):
            return False
        if self.savers:
            return arrival.asker in self.savers
        if arrival.owner:
            return True
        outside = arrival.stranger or arrival.shared or arrival.guest or arrival.unsure
        return arrival.home and not outside

    async def administers(self, arrival: Arrival) -> bool:
        """Whether the person manages the whole server. People of other organisations do not."""
        if arrival.stranger:
            return False
        if arrival.administers is not None:
            return arrival.administers
        return await self.people.administers(arrival.platform, arrival.person, arrival.server)

    async def answers_in_thread(self, arrival: Arrival) -> bool:
        """Whether the answer goes to a new thread: threads were chosen, and the message is in none yet."""
        if arrival.direct or arrival.parent is not None or not arrival.server:
            return False
        return (await self._chosen(arrival)).threads

    def overruling(self, platform: str) -> frozenset[str]:
        """The environment settings that take precedence over what was chosen."""
        listed = self.allowlist.of(platform)
        asked = any(channel.startswith(f"{platform}:") for channel in self.ask_channels)
        named = {"ALLOWED_CHANNELS": listed.channels, "ALLOWED_PEOPLE": listed.people, "ASK_CHANNELS": asked}
        return frozenset(name for name, entries in named.items() if entries)

    def answers_privately(self, arrival: Arrival) -> bool:
        """Whether a message in a channel is answered to the asker alone. A thread follows its parent."""
        return not arrival.direct and bool(places(arrival) & self.private_channels)

    def not_from_bots(self, arrival: Arrival) -> Refusal | None:
        if arrival.bot:
            return Refusal(Reason.BOT)
        if arrival.edited:
            return Refusal(Reason.EDITED)
        return Refusal(Reason.BROADCAST) if arrival.broadcast else None

    def not_too_old(self, arrival: Arrival) -> Refusal | None:
        if arrival.request is None and self.now() - arrival.sent_at > MAX_AGE_S:
            return Refusal(Reason.OLD)
        return None

    def only_to_the_bot(self, arrival: Arrival) -> Refusal | None:
        if arrival.around is not None and not arrival.direct and in_passing(*arrival.around):
            return Refusal(Reason.ASIDE)
        if arrival.unaddressed and arrival.withheld and arrival.place in self._told_withheld:
            return Refusal(Reason.ASIDE)
        if not arrival.unaddressed or arrival.follows:
            return None
        if places(arrival) & self.ask_channels and is_question(arrival.text):
            return None
        return Refusal(Reason.ASIDE)

    async def only_where_allowed(self, arrival: Arrival) -> Refusal | None:
        if await self._where.allow(arrival):
            return await self.only_as_chosen(arrival)
        message = self._where.denial(arrival)
        alone = arrival.request is not None or (arrival.direct and not arrival.stranger)
        return Refusal(Reason.PLACE, message if alone else None)

    async def only_as_chosen(self, arrival: Arrival) -> Refusal | None:
        """Managers of the server can use the settings themselves everywhere."""
        if arrival.direct or not arrival.server or self._where.is_everywhere(arrival):
            return None
        is_settings = isinstance(arrival.request, SettingsCommand | InvalidSettingsCommand)
        if is_settings and await self.administers(arrival):
            return None
        choices, listed = await self._chosen(arrival), self.allowlist.of(arrival.platform)
        ids = {arrival.channel, arrival.parent, arrival.category}
        named = places(arrival) & (listed.channels | self.ask_channels)
        message = None
        if choices.channels and not named and not ids & set(choices.channels):
            message = wording.NOT_IN_THIS_CHANNEL
        elif _lacks_role(arrival, choices) and not listed.people:
            message = wording.NOT_FOR_YOU
        if message is None:
            return None
        return Refusal(Reason.PLACE, message if arrival.request is not None else None)

    async def only_who_may_press(self, arrival: Arrival) -> Refusal | None:
        """If so chosen, only managers may press what changes a digest, and only its asker the buttons of an answer."""
        if not arrival.pressed or arrival.direct or not arrival.server:
            return None
        request = arrival.request
        changes_digest = isinstance(request, DigestPress) and request.action != "another"
        is_others = arrival.asked_by not in ("", arrival.person) and not arrival.may_delete_others
        if not changes_digest and not is_others:
            return None
        choices = await self._chosen(arrival)
        if is_others and choices.buttons == "asker":
            return Refusal(Reason.RIGHT, wording.BUTTON_OF_ASKER)
        if changes_digest and choices.digest_buttons == "managers" and not await self.may_manage(arrival):
            return Refusal(Reason.RIGHT, wording.BUTTON_OF_MANAGERS)
        return None

    async def _chosen(self, arrival: Arrival) -> ServerChoices:
        return await self.choices.of_server(f"{arrival.platform}:{arrival.server}")

    async def check_place(self, place: Arrival) -> None:
        """For posts that nobody asked for. Raises RefusedError if the place of this arrival is not, or no longer, allowed."""
        if not await self._where.allow(place):
            setting = "ALLOWED_SERVERS" if place.direct else "ALLOWED_CHANNELS"
            entry = f"{place.platform}:{place.server}" if place.direct else place.place
            advice = self.allowlist.advice(place.platform, setting, entry)
            raise RefusedError("the place is not allowed", f"To post there, add {advice} to the settings")
        if await self.only_as_chosen(place) is not None:
            raise RefusedError(
                "left out by /highlight settings", "Add the channel there, or switch the digest off"
            )

    async def not_too_many(self, arrival: Arrival) -> Refusal | None:
        if arrival.pressed:
            return None
        limits = {arrival.asker: self.person, arrival.place: self.channel}
        for name, limit in limits.items():
            if limit.is_reached(name):
                return _too_many(limit, name, arrival)
        for name, limit in limits.items():
            limit.record(name)  # at once: another question may be checked while the database is asked
        counted = [Limited(name, limit.limit) for name, limit in limits.items()]
        reached = await self.shared.count_question(arrival.key, counted)
        return None if reached is None else _too_many(limits[reached], reached, arrival)

    def not_without_words(self, arrival: Arrival) -> Refusal | None:
        if arrival.request is None and not has_words(arrival.text):
            # once per thread: a message without a mention might not be meant for the bot
            if arrival.unaddressed and arrival.withheld:
                self._told_withheld[arrival.place] = True
            return Refusal(Reason.NO_WORDS, wording.WITHHELD if arrival.withheld else wording.ASK_SOMETHING)
        return None


def _lacks_role(arrival: Arrival, choices: ServerChoices) -> bool:
    """Whether only some roles may ask and the person has none of them. A digest has no asker and always may."""
    return bool(choices.roles and arrival.person) and not (arrival.roles or frozenset()) & set(choices.roles)


def _too_many(limit: RateLimit, name: str, arrival: Arrival) -> Refusal:
    tell = limit.may_notify(name) or arrival.request is not None
    return Refusal(Reason.LIMIT, wording.TOO_MANY if tell else None, partial(limit.forget_notice, name))

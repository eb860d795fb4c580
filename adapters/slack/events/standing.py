"""Asks Slack for the facts that the rules need: whether a channel is shared, and whether a person is a guest or a colleague."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from adapters.slack import arrivals
from adapters.slack.arrivals import Identity, Payload, Standing, get_object, get_string
from adapters.slack.directory import Directory
from bot.chat.arrival import Arrival


@dataclass(frozen=True, slots=True)
class Standings:
    """Looks up the standing of people and places."""

    directory: Directory
    identity: Identity

    async def of_message(self, arrival: Arrival, body: Payload) -> Arrival:
        """The arrival with these facts."""
        if arrival.stranger:
            team = arrival.person_server
            colleague = await self.directory.is_colleague(arrival.person, team, self.identity)
            arrival = replace(arrival, stranger=not colleague)
        if arrival.direct:
            person = await self.directory.person(arrival.person)
            return replace(arrival, guest=person.guest, unsure=person.unsure)
        if "is_ext_shared_channel" not in body:
            channel = await self.directory.channel(arrival.channel)
            return replace(arrival, shared=channel.shared or channel.unsure)
        return arrival

    async def of_interaction(self, payload: Payload, user: str, channel: str) -> Standing:
        """The standing of a person who typed a command or pressed a button. In the Home tab, `channel` is empty."""
        direct = not channel or channel.startswith("D")
        colleague = await self._is_colleague(payload, user)
        if direct:
            # In channels it does not matter whether a person is a guest: somebody invited the guest there.
            person = await self.directory.person(user)
            return Standing(guest=person.guest, colleague=colleague, unsure=person.unsure)
        found = await self.directory.channel(channel)
        return Standing(shared=found.shared, colleague=colleague, unsure=found.unsure)

    async def _is_colleague(self, payload: Payload, user: str) -> bool:
        enterprise = _enterprise(payload)
        if self.identity.enterprise and enterprise == self.identity.enterprise:
            return True
        return await self.directory.is_colleague(user, arrivals.person_team(payload), self.identity)


def _enterprise(payload: Mapping[str, object]) -> str:
    """The organisation of the person, if the payload names it. The payload of a button also names the app's own organisation."""
    return get_string(get_object(payload, "user"), "enterprise_id") or get_string(payload, "enterprise_id")

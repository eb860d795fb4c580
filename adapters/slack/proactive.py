"""Posts digests to Slack channels. Before each post, the rules decide whether the channel still allows it."""

from dataclasses import KW_ONLY, dataclass
from typing import ClassVar

from adapters.proactive import ProactiveBase
from adapters.slack.arrivals import Identity
from adapters.slack.cards import render
from adapters.slack.directory import Channel, Directory, Person
from adapters.slack.posting import find_message, metadata, post_message
from adapters.slack.web_api import Api, Body
from bot.access.rules import Rules
from bot.chat.arrival import Arrival
from bot.chat.replies import Reply
from bot.delivery.target import UnsentError

DIGEST_EVENT = "analects_digest"
"""Event type in the metadata of a digest, whose payload holds the key of the post."""


@dataclass(frozen=True, slots=True)
class ProactiveTarget(ProactiveBase):
    """A `Target` for digests."""

    platform: ClassVar[str] = "slack"

    _: KW_ONLY
    api: Api
    directory: Directory
    rules: Rules
    identity: Identity

    async def post(self, reply: Reply) -> str:
        await self.rules.check_place(await self._place())
        message = render.message(reply, asker=None, private=False)
        return await post_message(self.api, self.channel, message, self._metadata())

    async def find(self) -> str | None:
        return await find_message(self.api, self.channel, self._metadata(), f"{self.oldest:.6f}")

    def _metadata(self) -> Body:
        return metadata(DIGEST_EVENT, "key", self.key)

    async def _place(self) -> Arrival:
        """The channel as an arrival, for the rules. Raises UnsentError if Slack does not say just now who reads there."""
        direct = self.channel.startswith("D")
        person = await self.directory.person(self.person) if direct and self.person else Person()
        channel = Channel() if direct else await self.directory.channel(self.channel)
        if person.unsure or (channel.unsure and channel.has_bot is not False):
            raise UnsentError("who reads there is not known just now")
        return Arrival(
            key=self.key,
            platform=self.platform,
            server=(channel.team if self.identity.for_organisation else "") or self.identity.team,
            organisation=self.identity.enterprise,
            channel=self.channel,
            person=self.person,
            sent_at=self.since,
            home=True,
            direct=direct,
            shared=channel.shared,
            guest=person.guest,
        )

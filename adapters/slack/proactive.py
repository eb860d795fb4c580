"""What goes to a channel of Slack unasked: the digest. Whether it may still go there is asked at each post."""

from dataclasses import dataclass

from adapters.slack import render
from adapters.slack.arrivals import Identity
from adapters.slack.directory import People
from adapters.slack.targets import found, metadata, posted
from adapters.slack.web_api import Api
from bot.access.rules import Rules
from bot.chat.arrival import Arrival
from bot.chat.replies import Notice, Reply

DIGEST = "analects_digest"
"""Marks a digest, with its key: by that it is found again."""
_SKEW = 300.0
"""Seconds by which the clocks of Slack and of the bot may differ."""


@dataclass(frozen=True, slots=True)
class ProactiveTarget:
    """For all in a channel, or to the one `person` whose direct messages it is."""

    api: Api
    people: People
    rules: Rules
    me: Identity
    channel: str
    key: str
    since: float
    person: str = ""

    @property
    def lane(self) -> str:
        return f"slack:{self.channel}"

    async def post(self, reply: Reply) -> str:
        await self.rules.check_place(await self._place())
        shown = render.message(reply, asker=None, private=False)
        return await posted(self.api, self.channel, shown, metadata(DIGEST, "key", self.key))

    async def find(self) -> str | None:
        wanted = metadata(DIGEST, "key", self.key)
        return await found(self.api, self.channel, wanted, f"{max(0.0, self.since - _SKEW):.6f}")

    async def tell(self, notice: Notice) -> None:
        """Nobody asked, nobody is told."""
        del notice

    async def _place(self) -> Arrival:
        direct = self.channel.startswith("D")
        person = await self.people.person(self.person) if direct and self.person else None
        return Arrival(
            key=self.key,
            platform="slack",
            server=self.me.team,
            channel=self.channel,
            person=self.person,
            sent_at=self.since,
            home=True,
            direct=direct,
            shared=not direct and (await self.people.place(self.channel)).shared,
            guest=person is not None and person.guest,
        )

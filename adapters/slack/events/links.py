"""Unfurls links to highlights in people's messages: below each stands the passage.

Slack sends the event `link_shared` only if the manifest requests it. Links unfurl only where the bot may answer for everyone: not
where answers are private, and not while the person still types.
"""

from dataclasses import dataclass, field, replace

from adapters.slack import arrivals
from adapters.slack.arrivals import Identity, Payload, get_object, get_string
from adapters.slack.cards import passage
from adapters.slack.cards.block_kit import Block
from adapters.slack.events.standing import Standings
from adapters.slack.web_api import Api
from bot.answering import lookup
from bot.chat.arrival import QuotesByLink
from bot.chat.replies import Notice, Picks, Reply
from bot.lanes import Handle
from bot.service import Service

MAX_LINKS = 5
"""Links of one message that unfurl."""
MAX_PASSAGE_CHARS = 900


@dataclass(frozen=True, slots=True)
class UnfurlTarget:
    """Shows passages below the links of a message. A second try changes nothing, so `find` need not look for the first."""

    api: Api
    channel: str
    message: str
    """The ts of the message with the links."""
    links: tuple[str, ...] = field(repr=False)

    @property
    def lane(self) -> str:
        return f"slack:{self.channel}:links"

    async def post(self, reply: Reply) -> str:
        if isinstance(reply, Picks):
            found = {lookup.link_key(quote.highlight.link): quote for quote in reply.quotes}
            unfurls: dict[str, object] = {}
            for link in self.links:
                quote = found.get(lookup.link_key(link))
                if quote is not None:
                    blocks: list[Block] = passage.passage_blocks(quote, MAX_PASSAGE_CHARS)
                    unfurls[link] = {"blocks": blocks}
            await self.api.call("chat.unfurl", channel=self.channel, ts=self.message, unfurls=unfurls)
        return ""

    async def find(self) -> str | None:
        return None

    async def tell(self, notice: Notice) -> None:
        """Says nothing: nobody asked."""
        del notice


@dataclass(slots=True)
class Links:
    """Hands links to the service."""

    api: Api
    service: Service
    identity: Identity
    standings: Standings

    async def shared(self, body: Payload) -> Handle | None:
        """Handles the event `link_shared`."""
        event = get_object(body, "event")
        channel, ts = get_string(event, "channel"), get_string(event, "message_ts")
        listed = event.get("links")
        links = (
            [get_string(entry, "url") for entry in listed if isinstance(entry, dict)]
            if isinstance(listed, list)
            else []
        )
        links = list(dict.fromkeys(filter(None, links)))[:MAX_LINKS]
        if event.get("is_bot_user_member") is not True or channel == "COMPOSER" or not links or not ts:
            return None
        person = get_string(event, "user")
        payload: Payload = {
            "user": {"id": person}, "channel": {"id": channel}, "team": {"id": get_string(body, "team_id")},
        }  # fmt: skip
        standing = await self.standings.of_interaction(payload, person, channel)
        arrival = arrivals.of_interaction(
            payload, self.identity, QuotesByLink(tuple(links)), f"slack:links:{channel}:{ts}", private=False, standing=standing,
            deduplicate=True,
        )  # fmt: skip
        arrival = replace(
            arrival,
            shared=arrival.shared or standing.unsure or body.get("is_ext_shared_channel") is True,
            bot=not person or person == self.identity.user,
        )
        if self.service.rules.answers_privately(arrival):
            return None
        return self.service.hear(arrival, UnfurlTarget(self.api, channel, ts, tuple(links)))

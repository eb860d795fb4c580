"""A digest as people set it on Slack: in words behind `/highlight digest`, or in a form."""

from dataclasses import dataclass, replace
from logging import getLogger

from adapters.slack import digest_form
from adapters.slack.directory import People
from adapters.slack.targets import EphemeralTarget
from adapters.slack.web_api import Api
from bot.chat import wording
from bot.chat.arrival import Arrival
from bot.chat.digest_commands import DigestCommand, InvalidDigestCommand
from bot.chat.replies import Notice
from bot.delivery.target import PostError
from bot.schedule import time_zones
from bot.service import Service

log = getLogger("analects.slack")


@dataclass(frozen=True, slots=True)
class Digesting:
    """Knows whether a digest can be set, and opens the form."""

    api: Api
    service: Service
    people: People

    async def possible(self, command: DigestCommand, channel: str) -> DigestCommand | InvalidDigestCommand:
        """The command; where the bot can't post, what is to be done first."""
        needs_place = command.action in ("set", "now")
        if needs_place and not await self.people.can_post(channel):
            return InvalidDigestCommand("every", wording.NOT_INVITED)
        return command

    async def zone_of(self, user: str) -> str | None:
        """Someone's own time zone."""
        return time_zones.find((await self.people.person(user)).zone or "")

    async def open_form(self, arrival: Arrival, target: EphemeralTarget, trigger: str) -> None:
        """The form with what is set, before those who may set it. A trigger holds for 3 s: after that it has to be written."""
        rules = self.service.rules
        if await rules.only_where_allowed(arrival) is None and not await rules.may_manage(arrival):
            self.service.hear(arrival, target)  # which says so
            return
        objection = await rules.check(arrival)
        if objection is not None:
            if objection.message is not None:
                await self._tell(target, objection.message)
            return
        digest_requests = self.service.digest_requests
        held = (
            await digest_requests.initial(arrival.place)
            if digest_requests is not None
            else DigestCommand("set")
        )
        usual = replace(held, zone=held.zone or arrival.zone)
        view = digest_form.view(digest_form.Carried(arrival.channel, target.url), usual)
        try:
            await self.api.call("views.open", trigger_id=trigger, view=view)
        except PostError as error:
            log.info("no form was opened: %(error)s", {"error": str(error)})
            await self._tell(target, wording.FORM_LATE)

    async def _tell(self, target: EphemeralTarget, says: str) -> None:
        try:
            await target.tell(Notice(says))
        except PostError as error:
            log.info("a notice was not delivered: %(error)s", {"error": str(error)})

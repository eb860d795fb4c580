"""Sets a digest on Slack: with words after `/highlight digest`, or in a form."""

from dataclasses import dataclass, replace
from logging import getLogger

from adapters.slack.cards import digest_form
from adapters.slack.directory import Directory
from adapters.slack.targets import ConversationTarget, EphemeralTarget
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
class DigestSetup:
    """Checks whether a digest can be set, and opens the form."""

    api: Api
    service: Service
    directory: Directory

    async def check_can_post(
        self, command: DigestCommand, channel: str
    ) -> DigestCommand | InvalidDigestCommand:
        """The command; if the bot cannot post in the channel, an error that says what to do first."""
        posts = command.action in ("set", "now")
        if not posts:
            return command
        if not await self.directory.can_post(channel):
            return InvalidDigestCommand("every", wording.NOT_INVITED)
        self.service.delivery.lift(f"slack:{channel}")
        return command

    async def time_zone_of(self, user: str) -> str | None:
        """The time zone in a person's Slack profile; None if it is unknown."""
        return time_zones.find((await self.directory.person(user)).time_zone or "")

    async def requested_form(self, typed: str, place: str) -> str | None:
        """The name of the digest whose form a command opens, "" for the usual digest; None if it opens no form.

        "digest" and "digest set" open it, also with the name of a digest that exists in the channel.
        """
        words = typed.split()
        if [word.lower() for word in words[:2]] not in (["digest"], ["digest", "set"]):
            return None
        name = " ".join(words[2:])
        requests = self.service.digest_requests
        names = await requests.names_in(place) if name and requests is not None else []
        return name if not name or name.casefold() in {existing.casefold() for existing in names} else None

    async def open_form(
        self, arrival: Arrival, target: EphemeralTarget | ConversationTarget, trigger: str, name: str = ""
    ) -> None:
        """Opens the form for people who may set a digest.

        A trigger id is valid for 3 s. If it has expired, the reply asks the person to type the command.
        """
        rules = self.service.rules
        if await rules.only_where_allowed(arrival) is None and not await rules.may_manage(arrival):
            self.service.hear(arrival, target)  # the service replies that they may not
            return
        objection = await rules.check(arrival)
        if objection is not None:
            if objection.message is not None:
                await self._tell(target, objection.message)
            return
        digest_requests = self.service.digest_requests
        saved = (
            await digest_requests.initial(arrival.place, name)
            if digest_requests is not None
            else DigestCommand("set")
        )
        current = replace(saved, zone=saved.zone or arrival.zone)
        url = target.url if isinstance(target, EphemeralTarget) else ""
        view = digest_form.view(digest_form.FormContext(arrival.channel, url), current)
        try:
            await self.api.call("views.open", trigger_id=trigger, view=view)
        except PostError as error:
            log.info("the digest form was not opened: %(error)s", {"error": str(error)})
            await self._tell(target, wording.FORM_NOT_OPENED)

    async def _tell(self, target: EphemeralTarget | ConversationTarget, text: str) -> None:
        try:
            await target.tell(Notice(text))
        except PostError as error:
            log.info("a notice was not delivered: %(error)s", {"error": str(error)})

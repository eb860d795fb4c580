"""The listeners of slack-bolt. They convert each envelope to an arrival and hand it to the service.

Commands and interactions are acknowledged at once, because Slack never sends them again. An event is acknowledged when it is
answered, or after `ACKNOWLEDGE_AFTER_S` as soon as it is claimed. If the bot is killed before that, Slack sends the event again;
if it is killed later, `bot.recovery` answers what was claimed.

Each kind of envelope has one listener, which takes all envelopes of that kind: Slack would send an envelope without a listener
again, because nobody acknowledges it.
"""

import asyncio
import re
from logging import getLogger

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.authorization import AuthorizeResult

from adapters.slack.arrivals import get_object, get_string
from adapters.slack.cards import actions, digest_form
from adapters.slack.events.receiver import Receiver
from bot.chat import wording
from bot.chat.digest_commands import InvalidDigestCommand
from bot.runtime.logs import describe_error

log = getLogger("analects.slack")

ACKNOWLEDGE_AFTER_S = 2.5
"""Slack sends an event again if it is not acknowledged within 3 s."""
_ANY_ID = re.compile(r"")


def build_app(receiver: Receiver) -> AsyncApp:
    """The slack-bolt app with its listeners. Over HTTP, `http_mode` gives it only what Slack signed."""
    identity = receiver.identity

    async def authorize(**_: object) -> AuthorizeResult:
        # Bolt's own authorize would call auth.test for every event, and lose the event if that fails.
        # The token here is not used: all calls go through `Api`.
        return AuthorizeResult(
            enterprise_id=identity.enterprise or None,
            team_id=identity.team,
            bot_user_id=identity.user,
            bot_id=identity.bot,
            bot_token="-",  # noqa: S106
        )

    app = AsyncApp(
        name="slack_bolt",  # Bolt sets the level of the logger of this name
        logger=getLogger("slack_bolt"),
        client=receiver.api.client,
        signing_secret="",
        request_verification_enabled=False,
        authorize=authorize,
        attaching_conversation_kwargs_enabled=False,
        process_before_response=True,
    )

    async def event(body: dict[str, object]) -> None:  # Bolt acknowledges it when this returns
        await _until_answered(receiver, body)

    async def command(ack: AsyncAck, body: dict[str, object]) -> None:
        await ack()
        receiver.start(receiver.command(body))

    async def action(ack: AsyncAck, body: dict[str, object]) -> None:
        await ack()
        receiver.start(receiver.action(body))

    async def shortcut(ack: AsyncAck, body: dict[str, object]) -> None:
        await ack()
        receiver.start(receiver.shortcut(body))

    async def view(ack: AsyncAck, body: dict[str, object]) -> None:
        await receiver.use_language_of(get_string(get_object(body, "user"), "id"))
        if get_string(get_object(body, "view"), "callback_id") == actions.SAVE_HIGHLIGHT:
            await ack()
            receiver.start(receiver.saving.form_sent(body))
            return
        command_ = digest_form.submitted(get_object(body, "view"), receiver.service.bot.index)
        if isinstance(command_, InvalidDigestCommand):
            await ack(
                response_action="errors",
                errors={command_.part: wording.as_typed(command_.message, receiver.api.command)},
            )
            return
        await ack()
        receiver.start(receiver.form_sent(body, command_))

    async def options(ack: AsyncAck, body: dict[str, object]) -> None:
        await receiver.use_language_of(get_string(get_object(body, "user"), "id"))
        block, typed = get_string(body, "block_id"), get_string(body, "value")
        groups = digest_form.filter_options(typed, receiver.service.bot.index) if block == "only" else []
        if groups:
            await ack(option_groups=groups)
        else:
            await ack(options=digest_form.time_zone_options(typed) if block == "zone" else [])

    async def failed(error: Exception) -> None:
        log.error("a listener failed: %(error)s", {"error": describe_error(error)})

    app.event(_ANY_ID)(event)
    app.command(_ANY_ID)(command)
    app.action(_ANY_ID)(action)
    app.shortcut(_ANY_ID)(shortcut)
    app.view(_ANY_ID)(view)
    app.options(_ANY_ID)(options)
    app.error(failed)
    return app


async def _until_answered(receiver: Receiver, body: dict[str, object]) -> None:
    started = receiver.start(receiver.event(body))
    if started is None:
        return
    try:
        async with asyncio.timeout(ACKNOWLEDGE_AFTER_S):
            handle = await asyncio.shield(started)
            if handle is not None:
                await handle
    except TimeoutError:
        handle = await asyncio.shield(started)
        if handle is not None:
            await asyncio.shield(handle.claimed)
        log.debug("an event is acknowledged before it is answered")

"""After a digest is posted: opens a thread below it, and publishes it to the servers that follow an announcement channel. Both
can be repeated without harm: a message has one thread, and is published once. If one fails, the digest stays, and the log says
why.
"""

import asyncio
from logging import getLogger

import discord

from adapters.discord.errors import ALREADY_PUBLISHED, REQUEST_ERRORS, translate
from adapters.discord.targets import REQUEST_TIMEOUT_S, open_thread
from bot.delivery.target import LimitedError, UncertainError, UnsentError
from bot.runtime.backoff import backoff
from bot.state.chosen import PostingChoices

log = getLogger("analects.discord")

MAX_TRIES = 4
FIRST_PAUSE_S, MAX_WAIT_S = 2.0, 3600.0
"""The pause before the second try, and the longest one: Discord lets ten messages of a channel be published in an hour."""


def pings(posting: PostingChoices) -> discord.AllowedMentions:
    """The one role that a digest may ping, and nobody else."""
    if not posting.ping.isdecimal():
        return discord.AllowedMentions.none()
    roles = [discord.Object(int(posting.ping))]
    return discord.AllowedMentions(everyone=False, users=False, roles=roles, replied_user=False)


async def add_extras(message: discord.Message, posting: PostingChoices, thread_name: str) -> None:
    """Opens the thread and publishes, if so chosen. Raises nothing, unless it is cancelled."""
    if posting.thread:
        try:
            async with asyncio.timeout(REQUEST_TIMEOUT_S):
                await open_thread(message, thread_name)
        except REQUEST_ERRORS as error:
            log.warning(
                "no thread below digest %(post)d: %(error)s",
                {"post": message.id, "error": str(translate(error))},
            )
    if posting.publish and isinstance(message.channel, discord.TextChannel) and message.channel.is_news():
        await _publish(message)


async def _publish(message: discord.Message) -> None:
    for tried in range(1, MAX_TRIES + 1):
        try:
            async with asyncio.timeout(REQUEST_TIMEOUT_S):
                await message.publish()
            return
        except REQUEST_ERRORS as error:
            if isinstance(error, discord.HTTPException) and error.code == ALREADY_PUBLISHED:
                return
            meant = translate(error)
            again = tried < MAX_TRIES and isinstance(meant, LimitedError | UnsentError | UncertainError)
            wait = meant.wait if isinstance(meant, LimitedError) and meant.wait is not None else None
            pause = min(MAX_WAIT_S, backoff(tried, FIRST_PAUSE_S, MAX_WAIT_S) if wait is None else wait)
            log.warning(
                "digest %(post)d was not published: %(error)s",
                {
                    "post": message.id,
                    "error": str(meant),
                },
            )
            if not again:
                return
        await asyncio.sleep(pause)

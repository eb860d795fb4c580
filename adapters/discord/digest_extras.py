"""After a digest is posted: opens a thread below it, and publishes it to the servers that follow an announcement channel.

Both can be repeated without harm, because a message has one thread and is published once. If one of them fails, the digest stays
and the log says why.
"""

import asyncio
from logging import getLogger

import discord

from adapters.discord.errors import ALREADY_PUBLISHED, REQUEST_ERRORS, translate
from adapters.discord.posting import REQUEST_TIMEOUT_S, open_thread
from bot.delivery.target import LimitedError, UncertainError, UnsentError
from bot.runtime.backoff import backoff
from bot.state.chosen import PostingChoices

log = getLogger("analects.discord")

MAX_TRIES = 4
FIRST_PAUSE_S, MAX_WAIT_S = 2.0, 3600.0
"""The pause before the second try, and the longest one. Discord publishes at most ten messages of a channel in an hour."""


def pings(posting: PostingChoices) -> discord.AllowedMentions:
    """Allows a digest to ping the chosen role, and nobody else."""
    if not posting.ping.isdecimal():
        return discord.AllowedMentions.none()
    roles = [discord.Object(int(posting.ping))]
    return discord.AllowedMentions(everyone=False, users=False, roles=roles, replied_user=False)


async def add_extras(message: discord.Message, posting: PostingChoices, thread_name: str) -> None:
    """Opens the thread and publishes the digest, if the channel's settings say so. Failures are logged."""
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
            translated = translate(error)
            may_retry = tried < MAX_TRIES and isinstance(
                translated, LimitedError | UnsentError | UncertainError
            )
            wait = (
                translated.wait
                if isinstance(translated, LimitedError) and translated.wait is not None
                else None
            )
            pause = min(MAX_WAIT_S, backoff(tried, FIRST_PAUSE_S, MAX_WAIT_S) if wait is None else wait)
            log.warning(
                "digest %(post)d was not published: %(error)s",
                {
                    "post": message.id,
                    "error": str(translated),
                },
            )
            if not may_retry:
                return
        await asyncio.sleep(pause)

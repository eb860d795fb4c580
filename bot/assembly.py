"""Puts the parts of the bot together, in the order in which they need each other. Only platforms are added afterwards."""

import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from logging import getLogger

from bot.access.choices import Choices
from bot.access.places import Allowlist
from bot.access.rate_limit import RateLimit
from bot.access.rules import Rules
from bot.chat.conversation import Bot
from bot.delivery.delivery import Delivery
from bot.delivery.platform import Platforms
from bot.digest.chooser import Chooser
from bot.digest.daily_review import DailyReview
from bot.digest.poster import DigestPoster
from bot.digest.publisher import MAX_QUERIES_AT_ONCE, DigestPublisher
from bot.digest.requests import DigestRequests
from bot.feedback import FeedbackRequests
from bot.model import Quote
from bot.pictures import drawing
from bot.recovery import Recovery
from bot.runtime.health import Health
from bot.saving.saver import Saver
from bot.saving.store import MessageStore
from bot.service import Observer, Service, no_observer
from bot.settings import Settings
from bot.state.fallback import StateWithFallback

log = getLogger("analects")


@dataclass(frozen=True, slots=True)
class Core:
    """What every platform shares."""

    service: Service
    publisher: DigestPublisher
    recovery: Recovery
    feedback: FeedbackRequests
    platforms: Platforms
    """Empty. Each platform needs the service, and so is added once it is made."""


@dataclass(frozen=True, slots=True)
class Saving:
    """How messages are saved."""

    store: MessageStore
    changed: Callable[[], Awaitable[object]]
    """Makes the bot read or fetch the notes again."""
    to_readwise: bool = False


def picture_drawer(settings: Settings) -> Callable[[Quote], bytes] | None:
    """Draws quotes; None if pictures are off or cannot be drawn."""
    theme = settings.quote_pictures
    if theme == "off":
        return None
    if not drawing.installed():
        log.warning("QUOTE_PICTURES is on, but the extra is not installed: pip install 'analects[pictures]'")
        return None
    return partial(drawing.png, theme=theme)


def assemble(
    settings: Settings,
    bot: Bot,
    state: StateWithFallback,
    health: Health,
    observe: Observer = no_observer,
    delivery: Delivery | None = None,
    clock: Callable[[], float] = time.time,
    saving: Saving | None = None,
    review: DailyReview | None = None,
) -> Core:
    """The core under these settings. `delivery` and `clock` (seconds since 1970) are replaced by tests."""
    delivery = delivery or Delivery()
    counts: Counter[str] = Counter()
    platforms = Platforms(health)
    per_person, per_channel = settings.questions_per_minute
    rules = Rules(
        Allowlist(
            frozenset(settings.allowed_channels),
            frozenset(settings.allowed_servers),
            frozenset(settings.allowed_people),
        ),
        RateLimit(per_person),
        RateLimit(per_channel),
        shared=state,
        now=lambda: health.clock.corrected(clock()),
        people=platforms,
        ask_channels=frozenset(settings.ask_channels),
        private_channels=frozenset(settings.private_channels),
        everywhere=frozenset(f"discord:{user}" for user in settings.discord_users),
        everyone_sets_digests=settings.digest_setters == "everyone",
        savers=frozenset(settings.savers),
        choices=Choices(state.chosen),
    )
    chooser = Chooser(bot, state.digests)
    store = state.digests.limited(MAX_QUERIES_AT_ONCE)
    poster = DigestPoster(
        chooser, store, delivery, platforms, counts, settings.digest_grace, clock, state.chosen, review
    )
    publisher = DigestPublisher(poster, store, clock)
    requests = DigestRequests(chooser, state.digests, poster, rules, settings.digest_zone, clock)
    is_private = settings.rules.privacy([]).tags.covers_any
    make_saver = partial(Saver, rules, is_private=is_private, clock=clock, counts=counts)
    saver = (
        make_saver()
        if saving is None
        else make_saver(store=saving.store, reload=saving.changed, to_readwise=saving.to_readwise)
    )
    feedback = FeedbackRequests(state.feedback, rules, settings.keep_unanswered, clock)
    draw = picture_drawer(settings)
    bot.pictures = draw is not None
    service = Service(
        bot,
        rules,
        state,
        delivery,
        requests,
        feedback,
        found_lists=state,
        saver=saver,
        draw=draw,
        observe=observe,
        counts=counts,
    )
    return Core(service, publisher, Recovery(service, platforms), feedback, platforms)

"""Every flow in an organisation with two workspaces, for guests, and in a channel shared with another company."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import pytest

from adapters.slack.manifest import FIND_STEP
from bot.chat import wording
from tests.adapters.slack.conftest import SlackInstance, Starting
from tests.adapters.slack.test_save import filled_in
from tests.slack_server import (
    ALL_SCOPES,
    EVERY_EVENT,
    HOME_TEAM,
    Channel,
    Delivery,
    Installation,
    Message,
    SlackServer,
    User,
)

ORGANISATION, SECOND_TEAM, OTHER_TEAM = "E0STARSHIP", "T0SECOND01", "T0OTHER001"
SCOPES = frozenset({*ALL_SCOPES, "links:read", "links:write"})


@dataclass
class Scene:
    """Someone in a channel, and what they can do there."""

    slack: SlackServer
    bot: SlackInstance
    person: User
    channel: Channel

    async def private_answer(self, delivery: Delivery) -> str:
        """The text of the answer. Fails if anyone but this person sees it."""
        answer = await self.slack.reply_to(delivery)
        assert answer.ephemeral_to == self.person.id
        return self.slack.visible_text(answer)

    async def asks(self) -> Message:
        return await self.slack.reply_to(
            await self.slack.mention(self.person, self.channel, "what about memory?")
        )

    async def types(self, text: str) -> Message:
        return await self.slack.reply_to(
            await self.slack.slash(self.person, self.channel, "/highlight", text)
        )


async def votes(scene: Scene) -> str:
    return await scene.private_answer(await scene.slack.vote(scene.person, await scene.asks(), helpful=True))


async def follows_up(scene: Scene) -> None:
    answer = await scene.asks()
    assert answer.thread_ts is not None
    await scene.slack.say(scene.person, scene.channel, "and what about sleep?", thread_ts=answer.thread_ts)
    await scene.slack.until(lambda: len(scene.slack.thread(scene.channel, str(answer.thread_ts))) == 3)


async def asks_without_a_mention(scene: Scene) -> None:
    message = await scene.slack.say(scene.person, scene.channel, "what do we know about memory?")
    await scene.slack.until(lambda: len(scene.slack.thread(scene.channel, str(message.ts))) == 1)


async def shares(scene: Scene) -> None:
    posts = len(scene.slack.posts(scene.channel))
    await scene.slack.press(scene.person, await scene.types("search memory"), "share")
    await scene.slack.until(lambda: len(scene.slack.posts(scene.channel)) == posts + 1)


async def keeps(scene: Scene) -> None:
    direct = scene.slack.workspace.im(scene.person.id)
    posts = len(scene.slack.posts(direct))
    await scene.slack.press(scene.person, await scene.types("search memory"), "keep")
    await scene.slack.until(lambda: len(scene.slack.posts(direct)) == posts + 1)


async def unfurls(scene: Scene) -> None:
    links = (highlight.link for highlight in scene.bot.service.bot.index.library.highlights)
    link = next(address for address in links if address and address.startswith("https://read.readwise.io/"))
    shown = len(scene.slack.core.unfurled)
    await scene.slack.link(scene.person, scene.channel, link)
    await scene.slack.until(lambda: len(scene.slack.core.unfurled) == shown + 1)


async def runs_a_step(scene: Scene) -> None:
    run = await scene.slack.completed(await scene.slack.run_step(FIND_STEP, {"question": "memory"}))
    assert run.outputs is not None


async def finds_about(scene: Scene) -> str:
    message = await scene.slack.say(scene.person, scene.channel, "I read about memory.")
    return await scene.private_answer(await scene.slack.shortcut(scene.person, message, "find_highlights"))


async def saves(scene: Scene) -> str:
    said = await scene.slack.say(
        scene.person, scene.channel, f"{scene.person.name} was here, and wrote it down."
    )
    shortcut = await scene.slack.shortcut(scene.person, said, "save_highlight")
    await scene.slack.until(
        lambda: (
            bool(scene.slack.views(scene.person))
            or any(message.cause is shortcut for message in scene.slack.ephemerals())
        )
    )
    if not scene.slack.views(scene.person):
        return await scene.private_answer(shortcut)
    form = await scene.slack.modal_for(scene.person)
    return await scene.private_answer(await scene.slack.submit_view(scene.person, form, filled_in()))


async def searches_at_home(scene: Scene) -> str:
    await scene.slack.open_home(scene.person)
    home = await scene.slack.home_for(scene.person)
    if scene.person.guest:
        return scene.slack.visible_text(home)
    await scene.slack.type(scene.person, home, "search", "memory")
    await scene.slack.until(
        lambda: (
            wording.OF_THE_DAY not in scene.slack.visible_text(scene.slack.workspace.homes[scene.person.id])
        )
    )
    return ""


async def sets_a_digest(scene: Scene) -> str:
    return scene.slack.visible_text(await scene.types("digest daily at 9:00 UTC"))


async def sees_gaps(scene: Scene) -> str:
    return scene.slack.visible_text(await scene.types("gaps"))


async def changes_settings(scene: Scene) -> str:
    return scene.slack.visible_text(await scene.types("settings buttons everyone")).splitlines()[0]


Flow = Callable[[Scene], Awaitable[str | None]]
FOR_ALL: tuple[Flow, ...] = (
    votes, follows_up, shares, keeps, unfurls, runs_a_step, finds_about, saves, searches_at_home,
)  # fmt: skip


def installed(for_organisation: bool) -> SlackServer:
    return SlackServer(
        installation=Installation(
            enterprise=ORGANISATION, for_organisation=for_organisation, events=EVERY_EVENT, scopes=SCOPES
        )
    )


@pytest.mark.long
@pytest.mark.slow
@pytest.mark.parametrize(("for_organisation", "http"), [(False, False), (True, True)])
async def test_colleagues_of_both_workspaces_can_do_everything(
    start: Starting, for_organisation: bool, http: bool
) -> None:
    async with installed(for_organisation) as slack:
        ann = slack.user("ann", enterprise=ORGANISATION, admin=True)
        bob = slack.user("bob", team=SECOND_TEAM, enterprise=ORGANISATION)
        general = slack.channel("general", [ann, bob], org_shared=True, creator=ann)
        second = slack.channel(
            "second", [bob], team=SECOND_TEAM if for_organisation else HOME_TEAM, creator=bob
        )
        asking = f"slack:{general.id},slack:{second.id}"
        variables = {"ASK_CHANNELS": asking, "KEEP_UNANSWERED": "30", "QUESTIONS_PER_MINUTE": "1000,1000"}
        async with start(slack, http=http, **variables) as bot:
            for who, where in ((ann, general), (bob, general), (bob, second)):
                scene = Scene(slack, bot, who, where)
                await asks_without_a_mention(scene)
                for flow in FOR_ALL:
                    await flow(scene)
            assert "Set: every day at 09:00" in await sets_a_digest(Scene(slack, bot, bob, second))
            assert wording.NO_GAPS.partition("{")[0] in await sees_gaps(Scene(slack, bot, ann, general))
            assert await changes_settings(Scene(slack, bot, ann, general)) == wording.SETTINGS_ABOVE


NOT_FOR_OTHERS: dict[Flow, str] = {
    saves: wording.MAY_NOT_SAVE,
    sets_a_digest: wording.DIGEST_NOT_ALLOWED,
    sees_gaps: wording.GAPS_NOT_FOR_YOU,
    changes_settings: wording.SETTINGS_NOT_ALLOWED,
}
"""The private answers to guests and to people of another company, in the flows in which the bot answers them."""


@pytest.mark.slow
@pytest.mark.parametrize(("for_organisation", "http"), [(False, True), (True, False)])
async def test_guests_and_people_of_another_company_can_do_less(
    start: Starting, for_organisation: bool, http: bool
) -> None:
    async with installed(for_organisation) as slack:
        ann = slack.user("ann", enterprise=ORGANISATION)
        gus = slack.user("gus", enterprise=ORGANISATION, guest=True)
        eve = slack.user("eve", team=OTHER_TEAM)
        general = slack.channel("general", [ann, gus], creator=ann)
        shared = slack.channel("shared", [ann, eve], shared_with=[OTHER_TEAM], creator=ann)
        closed = slack.channel("closed", [ann, eve], shared_with=[OTHER_TEAM], creator=ann)
        allowed = {"ALLOWED_CHANNELS": f"slack:{shared.id}", "ALLOWED_SERVERS": "slack:home"}
        async with start(
            slack, http=http, SAVE_TO="folder", QUESTIONS_PER_MINUTE="1000,1000", **allowed
        ) as bot:
            for who, where in ((gus, general), (eve, shared)):
                scene = Scene(slack, bot, who, where)
                assert await votes(scene) == wording.FEEDBACK_NOTED
                for flow in (follows_up, shares, unfurls, finds_about):
                    await flow(scene)
                for refused, sentence in NOT_FOR_OTHERS.items():
                    assert await refused(scene) == sentence
            assert wording.GUEST in str(await searches_at_home(Scene(slack, bot, gus, general)))
            posts = len(slack.posts())
            for who in (ann, eve):
                scene = Scene(slack, bot, who, closed)
                for text in ("search memory", "random public", "gaps", "settings", "digest daily at 9"):
                    assert slack.visible_text(await scene.types(text)) == wording.NOT_HERE
                assert await finds_about(scene) == wording.NOT_HERE
                await slack.mention(who, closed, "what about memory?")
                await slack.link(who, closed, "https://read.readwise.io/read/01harbour")
            await slack.quiet()
            assert len(slack.posts()) == posts

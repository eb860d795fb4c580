"""Someone opens the Home tab, searches there, presses its buttons, and looks after the digests that they manage."""

from bot.chat import wording
from tests.adapters.slack.conftest import Starting
from tests.slack_server import SlackServer, User, View


async def home_after(slack: SlackServer, user: User, number: int) -> View:
    """Waits until the Home tab was published `number` times, and returns it."""
    await slack.until(lambda: len(slack.calls("views.publish")) >= number)
    await slack.quiet()
    return await slack.home_for(user)


async def test_the_home_tab_shows_highlights_and_its_buttons_work(start: Starting) -> None:
    async with SlackServer() as slack, start(slack):
        ann = slack.user("ann")
        await slack.open_home(ann)
        first = await slack.home_for(ann)
        assert "highlights from" in slack.visible_text(first)
        await slack.press(ann, first, "another")
        await slack.until(lambda: len(slack.calls("views.publish")) == 2)
        await slack.press(ann, await slack.home_for(ann), "more")
        await slack.until(lambda: bool(slack.posts(slack.workspace.im(ann.id))))


async def test_a_search_on_the_home_tab_shows_its_results_there(start: Starting) -> None:
    async with SlackServer() as slack, start(slack, QUESTIONS_PER_MINUTE="3,30"):
        ann = slack.user("ann")
        await slack.open_home(ann)
        home = await home_after(slack, ann, 1)
        assert f"[{wording.SEARCH_HINT}]" in slack.visible_text(home)
        await slack.type(ann, home, "search", "memory")
        found = await home_after(slack, ann, 2)
        assert "memory" in slack.visible_text(found)
        assert wording.OF_THE_DAY not in slack.visible_text(found)
        assert slack.posts() == []
        await slack.press(ann, found, "more:found")
        await slack.until(lambda: bool(slack.posts(slack.workspace.im(ann.id))))
        await slack.type(ann, found, "search", "zyzzyva quodlibet")
        assert "Nothing fits. I looked for zyzzyva" in slack.visible_text(await home_after(slack, ann, 3))
        await slack.type(ann, await slack.home_for(ann), "search", "")
        assert wording.OF_THE_DAY in slack.visible_text(await home_after(slack, ann, 4))
        for _ in range(2):
            await slack.type(ann, await slack.home_for(ann), "search", "memory")
        assert wording.TOO_MANY in slack.visible_text(await home_after(slack, ann, 6))


async def test_the_home_tab_lists_managed_digests_and_hidden_highlights(start: Starting) -> None:
    async with SlackServer() as slack, start(slack) as bot:
        ann, bob = slack.user("ann"), slack.user("bob")
        general = slack.channel("general", [ann, bob], creator=ann)
        await slack.reply_to(await slack.slash(ann, general, "/highlight", "digest daily at 9:00 UTC"))
        await slack.slash(ann, general, "/highlight", "digest now")
        await slack.until(lambda: len(slack.posts(general)) == 1)
        never = await slack.press(bob, slack.posts(general)[0], "digest:never")
        await slack.until(lambda: any(message.cause is never for message in slack.ephemerals(bob)))
        await slack.open_home(bob)
        assert wording.MANAGED_DIGESTS not in slack.visible_text(await home_after(slack, bob, 1))
        await slack.open_home(ann)
        home = await home_after(slack, ann, 2)
        shown = slack.visible_text(home)
        assert "#general  every day at 09:00 (UTC), 1 highlight" in shown
        assert wording.PUT_ASIDE in shown
        await slack.press(ann, home, "home_digest:1")
        undone = await home_after(slack, ann, 3)
        assert wording.PUT_ASIDE not in slack.visible_text(undone)
        assert wording.SHOWN_AGAIN in slack.visible_text(undone)
        assert "never" not in (await bot.service.digest_requests.store.marks()).values()  # type: ignore[union-attr]
        await slack.press(bob, home, "home_digest:0")
        assert wording.DIGEST_OFF not in slack.visible_text(await home_after(slack, bob, 4))
        await slack.press(ann, undone, "home_digest:0")
        off = await home_after(slack, ann, 5)
        assert wording.DIGEST_OFF in slack.visible_text(off)
        assert wording.MANAGED_DIGESTS not in slack.visible_text(off)


async def test_a_digest_in_direct_messages_is_set_and_stopped_on_the_home_tab(start: Starting) -> None:
    async with SlackServer() as slack, start(slack) as bot:
        ann = slack.user("ann", tz="Asia/Kolkata")
        await slack.open_home(ann)
        home = await home_after(slack, ann, 1)
        await slack.press(ann, home, "home_digest:set")
        form = await slack.modal_for(ann)
        answer = await slack.reply_to(await slack.submit_view(ann, form))
        assert answer.channel == slack.workspace.im(ann.id).id
        assert "Set: every day at 09:00 (Asia/Kolkata), 1 highlight." in slack.visible_text(answer)
        (digest,) = await bot.service.digest_requests.store.channel_digests()  # type: ignore[union-attr]
        assert (digest.place, digest.person) == (f"slack:{answer.channel}", f"{ann.id}")
        await slack.open_home(ann)
        shown = await home_after(slack, ann, 2)
        assert f"{wording.YOUR_MESSAGES}  every day at 09:00" in slack.visible_text(shown)
        await slack.press(ann, shown, "home_digest:0")
        assert wording.DIGEST_OFF in slack.visible_text(await home_after(slack, ann, 3))

"""A digest on Slack is set, posted once a day and has working buttons, through kills and lost answers (faults 38, 39)."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from adapters.slack.cards import actions
from bot.chat import wording
from tests.adapters.slack.conftest import SlackInstance, Starting
from tests.platforms import Clock
from tests.slack_server import (
    ALL_SCOPES,
    Channel,
    Installation,
    Message,
    SlackServer,
    User,
    dropped,
    error,
    lost_answer,
)

DAY = 86_400.0
NO_HISTORY = frozenset(ALL_SCOPES) - {"channels:history", "groups:history"}


@pytest.fixture
def clock() -> Clock:
    """A clock at eight in the morning in Berlin, the time zone of the people in these tests."""
    return Clock(datetime(2026, 11, 25, 8, tzinfo=ZoneInfo("Europe/Berlin")).timestamp())


async def private_reply(slack: SlackServer, user: User, channel: Channel, text: str) -> str:
    """The private answer to a command."""
    command = await slack.slash(user, channel, "/highlight", text)

    def answers() -> list[Message]:
        return [reply for reply in slack.replies_to(command) if reply.ephemeral_to == user.id]

    await slack.until(lambda: bool(answers()), what="private answer")
    return slack.visible_text(answers()[0])


def shown_ids(message: Message) -> list[str]:
    """The ids of a digest's highlights, read from its buttons."""
    rows = (block["elements"] for block in message.blocks if block["type"] == "actions")
    pressed = [
        actions.decode_digest_press(button["value"]) for row in rows for button in row if "value" in button
    ]
    return [press.highlight for press in pressed if press is not None and press.action == "keep"]


async def press_button(slack: SlackServer, user: User, digest: Message, action: str) -> Message:
    press = await slack.press(user, digest, f"digest:{action}")
    return await slack.reply_to(press)


def everybody(slack: SlackServer) -> tuple[User, User, Channel]:
    ann, bob = slack.user("ann"), slack.user("bob")
    return ann, bob, slack.channel("general", [ann, bob], creator=ann)


async def set_due_digest(
    slack: SlackServer, instance: SlackInstance, clock: Clock, channel: Channel, text: str = "digest daily"
) -> None:
    """Sets a digest and moves the clock to its time."""
    creator = slack.workspace.users[channel.creator]
    assert "Set: every day at 09:00 (Europe/Berlin)" in await private_reply(slack, creator, channel, text)
    clock.now += 3600 + 10


async def test_a_digest_set_by_command_is_posted_once_a_day(start: Starting, clock: Clock) -> None:
    async with SlackServer(clock=clock) as slack, start(slack, clock=clock) as instance:
        ann, _, general = everybody(slack)
        await set_due_digest(slack, instance, clock, general, "digest daily at 9 2 highlights")
        clock.now -= 20
        await instance.post_due_digests()
        assert slack.posts() == []
        seen: list[str] = []
        for day in range(1, 4):
            clock.now += 20
            for _ in range(2):
                await instance.post_due_digests()
            assert len(slack.posts(general)) == day
            digest = slack.posts(general)[-1]
            assert digest.thread_ts is None
            assert slack.visible_text(digest).startswith("From this library\n")
            assert (slack.pings(digest), slack.unfurls(digest)) == (set(), [])
            seen += shown_ids(digest)
            clock.now += DAY - 20
        assert len(set(seen)) == len(seen) == 6
        status = await private_reply(slack, ann, general, "digest status")
        assert "Saturday, 28 November 2026 at 09:00" in status
        assert "Shown in this round: 6 of " in status
        assert instance.service.counts["digest_posted"] == 3


async def test_a_digest_can_be_set_with_a_mention(start: Starting, clock: Clock) -> None:
    async with SlackServer(clock=clock) as slack, start(slack, clock=clock, DIGEST_ZONE="UTC"):
        ann, bob, general = everybody(slack)
        ann.tz = "Asia/Kolkata"
        answer = await slack.reply_to(await slack.mention(ann, general, "/highlight digest daily at 9"))
        assert "Set: every day at 09:00 (Asia/Kolkata)" in slack.visible_text(answer)
        answer = await slack.reply_to(await slack.mention(bob, general, "/highlight digest off"))
        assert slack.visible_text(answer) == wording.DIGEST_NOT_ALLOWED


async def test_a_digest_can_be_set_with_the_form(start: Starting, clock: Clock) -> None:
    async with SlackServer(clock=clock) as slack, start(slack, clock=clock) as instance:
        ann, _, general = everybody(slack)
        await slack.slash(ann, general, "/highlight", "digest")
        form = await slack.modal_for(ann)
        wrong_choice = {"only": {"chosen": {"selected_options": [{"value": "tag:nowhere"}]}}}
        await slack.submit_view(ann, form, wrong_choice)
        await slack.until(lambda: bool(form.errors))
        assert "No highlights tagged “nowhere”." in form.errors["only"]
        filled_in = {
            "only": {"chosen": {"selected_options": [{"value": "tag:favorite"}]}},
            "every": {"chosen": {"selected_option": {"value": "wednesday"}}},
            "count": {"chosen": {"selected_option": {"value": "2"}}},
        }
        await slack.submit_view(ann, form, filled_in)
        await slack.until(lambda: bool(slack.ephemerals(ann)) and not form.open)
        plan = "Set: every Wednesday at 09:00 (Europe/Berlin), 2 highlights tagged favorite."
        assert plan in slack.visible_text(slack.ephemerals(ann)[-1])
        await slack.slash(ann, general, "/highlight", "digest")
        second_form = await slack.modal_for(ann)
        elements = {block["block_id"]: block["element"] for block in second_form.content["blocks"]}
        initial = {
            name: element["initial_option"]["value"]
            for name, element in elements.items()
            if "initial_option" in element
        }
        assert initial == {"every": "wednesday", "zone": "Europe/Berlin", "count": "2"}
        assert [option["value"] for option in elements["only"]["initial_options"]] == ["tag:favorite"]
        clock.now += 3610
        await instance.post_due_digests()
        (digest,) = slack.posts(general)
        assert "tagged favorite" in slack.visible_text(digest)
        assert len(shown_ids(digest)) == 2


async def test_only_those_who_manage_the_channel_may_set_its_digest(start: Starting, clock: Clock) -> None:
    async with SlackServer(clock=clock) as slack:
        _, bob, general = everybody(slack)
        eve = slack.user("eve", admin=True)
        general.members.add(eve.id)
        async with start(slack, clock=clock):
            for text in ("digest", "digest daily", "digest off", "digest now"):
                assert await private_reply(slack, bob, general, text) == wording.DIGEST_NOT_ALLOWED
            assert slack.views(bob) == []
            assert await private_reply(slack, bob, general, "digest status") == wording.as_typed(
                wording.digest_not_set()
            )
            assert "Set: " in await private_reply(slack, eve, general, "digest weekdays")
        async with start(slack, clock=clock, DIGEST_SETTERS="everyone"):
            assert await private_reply(slack, bob, general, "digest off") == wording.DIGEST_OFF


async def test_a_digest_can_be_posted_now_and_switched_off(start: Starting, clock: Clock) -> None:
    async with SlackServer(clock=clock) as slack, start(slack, clock=clock) as instance:
        ann, _, general = everybody(slack)
        await set_due_digest(slack, instance, clock, general)
        assert await private_reply(slack, ann, general, "digest now") == wording.DIGEST_POSTED
        assert len(slack.posts(general)) == 1
        assert await private_reply(slack, ann, general, "digest off") == wording.DIGEST_OFF
        await instance.post_due_digests()
        assert len(slack.posts(general)) == 1


async def test_the_buttons_of_a_digest_work_after_a_restart(start: Starting, clock: Clock) -> None:
    async with SlackServer(clock=clock) as slack:
        _, bob, general = everybody(slack)
        async with start(slack, clock=clock) as instance:
            await set_due_digest(slack, instance, clock, general)
            await instance.post_due_digests()
        (digest,) = slack.posts(general)
        async with start(slack, clock=clock) as instance:
            for action, says in (("keep", wording.KEPT_IN_DIGEST), ("never", wording.NEVER_AGAIN)):
                answer = await press_button(slack, bob, digest, action)
                assert answer.ephemeral_to == bob.id
                assert slack.visible_text(answer).startswith(says)
            another = await press_button(slack, bob, digest, "another")
            assert (another.ephemeral_to, another.thread_ts) == (None, digest.ts)
            assert shown_ids(another) != shown_ids(digest)
            assert instance.service.counts["digest_posted"] == 0


async def test_presses_do_not_count_as_questions(start: Starting, clock: Clock) -> None:
    async with (
        SlackServer(clock=clock) as slack,
        start(slack, clock=clock, QUESTIONS_PER_MINUTE="1,30") as instance,
    ):
        _, bob, general = everybody(slack)
        await set_due_digest(slack, instance, clock, general)
        await instance.post_due_digests()
        (digest,) = slack.posts(general)
        for action in ("digest:another", "digest:keep", "digest:never"):
            await slack.acknowledged(await slack.press(bob, digest, action))
        await slack.until(lambda: len(slack.posts(general)) > 1)
        await slack.quiet()
        assert len(slack.posts(general)) == 2
        assert wording.TOO_MANY not in [slack.visible_text(message) for message in slack.ephemerals(bob)]


@pytest.mark.parametrize("arrived", [True, False])
async def test_a_digest_is_posted_once_though_slacks_answer_was_lost(
    start: Starting, clock: Clock, arrived: bool
) -> None:
    async with SlackServer(clock=clock) as slack, start(slack, clock=clock) as instance:
        _, _, general = everybody(slack)
        await set_due_digest(slack, instance, clock, general)
        slack.faults.order("chat.postMessage", dropped(after=arrived), times=1)
        await instance.post_due_digests()
        await instance.post_due_digests()
        assert len(slack.posts(general)) == 1
        assert len(slack.calls("chat.postMessage")) == (1 if arrived else 2)
        assert instance.service.counts["digest_posted"] == 1


@pytest.mark.parametrize("scopes", [frozenset(ALL_SCOPES), NO_HISTORY])
async def test_a_digest_is_posted_once_though_the_process_was_killed_before_recording_it(
    start: Starting, clock: Clock, scopes: frozenset[str]
) -> None:
    async with SlackServer(clock=clock, installation=Installation(scopes=scopes)) as slack:
        _, _, general = everybody(slack)
        slack.faults.order("chat.postMessage", lost_answer(), times=1)
        async with start(slack, clock=clock) as instance:
            await set_due_digest(slack, instance, clock, general)
            await instance.publisher.tick()
            await slack.until(lambda: bool(slack.posts(general)))
        clock.now += 120
        async with start(slack, clock=clock) as instance:
            await instance.post_due_digests()
            assert len(slack.posts(general)) == 1
            found = "digest_posted" if scopes != NO_HISTORY else "digest_unknown"
            assert instance.service.counts[found] == 1
            clock.now += DAY
            await instance.post_due_digests()
            first, second = slack.posts(general)
            assert shown_ids(first) != shown_ids(second)


async def test_a_digest_is_not_posted_where_it_is_no_longer_allowed(
    start: Starting, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    async with SlackServer(clock=clock) as slack:
        _, _, general = everybody(slack)
        async with start(slack, clock=clock) as instance:
            await set_due_digest(slack, instance, clock, general)
        async with start(slack, clock=clock, ALLOWED_CHANNELS="slack:C0OTHER") as instance:
            await instance.post_due_digests()
            assert slack.posts() == []
            assert instance.service.counts["digest_refused"] == 1
            assert f"ALLOWED_CHANNELS=slack:{general.id}" in caplog.text


@pytest.mark.parametrize(("error_code", "fix"), [("not_in_channel", "/invite"), ("is_archived", "Unarchive")])
async def test_a_digest_that_cannot_be_posted_is_tried_once_and_the_log_names_the_fix(
    start: Starting, clock: Clock, error_code: str, fix: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with SlackServer(clock=clock) as slack, start(slack, clock=clock) as instance:
        _, _, general = everybody(slack)
        await set_due_digest(slack, instance, clock, general)
        slack.faults.order("chat.postMessage", error(error_code), channel=general)
        for _ in range(3):
            await instance.post_due_digests()
        assert len(slack.calls("chat.postMessage")) == 1
        lines = [record.getMessage() for record in caplog.records if error_code in record.getMessage()]
        assert len(lines) == 1
        assert fix in lines[0]


async def test_a_digest_in_direct_messages_goes_to_the_person_who_set_it(
    start: Starting, clock: Clock
) -> None:
    async with SlackServer(clock=clock) as slack:
        ann, bob, general = everybody(slack)
        direct = slack.workspace.im(ann.id)
        general.members.discard(bob.id)
        async with start(slack, clock=clock) as instance:
            assert "Set: " in await private_reply(slack, ann, direct, "digest daily")
            assert "Set: " in await private_reply(slack, bob, slack.workspace.im(bob.id), "digest daily")
        clock.now += 3610
        async with start(slack, clock=clock, ALLOWED_CHANNELS=f"slack:{general.id}") as instance:
            await instance.post_due_digests()
            assert [post.channel for post in slack.posts()] == [direct.id]


async def test_not_this_one_can_be_undone_below_the_notice(start: Starting) -> None:
    async with SlackServer() as slack, start(slack) as bot:
        ann = slack.user("ann")
        general = slack.channel("general", [ann], creator=ann)
        await slack.slash(ann, general, "/highlight", "digest now")
        await slack.until(lambda: len(slack.posts(general)) == 1)
        pressed_never = await slack.press(ann, slack.posts(general)[0], "digest:never")
        await slack.until(lambda: any(message.cause is pressed_never for message in slack.ephemerals(ann)))
        notice = slack.ephemerals(ann)[-1]
        assert slack.visible_text(notice) == f"{wording.NEVER_AGAIN}\n[{wording.UNDO}]"
        undo = await slack.press(ann, notice, "digest:undo")
        await slack.until(lambda: any(message.cause is undo for message in slack.ephemerals(ann)))
        assert slack.visible_text(slack.ephemerals(ann)[-1]) == wording.SHOWN_AGAIN
        assert "never" not in (await bot.service.digest_requests.store.marks()).values()  # type: ignore[union-attr]

"""The first contact: someone invites the bot or opens its Messages tab. Threads of direct messages get titles."""

from bot.chat import wording
from tests.adapters.slack.conftest import Starting
from tests.slack_server import ALL_SCOPES, BOT_USER, EVERY_EVENT, Installation, SlackServer


def slack_with_all_scopes() -> SlackServer:
    scopes = frozenset(ALL_SCOPES) | {"assistant:write"}
    return SlackServer(installation=Installation(events=EVERY_EVENT, scopes=scopes))


async def test_the_bot_posts_one_welcome_when_it_is_invited(start: Starting) -> None:
    async with slack_with_all_scopes() as slack, start(slack):
        ann = slack.user("ann")
        general = slack.channel("general", [ann], bot=False)
        for _ in range(2):
            await slack.join(slack.workspace.users[BOT_USER], general)
        await slack.join(slack.user("bob"), general)
        await slack.until(lambda: bool(slack.posts(general)))
        await slack.quiet()
        (welcome,) = slack.posts(general)
        assert wording.WELCOME in slack.visible_text(welcome)
        (row,) = (block for block in welcome.blocks if block["type"] == "actions")
        questions = [element["action_id"] for element in row["elements"]]
        assert questions == ["next", "next:1", "next:2"], "three questions, made from this library"
        for action in questions:
            answer = await slack.reply_to(await slack.press(ann, welcome, action))
            assert answer.ephemeral_to == ann.id
            assert "Nothing fits" not in slack.visible_text(answer)
        assert len(slack.posts(general)) == 1


async def test_a_welcome_at_the_first_opening_of_the_messages_tab(start: Starting) -> None:
    async with slack_with_all_scopes() as slack, start(slack):
        ann = slack.user("ann")
        direct = slack.workspace.im(ann.id)
        await slack.open_home(ann, tab="messages")
        await slack.until(lambda: bool(slack.posts(direct)))
        for _ in range(2):
            await slack.open_home(ann, tab="messages")
        await slack.quiet()
        assert [wording.WELCOME in slack.visible_text(post) for post in slack.posts(direct)] == [True]
        assert slack.home(ann) is None


async def test_no_welcome_is_posted_where_the_bot_may_not_answer(start: Starting) -> None:
    async with slack_with_all_scopes() as slack, start(slack):
        gus = slack.user("gus", guest=True)
        shared = slack.channel("shared", [gus], shared_with=["T0OTHER001"], bot=False)
        await slack.open_home(gus, tab="messages")
        await slack.join(slack.workspace.users[BOT_USER], shared)
        await slack.quiet()
        assert slack.posts() == []


async def test_a_thread_of_direct_messages_has_the_title_of_its_first_question(start: Starting) -> None:
    async with slack_with_all_scopes() as slack, start(slack):
        ann = slack.user("ann")
        first = await slack.direct_message(ann, "hello")
        for text in ("what about memory?", "and sleep?"):
            question = await slack.direct_message(ann, text, thread_ts=first.ts)
            assert (await slack.reply_to(question)).thread_ts == first.ts
        await slack.quiet()
        assert list(slack.workspace.titles.values()) == ["what about memory?"]
        unthreaded = await slack.reply_to(await slack.direct_message(ann, "what about memory?"))
        assert unthreaded.thread_ts is None, "plain direct messages work as before"


async def test_without_the_scope_threads_get_no_titles(start: Starting) -> None:
    async with SlackServer() as slack, start(slack):
        ann = slack.user("ann")
        first = await slack.direct_message(ann, "hello")
        await slack.reply_to(await slack.direct_message(ann, "what about memory?", thread_ts=str(first.ts)))
        await slack.quiet()
        assert slack.workspace.titles == {}

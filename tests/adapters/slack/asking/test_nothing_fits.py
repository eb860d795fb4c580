"""The reply "nothing fits" names once what it looked for, and has buttons with other things to try."""

import pytest

from bot.chat import wording
from tests.adapters.slack.conftest import Starting
from tests.slack_server import SlackServer

NOTHING = "zyzzyva quodlibet"


@pytest.mark.parametrize("direct", [False, True])
async def test_the_buttons_show_sources_and_random_highlights(start: Starting, direct: bool) -> None:
    async with SlackServer() as slack, start(slack):
        ann = slack.user("ann")
        general = slack.channel("general", [ann])
        question = await (
            slack.direct_message(ann, NOTHING) if direct else slack.mention(ann, general, NOTHING)
        )
        answer = await slack.reply_to(question)
        shown = slack.visible_text(answer)
        assert shown.count("zyzzyva") == 1
        assert shown.endswith("[Sources] [Random] [⋯ Remove]")
        sources = await slack.reply_to(await slack.press(ann, answer, "next"))
        assert "of 24" in slack.visible_text(sources)
        await slack.reply_to(await slack.press(ann, answer, "next:1"))
        if not direct:
            assert [message.thread_ts for message in slack.ephemerals(ann)] == [question.ts, question.ts]
            assert slack.posts() == [answer]
        await slack.choose(ann, answer, wording.REMOVE)
        await slack.until(lambda: answer.deleted)


async def test_a_button_leads_to_the_nearest_author(start: Starting) -> None:
    async with SlackServer() as slack, start(slack) as bot:
        ann = slack.user("ann")
        author = next(source.authors[0] for source in bot.service.bot.index.library.sources if source.authors)
        words = f"{author.split()[-1]} zyzzyva quodlibet"
        answer = await slack.reply_to(await slack.mention(ann, slack.channel("general", [ann]), words))
        shown = slack.visible_text(answer)
        if "Nothing fits" not in shown:
            pytest.skip("the sample notes answer it")
        assert f"[By {author}]" in shown
        by_author = await slack.reply_to(await slack.press(ann, answer, "next"))
        assert author in slack.visible_text(by_author)


async def test_a_private_reply_has_no_remove_button(start: Starting) -> None:
    async with SlackServer() as slack, start(slack):
        ann = slack.user("ann")
        command = await slack.slash(ann, slack.channel("general", [ann]), "/highlight", f"search {NOTHING}")
        assert slack.visible_text(await slack.reply_to(command)).endswith("[Sources] [Random]")


async def test_only_the_person_who_presses_more_sees_the_next_page(start: Starting) -> None:
    async with SlackServer() as slack, start(slack, QUOTES_PER_ANSWER="1"):
        ann, bob = slack.user("ann"), slack.user("bob")
        answer = await slack.reply_to(
            await slack.mention(ann, slack.channel("general", [ann, bob]), "memory")
        )
        second_page = await slack.reply_to(await slack.press(bob, answer, "more"))
        assert second_page.ephemeral_to == bob.id
        assert second_page.thread_ts == answer.thread_ts
        third_page = await slack.reply_to(await slack.press(bob, second_page, "more"))
        assert third_page.ephemeral_to == bob.id
        assert slack.posts() == [answer]

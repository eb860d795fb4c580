"""The reply "nothing fits" names once what it looked for, and has buttons with other things to try."""

import pytest

from bot.chat import wording
from tests.adapters.slack.conftest import Starting
from tests.slack_server import SlackServer

NOTHING = "zyzzyva quodlibet"


@pytest.mark.parametrize("direct", [False, True])
async def test_the_buttons_lead_on(start: Starting, direct: bool) -> None:
    async with SlackServer() as slack, start(slack):
        ann = slack.user("ann")
        general = slack.channel("general", [ann])
        asked = await (slack.direct_message(ann, NOTHING) if direct else slack.mention(ann, general, NOTHING))
        answer = await slack.reply_to(asked)
        shown = slack.visible_text(answer)
        assert shown.count("zyzzyva") == 1
        assert shown.endswith("[Sources] [Random] [⋯ Remove]")
        sources = await slack.reply_to(await slack.press(ann, answer, "next"))
        assert "of 24" in slack.visible_text(sources)
        await slack.reply_to(await slack.press(ann, answer, "next:1"))
        if not direct:
            assert [one.thread_ts for one in slack.ephemerals(ann)] == [asked.ts, asked.ts]
            assert slack.posts() == [answer]
        await slack.choose(ann, answer, wording.REMOVE)
        await slack.until(lambda: answer.deleted)


async def test_the_nearest_author_or_title(start: Starting) -> None:
    async with SlackServer() as slack, start(slack) as bot:
        ann = slack.user("ann")
        author = next(source.authors[0] for source in bot.service.bot.index.library.sources if source.authors)
        said = f"{author.split()[-1]} zyzzyva quodlibet"
        answer = await slack.reply_to(await slack.mention(ann, slack.channel("general", [ann]), said))
        shown = slack.visible_text(answer)
        if "Nothing fits" not in shown:
            pytest.skip("the sample notes answer it")
        assert f"[By {author}]" in shown
        listed = await slack.reply_to(await slack.press(ann, answer, "next"))
        assert author in slack.visible_text(listed)


async def test_a_private_one_has_nothing_to_remove(start: Starting) -> None:
    async with SlackServer() as slack, start(slack):
        ann = slack.user("ann")
        command = await slack.slash(ann, slack.channel("general", [ann]), "/highlight", f"search {NOTHING}")
        assert slack.visible_text(await slack.reply_to(command)).endswith("[Sources] [Random]")


async def test_more_is_shown_to_the_presser_alone(start: Starting) -> None:
    async with SlackServer() as slack, start(slack, QUOTES_PER_ANSWER="1"):
        ann, bob = slack.user("ann"), slack.user("bob")
        answer = await slack.reply_to(
            await slack.mention(ann, slack.channel("general", [ann, bob]), "memory")
        )
        further = await slack.reply_to(await slack.press(bob, answer, "more"))
        assert further.ephemeral_to == bob.id
        assert further.thread_ts == answer.thread_ts
        again = await slack.reply_to(await slack.press(bob, further, "more"))
        assert again.ephemeral_to == bob.id
        assert slack.posts() == [answer]

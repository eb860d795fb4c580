"""Votes below answers (helpful, or not what was meant), and the list of unanswered questions for operators."""

from bot.chat import wording
from tests.adapters.instance import votes
from tests.adapters.slack.conftest import Starting
from tests.slack_server import SlackServer

UNANSWERABLE = "zyzzyva quodlibet"


async def test_each_person_has_one_vote_and_can_change_it(start: Starting) -> None:
    async with SlackServer() as slack, start(slack) as bot:
        ann, bob = slack.user("ann"), slack.user("bob")
        answer = await slack.reply_to(
            await slack.mention(ann, slack.channel("general", [ann, bob]), "memory")
        )
        assert f"[{wording.HELPFUL}] [{wording.NOT_WHAT_I_MEANT}]" in slack.visible_text(answer)
        reply = await slack.reply_to(await slack.vote(ann, answer, helpful=True))
        assert (slack.visible_text(reply), reply.ephemeral_to) == (wording.FEEDBACK_NOTED, ann.id)
        assert votes(bot) == (1, 0)
        await slack.vote(ann, answer, helpful=True)
        await slack.reply_to(await slack.vote(bob, answer, helpful=True))
        await slack.quiet()
        assert votes(bot) == (2, 0)
        await slack.reply_to(await slack.vote(ann, answer, helpful=False))
        assert votes(bot) == (1, 1)
        assert slack.posts() == [answer]


async def test_votes_are_remembered_over_a_restart(start: Starting) -> None:
    async with SlackServer() as slack:
        ann = slack.user("ann")
        async with start(slack):
            general = slack.channel("general", [ann])
            answer = await slack.reply_to(await slack.slash(ann, general, "/highlight", "search memory"))
            await slack.reply_to(await slack.vote(ann, answer, helpful=True))
        async with start(slack) as bot:
            await slack.reply_to(await slack.vote(ann, answer, helpful=False))
            assert votes(bot) == (0, 1)


async def test_unanswered_questions_are_listed_for_admins_only(start: Starting) -> None:
    async with SlackServer() as slack, start(slack, KEEP_UNANSWERED="30"):
        ann, eve = slack.user("ann"), slack.user("eve", admin=True)
        general = slack.channel("general", [ann, eve])
        for text in (UNANSWERABLE, UNANSWERABLE.upper()):
            await slack.reply_to(await slack.mention(ann, general, text))
        answer = await slack.reply_to(await slack.mention(ann, general, "what about memory?"))
        await slack.reply_to(await slack.vote(ann, answer, helpful=False))
        message_of_ann = await slack.say(ann, general, "somebody’s own syzygy")
        await slack.reply_to(await slack.shortcut(eve, message_of_ann, "find_highlights"))

        async def gaps_reply(user: object, text: str = "gaps") -> str:
            command = await slack.slash(user, general, "/highlight", text)  # type: ignore[arg-type]
            return slack.visible_text(await slack.reply_to(command))

        assert await gaps_reply(ann) == wording.GAPS_NOT_FOR_YOU
        shown = await gaps_reply(eve)
        assert f"{UNANSWERABLE.upper()} (2 times" in shown
        assert "what about memory? (not what was meant" in shown
        assert "syzygy" not in shown, "messages of other people are not kept"
        public = await slack.reply_to(await slack.mention(eve, general, "/highlight gaps"))
        assert slack.visible_text(public) == wording.as_typed(wording.GAPS_PRIVATELY)
        await slack.reply_to(await slack.vote(ann, answer, helpful=True))
        assert "memory" not in await gaps_reply(eve), "nobody marks it as wrong any more"


async def test_nothing_is_kept_by_default(start: Starting) -> None:
    async with SlackServer() as slack:
        eve = slack.user("eve", admin=True)
        general = slack.channel("general", [eve])
        async with start(slack):
            await slack.reply_to(await slack.mention(eve, general, UNANSWERABLE))
            command = await slack.slash(eve, general, "/highlight", "gaps")
            assert slack.visible_text(await slack.reply_to(command)) == wording.GAPS_OFF
        async with start(slack, KEEP_UNANSWERED="30"):
            command = await slack.slash(eve, general, "/highlight", "gaps")
            assert slack.visible_text(await slack.reply_to(command)) == wording.gaps([], 30, 0.0)

"""Someone mentions the bot in a channel. `analects run` answers in the thread."""

from pathlib import Path

from tests.processes import analects
from tests.slack_server import SlackServer


async def test_a_mention_in_a_channel_is_answered_in_its_thread(tmp_path: Path) -> None:
    async with SlackServer() as slack, analects(tmp_path, slack.settings) as bot:
        await bot.ready()
        ann = slack.user("ann")
        general = slack.channel("general", [ann])
        question = await slack.mention(ann, general, "how does the forgetting curve look?")
        answer = await slack.reply_to(question)
        assert answer.thread_ts == question.ts
        assert "forgetting" in slack.visible_text(answer).lower()
        assert slack.notification(answer)
        assert slack.unfurls(answer) == []
        assert slack.pings(answer) == set()
        unanswerable = await slack.mention(ann, general, "what about sourdough hydration?")
        assert "Nothing fits" in slack.visible_text(await slack.reply_to(unanswerable))
        follow_up = await slack.mention(ann, general, "more", thread_ts=question.ts)
        assert (await slack.reply_to(follow_up)).thread_ts == question.ts
        assert (await bot.get("/healthz"))[0] == 200
        status, report = await bot.get("/readyz")
        assert (status, report["ready"]) == (200, True)
        assert await bot.terminate() == 0
        assert not slack.sockets.live
        await slack.quiet()
        assert len(slack.replies_to(question)) == 2
    assert bot.log.count("run one copy per token") == 1
    assert "forgetting" not in bot.log
    assert "xoxb" not in bot.log

"""An event is acknowledged only after its answer. If the process is killed before, Slack sends it to the next one (fault 52)."""

import asyncio
from pathlib import Path

import pytest

from bot.state.claims import Claim
from bot.state.fallback import StateWithFallback
from tests.adapters.slack.conftest import Starting
from tests.processes import analects
from tests.slack_server import SlackServer, Timing, delayed, rate_limited

SHORT_LEASE = (
    "import bot.state.claims, bot.state.database.claims, bot.state.memory_claims, bot.recovery\n"
    + "\n".join(
        f"bot.state.{module}.LEASE_S = 1.0" for module in ("claims", "database.claims", "memory_claims")
    )
)
NEVER_REPLIES = (
    "import bot.service, asyncio, logging\nasync def late(*_):\n    logging.getLogger('analects').warning('stuck')\n"
    "    await asyncio.sleep(60)\nbot.service.Service._reply = late"
)


async def test_an_event_is_acknowledged_after_its_answer(start: Starting) -> None:
    async with SlackServer() as slack, start(slack):
        ann = slack.user("ann")
        slack.faults.order("chat.postMessage", delayed(0.4))
        question = await slack.mention(ann, slack.channel("general", [ann]), "what about memory?")
        await slack.until(lambda: bool(slack.calls("chat.postMessage")))
        assert not question.acked
        await slack.reply_to(question)
        await slack.acknowledged(question)


@pytest.mark.long
async def test_a_slow_answer_is_acknowledged_in_time(start: Starting) -> None:
    async with SlackServer() as slack, start(slack):
        ann = slack.user("ann")
        slack.faults.order("chat.postMessage", rate_limited(3), times=1)
        question = await slack.mention(ann, slack.channel("general", [ann]), "what about memory?")
        await slack.reply_to(question)
        assert len(question.attempts) == 1
        assert question.attempts[0].took is not None
        assert question.attempts[0].took < 3


async def test_an_event_is_not_acknowledged_before_it_is_claimed(
    start: Starting, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Slack must send the event again. Without a claim, no other process could take it over if this one were killed."""
    monkeypatch.setattr("adapters.slack.events.listeners.ACKNOWLEDGE_AFTER_S", 0.05)
    stored = asyncio.Event()
    usual = StateWithFallback.claim

    async def late(self: StateWithFallback, key: str) -> Claim:
        await stored.wait()
        return await usual(self, key)

    monkeypatch.setattr(StateWithFallback, "claim", late)
    async with SlackServer(timing=Timing(acknowledge=1.0, retries=(0.0, 0.2))) as slack, start(slack):
        ann = slack.user("ann")
        question = await slack.mention(ann, slack.channel("general", [ann]), "what about memory?")
        await slack.until(lambda: len(question.attempts) > 1, what="a second delivery")
        assert not question.acked
        stored.set()
        await slack.reply_to(question)
        await slack.acknowledged(question)
        assert len(slack.posts()) == 1


@pytest.mark.long
async def test_a_question_is_answered_by_the_next_process_if_the_first_is_killed_before_it_posts(
    tmp_path: Path,
) -> None:
    """Slack sends the question again. The next process answers it when the lease of the killed process ends, after a minute."""
    async with SlackServer(timing=Timing(retries=(0.0, 2.0))) as slack:
        ann = slack.user("ann")
        general = slack.channel("general", [ann])
        async with analects(tmp_path, slack.settings, before=f"{SHORT_LEASE}\n{NEVER_REPLIES}") as bot:
            await bot.ready()
            question = await slack.mention(ann, general, "what about memory?")
            await bot.says("stuck")
            await bot.kill()
        async with analects(tmp_path, slack.settings, before=SHORT_LEASE) as bot:
            await bot.ready()
            await slack.reply_to(question, timeout=20)
            await slack.quiet()
            assert len(slack.posts()) == 1


@pytest.mark.parametrize("place", ["channel", "thread", "direct"])
@pytest.mark.long
async def test_a_question_is_answered_by_the_next_process_if_the_first_is_killed_after_acknowledging(
    place: str, tmp_path: Path
) -> None:
    """Slack does not send the question again. Once the lease is over, the next process reads the message and answers it."""
    async with SlackServer() as slack:
        ann = slack.user("ann")
        general = slack.channel("general", [ann])
        async with analects(tmp_path, slack.settings, before=f"{SHORT_LEASE}\n{NEVER_REPLIES}") as bot:
            await bot.ready()
            if place == "direct":
                question = await slack.direct_message(ann, "what about memory?")
            else:
                root = await slack.say(ann, general, "Good morning.") if place == "thread" else None
                question = await slack.mention(ann, general, "what about memory?", root.ts if root else None)
            await bot.says("stuck")
            await slack.acknowledged(question)
            await bot.kill()
        async with analects(
            tmp_path, slack.settings, before=f"{SHORT_LEASE}\nbot.recovery.INTERVAL_S = 0.2"
        ) as bot:
            await slack.reply_to(question, timeout=20)
            await slack.quiet()
            assert len(slack.replies_to(question)) == 1
            assert len(question.attempts) == 1

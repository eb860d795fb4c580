"""Someone types /highlight. The command is acknowledged first, and only they see the answer (faults 18 and 33)."""

import pytest

from tests.adapters.slack.conftest import Starting
from tests.slack_server import SlackServer, delayed, server_error


@pytest.mark.parametrize(
    "text",
    [
        "random",
        "random 2",
        "search memory",
        "by",
        "from nothing at all",
        "tag",
        "sources",
        "help",
        "",
        "memory?",
    ],
)
async def test_only_the_asker_sees_the_answer_to_a_command(start: Starting, text: str) -> None:
    async with SlackServer() as slack, start(slack):
        ann = slack.user("ann")
        command = await slack.slash(ann, slack.channel("general", [ann], bot=False), "/highlight", text)
        answer = await slack.reply_to(command)
        assert answer.ephemeral_to == ann.id
        assert slack.visible_text(answer)
        assert not command.response, "the acknowledgement is empty, the answer follows"


async def test_random_public_is_posted_for_everyone(start: Starting) -> None:
    async with SlackServer() as slack, start(slack):
        ann = slack.user("ann")
        general = slack.channel("general", [ann])
        command = await slack.slash(ann, general, "/highlight", "random public")
        answer = await slack.reply_to(command)
        assert (answer.ephemeral_to, answer.channel) == (None, general.id)


async def test_commands_under_load_are_acknowledged_in_time(start: Starting) -> None:
    async with SlackServer() as slack, start(slack):
        ann = slack.user("ann")
        general = slack.channel("general", [ann])
        slack.faults.order("response_url", delayed(0.5))
        slack.faults.order("conversations.info", delayed(2))
        commands = [await slack.slash(ann, general, "/highlight", "random") for _ in range(100)]
        for command in commands:
            await slack.acknowledged(command)
        assert max(command.attempts[0].took or 9 for command in commands) < 3


async def test_a_private_answer_never_becomes_public(start: Starting) -> None:
    async with SlackServer() as slack, start(slack) as bot:
        ann = slack.user("ann")
        general = slack.channel("general", [ann])
        slack.faults.order("response_url", server_error(500))
        await slack.slash(ann, general, "/highlight", "search memory")
        await slack.until(lambda: bool(slack.calls("response_url")))
        await slack.quiet()
        assert bot.service.counts["unknown"] == 1
        assert slack.posts() == []
        assert slack.calls("chat.postMessage") == []
        assert slack.calls("chat.postEphemeral") == []

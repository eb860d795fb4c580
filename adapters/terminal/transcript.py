"""A platform that records replies, for tests and examples."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field

from adapters.terminal.render import render
from bot.chat.conversation import Bot, Dialogue
from bot.chat.replies import Reply


@dataclass(slots=True)
class Transcript:
    """Records every reply, and its text as a terminal without colours shows it."""

    replies: list[Reply] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)

    async def post(self, reply: Reply) -> None:
        self.replies.append(reply)
        self.lines.append(render(reply, None).plain.rstrip("\n"))


def talk(bot: Bot, lines: Iterable[str]) -> Transcript:
    """Says these lines in one conversation. Returns its transcript."""
    transcript = Transcript()
    dialogue = Dialogue(bot, transcript)

    async def hear_all() -> None:
        for line in lines:
            await dialogue.hear(line)

    asyncio.run(hear_all())
    return transcript

"""Draws cards as they look on Discord, wide and narrow, by SimCord's preview: `pip install playwright pillow`, then run this file
(with NAMEs for some of them).

Needs Chromium; writes tools/pictures/out/discord-NAME-WIDTH.png. The ones kept stand in docs/images/.
"""

import asyncio
import functools
import shutil
import sys
from dataclasses import replace
from pathlib import Path

import simcord
from PIL import Image
from playwright.async_api import BrowserType

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent.parent))

from draw import COMMANDS, CONVERSATION, digests, notices  # noqa: E402

from adapters.discord.cards.card import layout  # noqa: E402
from adapters.discord.cards.render import Origin, render  # noqa: E402
from adapters.discord.client import Client  # noqa: E402
from bot.access.places import Allowlist  # noqa: E402
from bot.access.rules import Rules  # noqa: E402
from bot.chat import requests, wording  # noqa: E402
from bot.chat.conversation import Bot  # noqa: E402
from bot.chat.replies import Help, Hidden, Reply, ServerSettings  # noqa: E402
from bot.model import Question  # noqa: E402
from bot.search.index import Index  # noqa: E402
from bot.service import Service  # noqa: E402
from bot.state.chosen import ServerChoices  # noqa: E402
from bot.state.memory_claims import MemoryClaims  # noqa: E402
from corpus.load import SAMPLE_NOTES, load  # noqa: E402

WIDTHS = (688, 375)
"""Pixels: a message on a desktop and on a phone."""
SERVER = 700_000_000_000_000_000


async def main() -> None:
    bot = Bot(Index.build(load(SAMPLE_NOTES)))
    chosen = ServerChoices(threads=True, buttons="asker")
    answer = replace(bot.reply(Question(CONVERSATION, 2)), key="discord:1:1")
    hidden = tuple((one.highlight.id, one.text[:60]) for one in answer.quotes)
    public: dict[str, Reply] = {
        **digests(bot),
        "answer": answer,
        "nothing": replace(bot.reply(Question("quantum chromodynamics")), key="discord:1:2"),
        "corrected": replace(bot.reply(Question("retreival practise")), key="discord:1:3"),
    }
    private: dict[str, Reply] = {
        "settings": ServerSettings(choices=chosen, text=""),
        "help": Help(),
        **notices(),
        "hidden": Hidden(wording.hidden([("never", text) for _, text in hidden]), highlights=hidden),
        "missing": bot.reply(requests.parse("search")),
        **{name: bot.reply(requests.parse(text)) for name, text in COMMANDS.items() if name != "help"},
        "stats": bot.reply(requests.parse("stats")),
    }
    wanted = sys.argv[1:]
    for name, reply in (public | private).items():
        for width in WIDTHS if not wanted or name in wanted else ():
            await draw(name, reply, bot, width, name in private)


async def draw(name: str, reply: Reply, bot: Bot, width: int, private: bool) -> None:
    """Posts the reply to a server of SimCord's and takes a picture of the message."""
    rules = Rules(Allowlist(servers=frozenset({f"discord:{SERVER}"})))
    client = Client(Service(bot, rules, MemoryClaims()), shard_count=1)
    env = simcord.Env(client)
    await env.start()
    env.backend.bot_user.name = "Analects"
    try:
        guild = env.create_guild("Readers", id=SERVER)
        books = guild.create_text_channel("books")
        ann = guild.add_member(env.create_user("ann"))
        channel = client.get_channel(books.id)
        origin = Origin(mark="0" * 16, message=1, asker=1, private=private)
        await channel.send(view=layout(render(reply, origin, pictures=False)))
        path = HERE / "out" / f"discord-{name}-{width}.png"
        path.parent.mkdir(exist_ok=True)
        async with env.preview(books, viewers=[ann], width=width, height=2400) as preview:
            await preview.screenshot(path, allow_incomplete=True)
        image = Image.open(path).convert("RGB")
        image.quantize(128).save(path, optimize=True)
    finally:
        await env.shutdown()


def _with_the_browser_of_this_machine() -> None:
    """Playwright looks for a browser of its own; any Chromium will do."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is not None:
        BrowserType.launch = functools.partialmethod(  # type: ignore[assignment,method-assign]
            BrowserType.launch, executable_path=found, args=["--no-sandbox"]
        )


if __name__ == "__main__":
    _with_the_browser_of_this_machine()
    asyncio.run(main())

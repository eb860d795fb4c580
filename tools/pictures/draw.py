"""Draws what the bot says on Slack from the sample notes: `npm install`, then `python tools/pictures/draw.py [NAME …]`.

Needs Chromium and Pillow; writes tools/pictures/out/NAME.png, and NAME-phone.png as narrow as a phone. The ones kept stand in
docs/images/.
"""

import json
import subprocess
import sys
import tempfile
from dataclasses import replace
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from PIL import Image, ImageChops

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent.parent))

from adapters.slack.cards import block_kit as kit  # noqa: E402
from adapters.slack.cards import home, render  # noqa: E402
from bot.answering.statistics import statistics  # noqa: E402
from bot.chat import requests, wording  # noqa: E402
from bot.chat.conversation import Bot  # noqa: E402
from bot.chat.replies import Digest, Notice, Reply, Saved, digest_help  # noqa: E402
from bot.chat.wording import numbers  # noqa: E402
from bot.digest.managed import ManagedDigest  # noqa: E402
from bot.model import Question  # noqa: E402
from bot.schedule.plan import DEFAULT_NAME, Filter, Plan  # noqa: E402
from bot.search.index import Index  # noqa: E402
from corpus.load import SAMPLE_NOTES, load  # noqa: E402

ASKED = {
    "several": "does sleep help memory?",
    "short": '"books are for use"',
    "long": "number puzzles hidden shortcut",
    "chinese": "遗忘曲线 睡眠",
    "remark": "tag:favorite spaced repetition testing",
    "nothing": "quantum chromodynamics",
    "corrected": "retreival practise",
}
CONVERSATION = "is it better to take notes by hand or on a laptop?"
"""Of the picture "answer", which shows the question, too."""
DIGEST = ("books are for use", "failed attempt helps", "scent of roses dream sleep")
COMMANDS = {
    "random": "random",
    "sources": "sources",
    "author": "by Renée Castagnol",
    "title": "from 慢读与久记",
    "help": "help",
    "stats": "stats",
    "stats-year": "stats 2024",
}
CHROMIUM = [
    "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update", "--hide-scrollbars",
    "--force-device-scale-factor=1.5",
]  # fmt: skip
WIDTHS = {"": 640, "-phone": 390}
"""Pixels of each picture's width, by what its name ends in."""


def shown() -> dict[str, dict[str, object]]:
    """The blocks of each picture."""
    bot = Bot(Index.build(load(SAMPLE_NOTES)))
    asked = {name: bot.reply(Question(text)) for name, text in ASKED.items()}
    said = {name: bot.reply(requests.parse(text)) for name, text in COMMANDS.items()}
    asked = {name: replace(one, key="slack:C1:1.0") for name, one in asked.items()}
    messages = {
        name: render.message(one, asker="U1", private=name in COMMANDS)
        for name, one in (asked | said).items()
    }
    messages |= {name: render.message(one, asker=None, private=False) for name, one in digests(bot).items()}
    messages |= {name: render.message(one, asker="U1", private=True) for name, one in notices().items()}
    messages["shared"] = render.shared(asked["short"], asker="U1", by="Ann")
    pictures: dict[str, dict[str, object]] = {
        name: {"blocks": [known(block) for block in kit.without_pictures(one.blocks)]}
        for name, one in messages.items()
    }
    answer = render.message(
        replace(bot.reply(Question(CONVERSATION, 1)), key="slack:C1:1.0"), asker="U1", private=False
    )
    pictures["answer"] = {
        "blocks": [known(block) for block in answer.blocks],
        "said": f"@Analects {CONVERSATION}",
    }
    day, found = date(2026, 3, 12), replace(asked["several"], quotes=asked["several"].quotes[:2])
    for name, given in {
        "home": home.Shown(digests=managed(bot)),
        "home-search": home.Shown(found=found),
    }.items():
        blocks = home.view(bot.index, day, given)["blocks"]
        pictures[name] = {"blocks": [known(block) for block in kit.without_pictures(blocks)], "home": True}
    return pictures


def known(block: dict[str, object]) -> dict[str, object]:
    """The block as the package that draws knows it: the menu as a button with three dots, no covers, which lie elsewhere."""
    if block["type"] == "context_actions":
        labels = f"{wording.HELPFUL}   ·   {wording.NOT_WHAT_I_MEANT}"  # Slack shows two thumbs
        return {"type": "context", "elements": [{"type": "plain_text", "text": labels}]}
    if block["type"] == "input":
        shown = {"type": "plain_text", "text": block["element"]["placeholder"]["text"]}
        return {"type": "section", "text": block["label"], "fields": [shown]}
    if block["type"] == "rich_text":  # Slack shows the channel's name
        whole = json.dumps(block).replace(
            '"type": "channel", "channel_id": "C0READING"', '"type": "text", "text": "#reading"'
        )
        return json.loads(whole)
    if block["type"] != "actions":
        return block
    dots = {"type": "button", "text": {"type": "plain_text", "text": "⋯"}, "action_id": "menu"}
    elements = [dots if one["type"] == "overflow" else one for one in block["elements"]]
    return {**block, "elements": elements}


def managed(bot: Bot) -> tuple[ManagedDigest, ...]:
    """The digest of one channel, with a highlight that was put aside."""
    quote = bot.reply(Question(DIGEST[0])).quotes[0]
    plan = Plan("weekdays", time(9), "Europe/Berlin", None, 2)
    return (ManagedDigest("C0READING", plan, ((quote.highlight.id, quote.text[:60]),)),)


def notices() -> dict[str, Reply]:
    """What is said about digests, and of a message that was saved."""
    plans = {
        DEFAULT_NAME: Plan("weekdays", time(9), "Europe/Berlin", None, 2, less=("tweets",)),
        "Stoics": Plan("weekly", time(8), "Europe/Berlin", 0, 3, Filter("by", "Wendelin Krautbach"),
                       also=(Filter("tag", "favorite"), Filter("time", "2024-01-01..2025-01-01"))),
        "Back": Plan("daily", time(18, 30), "America/New_York", None, 1, Filter("time", "last month")),
    }  # fmt: skip
    coming = datetime(2026, 12, 1, 9, tzinfo=ZoneInfo("Europe/Berlin"))
    rows = [wording.digest_row(name, plan, coming) for name, plan in plans.items()]
    return {
        "digest-list": Notice(wording.digest_rows(rows)),
        "digest-set": Notice(wording.digest_set(plans["Stoics"], coming)),
        "digest-help": digest_help(),
        "saved": Saved(wording.SAVED_TO_NOTES),
    }


def digests(bot: Bot) -> dict[str, Digest]:
    """Digests of one highlight, of two and of ten, a Daily Review, a look back, and a year in review."""
    several = [bot.reply(Question(text)).quotes[0] for text in DIGEST]
    many = bot.reply(Question("sleep memory practice reading", 10)).quotes
    found = {
        "digest-one": several[:1],
        "digest": several[1:],
        "digest-ten": many,
        "digest-review": several[:2],
        "digest-away": several[2:],
        "digest-back": several[1:2],
        "digest-year": several,
    }
    about = {
        "digest-one": "tagged favorite",
        "digest-review": wording.restricted(Filter("review")),
        "digest-away": wording.REVIEW_FALLBACK["review"],
        "digest-back": wording.restricted(Filter("added", "year")),
    }
    above = {"digest-year": numbers.statistics(statistics(bot.index, 2024), 2024)}
    return {
        name: Digest(
            tuple(replace(one, marks=()) for one in quotes), about.get(name, ""), above.get(name, "")
        )
        for name, quotes in found.items()
    }


def without_covers(value: Any) -> Any:
    """The same without pictures: nothing is fetched here, so a cover would be an empty frame."""
    if isinstance(value, dict):
        return {key: without_covers(one) for key, one in value.items()}
    if isinstance(value, list):
        return [
            without_covers(one) for one in value if not (isinstance(one, dict) and one.get("type") == "image")
        ]
    return value


def draw(name: str, html: str, width: int) -> None:
    """Takes a picture of the page at this width, without the empty space below it."""
    with tempfile.TemporaryDirectory() as folder:
        page, picture = Path(folder, "page.html"), Path(folder, "page.png")
        html = html.replace("width:640px", f"width:{width}px")
        page.write_text(html, "utf-8")
        command = [
            *CHROMIUM,
            f"--window-size={max(500, width)},2600",
            f"--user-data-dir={folder}/profile",
            f"--screenshot={picture}",
            page.as_uri(),
        ]
        subprocess.run(command, check=True, capture_output=True, timeout=180)
        image = Image.open(picture).convert("RGB")
        box = ImageChops.difference(image, Image.new("RGB", image.size, "white")).getbbox()
        bottom = min(image.height, (box[3] if box else 0) + 24)
        (HERE / "out").mkdir(exist_ok=True)
        image.crop((0, 0, image.width, bottom)).quantize(128).save(
            HERE / "out" / f"{name}.png", optimize=True
        )


def main() -> None:
    wanted = {name: one for name, one in shown().items() if name in sys.argv[1:] or not sys.argv[1:]}
    lines = "\n".join(json.dumps(without_covers({"name": name, **one})) for name, one in wanted.items())
    drawn = subprocess.run(
        ["node", str(HERE / "draw.mjs")], input=lines, text=True, check=True, capture_output=True
    )
    for line in drawn.stdout.splitlines():
        page = json.loads(line)
        for ending, width in WIDTHS.items():
            draw(page["name"] + ending, page["html"], width)


if __name__ == "__main__":
    main()

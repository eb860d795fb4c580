"""Each setting wrong or missing in turn."""

from __future__ import annotations

from bot.settings import Settings
from tests.discord_server import DiscordServer
from tests.image.engines import Box, Container
from tests.image.image import MARK, Image
from tests.slack_server import SlackServer

REFUSED = {
    "PLAIN_NOTES": f"perhaps {MARK}",
    "QUOTES_PER_ANSWER": f"many {MARK}",
    "SLACK_BOT_TOKEN": f"xapp-{MARK}",
    "SLACK_APP_TOKEN": f"xoxb-{MARK}",
    "SLACK_API_URL": f"http://{MARK}",
    "DISCORD_TOKEN": f"xoxb-{MARK}",
    "DISCORD_API_URL": f"http://{MARK}",
    "ALLOWED_CHANNELS": MARK,
    "ALLOWED_SERVERS": MARK,
    "QUESTIONS_PER_MINUTE": MARK,
    "DIGEST_ZONE": f"Nowhere/{MARK}",
    "DIGEST_GRACE": MARK,
    "DIGEST_SETTERS": MARK,
    "HTTP_PORT": MARK,
    "LOG_LEVEL": MARK,
    "LOG_FORMAT": MARK,
}
"""Wrong by themselves: exit 2, one sentence that names the variable and not the value."""
REFUSED_BY_A_PLATFORM = {
    "SLACK_BOT_TOKEN": f"xoxb-{MARK}",
    "SLACK_APP_TOKEN": f"xapp-{MARK}",
    "DISCORD_TOKEN": f"{MARK}.a.b",
}
"""Fault 16, the same."""
GOES_ON = {
    "CORPUS_PATH": (f"/{MARK}/none", "no notes"),
    "STATE_PATH": ("/nowhere", "state cannot be used"),
    "DATABASE_URL": (f"mysql://me:{MARK}@host/db", "DATABASE_URL"),
    "EMBEDDING_MODEL": ("no/model", "EMBEDDING_MODEL"),
    "HTTP_HOST": ("192.0.2.1", "HTTP_HOST"),
}
"""Wrong, and it answers all the same and says what it lacks, with words of the line that says so."""
ANYTHING = {"PRIVATE_TAGS", "PRIVATE_PATHS", "SLACK_SIGNING_SECRET"}
"""No value is wrong, or only Slack could tell, by not calling."""
MISSING = ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN")
"""Missing beside the others: exit 2, and named."""


async def with_a_variable_wrong(image: Image) -> str:
    """Each in turn."""
    covered = REFUSED.keys() | GOES_ON.keys() | ANYTHING
    assert covered == {name.upper() for name in Settings.model_fields}, covered ^ {
        name.upper() for name in Settings.model_fields
    }
    async with SlackServer() as slack, DiscordServer() as discord:
        for name, value in [
            *REFUSED.items(),
            *REFUSED_BY_A_PLATFORM.items(),
            *((name, "") for name in MISSING),
        ]:
            box = Box(notes=image.notes, state=image.folder())
            async with image.run(box, slack, discord, **{name: value}) as container:
                assert await container.ends() == 2, f"{name}={value}: {container.log}"
                _one_sentence(name, container)
        async with image.run(Box(notes=image.notes, state=image.folder())) as container:
            assert await container.ends() == 2, "no token at all"
            _one_sentence("SLACK_BOT_TOKEN", container)
        for name, (value, words) in GOES_ON.items():
            box = Box(notes=image.notes, state=image.folder())
            async with image.run(box, slack, **{name: value}) as container:
                await container.says(words)
                await container.ready()
                assert await container.terminate() == 0
                assert "Traceback" not in container.log
    return f"{len(REFUSED) + len(REFUSED_BY_A_PLATFORM) + len(MISSING) + 1} refused, {len(GOES_ON)} borne"


def _one_sentence(name: str, container: Container) -> None:
    said = [line for line in container.lines if line.startswith("analects: ")]
    assert len(said) == 1, container.log
    assert name in said[0], container.log
    assert "Traceback" not in container.log

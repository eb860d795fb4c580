"""Runs the image with each setting wrong or missing, one at a time."""

from __future__ import annotations

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
    "ALLOWED_PEOPLE": MARK,
    "ASK_CHANNELS": MARK,
    "PRIVATE_CHANNELS": MARK,
    "SAVERS": MARK,
    "DISCORD_USERS": MARK,
    "DISCORD_MESSAGE_CONTENT": MARK,
    "QUOTE_PICTURES": MARK,
    "SYNC_INTERVAL": MARK,
    "KEEP_UNANSWERED": MARK,
    "SAVE_TO": MARK,
    "READWISE_API_URL": f"http://{MARK}",
    "CORPUS_GIT": MARK,
    "SLACK_COMMAND": MARK,
}
"""Wrong values with which the bot stops: exit code 2, and a sentence that names the variable but not the value."""
REFUSED_BY_A_PLATFORM = {
    "SLACK_BOT_TOKEN": f"xoxb-{MARK}",
    "SLACK_APP_TOKEN": f"xapp-{MARK}",
    "DISCORD_TOKEN": f"{MARK}.a.b",
}
"""Tokens that a platform refuses (fault 16). The bot stops in the same way."""
ACCEPTED_WITH_WARNING = {
    "CORPUS_PATH": (f"/{MARK}/none", "no notes"),
    "STATE_PATH": ("/nowhere", "database unavailable"),
    "DATABASE_URL": (f"mysql://me:{MARK}@host/db", "DATABASE_URL"),
    "EMBEDDING_MODEL": ("no/model", "EMBEDDING_MODEL"),
    "HTTP_HOST": ("192.0.2.1", "HTTP_HOST"),
}
"""Wrong values with which the bot still answers, and words of the log line that reports the problem."""
NEVER_WRONG = {
    "PRIVATE_TAGS",
    "PRIVATE_PATHS",
    "SLACK_SIGNING_SECRET",
    "SLACK_CONFIG_TOKEN",
    "READWISE_TOKEN",
    "READWISE_WEBHOOK_SECRET",
    "CORPUS_GIT_TOKEN",
    "CORPUS_GIT_BRANCH",
    "MODEL_URL",
    "MCP_TOKEN",
    "FEED_KEY",
}
"""Settings for which no value is wrong, or for which only the remote service can know it."""
MISSING = ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN")
"""Settings that are required with the others. If one is missing, the bot names it and stops with exit code 2."""


async def with_a_variable_wrong(image: Image) -> str:
    """Runs the image with each wrong value in turn."""
    async with SlackServer() as slack, DiscordServer() as discord:
        for name, value in [
            *REFUSED.items(),
            *REFUSED_BY_A_PLATFORM.items(),
            *((name, "") for name in MISSING),
        ]:
            box = Box(notes=image.notes, state=image.folder())
            async with image.run(box, slack, discord, **{name: value}) as container:
                assert await container.ends() == 2, f"{name}={value}: {container.log}"
                _assert_one_sentence(name, container)
        async with image.run(Box(notes=image.notes, state=image.folder())) as container:
            assert await container.ends() == 2, "the bot must stop without any token"
            _assert_one_sentence("SLACK_BOT_TOKEN", container)
        for name, (value, words) in ACCEPTED_WITH_WARNING.items():
            box = Box(notes=image.notes, state=image.folder())
            async with image.run(box, slack, **{name: value}) as container:
                await container.says(words)
                await container.ready()
                assert await container.terminate() == 0
                assert "Traceback" not in container.log
    refused = len(REFUSED) + len(REFUSED_BY_A_PLATFORM) + len(MISSING) + 1
    return f"{refused} refused, {len(ACCEPTED_WITH_WARNING)} accepted with a warning"


def _assert_one_sentence(name: str, container: Container) -> None:
    sentences = [line for line in container.lines if line.startswith("analects: ")]
    assert len(sentences) == 1, container.log
    assert name in sentences[0], container.log
    assert "Traceback" not in container.log

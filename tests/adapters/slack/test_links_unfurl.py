"""A link to a highlight unfurls to the passage, but only in places where the bot may answer publicly."""

from pathlib import Path

import pytest

from bot.chat.conversation import Bot
from bot.search.index import Index
from corpus.load import load
from tests.adapters.slack.conftest import Starting
from tests.slack_server import ALL_SCOPES, Installation, SlackServer, server_error
from tests.slack_server.shown.reading import visible_text

LINK = "https://read.readwise.io/read/01harbour"
SECRET = "https://read.readwise.io/read/01secret"
NOTE = f"""---
title: Harbour Lights
author: Ann Author
---
## Highlights
- The lantern burns for whoever comes late. ([View Highlight]({LINK}))
- What nobody shall read. ([View Highlight]({SECRET})) #private
"""


@pytest.fixture
def bot(tmp_path: Path) -> Bot:
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "harbour.md").write_text(NOTE, encoding="utf-8")
    return Bot(Index.build(load(tmp_path / "notes")))


def installed() -> SlackServer:
    scopes = frozenset({*ALL_SCOPES, "links:read", "links:write"})
    return SlackServer(installation=Installation(scopes=scopes))


async def test_the_passage_is_shown_below_the_message(start: Starting) -> None:
    async with installed() as slack, start(slack) as instance:
        ann = slack.user("ann")
        general = slack.channel("general", [ann])
        other = "https://read.readwise.io/read/unknown"
        shared = await slack.link(ann, general, f"look: {LINK}/?utm=x and {other} and {SECRET}")
        await slack.until(lambda: bool(slack.core.unfurled))
        await slack.redeliver(shared)
        await slack.quiet()
        ((place, shown),) = slack.core.unfurled.items()
        assert place == (general.id, shared.ts)
        assert list(shown) == [f"{LINK}/?utm=x"]
        preview = visible_text(shown[f"{LINK}/?utm=x"])
        assert preview.startswith("The lantern burns for whoever comes late.\nHarbour Lights · Ann Author")
        assert len(slack.calls("chat.unfurl")) == 1
        assert slack.posts() == []
        assert not instance.service.rules.person.is_reached(f"slack:{ann.id}")


PLACES_WITHOUT_PREVIEW = (
    "not a member", "composer", "shared", "not known", "private answers", "not allowed", "bot",
)  # fmt: skip


@pytest.mark.parametrize("where", PLACES_WITHOUT_PREVIEW)
async def test_a_link_does_not_unfurl_elsewhere(start: Starting, where: str) -> None:
    async with installed() as slack:
        ann = slack.user("ann")
        general = slack.channel(
            "general",
            [ann],
            bot=where != "not a member",
            shared_with=["T0OTHER001"] if where == "shared" else (),
        )
        settings = {
            "private answers": {"PRIVATE_CHANNELS": f"slack:{general.id}"},
            "not allowed": {"ALLOWED_CHANNELS": "slack:C0ELSEWHERE"},
        }.get(where, {})
        async with start(slack, **settings):
            if where == "not known":
                slack.faults.order("conversations.info", server_error(503))
            user = slack.user("robot") if where == "bot" else ann
            if where == "bot":
                user.id = slack.core.bot_user
            await slack.link(user, general, LINK, composer=where == "composer")
            await slack.quiet(idle=0.5)
            assert slack.calls("chat.unfurl") == []
            assert slack.posts() == []
            assert slack.ephemerals(ann) == []

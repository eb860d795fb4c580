"""Someone opens the Home tab, and presses its buttons."""

from tests.adapters.slack.conftest import Starting
from tests.slack_server import SlackServer


async def test_home_opened(start: Starting) -> None:
    async with SlackServer() as slack, start(slack):
        ann = slack.user("ann")
        await slack.open_home(ann)
        first = await slack.home_for(ann)
        assert "highlights of" in slack.visible_text(first)
        await slack.press(ann, first, "another")
        await slack.until(lambda: len(slack.calls("views.publish")) == 2)
        await slack.press(ann, await slack.home_for(ann), "more")
        await slack.until(lambda: bool(slack.posts(slack.workspace.im(ann.id))))

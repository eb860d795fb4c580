"""How people see a message."""

from __future__ import annotations

import pytest

from tests.slack_server import (
    Json,
    links,
    notification,
    pings,
    unfurls,
    visible_text,
)
from tests.slack_server.sample import (
    actions,
    button,
    context,
    literal,
    mrkdwn,
    rich,
    section,
)

pytestmark = [pytest.mark.asyncio, pytest.mark.filterwarnings("ignore:The top-level `text` argument")]


@pytest.mark.parametrize(
    ("text", "seen", "pinged"),
    [
        ("<!channel> and <!here|here>", "@channel and @here", {"channel", "here"}),
        ("<@U123> in <#C9|general>, <!subteam^S77|@editors>", "@U123 in #general, @editors", {"U123", "S77"}),
        ("<!date^1700000000^on {date}^https://x.example|then>", "on November 14, 2023", set()),
        ("&lt;!channel&gt; &amp;amp;", "<!channel> &amp;", set()),
        (
            "*bold* _it_ ~gone~ `<@U1>` 2*3*4 snake_case_name",
            "bold it gone @U1 2*3*4 snake_case_name",
            {"U1"},
        ),
        ("&gt; quoted\n```a *b*```", "quoted\na *b*", set()),
        ("@here and @channel", "@here and @channel", set()),
        (":tada: 10:30:45 :nothing:", "🎉 10:30:45 :nothing:", set()),
        ("<https://x.example/?a=1&amp;b|label> <nothing> a < b", "label <nothing> a < b", set()),
    ],
)
async def test_mrkdwn_is_read_as_slack_reads_it(text: str, seen: str, pinged: set[str]) -> None:
    assert visible_text({"text": text}) == seen
    assert pings({"text": text}) == pinged
    assert visible_text({"blocks": [section(text)]}) == seen


async def test_names_ping_only_where_slack_links_names() -> None:
    assert pings({"text": "@here @ann", "link_names": True}) == {"here", "@ann"}
    assert pings({"text": "@everyone", "parse": "full"}) == {"everyone"}
    assert pings({"text": "<!everyone>", "blocks": [section("shown")]}) == {"everyone"}


async def test_rich_text_is_literal() -> None:
    hostile = "<!channel> &lt; *x* :tada: https://x.example @here"
    message: Json = {"text": "plain", "blocks": [rich("quote", literal(hostile))]}
    assert visible_text(message) == hostile
    assert pings(message) == set()
    assert links(message) == []
    assert notification(message) == "plain"
    pinged = rich("section", {"type": "broadcast", "range": "here"}, {"type": "user", "user_id": "U1"})
    assert pings({"blocks": [pinged]}) == {"here", "U1"}


async def test_links_and_previews() -> None:
    message: Json = {"text": "see https://a.example/x. and <https://b.example|bank.com>, also evil.com"}
    assert [(link.label, link.url) for link in links(message)] == [
        ("bank.com", "https://b.example"),
        ("https://a.example/x", "https://a.example/x"),
        ("evil.com", "http://evil.com"),
    ]
    assert len(unfurls(message)) == 3
    assert len(unfurls({**message, "unfurl_links": False})) == 3
    assert unfurls({**message, "unfurl_links": False, "unfurl_media": False}) == []
    assert links({"blocks": [context(mrkdwn("https://a.example", verbatim=True))]}) == []
    linked = rich("section", {"type": "link", "url": "javascript:alert(1)", "text": "title"})
    assert [link.url for link in links({"blocks": [linked]})] == ["javascript:alert(1)"]
    assert visible_text({"blocks": [linked, actions(button("More", "m"), button("Next", "n"))]}) == (
        "title\n[More] [Next]"
    )

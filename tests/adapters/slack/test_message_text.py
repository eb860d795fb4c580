"""The text of a message as people read it: names instead of ids, emoji as characters, no markup."""

import pytest

from adapters.slack.message_text import as_people_read, ids
from tests.slack_server import Json

NAMES = {"U1": "Mara", "C1": "reading"}


def rich(*elements: Json) -> Json:
    return {"text": "*not* this", "blocks": [{"type": "rich_text", "elements": list(elements)}]}


def section(*elements: Json) -> Json:
    return {"type": "rich_text_section", "elements": list(elements)}


def words(text: str, **style: bool) -> Json:
    return {"type": "text", "text": text, "style": style}


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        (rich(section(words("a "), words("bold", bold=True), words(" word"))), "a bold word"),
        (rich(section({"type": "user", "user_id": "U1"}, words(" in "), {"type": "channel", "channel_id": "C1"})),
            "@Mara in #reading"),
        (rich(section(words("well "), {"type": "emoji", "name": "+1", "unicode": "1f44d-1f3fd"})), "well 👍🏽"),
        (rich(section(words("our "), {"type": "emoji", "name": "parrot"})), "our :parrot:"),
        (rich(section(words("see "), {"type": "link", "url": "https://a.example", "text": "this"})), "see this"),
        (rich(section(words("see "), {"type": "link", "url": "https://a.example"})), "see https://a.example"),
        (
            rich(
                section(words("Two:\n")),
                {"type": "rich_text_list", "style": "ordered", "elements": [section(words("one")), section(words("two"))]},
                {"type": "rich_text_list", "style": "bullet", "indent": 1, "elements": [section(words("inner"))]},
                {"type": "rich_text_preformatted", "elements": [words("__init__ <b>\n  *x*")]},
                {"type": "rich_text_quote", "elements": [words("said")]},
            ),
            "Two:\n1. one\n2. two\n  • inner\n__init__ <b>\n  *x*\nsaid",
        ),
        ({"text": "Ask <@U1> or <@U9|Ida> in <#C1|>: <https://a.example|a &amp; b> &lt;now&gt;"},
            "Ask @Mara or @Ida in #reading: a & b <now>"),
        ({"text": "", "attachments": [{"text": "forwarded words"}]}, "forwarded words"),
        (rich(section(words("&amp; <@U1> stays"))), "&amp; <@U1> stays"),
    ],
)  # fmt: skip
def test_a_message_becomes_the_text_that_people_read(message: Json, expected: str) -> None:
    assert as_people_read(message, NAMES) == expected


def test_ids_without_a_name_in_the_message_are_collected() -> None:
    message = rich(section({"type": "user", "user_id": "U2"}, {"type": "channel", "channel_id": "C1"}))
    assert ids({**message, "text": "<@U1> <@U2> <@U9|Ida>"}) == ["U1", "U2", "C1"]
    assert ids({"blocks": "nonsense", "text": None}) == []

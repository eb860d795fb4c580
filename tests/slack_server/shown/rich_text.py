"""The checks of `rich_text` blocks (docs.slack.dev/reference/block-kit/blocks/rich-text-block).

Sections, lists, quotes and preformatted parts hold inline elements; only text and links stand in a
preformatted part. The text of an element is literal: nothing in it is markup, so nothing in it needs
escaping.
"""

from __future__ import annotations

from tests.slack_server.shown.shapes import (
    Check,
    array,
    boolean,
    by_type,
    fields,
    integer,
    one_of,
    string,
    url,
)

_STYLE = fields({}, dict.fromkeys(("bold", "italic", "strike", "code", "underline"), boolean))
_MENTION_STYLE = fields(
    {},
    dict.fromkeys(("bold", "italic", "strike", "code", "highlight", "client_highlight", "unlink"), boolean),
)
_MAX_TEXT_CHARS = 13_200  # no separate limit is known, so the limit for all blocks applies

_TEXT = fields({"text": string(_MAX_TEXT_CHARS)}, {"style": _STYLE})
_LINK = fields({"url": url()}, {"text": string(_MAX_TEXT_CHARS), "unsafe": boolean, "style": _STYLE})
_INLINE: dict[str, Check] = {
    "text": _TEXT,
    "link": _LINK,
    "emoji": fields(
        {"name": string(100)}, {"unicode": string(100), "skin_tone": integer(1, 6), "style": _STYLE}
    ),
    "user": fields({"user_id": string(30)}, {"style": _MENTION_STYLE}),
    "usergroup": fields({"usergroup_id": string(30)}, {"style": _MENTION_STYLE}),
    "channel": fields({"channel_id": string(30)}, {"style": _MENTION_STYLE}),
    "broadcast": fields({"range": one_of("here", "channel", "everyone")}, {"style": _MENTION_STYLE}),
    "date": fields(
        {"timestamp": integer(0, 2**53), "format": string(255)},
        {"url": url(), "fallback": string(255), "style": _STYLE},
    ),
    "color": fields({"value": string(30)}, {"style": _STYLE}),
}
_BORDER: dict[str, Check] = {"border": one_of(0, 1)}
_SECTION = fields({"elements": array(by_type(_INLINE))})

RICH_TEXT = fields(
    {
        "elements": array(
            by_type(
                {
                    "rich_text_section": _SECTION,
                    "rich_text_quote": fields({"elements": array(by_type(_INLINE))}, _BORDER),
                    "rich_text_preformatted": fields(
                        {"elements": array(by_type({"text": _TEXT, "link": _LINK}))},
                        {**_BORDER, "language": string(30)},
                    ),
                    "rich_text_list": fields(
                        {
                            "elements": array(by_type({"rich_text_section": _SECTION})),
                            "style": one_of("bullet", "ordered"),
                        },
                        {**_BORDER, "indent": integer(0, 8), "offset": integer(0, 10_000)},
                    ),
                }
            )
        )
    }
)
"""The fields of a `rich_text` block, except `type` and `block_id`."""

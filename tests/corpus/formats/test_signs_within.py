"""Only the sign at the beginning of a line is a template's. The same sign within a passage is the source's."""

import pytest

from corpus.formats import reader
from corpus.formats.entry import Note

ANNOTATOR = """---
annotation-target: Papers/salt roads.pdf
---

>%%
>```annotation-json
>{"created":"2024-05-06T10:00:00.000Z"}
>```
>%%
>*%%PREFIX%%told that%%HIGHLIGHT%% ==a gate > a hedge, and a road > both== %%POSTFIX%%, and*
>%%LINK%%[[#^a1b2c3d4e5f|show annotation]]
>%%COMMENT%%
>mine
^a1b2c3d4e5f
"""
RAINDROP = """---
raindrop_id: 11
---

# Metadata
Source URL:: https://pond.example

---
# On Ponds

A pond- like a gate - rusts. — Updated on 2022-07-12T08:15:22.104Z
- A hedge - like a gate - grows. — Updated on 2022-07-12T08:17:40.551Z
"""
CUSTOM = """# On Hedges

## Highlights

- A hedge grows. ([View Highlight](https://read.readwise.io/read/01a))
    - Note: from hedge → gate
- A gate rusts. ([View Highlight](https://read.readwise.io/read/01b))
    - Note: → mine
"""


def note(text: str) -> Note:
    found = reader.read("a.md", text)
    assert isinstance(found, Note)
    return found


@pytest.mark.parametrize(
    ("text", "passages"),
    [
        (ANNOTATOR, ["a gate > a hedge, and a road > both"]),
        (RAINDROP, ["A pond- like a gate - rusts.", "A hedge - like a gate - grows."]),
    ],
    ids=["annotator", "raindrop lines"],
)
def test_a_sign_within_a_passage_stays(text: str, passages: list[str]) -> None:
    assert [entry.text for entry in note(text).entries] == passages


def test_an_arrow_within_a_remark_stays() -> None:
    assert "from hedge → gate" in [entry.remark for entry in note(CUSTOM).entries]

"""No text, YAML or byte string breaks the reader, and the time to read a note grows linearly with its length."""

import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from corpus import normalize
from corpus.folder import decoding
from corpus.formats import dates, front_matter, link_tail, properties, reader
from corpus.formats.entry import Note
from corpus.load import SAMPLE_NOTES
from corpus.merging.duplicates import Keyed
from corpus.merging.merge import Kept, merge
from corpus.plain_text import plain
from corpus.privacy.rules import PrivacyRules
from tests.examples import examples

LINES = st.sampled_from(
    [
        "---", "----", "# Title", "## Metadata", "### Metadata", "## Highlights", "### A chapter",
        "## Full Document", "- Author: [[A B]]",
        "- Full Title: T", "- Category: #books", "- URL: https://x.org", "Author: x", "title:: t", "author:: [[a]]",
        "category:: #x",
        "- Highlights first synced by [[Readwise]] [[Nov 19th, 2022]]", "- New highlights added [[Feb 10th, 2023]] at 7:32 PM",
        "## New highlights added July 4, 2024 at 9:56 AM", "- text", "\t- text", "\t\t- **Note**: n",
        "    - Note: n", "    - Tags: [[a]]",
        "- Note: n", "- See also: [[x]]", "  more", "\t  more", "", "  ", ">quote ^rw1", "Comment: c ^rw1comment",
        "^rwID-1", "```", "```dataview",
        "text ^123456", "text [View Highlight](https://readwise.io/open/1) ^rw1", "- a ([View Highlight](https://read.readwise.io/read/1))",
        "## Snips", "### [a](https://share.snipd.com/snip/1)", "🎧 1:00 - 2:00", "{{ title }}",
        "- 3 highlights from [[a]]", "tags: #a", "a: [b",
        "![rw-book-cover](https://x.org)", "> [!note]- Readwise Information", ">Key:: value", "%%", "-", "- -",
        "* * *", "\x00", "\u2028", "\ud800",
    ]
)  # fmt: skip
NOTES = st.lists(st.one_of(LINES, st.text(max_size=30)), max_size=25).map("\n".join)
RULES = PrivacyRules.of(("private",), ())
MANY_EXAMPLES = settings(
    max_examples=examples(200), deadline=None, suppress_health_check=[HealthCheck.too_slow]
)


def assert_consistent(text: str) -> None:
    """Checks that the note is read or skipped with a reason, and that each passage occurs in the text, on a valid line."""
    note = reader.read("a.md", text)
    if not isinstance(note, Note):
        assert note.reason
        return
    lines = text.split("\n")
    for entry in note.entries:
        assert entry.text.strip()
        assert 1 <= entry.line <= len(lines)
        for part in entry.text.split("\n"):
            assert part.strip() in text
    found = merge([Keyed.of(note, text, RULES)]).get(note.path, Kept())
    assert len(found.highlights) + found.private <= len(note.entries)
    assert len({highlight.id for highlight in found.highlights}) == len(found.highlights)


@MANY_EXAMPLES
@given(NOTES)
@example("Comment: c ^rw1\nComment: d ^rw2\n-\n>quote ^rw3")  # the bullet alone is no sign of the passage
def test_any_note_can_be_read(text: str) -> None:
    assert_consistent(text)


@MANY_EXAMPLES
@given(st.sampled_from(sorted(path for path in SAMPLE_NOTES.rglob("*.md"))), st.data())
def test_any_damaged_note_can_be_read(path: Path, data: st.DataObject) -> None:
    text = path.read_text(encoding="utf-8")
    begin = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(begin, min(len(text), begin + 400)))
    assert_consistent(text[:begin] + data.draw(st.text(max_size=10)) + text[end:])


@MANY_EXAMPLES
@given(
    st.binary(max_size=400),
    st.sampled_from([b"", b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\xff\xfe\0\0"]),
)
def test_any_bytes_can_be_read(data: bytes, mark: bytes) -> None:
    decoded = decoding.decode(mark + data)
    if decoded is not None:
        assert "\r" not in decoded.text
        assert_consistent(decoded.text)


@MANY_EXAMPLES
@given(st.one_of(NOTES, st.text(st.sampled_from("abc:[]{}#&*!|>'\"%@`-?, \n\t"), max_size=80)))
def test_any_yaml_can_be_read(block: str) -> None:
    text = f"---\n{block}\n---\n## Highlights\n- A passage that stays. ^rw1\n"
    front = front_matter.split(text)
    assert all(isinstance(value, str) for values in front.properties.values() for value in values)
    assert_consistent(text)


@given(st.text(max_size=60))
def test_any_property_value_can_be_read(text: str) -> None:
    properties.people([text])
    properties.tags([text])
    properties.category(text)
    properties.title(text)
    properties.title_of_file(f"a/{text}.md")
    for found in (dates.day(text), dates.moment(text), properties.address(text)):
        assert found is None or found
    link_tail.cut(text)
    assert normalize.fold(normalize.fold(text)) == normalize.fold(text)


TOKENS = [
    "*", "**", "_", "`", "```\n", "[", "[[", "](", "[a](b", "([", "![", "![a](", "<", "<a href=", "<!--", "&", "&#",
    "\\", "> ", "- ", "  - ", "# ",
    "\n", "\r", " ", "\t", "a ", "a:", "a::", "--", "---\n", "---\na: b\n", "==", "~~", "^rw1 ", " ^rw1",
    " ^123456", "%% a %%", "#Highlight ",
    "#Highlight [[a]]", "([View Highlight](u", "[View Highlight](https://readwise.io/x)", "{{a}}", "{%", "\"", ": ",
    "* * ", "- Note: ", "中", "\u0301",
    "\ue000", "\t  ", ">q ^rw1 ", "🎧 1:00 - ", "[[a]] ", "http://a ", "<b>", "[ ]", "\x00", "(a", "a, ", " and ",
    "==a", "*a ", " a*", "__a", "a: [", "\u00a0", "A ", "#",
]  # fmt: skip
HEADS = [
    "",
    "- ",
    "# ",
    "- Author: ",
    "---\na: ",
    "# T\n## Metadata\n- Author: x\n## Highlights\n- ",
    "author:: a\ncategory:: b\n\t- ",
]


@pytest.mark.long
@pytest.mark.parametrize("token", TOKENS)
def test_reading_time_grows_linearly(token: str) -> None:
    """The text has 100,000 characters: quadratic work would take many seconds."""
    text = "a" + (token * 100_000)[:100_000] + "x"
    for head in HEADS:
        begin = time.process_time()
        reader.read("a.md", head + text)
        assert time.process_time() - begin < 2, head
    for function in (
        plain,
        link_tail.cut,
        normalize.fold,
        normalize.key,
        front_matter.split,
        dates.day,
        dates.moment,
        properties.title,
    ):
        begin = time.process_time()
        function(text)
        assert time.process_time() - begin < 2, function


def test_plain_text_of_a_huge_highlight_takes_little_time() -> None:
    for token in ("*a", "[a](b ", "`", "<b", "_a "):
        begin = time.process_time()
        plain(token * 100_000)
        assert time.process_time() - begin < 2, token

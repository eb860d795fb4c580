"""No damage to a file of any layout breaks its reader, and the time to read a file grows linearly with its length."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpus.formats import reader, registry
from corpus.formats.entry import Note
from corpus.model import Skipped
from tests.cpu_growth import MAX_GROWTH, growth
from tests.examples import examples

FIXTURES = Path(__file__).parent / "fixtures"
FILES = sorted(path for path in FIXTURES.iterdir() if path.is_file())
MANY_EXAMPLES = settings(
    max_examples=examples(300), deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
TOKENS = [
    "> ", "- a\n", "> a\n", "> [!quote]\n", "| a | b |\n|---|---|\n", "1. a\n", "### Page 1\n", "- **a**: b\n",
    "**Note:** x\n", "==a",
    "](kindle://", "[a](zotero://b) ", "([a](zotero://b)) ([a](zotero://c)) ", " — ", "📌 ",
    "```zotero-annot\n", "\t- a\n", "%% a %%\n",
    "a (Page 1)\n- ", "==========\na (b)\n- c 1-2 | 2020-01-01\n\nd\n", "a ^ref-1\n\n", "> > a\n", "a[1](u#b)", "a:: b\n",
    "《a》\n", "“", "[n] ",
    "<!--\n", "#a ", "a\n\n", "⏱ ", "**==", "<span>", "<br>", "\t- > a\n", "\u3000a\n", "-=-=-=-=-=-\n", "https://books.apple.com/a\n",
    ") #a ^b ", "```\n", "(", " (a)\n\n▪️ ", "a [b](https://c.org#:~:text=a) ", "a [b](https://c.org#:~:text=a)\n", "a ^h31\n\n> ",
    "*Created: 2024-07-28T06:00:12.000Z*\n", ":::A:::\n- a\n",
    "[!note] a\n", "([a](zotero://select/b)) ", " — location: [1]() ", "a *(b) ", "a  _NOTE: b\n", "> 📌 a\n",
    "a — Updated on 2022/08/10 ", "a — Updated on 2022/08/10 10:00:00\n", "> a \n\n", "> a\n>\n", "---\n\n",
    "## \U0001f7e1 \u2728 Highlight\n**Created:** March 3, 2024 at 09:15 AM\n", "notes: atags: #b\n",
    "- *pink highlight, 2/9/2026*\n",
    "## T\n**URL:** a\n", "a ([b](https://c.org)) ^rw1\n", "##### Metadata\n", "a ^h31\n",
    "> a (Page 1)\n", ">    - Note: a\n", "<mark>a</mark>\n", "<mark>a\n", "[a](kindle://b) tags: #c\n", "#a #b\n",
    "\t- a:: b\n\t  ", " - a\n", "**a:**\n", "_(Page 1)_\n", "\t - #+BEGIN_QUOTE\n",
    "◆ a\n\n", "◆ 2024/01/02发表想法\n", "原文：a\n", "> [!a] b\n> > c\n\n", "> ✏️ a\n\n",
    "a\n?\n", "> a:\n> > b\n", "1. a (Page 1)\n   - b\n",
    ">\n", "> ```query\n", "*a ([note on p.2](zotero://b))* ", "<span data-citation=>(", "- a\n\n  highlight @ loc. 5\n\n",
]  # fmt: skip
HEADS = [
    ("a.md", ""), ("a.md", "# T\n## Metadata\n- Author: x\n## Highlights\n"),
    ("a.md", "title:: a\nauthor:: b\ncategory:: c\n- "),
    ("a.md", "---\nkindle-sync:\n  a: b\n---\n## Highlights\n"), ("a.md", "---\nsource: https://x.org\ntags: clippings\n---\n"),

    ("a.md", "---\ncitekey: a\n---\n[a](zotero://open-pdf/a)\n# annotations\n"),
    ("a.md", "---\ndoc_type: weread\n---\n# 高亮划线\n"),
    ("a.md", "# T\n##### A\n## C\n### Page 1 @ 02 January 2024 03:04:05 PM\n"), ("a.csv", "Highlight,Book Title\n"),
    ("a.html", "<div class=noteHeading>a</div><div class=noteText>"), ("a.json", '{"entries":[{"text":"'),
    ("a.txt", "==========\na (b)\n- c 1 | 2020-01-01\n\nx\n==========\n"),
    ("a.txt", "“x”\n\nExcerpt From\nT\nA\nhttps://books.apple.com/book/id1\n"),
    ("a.txt", "\u3000T\n\u3000\n\u3000\u3000-- Page: 1, added on 2020-01-01\n"),
    ("a.html", "<h2>T</h2><h5>A</h5><div style='font-size:10pt'>1</div><div style='font-size:12pt'>"),
    ("a.md", "---\nkoreader-sync:\n  a: b\n---\n**=="), ("a.md", "- a\n\t- > b\n"),
    ("a.md", "## Metadata\n* URL: x\n* Author: y\n## Highlights\n* "),
    ("a.md", "---\nannotation-target: a.pdf\n---\n>%%COMMENT%%\n>%%HIGHLIGHT%% ==a== %%POSTFIX%%"),
    ("a.md", "- \U0001f4cc a\n  hid:: b\n  \U0001f4dd "),
    ("a.md", "---\npath: a.mrexpt\n---\n> [!FF00FF00]\n> "), ("a.mrexpt", "1\nindent:false\n#\n1\nT\nF\nf\n0\n0\n0\n0\n0\n1\n\n"),
    ("a.html", "<div class='bookmark bm-color-cian'><p class=bm-page>1</p><div class=bm-text>"),
    ("a.md", "%%aaaaaaaa-1_start%%\n# T\n## Highlights\n> "),
    ("a.md", "## Highlights\n## A\n> [!quote] **Location:** 3\n> **Highlight:** "),
    ("a.md", "# T\n### Metadata\n- URL: a\n### Highlights & Notes\n- a\n# U\n### Metadata\n- URL: b\n### Highlights & Notes\n- "),
    ("a.md", '0. "a\n1. "b" --- *0.1, 2020-01-01*\n> > '),
    ("a.md", ":::A:::\n- "), ("a.md", "> a ^h31\n\n> "),
    ("a.md", "---\nraindrop_id: 1\n---\n> [!quote]+ Updated on 2022/08/10\n> "),
    ("a.md", "# T\n\n## Highlights\n\n*Created: 2024-07-28T06:00:12.000Z*\n\n"), ("a.md", "# T\n\n- a\n  +  b\n- "),
    ("a.md", "- [a](https://b.org)\n  date-saved:: c\n  last-updated:: d\n\t- ## Highlights\n\t\t- > "),
    ("a.md", "> a\n\n***\n\n> "),
    ("a.txt", "T - A (Highlight: 2; Note: 1)\n\n─────\n\n▪️ a (b)\n\n▪️ "),
    ("a.md", "# T\n## Snips\n### [a](https://share.snipd.com/snip/1)\n\n"), ("a.md", "#### T\n##### Metadata\n- URL: a\n"),
    ("a.md", "---\ntitle: a\nauthor: b\n---\n## Highlights\n> a (Page 1)\n>    - Note: b\n> "),
    ("a.md", "---\ntitle: a\nauthor: b\n---\n## Highlights\n<mark>a</mark> #b\n<mark>"),
    ("a.md", "---\ntitle: a\nauthor: b\n---\n## Highlights\n> [!tldr] a\n> [!tldr] b\n - [ ] a\n"),
    ("a.md", "title:: a\nauthor:: b\n\n- ## [[Readwise Highlights]]\n\t- link:: a\n\t  on:: b\n\t - #+BEGIN_QUOTE\n\t  "),
    ("a.md", "# T\n\n---\nauthor: a\n---\n## Highlights #b\n### Page 1\n> a\n(Page 1)\n**b:** (Page 1)\n"),
    ("quotes/1.md", "---\nid: 1\nsource: a\n---\n"), ("a.md", "---\ntitle: a\nauthor: b\ntags: [book]\n---\nb\n\n- > a\n"),
    ("a.md", "author:: a\n\n- Highlights at [[b]]\n\t- c\n\t\t- d #flashcard\n\t\t- (Page 1)\n"),
    ("a.md", "---\nkindle-sync:\n  a: b\n---\n## Highlights\na \u2014 location: [1]() ^ref-1\n\n"),
    ("a.md", "* [Kindle link](kindle://a)\n\n  - > a (location: 1)\n"),
    ("a.md", "---\ncollectionId: 1\n---\n# T\n## Key Points\n- a\n"),
    ("a.md", "# Aggregated Highlights: #a\n\n## [b](https://c.org)\n- "),
    ("a.md", "---\nasset_id: A\n---\n## B <a name=\"apple_books_notes_dont_delete\"></a>\n\na  _NOTE: "),
    ("a.md", "# \U0001f4d4 Book: T\n\n- \U0001f4daa\n\t- \U0001f3afb\n"),
    ("a.md", "# A\n(9/2/2024, 3:51:03 PM)\n\n[a](zotero://open-pdf/b) \u201c"),
    ("a.md", "---\nzotero-key: A\n---\n## yellow\n\n> [!note] Page 1\n>\n> "),
    ("a.md", "---\nzotero-key: A\n---\n[!note] Page 1\n\n"),
    ("a.md", "---\ndoc_type: weread\n---\n# 高亮划线\n> 📌 a\n# 笔记汇总\n## b 的想法\n"),
    ("a.md", "# T\n[Read on Omnivore](https://omnivore.app/me/a)\n## Highlights\n> <mark class=\"omni omni-red\">"),
    ("a.md", "- [a](https://omnivore.app/me/b)\n  site:: c\n\t- ### Highlights\n\t\t- note:: d\n\t\t  > "),
    ("a.md", "## Metadata\n- Author: a\n- [Apple Books Link](ibooks://a)\n\n## Highlights\na\n\n---\n"),
    ("a.md", "ABCDEF01\n# T — A\n\n> a\n>\n\n\n"), ("a.md", "# T — A\n\n```\n// todo: multilines of Highlights\na\n```\n"),
    ("a.md", "---\ntitle: a\nauthor: b\nlast-opened: c\n---\n---\n\na\n\nnotes: b\n\n---\n"),
    ("a.md", "# T\n## \U0001f7e1 \u2728 Highlight\n**Created:** March 3, 2024 at 09:15 AM\n\n> a\n"),
    ("highlights/a.md", "> a \n\n"), ("a.md", "## T\nURL: https://a.org\n\n> a\n\n"),
    ("a.md", "---\nraindrop_id: 1\n---\na — Updated on 2022/08/10 10:00:00\n> b\n"),
    ("a.md", "## T\n**URL:** https://a.org\n**Glasp:** https://glasp.co/a\n### Highlights\n> "),
    ("a.md", "#### Thoughts & Comments\na#### Highlights & Notes\n\n> "),
    ("a.txt", "《a》\nb\n2个笔记\n\n◆ c\n\n◆ 2024/01/02发表想法\n"),
    ("a.md", "---\ndoc_type: weread\n---\n## Highlights\n- a\n## Reviews\n- a\n    - Created at 2\n"),
    ("a.md", "> [!a] b\n> > c\n\n> [!a] d\n> ✏️ [e](zotero://open-pdf/f?annotation=g)\n"),
    ("a.md", "# T\n\na\n\n> [!quote] b, p. 2\n> "),
    ("a.md", "### Highlight (pink) - Page 1\n\na\n\n### Highlight (pink) - Page 2\n\n"),
]  # fmt: skip
LENGTH_CHARS = 10_000
NEGLIGIBLE_S = 0.3
"""Shorter times are not compared: quadratic work on this many characters would take longer."""


def assert_consistent(path: str, text: str) -> None:
    note = reader.read(path, text)
    if isinstance(note, Skipped):
        assert note.reason
        return
    lines = text.count("\n") + 1
    for entry in note.entries:
        assert entry.text.strip()
        assert 1 <= entry.line <= lines


@MANY_EXAMPLES
@given(st.sampled_from(FILES), st.sampled_from(FILES), st.data())
def test_a_damaged_file_of_any_layout_can_be_read(path: Path, other: Path, data: st.DataObject) -> None:
    """Replaces a part of one layout's file by a part of another's."""
    text, other_text = path.read_text(encoding="utf-8"), other.read_text(encoding="utf-8")
    begin = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(begin, min(len(text), begin + 300)))
    start = data.draw(st.integers(0, len(other_text)))
    assert_consistent(
        path.name, text[:begin] + other_text[start : start + data.draw(st.integers(0, 300))] + text[end:]
    )


def test_every_layout_has_a_fixture() -> None:
    notes = {reader.read(path.name, path.read_text(encoding="utf-8")) for path in FILES}
    shapes = {note.shape for note in notes if isinstance(note, Note)}
    assert shapes >= {layout.name for layout in registry.all_layouts()}


@pytest.mark.long
@pytest.mark.parametrize(("path", "head"), HEADS)
def test_twice_the_text_takes_at_most_three_times_as_long(path: str, head: str) -> None:
    for token in TOKENS:

        def text(size: int, token: str = token) -> str:
            return head + (token * size)[:size] + "x"

        grown = growth(lambda text: reader.read(path, text), text, LENGTH_CHARS, NEGLIGIBLE_S)
        assert grown < MAX_GROWTH, (token, grown)

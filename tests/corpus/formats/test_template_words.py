"""Words that a template writes around a passage are dropped, and the reader's words below it become the remark.

The notes are invented. Their templates are like those that people use for Zotero.
"""
# ruff: noqa: E501  (each note is one line of this file)

from collections.abc import Sequence
from pathlib import Path

import pytest

from corpus.model import Highlight
from tests.notes_on_disk import library

HEAD = "---\ntitle: On Hedges\nauthors: Mara Vale\ncitekey: vale2019\n---\n## Annotations\n"
ONE, TWO = (f"zotero://open-pdf/library/items/AB?page={page}&annotation=A{page}" for page in (2, 3))
FILE = "file:///home/vale.pdf"


def read(folder: Path, text: str) -> Sequence[Highlight]:
    return library(folder, {"a.md": text}).highlights


TEMPLATES = {
    "quotation marks, and words on the next line": f"> [!cite|#ffd400]+ [(p.2)]({ONE})\n> *\" A hedge grows. \"*\n> mine\n> [!cite|#ff6666]+ [(p.3)]({TWO})\n> *\" A gate rusts. \"*\n> \n",
    "a paragraph below the passage, in its callout": f">[!Annotation|#ffd400]+ \n>*« A hedge grows. »*([2]({ONE}))\n>\n>mine\n\n>[!Annotation|#2ea8e5]+ \n>*« A gate rusts. »*([3]({TWO}))\n",
    "a label of the reader's language": f"> [!quote] [s. 2]({ONE})\n> A hedge grows.\n>\n> **Mój komentarz:** mine\n\n> [!danger] [s. 3]({TWO})\n> A gate rusts.\n",
    "a label of no table": f"> [!quote] [s. 2]({ONE})\n> A hedge grows.\n>\n> **Mein Senf:** mine\n\n> [!danger] [s. 3]({TWO})\n> A gate rusts.\n",
    "a heading with colour and page": f"### Yellow — p. 2\n\nA hedge grows.\n\nmine\n\n[Go to annotation]({ONE})\n\n### Red — p. 3\n\nA gate rusts.\n\n\n\n[Go to annotation]({TWO})\n",
    "the kind in a mark above": f"> <mark style=\"background-color: #ffd400\">Highlight</mark>\n> A hedge grows.\n>\n> mine\n>\n> [page 2]({FILE})\n\n> <mark style=\"background-color: #ff6666\">Highlight</mark>\n> A gate rusts.\n>\n> [page 3]({FILE})\n",
    "colour and kind behind": f"A hedge grows.” Yellow Highlight [Page 2]({ONE}) \n\nmine\n\nA gate rusts.” Red Highlight [Page 3]({TWO}) \n",
    "bullets indented below nothing": f"\t\t- <mark class=\"hltr-yellow\">\"A hedge grows.”</mark> [Page 2]({ONE}) \n\t- mine \n\n\t\t- <mark class=\"hltr-red\">\"A gate rusts.”</mark> [Page 3]({TWO}) \n",
    "passages that are the labels of one link": "- ==[A hedge grows.](zotero://open-pdf/library/items/AB)==: mine\n- ==[A gate rusts.](zotero://open-pdf/library/items/AB)==: \n",
    "labels without a link": "> [!quote] 📌 **Captured**\n\n> ✨ **Excerpt:** A hedge grows.  \n> 🗒️ **Note:** mine\n\n> [!quote] 📌 **Captured**\n\n> ✨ **Excerpt:** A gate rusts.  \n> \n",
    "a date and a link below": f"> [!annotation-yellow] Important\n> \n> A hedge grows.\n> \n> **comment:**\n> mine\n> \n> 2024-02-28#21:04\n> \n> (see [PDF p. 2]({ONE}))\n\n> [!annotation-red] No\n> \n> A gate rusts.\n> \n> 2024-02-28#21:09\n> \n> (see [PDF p. 3]({TWO}))\n",
    "tags in a line with a label": f"<mark style=\"background-color: yellow\">“A hedge grows.”</mark>\n [Pagina2]({ONE})\n💬 **Commento:** mine\n🏷️ **Tag:** wood, height\n\n<mark style=\"background-color: red\">“A gate rusts.”</mark>\n [Pagina3]({TWO})\n",
    "items of a list in a callout": f"> [!important]- Key ideas\n> - A hedge grows. [p. 2]({ONE})\n>     - mine\n> - A gate rusts. [p. 3]({TWO})\n",
    "a comment in emphasis above its quote, in a list": f"- *mine*\n  > A hedge grows. [p. 2]({ONE})\n\n- \n  > A gate rusts. [p. 3]({TWO})\n",
    "a column beside that of the passages": f"| Page | Annotation | Comment |\n| --- | --- | --- |\n| [2]({ONE}) | A hedge grows. | mine |\n| [3]({TWO}) | A gate rusts. |  |\n",
    "fields": f"- annotation:: A hedge grows.\n  - comment:: mine\n  - page:: [2]({ONE})\n- annotation:: A gate rusts.\n  - page:: [3]({TWO})\n",
    "below a link in an element": f"> A hedge grows.\n> <cite>[Vale 2019, p. 2]({ONE})</cite>\n\nmine\n\n> A gate rusts.\n> <cite>[Vale 2019, p. 3]({TWO})</cite>\n",
    "below a link in emphasis": f"> A hedge grows.\n>\n> — *[p. 2]({ONE})*\n\n**My thoughts:** mine\n\n> A gate rusts.\n>\n> — *[p. 3]({TWO})*\n",
    "in emphasis, below headings that are links": f"### [p. 2]({ONE})\nA hedge grows.\n\n*mine*\n\n### [p. 3]({TWO})\nA gate rusts.\n",
    "a page in the title of a callout": "> [!note] Key Passage (Page 2)\n> A hedge grows.\n- **My Note:** mine\n\n---\n> [!success] Key Definition (Page 3)\n> A gate rusts.\n",
}  # fmt: skip


@pytest.mark.parametrize("template", TEMPLATES)
def test_template_words_belong_to_neither_passage_nor_remark(tmp_path: Path, template: str) -> None:
    highlights = read(tmp_path, HEAD + TEMPLATES[template])
    bare = [(highlight.plain.strip('"”'), (highlight.remark or "").strip(" :-*")) for highlight in highlights]
    assert bare == [("A hedge grows.", "mine"), ("A gate rusts.", "")]


WITHOUT_REMARKS = {
    "a line that all passages begin with": f"> [!claim]+ Claims<br>\n> - [ ] Done\n> A hedge grows.\n> [(p. 2)]({ONE})\n\n> [!result]+ Results<br>\n> - [ ] Done\n> A gate rusts.\n> [(p. 3)]({TWO})\n",
    "tags before the mark": f"#example::[[Example]]<span class=\"example\">\"A hedge grows.\"</span> [p.2]({ONE})\n\n#claim::[[Claim]]<span class=\"claim\">\"A gate rusts.\"</span> [p.3]({TWO})\n",
    "bullets that stand above each quote": "- [ ] *In my own words*\n- **mine**\n\n> A hedge grows.\n\n---\n\n- [ ] *In my own words*\n\n> A gate rusts.\n\n---\n",
    "two passages of one page": "- A hedge grows. [(p. 2)](zotero://open-pdf/library/items/AB?page=2)\n- A gate rusts. [(p. 2)](zotero://open-pdf/library/items/AB?page=2)\n",
}  # fmt: skip


@pytest.mark.parametrize("template", WITHOUT_REMARKS)
def test_words_of_the_template_are_left_out(tmp_path: Path, template: str) -> None:
    highlights = read(tmp_path, HEAD + WITHOUT_REMARKS[template])
    assert [highlight.plain.strip('"') for highlight in highlights] == ["A hedge grows.", "A gate rusts."]


def test_paragraphs_above_a_rule_in_a_quote_are_one_passage(tmp_path: Path) -> None:
    text = "> [!note] Page 2\n> \n> A hedge grows.\n> \n> A gate rusts.\n> \n> ---\n> mine\n"
    (highlight,) = read(tmp_path, HEAD + text + "\n[Zotero](zotero://select/library/items/AB)\n")
    assert (highlight.text, highlight.remark) == ("A hedge grows.\n\nA gate rusts.", "mine")


def test_two_passages_that_begin_with_the_same_line_stay_whole(tmp_path: Path) -> None:
    """Verses may share their first line. It counts as a template's line only if the template also writes around the passages."""
    verses = ["Again the bell.\nIt rang for the miller.", "Again the bell.\nIt rang for the crow."]
    head = "# Verses\n\n## Metadata\n- Author: [[Ida Wick]]\n- Category: #books\n\n## Highlights\n"
    items = [
        f"- {verse} ([Location {at}](https://readwise.io/open/{at}))\n".replace("\nIt", "\n  It")
        for at, verse in enumerate(verses, 1)
    ]
    assert [highlight.plain for highlight in read(tmp_path, head + "".join(items))] == verses

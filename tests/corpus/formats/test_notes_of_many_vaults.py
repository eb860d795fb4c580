"""Forms of notes that stand in many people's vaults: converted links, queries in callouts, bullets below a link."""
# ruff: noqa: E501  (each note stands on one line)

import pytest

from corpus.formats import properties, reader
from corpus.formats.entry import Entry, Note
from corpus.model import Skipped
from corpus.plain_text import plain


def read(text: str, path: str = "On Hedges.md") -> Note:
    note = reader.read(path, text)
    assert isinstance(note, Note)
    return note


def pairs(entries: tuple[Entry, ...]) -> list[tuple[str, str | None]]:
    return [(entry.text, entry.remark) for entry in entries]


VIEW = "[View Highlight](https://read.readwise.io/read/01{})"
HEAD = "## Metadata\n- Author: [[Mara Vale]]\n## Highlights\n\n"


@pytest.mark.parametrize("bullet", [" - ", " * ", " - [n] "])
def test_a_bullet_below_the_link_of_a_quotation_is_the_readers(bullet: str) -> None:
    text = f"{HEAD}### id262973 a\n\n> A hedge grows.\n\n * {VIEW.format('a')}\n{bullet}mine\n\n### id262974 b\n\n> A gate rusts.\n\n * {VIEW.format('b')}\n"
    assert pairs(read(text).entries) == [("A hedge grows.", "mine"), ("A gate rusts.", None)]


def test_quotations_below_headings_are_no_page_of_logseq() -> None:
    head = "- Title:: On Hedges\n- Author:: [[Mara Vale]]\n- Link::\n\t* [URL](https://x.org)\n\n## Highlights\n\n"
    place = " * [Location\u00a0{0}](https://readwise.io/to_kindle?action=open&asin=B&location={0})\n\n"
    text = f"{head}### Location 38\n\n> A hedge grows.\n\n{place.format(38)}### Location 40\n\n> A gate rusts.\n\n{place.format(40)}"
    note = read(text)
    assert pairs(note.entries) == [("A hedge grows.", None), ("A gate rusts.", None)]
    assert [entry.location for entry in note.entries] == ["Location 38", "Location 40"]


PDF = "zotero://open-pdf/library/items/A?page={0}&annotation=B{0}"


def test_a_link_to_an_annotation_in_wiki_brackets() -> None:
    text = f"> A hedge grows. ([[{PDF.format(2)}|pdf]])\n\n> A gate rusts. ([[{PDF.format(3)}|pdf]])\n"
    note = read(text)
    assert pairs(note.entries) == [("A hedge grows.", None), ("A gate rusts.", None)]
    assert note.entries[1].link == PDF.format(3)


def test_a_note_on_a_page_is_not_a_passage() -> None:
    def page(number: int) -> str:
        return f"zotero://open-pdf/library/items/A?page={number}"

    own = f"*I doubt this. ([note on p.2]({page(2)}))*\n\n"
    passages = f'"A hedge grows." ([Vale 2019:2]({page(2)}))\n\n"A gate rusts." ([Vale 2019:3]({page(3)}))\n'
    assert [entry.text for entry in read(own + passages).entries] == ["A hedge grows.", "A gate rusts."]
    nested = (
        f'- "A hedge grows." ([Vale 2019:2]({page(2)}))\n    - __I doubt this. ([note on p.2]({page(2)}))__\n'
    )
    assert pairs(read(nested).entries) == [("A hedge grows.", "I doubt this.")]


def test_a_comment_on_a_picture_in_a_pdf_is_not_a_passage() -> None:
    picture = f"- $ **I doubt this.** [(p. 2)]({PDF.format(2)}) ![[a.png]]\n- $ **** [(p. 3)]({PDF.format(3)}) ![[b.png]]\n"
    assert [entry.text for entry in read(f"- @ A hedge grows. [(p. 1)]({PDF.format(1)})\n{picture}").entries] == ["A hedge grows."]  # fmt: skip


def test_a_tag_as_a_label_before_a_passage() -> None:
    text = (
        f"#definition : A hedge grows. ([pdf]({PDF.format(2)}))\n\nA gate rusts. ([pdf]({PDF.format(3)}))\n"
    )
    note = read(text)
    assert [(entry.text, entry.tags) for entry in note.entries] == [
        ("A hedge grows.", ("definition",)),
        ("A gate rusts.", ()),
    ]


def test_annotations_indented_below_the_first_one_are_passages() -> None:
    first = f'- <mark class="hltr-orange">"A hedge grows.”</mark> [Page 2]({PDF.format(2)})\n'
    below = f'\t- <mark class="hltr-yellow">"A gate rusts.”</mark> [Page 3]({PDF.format(3)})\n\t\t- mine\n'
    assert pairs(read(first + below).entries) == [("A hedge grows.", None), ("A gate rusts.", "mine")]


def test_a_mark_above_a_quotation_that_names_its_kind_is_not_the_passage() -> None:
    text = "---\ncitekey: vale\n---\n%% begin annotations %%\n<mark style='a'>{}</mark>\n> A hedge grows.\n\n<mark style='a'>{}</mark>\n> A gate rusts.\n%% end annotations %%\nzotero://select/a\n"
    for words in (("Quote", "Highlight"), ("Disagree", "Disagree")):
        assert pairs(read(text.format(*words)).entries) == [("A hedge grows.", None), ("A gate rusts.", None)]


def test_callouts_about_the_item_have_no_passages() -> None:
    head = "> [!Synth]\n>**Contribution**:: \n>\n>**Related**:: \n\n> [!md]\n> **FirstAuthor**:: Vale, Mara  \n~> **FirstEditor**:: Brand, Osei  \n~    \n> **Title**:: On Hedges  \n\n> [!LINK] \n>\n>  [Vale_2007.pdf](file:///a/Vale_2007.pdf).\n\n> [!Abstract]\n>.\n> \n"
    text = f"---\ncitekey: vale\n---\n{head}# Annotations\n- A hedge grows. [(p. 1)]({PDF.format(1)})\n"
    note = read(text, "vale.md")
    assert (note.source.title, [entry.text for entry in note.entries]) == ("On Hedges", ["A hedge grows."])


def test_a_location_below_a_bullet_and_an_empty_line() -> None:
    text = "# Vale - On Hedges\n\n## Highlights and notes\n\n- A hedge grows.\n\n  highlight @ page 12, loc. 47-50\n\n- _Note:_ mine\n\n  note @ loc. 50\n\n- A gate rusts\n\n  highlight @ loc. 57-57\n"
    note = read(text)
    assert pairs(note.entries) == [("A hedge grows.", "mine"), ("A gate rusts", None)]
    assert [entry.location for entry in note.entries] == ["Page 12", "Loc 57-57"]


def test_an_arrow_of_code_is_no_remark() -> None:
    text = "# T\n## Highlights\n> app.get('/a', (req, res) => res.send('b'))\n\n> A gate rusts. => mine\n"
    assert pairs(read(f"---\nauthor: x\ntags: book\n---\n{text}").entries) == [
        ("app.get('/a', (req, res) => res.send('b'))", None),
        ("A gate rusts.", "mine"),
    ]


def test_a_query_in_a_callout_is_not_a_passage() -> None:
    query = '> [!quote]- Citations\n> \n> ```query\n> content: "@vale" -file:@vale\n> ```\n\n'
    text = f"---\ncitekey: vale\n---\n{query}- A hedge grows. [(p. 1)]({PDF.format(1)})\n"
    assert [entry.text for entry in read(text).entries] == ["A hedge grows."]


def test_numbers_that_a_template_leaves_between_bullets_belong_to_none() -> None:
    text = "# T\n## Metadata\n- Author: x\n## Highlights\n1\n- A hedge grows\n1\n- A gate rusts\n    - Note: mine\n1\n- A wall\n"
    assert pairs(read(text).entries)[:2] == [("A hedge grows", None), ("A gate rusts", "mine")]


def test_a_real_title_is_the_title() -> None:
    note = read(
        "- Real Title:: On Walls\n- Author:: [[Mara Vale]]\n\n## Highlights\n\n### Page 2\n\n> A hedge grows.\n",
        "b.md",
    )
    assert (note.source.title, note.source.authors, len(note.entries)) == ("On Walls", ("Mara Vale",), 1)


def test_a_text_of_signs_has_no_words() -> None:
    note = read("# T\n## Metadata\n- Author: x\n## Highlights\n- **\n- [[\n- …\n- A hedge grows.\n")
    assert [entry.text for entry in note.entries] == ["…", "A hedge grows."]


def test_a_location_right_behind_a_passage() -> None:
    place = "— location: [{0}](kindle://book?action=open&asin=B&location={0}) ^ref-{0}\n"
    text = f"---\nkindle-sync:\n  title: 生垣\n---\n## Highlights\n生垣は育つ。{place.format(8)}門は錆びる。 {place.format(9)}\nmine\n"
    note = read(text)
    assert pairs(note.entries) == [("生垣は育つ。", None), ("門は錆びる。", "mine")]
    assert [entry.location for entry in note.entries] == ["Location 8", "Location 9"]


def test_links_to_an_article_are_no_highlights_of_omnivore() -> None:
    links = "---\n\n- [Source](https://x.org/a)\n- [Read on Omnivore](https://omnivore.app/me/a-18bf)\n"
    note = read(f"# T\n\n## Highlights\n\n> A hedge grows.\n\n> A gate rusts.\n\n{links}")
    assert [entry.text for entry in note.entries] == ["A hedge grows.", "A gate rusts."]


def test_a_picture_of_weread_has_no_words() -> None:
    def marked(text: str, number: int) -> str:
        return f"> 📌 {text} \n> ⏱ 2022-08-15 22:30:0{number} ^1-{number}-9\n"

    head = "---\ndoc_type: weread-highlights-reviews\n---\n# 高亮划线\n## 一\n"
    picture, captioned = marked("[插图]", 2), marked("[插图]\n> 门会生锈", 3)
    text = f"{head}{marked('篱笆会生长', 1)}\n{picture}- 💭 不是你的\n\n{captioned}- 💭 我的\n"
    assert pairs(read(text).entries) == [("篱笆会生长", None), ("门会生锈", "我的")]


@pytest.mark.parametrize(
    "text", ["Plan\n============\n\n- No phone after 9\n- Look at 8\n", "Plan\n============\n\n- 8 hours\n"]
)
def test_a_line_of_signs_below_a_heading_is_no_end_of_a_clipping(text: str) -> None:
    assert getattr(reader.read("a.md", text), "shape", None) != "kindle clippings"


def test_a_placeholder_that_was_left_in_one_property_makes_no_template() -> None:
    text = "---\ntitle: On Hedges\nisbn: 0449 {{isbn#definition}}\n---\n## Highlights\n- A hedge grows.\n"
    assert [entry.text for entry in read(text).entries] == ["A hedge grows."]
    for values in ("title: '{{title}}'", "title: Note of {{date}}\nauthor: by {{name}}"):
        assert isinstance(
            reader.read("a.md", f"---\n{values}\n---\n## Highlights\n- A hedge grows.\n"), Skipped
        )


@pytest.mark.parametrize(
    ("written", "tags"),
    [
        ("*favorite*", ("favorite",)),
        ("[MOCs/R](../../MOCs/R.md) *favorite*", ("MOCs/R", "favorite")),
        ("**bold**, plain", ("bold", "plain")),
        ("[[x]] #[[y z]] #w", ("x", "y z", "w")),
    ],
)
def test_tags_that_were_links(written: str, tags: tuple[str, ...]) -> None:
    assert properties.tags([written]) == tags


def test_an_author_that_was_a_link() -> None:
    assert properties.people(["*Mara Vale*"]) == ("Mara Vale",)


def test_a_year_is_nobodys_name() -> None:
    assert properties.people(["1983", "Mara Vale", "2Pac"]) == ("Mara Vale", "2Pac")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("==「篱笆」==会生长，使用==API==调用", "「篱笆」会生长，使用API调用"),
        ("==where n = 4.==", "where n = 4."),
        ("a==b==c and x == y", "a==b==c and x == y"),
        ("![image](../assets/a.png){:height 177, :width 158}", ""),
        ("a ![i](b.png){:width 9} {:height 1}", "a  {:height 1}"),
    ],
)
def test_marks_and_sizes_are_markup(text: str, shown: str) -> None:
    assert plain(text) == shown


@pytest.mark.parametrize("key", ["bibliography: library.bib", "link-citations: true", "output: pdf_document"])
def test_the_author_of_a_document_did_not_write_its_quotations(key: str) -> None:
    note = read(f"---\ntitle: On Hedges\nauthor: Jo Reader\n{key}\n---\n\n> A hedge grows.\n")
    assert (note.source.authors, [entry.text for entry in note.entries]) == ((), ["A hedge grows."])


@pytest.mark.parametrize(
    ("kind", "page"), [("Markering", "Sida"), ("Выделение", "Страница"), ("ハイライト", "ページ")]
)
def test_a_copied_kindle_notebook_is_read_in_every_language(kind: str, page: str) -> None:
    text = (
        f"# On Hedges\n\n### {kind} - {page} 1\n\nA hedge grows.\n\n### {kind} - {page} 2\n\nA gate rusts.\n"
    )
    assert read(text).shape == "kindle notebook text"

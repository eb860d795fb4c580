# ruff: noqa: E501
"""Puts a private tag into a note of any layout, in every place and spelling.

Each case is a note with the tag `publik` in one place. Tests replace `publik` by `private` and check that the passage is hidden.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

PUBLIC, PRIVATE = "publik", "private"

INLINE = (
    "#publik", "#Publik", "#PUBLIK", "#publik/health", "#publik,", "#publik.", "#publik:", "#publik!", "#publik;", "(#publik)", "[#publik]",
    "**#publik**", "*#publik*", "_#publik_", "==#publik==", "~~#publik~~", '"#publik"', "“#publik”", "'#publik'", "#a #publik #b",
    "#a#publik", "#a,#publik", "＃publik", "﹟publik", "\\#publik", "&#35;publik", "&num;publik", "#pub\u200blik", "#pub\u00adlik", "\u200b#publik",
    "#ｐｕｂｌｉｋ", "#𝐩𝐮𝐛𝐥𝐢𝐤", "#publik🔒", "#publík", "<b>#publik</b>", "<!-- #publik -->", "%%#publik%%", "%% #publik %%", "[#publik](https://example.org/t)",
    "[publik](#publik)", "[[publik]]", "[[Publik]]", "#[[publik]]", "#[[publik/work]]", "[[publik|mine]]", "[[publik#part]]", "[[tags/publik]]",
    "[x]([[publik]])", "([[publik]])", "**[[publik]]**", "[publik](tag:publik)", "[publik](https://example.org/tags/publik)", "很好#publik", "##publik",
)  # fmt: skip
"""Spellings of the tag within a line."""

FRONT = (
    "tags: publik", "tags: Publik", "tags: PUBLIK", "tags: 'publik'", 'tags: "publik"', "tags: #publik", "tags: '#publik'", "tags: # publik",
    "tags: a, publik", "tags: a publik", "tags: a; publik", "tags: [publik]", "tags: [a, publik]", 'tags: ["a", "publik"]', "tags: [a, '#publik']",
    "tags: [a, #publik]", "tags: [[publik]]", "tags: [[a]], [[publik]]", "tags: '[[publik]]'", "tags: [[a, publik]]", "tags:\n  - publik", "tags:\n- publik",
    "tags:\n  - a\n  - publik", "tags:\n  - #publik", "tags:\n  - '#publik'", "tags:\n  - [[publik]]", "tags:\n  - [a, publik]", "tags:\n  - - publik",
    "tags:\n  - '[[publik]]'", "tags:\n\t- publik", "tags:\n  - publik/health", "tags: publik/work", "tags:\n  publik: true", "tags:\n  a: publik",
    "tags: {publik: 1}", "tags: {a: [publik]}", "tags:\n  - name: publik", "tags: >-\n  publik", "tags: |\n  a\n  publik", "tags: !!set {publik}",
    "tags:\n  ? publik\n  ? a", "tags: !!str publik", "tags: &t publik\nother: *t", "base: &t [publik]\ntags: *t", "base: &b\n  tags: publik\n<<: *b",
    "base: &b {tags: [publik]}\n<<: [*b]", "tags: publik\ntags: a", "tags: a\ntags: publik", "tags: publik\nTags: a", "Tags: a\ntags: publik", "TAGS: publik",
    "tag: publik", "Tag: publik", "keywords: publik", "keywords: [a, publik]", "label: publik", "labels: [publik]", "topics: publik", "category: publik",
    "categories: [publik]", "document_tags: publik", "document tags: publik", "my-tags: publik", "aliases: [a]\ntags: publik", "tags : publik",
    '"tags": publik', "'tags': publik", '{"tags": ["publik"]}', '{"tags": "publik", "title": "x"}', "visibility: publik", "access: publik", "type: publik", "status: a, publik",
    "publik: true", "is_publik: true", "isPublik: yes", "publik: yes", "publik:", "Publik: 1", "kind: '#publik'", "related: '[[publik]]'", "note: keep #publik", "# publik", "# #publik", "title: x # publik",
    "tags: a # publik", "Schlagworte: publik", "schlagwörter: [a, publik]", "étiquettes: publik", "mots-clés: a, publik", "etiquetas: [publik]", "etichette: publik",
    "trefwoorden: publik", "słowa-kluczowe: publik", "теги: publik", "метки: [publik]", "标签: publik", "標籤: [publik]", "关键词: publik", "タグ: publik", "태그: publik",
    "tags: ＃publik", "tags: ｐｕｂｌｉｋ", "tags: pub\u200blik", "author: A: B\ntags: publik", "author: A: B\ntags: [a, publik]", "title: \"A \"b\" c\"\ntags: publik",
    "tags: publik.", "tags: ( publik )", "tags: a / publik", "tags: a | publik", "tags: a、publik", "tags: a，publik", "tags: a;publik", "tags:   publik   ",
    "nested:\n  tags: publik", "nested:\n  tags:\n    - publik", "meta: {tags: publik}", "tags: [a,publik]", "tags: [a ,  publik ]", "tags: [a,\n  publik]", "tags: [\n  a,\n  publik,\n]",
)  # fmt: skip
"""Front matter with the tag."""

BROKEN = (
    "tags: [a, publik", "tags: 'publik", 'tags: "a, publik', "tags: {publik", "tags: - a - publik", "tags: a: publik: b", "tags: @publik", "tags: `publik`", "tags: %publik",
    "tags: [a: b: publik", "tags: !!binary publik", "tags: !mine publik", "tags: *publik",
)  # fmt: skip
"""Tag lists that cannot be read. They count as private whatever they say, even with `publik`."""

LABELS = (
    "Tags: publik", "Tags: #publik", "Tags: [[publik]]", "Tags: #[[publik]]", "tags:: publik", "tags:: #publik", "tags:: [[publik]]", "Tags:: a, publik", "**Tags**: publik",
    "**Tags:** publik", "**Tags**: #[[publik]]", "*Tags:* publik", "__Tags:__ #publik", "Tags：publik", "Tag: publik", "Tags : publik", "TAGS: PUBLIK", "Tags: a publik b", "Tags: a; publik",
    "Tags: a | publik", "Tags: `publik`", "Tags: publik.", "Tags: .publik", "Labels: publik", "Keywords: a, publik", "Topics: [[publik]]", "Document Tags: publik", "Schlagworte: publik",
    "Étiquettes: publik", "Etiquetas: publik", "Теги: publik", "标签：publik", "标签: #publik", "タグ: publik", "태그: publik", "🏷️ Tags: publik", "Note: publik", "Note: .publik", "Note: #publik",
    "Note: keep this .publik please", "Note: keep this #publik, please", "Note: #[[publik]]", "Comment: publik", "Visibility: publik", "visibility:: publik", "publik:: true", "publik: yes",
    "Tags: @publik", "Tags: +publik", "Note: publik: mine", "Note: (publik) mine", "Note: publik - mine", "[publik:: true]", "Notiz: .publik", "笔记：#publik", "Note:: (#publik)",
)  # fmt: skip
"""Labelled lines below a passage or in the head of a note."""


@dataclass(frozen=True)
class Case:
    """A note with the tag `publik` in one place."""

    name: str
    text: str

    @property
    def private(self) -> str:
        return self.text.replace(PUBLIC, PRIVATE).replace("Publik", "Private").replace("PUBLIK", "PRIVATE").replace(
            "pub\u200blik", "pri\u200bvate").replace("pub\u00adlik", "pri\u00advate").replace("ｐｕｂｌｉｋ", "ｐｒｉｖａｔｅ").replace(
            "𝐩𝐮𝐛𝐥𝐢𝐤", "𝐩𝐫𝐢𝐯𝐚𝐭𝐞").replace("publík", "priváte")  # fmt: skip


@dataclass(frozen=True)
class Layout:
    """A note of some layout, and where one of its passages is."""

    name: str
    text: str
    first: int
    """First line of the passage, from 0."""
    last: int
    """Last line of the passage, from 0."""
    child: str = "    - "
    """The beginning of an indented line below the passage."""


_PASSAGES = (
    "Descale the machine in spring, with vinegar.",
    "Rinse the filter after every use, with hot water.",
    "Grind it coarse.",
)


def _own_note(
    name: str, before: str, *, child: str, head: str = "# Coffee\n\n", between: str = "\n"
) -> Layout:
    """A person's own note: `before` stands before each of three passages. The second one is the passage."""
    text = head + between.join(before + passage for passage in _PASSAGES) + "\n"
    line = text[: text.index(_PASSAGES[1])].count("\n")
    return Layout(name, text, line, line, child)


OWN_NOTES = (
    _own_note("own list", "- ", child="    - "),
    _own_note("own list with tabs", "- ", child="\t- "),
    _own_note("own list without a title", "- ", child="  - ", head=""),
    _own_note("own list with blank lines", "* ", child="    * ", between="\n\n"),
    _own_note("own list in a list", "    - ", child="        - ", head="# Coffee\n\n- Machine\n"),
    _own_note("own numbered list", "1. ", child="   - "),
    _own_note("own quotes", "> ", child="    - ", between="\n\nMine.\n\n"),
    _own_note("own paragraphs", "", child="    - ", between="\n\n"),
)
"""Notes that no tool wrote: every line may be a passage, also one that says that the passage above is private."""
OWN_NOTES_WITH_REMARKS_BESIDE = tuple(
    replace(layout, name=f"{layout.name}, remarks beside", child=layout.child.lstrip())
    for layout in OWN_NOTES
    if layout.name in ("own list", "own list without a title", "own list with blank lines")
)
"""The same, where a remark is an item of the same list as its passage."""


def with_front(text: str, front: str) -> str:
    """Returns the text with one more property in its front matter."""
    if text.startswith("---\n{"):
        text = text[4:].partition("---\n")[2]
    if text.startswith("---\n") and not front.startswith("{"):
        return text.replace("---\n", f"---\n{front}\n", 1)
    return f"---\n{front}\n---\n{text}"


def insert_lines(layout: Layout, position: int, *lines: str) -> str:
    text_lines = layout.text.split("\n")
    return "\n".join([*text_lines[:position], *lines, *text_lines[position:]])


def append_to_line(layout: Layout, number: int, addition: str) -> str:
    lines = layout.text.split("\n")
    lines[number] = f"{lines[number]} {addition}"
    return "\n".join(lines)


def in_first_heading(layout: Layout, tag: str) -> str:
    lines = layout.text.split("\n")
    at = next((number for number, line in enumerate(lines) if line.startswith("#")), None)
    return (
        f"# A heading {tag}\n\n{layout.text}"
        if at is None or at > layout.first
        else append_to_line(layout, at, tag)
    )


Place = Callable[[Layout, str], str]

INLINE_PLACES: dict[str, Place] = {
    "behind the passage": lambda layout, tag: append_to_line(layout, layout.last, tag),
    "on a child": lambda layout, tag: insert_lines(layout, layout.last + 1, f"{layout.child}{tag}"),
    "on a child's remark": lambda layout, tag: insert_lines(layout, layout.last + 1, f"{layout.child}Note: mine {tag} here"),
    "on a child's tags": lambda layout, tag: insert_lines(layout, layout.last + 1, f"{layout.child}Tags: {tag}"),
    "on a line of its own at the end": lambda layout, tag: f"{layout.text.rstrip()}\n\n{tag}\n",
    "on the first line": lambda layout, tag: (
        layout.text.replace("---\n", f"---\nkind: '{tag}'\n", 1) if layout.text.startswith("---") and "'" not in tag else f"{tag}\n\n{layout.text}"
    ),
    "in a heading above": lambda layout, tag: insert_lines(layout, layout.first, f"### A chapter {tag}", ""),
    "in the first heading": lambda layout, tag: in_first_heading(layout, tag),
}  # fmt: skip


def cases(layout: Layout) -> Iterator[Case]:
    """Yields every place with every spelling."""
    for place, make in INLINE_PLACES.items():
        for tag in INLINE:
            yield Case(f"{place}: {tag}", make(layout, tag))
    for front in FRONT:
        yield Case(f"front matter: {front}", with_front(layout.text, front))
        if not front.startswith(("{", "#")):
            yield Case(
                f"second front matter: {front}",
                f"{layout.text.rstrip()}\n\n---\ntitle: Again\n{front}\n---\n\nMore.\n",
            )
    for label in LABELS:
        yield Case(f"child: {label}", insert_lines(layout, layout.last + 1, f"{layout.child}{label}"))
        yield Case(f"head: {label}", label_in_head(layout, label))
    yield Case(
        "list below a label",
        insert_lines(layout, layout.last + 1, f"{layout.child}Tags:", f"{' ' * 8}- publik"),
    )
    yield Case(
        "a table's cell",
        f"| Tags | publik |\n|---|---|\n\n{layout.text}"
        if not layout.text.startswith("---")
        else with_front(layout.text, "tags: publik"),
    )


def label_in_head(layout: Layout, label: str) -> str:
    if layout.text.startswith("---\n"):
        head, _, rest = layout.text[4:].partition("\n---\n")
        return f"---\n{head}\n---\n- {label}\n{rest}"
    if "::" in layout.text.split("\n", 1)[0]:
        return f"{label if '::' in label else '- ' + label}\n{layout.text}"
    return f"- {label}\n\n{layout.text}"

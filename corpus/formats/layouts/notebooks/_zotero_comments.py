"""Comments of the reader that stand without a passage, in templates of Zotero Integration and zotlit.

Such an annotation is a note on a page. It has a link as a passage has, but the template writes it in another form: with another
sign, without quotation marks, or without a quote. It is the reader's: it is dropped and reported. Each function changes the list.
"""

import re
from collections.abc import Sequence

from corpus.formats import link_tail
from corpus.formats.labels import Role, label, role_of
from corpus.formats.layout import LONE_COMMENT
from corpus.formats.outline.callouts import CALLOUT, NO_PASSAGES, title_place

_ANNOTATION = re.compile(r"zotero://open[^\s()]*[?&]annotation=(?P<id>\w+)")
_NESTED = re.compile(r">[ \t]*>[ \t]*\S")
_PAGE_NOTE = re.compile(
    r"(?P<lead>[ \t]*(?:[-*+][ \t]+)?)(?P<sign>\*{1,2}|_{1,2})(?P<text>\S.*?)"
    r"\(\[(?P<word>[^\W\d_]+) [^\[\]\n]{1,60}\]\(zotero://[^\s()]+\)\)(?P=sign)[ \t]*$"
)
"""A note on a page as Zotfile extracts it, all in emphasis: "*text ([note on p.3](zotero://…))*"."""
_MIN_CALLOUTS = 2
"""How many callouts must have their passage in the same form, so that the form is the template's."""
_QUOTES = tuple('"“„«»「『')


def label_page_notes(lines: list[str]) -> None:
    """Labels the note on a page that is nested below a passage, and drops any other: it does not say which passage it is about."""
    for at, line in enumerate(lines):
        note = (
            _PAGE_NOTE.match(line)
            if "zotero://" in line and line.lstrip()[:1] in ("*", "_", "-", "+")
            else None
        )
        if note is not None and role_of(note["word"]) is Role.NOTE:
            nested = note["lead"][:1] in (" ", "\t") and note["lead"].strip() != ""
            lines[at] = f"{note['lead']}**Note:** {note['text'].rstrip()}" if nested else ""


def drop_signed_comments(lines: list[str]) -> None:
    """Drops a quote that begins with a sign for comments (✏️, 💬) and has another annotation's link than the passage above.

    Most quotes of the note must begin in another way.
    """
    begins = [
        at for at, line in enumerate(lines) if line[:1] == ">" and not (at and lines[at - 1][:1] == ">")
    ]
    signed = [at for at in begins if _has_comment_sign(lines[at])]
    if not signed or len(signed) * 2 > len(begins):
        return
    comments = set(signed)
    last: str | None = None
    for begin, limit in zip(begins, [*begins[1:], len(lines)], strict=True):
        end = begin
        while end < limit and lines[end][:1] == ">":
            end += 1
        below = next((at for at in range(end, limit) if lines[at].strip()), None)
        if below is not None and link_tail.is_tail(lines[below]):
            end = below + 1
        links = _ANNOTATION.findall("\n".join(lines[begin:end]))
        if begin in comments and links and links[0] != last:
            lines[begin:end] = [LONE_COMMENT, *[""] * (end - begin - 1)]
        elif links:
            last = links[0]


def _has_comment_sign(line: str) -> bool:
    """Whether a quote begins with an emoji for the reader's words."""
    text = line.lstrip("> \t")
    found = label(text) if text[:1] > "\u2300" and not text[:1].isalnum() else None
    return found is not None and found.role is Role.NOTE


def drop_comments_beside_quotations(lines: list[str]) -> None:
    """Drops paragraphs with an annotation's link, if all other annotations are callouts with a passage in quotation marks."""
    if not any("annotation=" in line and line[:1].isalnum() for line in lines):
        return
    linked = [at for at, line in enumerate(lines) if "annotation=" in line and line[:1] == ">"]
    if len(linked) < _MIN_CALLOUTS or not all(_is_quoted_below(lines, at) for at in linked):
        return
    for at, line in enumerate(lines):
        alone = not (at and lines[at - 1].strip()) and not (at + 1 < len(lines) and lines[at + 1].strip())
        plain = line[:1].isalnum() and alone and "annotation=" in line
        if plain and not set(_QUOTES) & set(link_tail.cut(line).text) and link_tail.is_tail(line):
            lines[at] = LONE_COMMENT


def _is_quoted_below(lines: Sequence[str], at: int) -> bool:
    """Whether the title of a callout has the link, and the line below it begins with a quotation mark."""
    below = lines[at + 1] if at + 1 < len(lines) else ""
    return CALLOUT.match(lines[at]) is not None and below.lstrip("> \t*_").startswith(_QUOTES)


def drop_lone_callouts(lines: list[str]) -> None:
    """Drops callouts without a quote in them, in a template that writes each passage as a quote in a callout.

    Their title must name a page, or their kind must be that of another callout with a passage.
    """
    callouts = [
        (at, match)
        for at, line in enumerate(lines)
        if line[:1] == ">" and (match := CALLOUT.match(line)) is not None and _kind(match) not in NO_PASSAGES
    ]
    nested = [(at, match) for at, match in callouts if _begins_nested(lines, at)]
    if len(nested) < _MIN_CALLOUTS or len(nested) * 2 < len(callouts):
        return
    kinds = {_kind(match) for _, match in nested}
    within = {at for at, _ in nested}
    for at, match in callouts:
        title = match["title"].strip()
        alike = _kind(match) in kinds or title_place(title) is not None or "zotero://open" in title
        if at in within or at < nested[0][0] or not alike:
            continue
        end = at
        while end < len(lines) and lines[end][:1] == ">":
            end += 1
        lines[at:end] = [LONE_COMMENT, *[""] * (end - at - 1)]


def _kind(callout: re.Match[str]) -> str:
    return callout["kind"].split("|")[0].strip().lower()


def _begins_nested(lines: Sequence[str], at: int) -> bool:
    """Whether the first line with words below a callout's title is a quote in the callout."""
    below = at + 1
    while below < len(lines) and lines[below][:1] == ">" and not lines[below].strip("> \t"):
        below += 1
    return below < len(lines) and _NESTED.match(lines[below]) is not None

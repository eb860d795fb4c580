"""Turns a passage into the text that a person reads: it drops Markdown markup and keeps every word.

It drops images, link targets, `[[ ]]`, emphasis, strike-through and highlight signs, code fences, back-ticks and HTML tags;
heading, quote and list signs at the beginning of a line; and the backslashes of escapes. Entities become their characters.
Everything else stays. Every pattern runs in time linear in the length of the text.
"""

import html
import re
from html.entities import html5

_MARKUP = re.compile(r"[\[\]*_`~=<&\\#>!+-]")
_FENCE = re.compile(r"[ \t]*(```|~~~)[^\n`]*$")
_OPENING = re.compile(r"[ \t]*(```|~~~)[ \t]*[\w+#.-]*[ \t]*")
_CODE = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
_IMAGE = re.compile(r"!\[\[[^\[\]\n]{0,500}\]\]|!\[([^\[\]\n]{0,2000})\](?=\()")
_SIZE = re.compile(r"(?<=\ue002)\{:(?:height|width) [^{}\n]{1,40}\}")
"""The size that Logseq writes behind a picture."""
_TARGET_LIMIT = 4_000
_DATA_LIMIT = 4_000_000
_MAX_FAILURES = 50
_CITED = re.compile(r"\[(\[[^\[\]\n]{1,40}\])\](?=\()")
_FOOTNOTE_LABEL = re.compile(r"\[?(?:\d{1,3}|[*†‡§]|\\\*)\]?")
_FOOTNOTE = re.compile(r"(?<=[^\s\[(])\[\^[\w-]{1,20}\](?!:)")
_WIKI = re.compile(r"\[\[([^\[\]\n|]{1,500})(?:\|([^\[\]\n]{1,500}))?\]\]")
_LABEL = re.compile(r"\[([^\[\]]{0,5000})\](?=\()")
_NESTED = re.compile(r"\[((?:[^\[\]]{1,200}\[[^\[\]]{1,200}\]){1,3}[^\[\]]{0,200})\](?=\()")
_AUTOLINK = re.compile(r"<((?:https?|mailto):[^\s<>]{1,5000})>")
_TAGS = (
    "a|abbr|b|big|blockquote|br|center|cite|code|dd|del|details|dfn|div|dl|dt|em|figcaption|figure|font|h[1-6]|hr|i|iframe|img|"
    "ins|kbd|li|mark|ol|p|picture|pre|q|s|samp|section|small|source|span|strike|strong|sub|summary|sup|svg|table|tbody|td|"
    "th|thead|tr|u|ul|var|video|wbr"
)
_HTML = re.compile(rf"<(?:/(?:{_TAGS})\s*|(?:{_TAGS})(?:\s[^<>]{{0,5000}})?/?)>", re.I)
_MARKUP_CODE = re.compile(
    r"<>|<[A-Z]\w*[ />]|className=|=\{|return \(|<!DOCTYPE|"
    r"<(?:button|input|form|script|html|body|head|style|link|meta|template|label|select)\b"
)
"""Signs that a passage is about HTML: then its tags are text, not markup."""
_COMMENT = re.compile(r"<!--[^<]{0,5000}?-->")
_STRONG = re.compile(  # not "F**k and 2**8": at least one of the two signs must stand at the edge of a word
    r"(?<![A-Za-z0-9*])\*\*(?=\S)([^*\n]*[^*\s(\[{,=])\*\*|\*\*(?=\S)([^*\n]*[^*\s(\[{,=])\*\*(?![A-Za-z0-9])"
)
_BOTH = re.compile(r"\*\*\*(?=\S)([^*\n]*[^*\s])\*\*\*")
_EMPHASIS = re.compile(r"(?<![\w*\\])\*(?=[^\s*])([^*\n]*[^*\s])\*(?![\w*])")
_UNDERSCORE = re.compile(r"(?<![\w\\/$])_(?=[^\s_])([^_\n]*[^_\s])_(?![\w/])")
_STRIKE = re.compile(r"~~(?=\S)([^~\n]*[^~\s])~~")
_MARK = re.compile(  # not "a==b": scripts without blanks between words have letters around a mark, too
    r"(?<![=A-Za-z0-9_])==(?=[^\s=])((?:[^=\n]|(?<!=)=(?!=))*[^=\s])==(?![=A-Za-z0-9_])"
)
_LONE_STRONG = re.compile(r"(?<![*\\\w])\*\*(?=\w)(?!kw|opt|param|arg)|(?<=[\w.,;:!?)”’])\*\*(?![*\w])")
_ESCAPE = re.compile(r"\\([_*\[\]#\-.>`~|!+])")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")
_HEADING = re.compile(r"^[ \t]*#{1,6}[ \t]+(?=\S)", re.M)
_QUOTE = re.compile(r"^[ \t]*>[> \t]*", re.M)
_ITEM = re.compile(r"^[ \t]*[-*+][ \t]+(?:\[[ xX]\][ \t]+)?(?=\S)", re.M)
_PLACEHOLDER = re.compile("\ue000(\\d+)\ue001")
_REMOVED = "\ue002"
_REMOVED_LINE = re.compile(
    "^(?<=\n\n)[ \t]*\ue002[\ue002 \t]*\n[ \t]*(?:\n|\\Z)|^[ \t]*\ue002[\ue002 \t]*(?:\n|\\Z)", re.M
)
"""A line that had only pictures in it. It goes, together with one of the blank lines around it."""
_INVISIBLE = "\ufeff\u200e\u200f"
"""Byte order and direction marks. They mean nothing at the beginning of a passage."""
_TRAILING = re.compile(r"(?<![ \t])[ \t]+$", re.M)


def plain(text: str) -> str:
    """Returns the passage as chat and terminal show it. Empty if the passage has only pictures in it."""
    if _MARKUP.search(text) is None:
        return _finish(text)
    if "\ue000" in text or _REMOVED in text:  # the text already contains the placeholders that are used below
        return _finish(_line_signs(text))
    protected: list[str] = []
    if "```" in text or "~~~" in text:
        text = _without_fences(text, protected)
    if "`" in text:
        text = _CODE.sub(lambda match: _protect(_unmarked(match.group(1)), protected), text)
    if "[" in text:
        text = _links(text)
    if "<" in text:
        text = _AUTOLINK.sub(r"\1", _COMMENT.sub("", text))
        text = text if _MARKUP_CODE.search(text) else _HTML.sub(_tag_gap, text)
    if "\\" in text:
        text = _ESCAPE.sub(lambda match: _protect(match.group(1), protected), text)
    text = _emphasis(_line_signs(text))
    if "&" in text:
        text = _ENTITY.sub(lambda match: _entity(match.group()), text)
    if protected:
        text = _PLACEHOLDER.sub(lambda match: protected[int(match.group(1))], text)
    return _finish(text)


def _protect(part: str, protected: list[str]) -> str:
    """Replaces a part by a placeholder, so that it is not read as markup. `plain` puts it back at the end."""
    protected.append(part)
    return f"\ue000{len(protected) - 1}\ue001"


def _unmarked(code: str) -> str:
    """Code without highlight signs around it: `==lamp.====find==` becomes `lamp.find`."""
    if len(code) > 4 and code.startswith("==") and code.endswith("==") and code.strip("="):
        return code[2:-2].replace("====", "")
    return code


def _without_fences(text: str, protected: list[str]) -> str:
    """Drops code fences and keeps the code as it is.

    An unclosed fence is dropped only if nothing but a language name follows it and code stands below. Otherwise it is text.
    """
    lines: list[str] = []
    opened: tuple[str, int] | None = None
    first = ""
    for line in text.split("\n"):
        match = _FENCE.match(line)
        if match is None or (opened is not None and line.strip() != opened[0]):
            lines.append(line)
        elif opened is None:
            opened, first = (match.group(1), len(lines)), line
        else:
            code = "\n".join(lines[opened[1] :])
            lines[opened[1] :] = [_protect(code, protected)] if code else []
            opened = None
    if opened is not None and not (_OPENING.fullmatch(first) and any(lines[opened[1] :])):
        lines.insert(opened[1], first)
    return "\n".join(lines)


def _links(text: str) -> str:
    """Removes pictures and footnote marks, and replaces links by their labels."""
    if "[^" in text:
        text = _FOOTNOTE.sub("", text)
    for _ in range(3):  # the label of a link may contain an image or another link
        before = text
        text = _without_targets(text, _IMAGE, keep_label=False)
        if "{:" in text:
            text = _SIZE.sub("", text)
        text = _without_targets(text, _CITED, keep_label=True)
        text = _without_targets(text, _LABEL, keep_label=True)
        text = _without_targets(text, _NESTED, keep_label=True)
        text = _WIKI.sub(lambda match: match.group(2) or match.group(1), text)
        if text == before:
            break
    return _REMOVED_LINE.sub("", text).replace(_REMOVED, "") if _REMOVED in text else text


def _without_targets(text: str, pattern: re.Pattern[str], keep_label: bool) -> str:
    """Replaces every `[label](target)` by its label, or drops it. Without a closing parenthesis it is not a link."""
    parts, position, failures = [], 0, 0
    for match in pattern.finditer(text):
        if match.start() < position:
            continue
        if failures > _MAX_FAILURES:  # a hostile text: bound the work
            break
        end = (
            match.end() if match.group().endswith("]]") and not keep_label else _target_end(text, match.end())
        )
        if end is None:
            failures += 1
            continue
        label = match.group(1) if keep_label else _REMOVED
        if keep_label and _is_footnote(text, match):
            label = ""
        parts += [text[position : match.start()], label]
        position = end
    return "".join(parts) + text[position:] if parts else text


def _is_footnote(text: str, match: re.Match[str]) -> bool:
    """Whether a link is a footnote mark: a number right after a word or its full stop, as in "years[1](#fn1)"."""
    before = text[match.start() - 1] if match.start() else " "
    glued = before.isalnum() or before in ".,;:!?)”’\"'»…%"
    return glued and _FOOTNOTE_LABEL.fullmatch(match.group(1)) is not None


def _target_end(text: str, start: int) -> int | None:
    """Returns the index after the `(target)` that begins at `start`; None if it does not end.

    Parentheses in it must be balanced, as they are in Wikipedia addresses. A target has no blanks, except before a title in
    quotation marks (CommonMark 0.31, section 6.3).
    """
    if text.startswith("(data:", start):
        end = text.find(")", start, start + _DATA_LIMIT)
        return end + 1 if end >= 0 else None
    depth = 0
    titled = False
    for index in range(start, min(len(text), start + _TARGET_LIMIT)):
        char = text[index]
        if char == "\n":
            return None
        if (
            char in " \t"
            and not titled
            and not ("#" in text[start:index] and text.startswith("(http", start))
        ):
            rest = text[index : index + 3].lstrip()
            if rest[:1] not in ('"', "'", ")", "=") and depth <= 1:
                return None
            titled = True
        elif char == "(":
            depth += 1
        elif char == ")":
            depth -= 1
            if depth == 0:
                return index + 1
    return None


def _tag_gap(match: re.Match[str]) -> str:
    name = match.group().strip("</>").split()[0].lower().rstrip("/")
    if name == "br":
        return "\n"
    return " " if name in {"p", "div", "li", "td", "th", "tr", "hr"} else ""


def _line_signs(text: str) -> str:
    """Drops heading, quote and list signs. A single dash at the very beginning stays: it marks dialogue, not a list."""
    if "#" in text:
        text = _HEADING.sub("", text)
    if ">" in text:
        text = _QUOTE.sub("", text)
    items = len(_ITEM.findall(text)) if "- " in text or "* " in text or "+ " in text else 0
    if items > 1 or (items == 1 and _ITEM.match(text) is None):
        text = _ITEM.sub("", text)
    return text


def _emphasis(text: str) -> str:
    """Removes the signs of emphasis, strike-through and highlights."""
    if "*" in text:
        text = _BOTH.sub(r"\1", text)
        text = _STRONG.sub(r"\1\2", text)
        text = _EMPHASIS.sub(r"\1", text)
        text = _STRONG.sub(r"\1\2", text)
        text = _LONE_STRONG.sub("", text)
    if "_" in text:
        text = _UNDERSCORE.sub(r"\1", text)
    if "~~" in text:
        text = _STRIKE.sub(r"\1", text)
    if "==" in text:
        text = _MARK.sub(r"\1", text)
    return text


def _entity(entity: str) -> str:
    decoded = html.unescape(entity) if entity[1] == "#" or entity[1:] in html5 else entity
    return decoded if decoded.isprintable() or decoded == "\u00a0" else entity


def _finish(text: str) -> str:
    if " \n" in text or "\t\n" in text:
        text = _TRAILING.sub("", text)
    if text[:1] in _INVISIBLE:
        text = text.lstrip(_INVISIBLE + " \n\t")
    return text.strip()

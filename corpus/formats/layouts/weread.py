"""WeRead (微信读书): `> 📌 passage`, `> ⏱ date ^id`, `- 💭 remark`, properties in a callout, reviews at the end."""

import re

from corpus.formats.layout import Layout, Text

_MARKS = re.compile(r"(?m)^>?[ \t]*(?:-[ \t]*)?📌")
_TIME = re.compile(r"[> \t-]*⏱[ \t]*(?P<date>[\d/\- :]+)(?P<id>[ \t]*\^\S+)?[ \t]*$")
_ID = re.compile(r"[ \t]+\^[\w-]+[ \t]*$")
_PIN = re.compile(r"^(?P<lead>>?[ \t]*(?:-[ \t]+)?)📌[ \t]*")
_CHAPTER = re.compile(r"^(#{2,4}[ \t]+)◆[ \t]*")
_THOUGHT = re.compile(r"^[\d/\- :]{8,20}[ \t]*发表想法[ \t]*$")


def evidence(text: Text) -> int:
    """Its front matter, or its signs with its headings."""
    if "weread" in (text.front.first("doc_type") or "") or "weread.qq.com" in (text.front.first("pcurl", "weread", "url") or ""):
        return 3
    if _MARKS.search(text.body) and ("高亮划线" in text.body or "⏱" in text.body or "读书笔记" in text.body):
        return 3
    return 2 if "高亮划线" in text.body or ("个笔记" in text.body[:400] and "◆" in text.body) else 0


def rewrite(line: str) -> str:
    """The signs as labels, without the ids."""
    if (match := _TIME.match(line)) is not None:
        return f"{'> ' if line.startswith('>') else ''}**Date:** {match['date'].strip()}"
    if _THOUGHT.match(line):
        return f"**Date:** {line.split('发')[0].strip()}"
    line = _ID.sub("", line)
    line = _CHAPTER.sub(r"\1", line)
    if (pin := _PIN.match(line)) is not None:
        return f"{pin['lead']}{line[pin.end() :]}" if pin["lead"].strip() else f"> {line[pin.end() :]}"
    return line


LAYOUT = Layout("weread", "WeRead (微信读书)", evidence, rewrite=rewrite, category="books")

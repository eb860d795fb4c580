"""Converts Org mode to Markdown, line by line: headings, drawers, quotations, tags, links. The number of lines stays.

Highlights and private tags are then found in the Markdown, by the same rules as for all other notes. The syntax is described at
https://orgmode.org/org.html.
"""

import re

SUFFIX = ".org"

_HEADING = re.compile(
    r"(?P<stars>\*{1,10})[ \t]+(?:(?:TODO|DONE|NEXT|WAITING)[ \t]+)?(?P<text>\S.*?)(?P<tags>[ \t]+:[\w@#%:]+:)?[ \t]*$"
)
_KEYWORD = re.compile(r"[ \t]*#\+(?P<key>[A-Za-z_]+):[ \t]*(?P<value>.*)$")
_BLOCK = re.compile(r"[ \t]*#\+(?P<edge>begin|end)_(?P<kind>\w+)\b.*$", re.I)
_DRAWER = re.compile(r"[ \t]*:(?:PROPERTIES|END|LOGBOOK):[ \t]*$", re.I)
_PROPERTY = re.compile(r"[ \t]*:(?P<key>[A-Za-z][\w-]*):[ \t]+(?P<value>.*)$")
_MOMENT = re.compile(
    r"[ \t]*\[(?P<date>\d{4}-\d{2}-\d{2})(?:[ \t]+[^\W\d_]+\.?)?(?:[ \t]+(?P<clock>\d{1,2}:\d{2}))?\][ \t]*$"
)
_FIELD = re.compile(
    r"(?P<lead>[ \t]*[-+][ \t]+)(?P<key>[^\s:][^:\n]{0,30}?)[ \t]+::(?=[ \t]|$)(?P<value>.*)$"
)
_NAMED_LINK = re.compile(r"\[\[(?P<url>[a-z][\w+.-]*:[^\[\]]+)\]\[(?P<name>[^\[\]]+)\]\]", re.I)
_BARE_LINK = re.compile(r"\[\[(?P<url>[a-z][\w+.-]*:[^\[\]]+)\]\]", re.I)
_FILE_LINK = re.compile(
    r"\[\[(?:file:)?(?:\./)?(?P<page>[^\[\]:\n]+?)\.org(?:::[^\[\]]*)?\](?:\[(?P<name>[^\[\]]+)\])?\]"
)
_ID_LINK = re.compile(r"\[\[id:[^\[\]]+\]\[(?P<name>[^\[\]]+)\]\]")
_QUOTES = frozenset({"quote", "verse", "example"})
_CODE = frozenset({"src"})
_TAG_KEYS = frozenset({"filetags", "tags", "roam_tags", "keywords"})
_NO_KEYS = frozenset({"startup", "options", "id", "created", "last_modified", "setupfile", "custom_id"})
_MAX_LEVEL = 6


def markdown(text: str) -> str:
    """Returns the file as Markdown."""
    found: list[str] = []
    inside = ""
    drawer = False
    for line in text.split("\n"):
        if (block := _BLOCK.match(line)) is not None:
            kind = block["kind"].lower()
            inside = kind if block["edge"].lower() == "begin" else ""
            found.append("```" if kind in _CODE else "")
        elif inside in _QUOTES:
            found.append(f"> {_links(line.strip())}".rstrip())
        elif inside in _CODE:
            found.append(line)
        elif _DRAWER.match(line) is not None:
            drawer = not line.strip().lower().startswith(":end")
            found.append("")
        else:
            found.append(_line(line, drawer))
    return "\n".join(found)


def _line(line: str, drawer: bool) -> str:
    if (heading := _HEADING.match(line)) is not None:
        level = min(len(heading["stars"]), _MAX_LEVEL)
        return f"{'#' * level} {_links(heading['text'])}{_tags(heading['tags'])}"
    if (keyword := _KEYWORD.match(line)) is not None:
        return _property(keyword["key"], keyword["value"])
    if drawer:
        found = _PROPERTY.match(line)
        return _property(found["key"], found["value"]) if found is not None else ""
    if (moment := _MOMENT.match(line)) is not None:
        return f"*{moment['date']}{' ' + moment['clock'] if moment['clock'] else ''}*"
    if line.startswith(("# ", "#\t")) or line == "#":
        return f"<!-- {line[1:].strip()} -->" if line[1:].strip() else ""
    if (named := _FIELD.match(line)) is not None:
        return f"{named['lead']}{named['key']}:{named['value']}"
    return _links(line)


def _property(key: str, value: str) -> str:
    """Converts a property of the file or of a heading. Tags between colons become hashtags."""
    name = key.lower()
    if name == "property":
        name, _, value = value.strip().partition(" ")
        name = name.lower().rstrip("+")
    if name in _TAG_KEYS:
        return f"- Tags:{_tags(value) if ':' in value else ' ' + value}"
    if name in _NO_KEYS or not value.strip():
        return ""
    return f"- {'url' if name == 'roam_refs' else name}: {_links(value)}"


def _tags(run: str | None) -> str:
    return "".join(f" #{tag}" for tag in (run or "").strip().split(":") if tag.strip())


def _links(text: str) -> str:
    if "[[" not in text:
        return text
    text = _FILE_LINK.sub(lambda match: f"[[{match['page']}|{match['name'] or match['page']}]]", text)
    text = _ID_LINK.sub(lambda match: f"[[{match['name']}]]", text)
    text = _NAMED_LINK.sub(lambda match: f"[{match['name']}]({match['url']})", text)
    return _BARE_LINK.sub(lambda match: match["url"], text)

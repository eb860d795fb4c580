"""Reads the YAML properties at the head of a note, tolerating errors.

python-frontmatter finds the block. Every value is read as a string or a list of strings. So `007`, `yes` and dates stay as
written, and YAML tags (`!!python/…`) have no effect.
"""

import re
import tomllib
from dataclasses import dataclass, field

import yaml
from frontmatter.default_handlers import YAMLHandler

MAX_CHARS = 200_000
"""A longer block is not read as properties."""

_BASE_LOADER: type[yaml.BaseLoader] = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
_KEY = re.compile(r"([^\s#:\-\"'\[{][^:\n]*|\"[^\"\n]+\"[ \t]*|'[^'\n]+'[ \t]*):(?=\s|$)")
_HASHED_TAGS = re.compile(r"(?im)^(tags|tag|keywords)[ \t]*:[ \t]*([^\s\"'\[][^\"'\[\n]*#\S.*|#\S.*)$")
_HASHED_VALUE = re.compile(r"(?m)^([^\s#:\-\"'\[{][^:\n]{0,40}):[ \t]+(#[^\s#].*)$")
_HASHED_ITEM = re.compile(r"(?m)^([ \t]*-[ \t]+)(#[^\s#].*)$")
_HASHTAG = re.compile(r"(?:^|[\s,\[\"'])#([^\s#,\[\]\"']+)")
_TOML = re.compile(r"\+\+\+[ \t]*\n(?P<block>.*?)\n\+\+\+[ \t]*(?:\n|$)", re.S)
_HANDLER = YAMLHandler()
_MAX_VALUES = 1_000
"""How many values of a property are read."""
_MAX_NESTED = 2
"""Levels of properties within properties."""


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """The properties of a note by lower-case key, each a list of strings, and the body below them."""

    properties: dict[str, list[str]] = field(default_factory=dict)
    body: str = ""
    first_line: int = 1
    """The line, from 1, on which `body` begins."""
    broken: tuple[tuple[int, str], ...] = ()
    """(line, key) of every property that is not valid YAML."""
    hashtags: tuple[str, ...] = ()
    """Everything that looks like "#tag", in comments, too: YAML takes "#private" for a comment; its writer meant a tag."""
    records: tuple["FrontMatter", ...] = ()
    """The properties of each source, if the block is a list of several sources."""

    def first(self, *keys: str) -> str | None:
        """Returns the first value under any of these keys that is not empty; earlier keys go first."""
        if not self.properties:
            return None
        return next((value for key in keys for value in self.properties.get(key, ()) if value.strip()), None)


def split(text: str) -> FrontMatter:
    """Splits a note into its properties and its body. Never raises. Without properties the whole text is the body."""
    if text.startswith("+++"):
        return _toml(text)
    if not _HANDLER.detect(text):
        return FrontMatter(body=text)
    try:
        block, body = _HANDLER.split(text)
    except ValueError:  # the block is not closed
        return FrontMatter(body=text)
    if len(block) > MAX_CHARS or not _looks_like_properties(block):
        return FrontMatter(body=text)
    body = body.lstrip("\n")
    first_line = text.count("\n", 0, len(text) - len(body)) + 1
    properties, broken = _load(block)
    hashtags = tuple(_HASHTAG.findall(block))
    return FrontMatter(properties, body, first_line, tuple(broken), hashtags, _records(block))


def _records(block: str) -> tuple[FrontMatter, ...]:
    """Returns the properties of each source if the block is a list of them."""
    if not block.lstrip().startswith("- "):
        return ()
    try:
        loaded = _yaml(block)
        return (
            tuple(FrontMatter(_properties(record)) for record in loaded) if isinstance(loaded, list) else ()
        )
    except (yaml.YAMLError, ValueError, RecursionError):
        return ()


def _toml(text: str) -> FrontMatter:
    """Reads TOML between two lines of "+++", as Hugo and Zola write it."""
    match = _TOML.match(text)
    if match is None or len(match["block"]) > MAX_CHARS:
        return FrontMatter(body=text)
    try:
        loaded: dict[str, object] = tomllib.loads(match["block"])
    except (tomllib.TOMLDecodeError, RecursionError):
        return FrontMatter(body=text)
    found: dict[str, list[str]] = {}
    for tables in (loaded, *(value for value in loaded.values() if isinstance(value, dict))):
        for key, value in tables.items():
            if not isinstance(value, dict):
                several = value if isinstance(value, list) else [value]
                found.setdefault(key.lower(), [str(item) for item in several[:_MAX_VALUES]])
    body = text[match.end() :].lstrip("\n")
    first_line = text.count("\n", 0, len(text) - len(body)) + 1
    return FrontMatter(found, body, first_line, (), tuple(_HASHTAG.findall(match["block"])))


def _looks_like_properties(block: str) -> bool:
    first = next((line for line in block.splitlines() if line.strip() and not line.startswith("#")), "")
    first = (
        first.removeprefix("- ") if first.startswith("- id: ") else first
    )  # Omnivore, several items in one note
    return not first or first.startswith('{"') or _KEY.match(first) is not None


def _load(block: str) -> tuple[dict[str, list[str]], list[tuple[int, str]]]:
    """Reads the block as YAML, or property by property if it is broken."""
    # YAML takes an unquoted "#tag" for a comment, but its writer meant a tag.
    block = _HASHED_TAGS.sub(lambda match: f"{match[1]}: '{match[2].replace(chr(39), '')}'", block)
    block = _HASHED_VALUE.sub(lambda match: f"{match[1]}: '{match[2].replace(chr(39), '')}'", block)
    block = _HASHED_ITEM.sub(lambda match: f"{match[1]}'{match[2].replace(chr(39), '')}'", block)
    try:
        return _properties(_yaml(block)), []
    except (yaml.YAMLError, ValueError, RecursionError):
        return _piecemeal(block)


def _yaml(text: str) -> object:
    return yaml.load(text, Loader=_BASE_LOADER)  # noqa: S506  the base loader makes nothing but strings


def _piecemeal(block: str) -> tuple[dict[str, list[str]], list[tuple[int, str]]]:
    """Reads each property on its own, so that a broken one does not spoil the others."""
    properties: dict[str, list[str]] = {}
    broken = []
    for line, key, chunk in _chunks(block):
        try:
            properties.update(_properties(_yaml(chunk)))
        except (yaml.YAMLError, ValueError, RecursionError):
            broken.append((line, key))
            raw = chunk.split(":", 1)[1].strip()
            properties[key.lower()] = [part.strip().strip("\"'") for part in raw.splitlines() if part.strip()]
    return properties, broken


def _chunks(block: str) -> list[tuple[int, str, str]]:
    """Returns (line from 1, key, text) of every property: a line with a key, and the lines up to the next key."""
    chunks: list[tuple[int, str, list[str]]] = []
    for number, line in enumerate(block.splitlines(), start=1):
        if (match := _KEY.match(line)) is not None:
            chunks.append((number, match.group(1).strip().strip("\"'"), [line]))
        elif chunks:
            chunks[-1][2].append(line)
    return [(number, key, "\n".join(lines)) for number, key, lines in chunks]


def _properties(loaded: object) -> dict[str, list[str]]:
    """Converts loaded YAML to properties. Nested properties are added if their keys are free."""
    if isinstance(loaded, list) and loaded and isinstance(loaded[0], dict):
        loaded = loaded[0]
    if not isinstance(loaded, dict):
        if loaded in (None, ""):
            return {}
        raise ValueError("not a mapping")
    found = {
        str(key).strip().lower(): _strings(value) for key, value in loaded.items() if isinstance(key, str)
    }
    nested = [value for value in loaded.values() if isinstance(value, dict)]
    for _ in range(
        _MAX_NESTED
    ):  # "kindle-sync:" contains the properties of the book, "koreader-sync:" contains "data:"
        for block in nested:
            for key, inner in block.items():
                if isinstance(key, str) and (strings := _strings(inner)):
                    found.setdefault(key.strip().lower(), strings)
        nested = [inner for block in nested for inner in block.values() if isinstance(inner, dict)]
    return found


def _strings(value: object) -> list[str]:
    """Returns a value as strings. YAML takes an unquoted `[[A, B]]` for a nested list, but its writer meant a wiki link."""
    if isinstance(value, list):
        found: list[str] = []
        for item in value[:_MAX_VALUES]:
            if isinstance(item, list):
                inner = [part for part in item[:_MAX_VALUES] if isinstance(part, str)]
                found.append(f"[[{', '.join(inner)}]]")
            elif isinstance(item, str):
                found.append(item)
        return found
    return [value] if isinstance(value, str) else []

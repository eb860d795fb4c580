"""Private tags in front matter. A file may have several blocks of it, because a re-sync can append whole notes.

YAML is composed, not loaded, so that nothing gets lost: repeated keys stay, merge keys and aliases are followed, nested maps and
lists are walked. If a tag list is invalid YAML, or of a type that cannot contain text, its note counts as private.
"""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import yaml

from corpus.privacy.marks import (
    has_private_tag,
    hashtags,
    is_name_key,
    is_named_after_tag,
    is_privacy_switch,
    is_tag_key,
    lists_private_tag,
    surely_on,
    switched_off,
    unescaped,
    wiki_pages,
)  # fmt: skip
from corpus.privacy.tags import PrivateTags

MAX_BLOCK_CHARS = 200_000
"""Longer blocks are not read. If such a block has a tag list, the tags count as unreadable."""
MAX_TAG_WORDS = 4
"""A comment with more words is prose, not a tag."""
MAX_PROSE_CHARS = 400
"""A longer value of a property other than a tag list is prose; its words are not tags."""
MAX_NODES = 20_000
"""A block with more values is not read to the end: its tags count as unreadable."""

_LOADER: type[yaml.BaseLoader] = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
_KEY = re.compile(r"(?:[^\s#:\-\"'\[{&*!|>%@`][^:\n]*|\"[^\"\n]+\"[ \t]*|'[^'\n]+'[ \t]*|<<[ \t]*):(?=\s|$)")
_SIMPLE_ITEM = r"(?:[^\W_]|[./_])(?:[^\W_]|[ ./_+-])*"
_SIMPLE = re.compile(
    rf"(?:\[[ \t]*(?:{_SIMPLE_ITEM}(?:,[ \t]*{_SIMPLE_ITEM})*)?\]|{_SIMPLE_ITEM}(?:,[ \t]*{_SIMPLE_ITEM})*|"
    rf"(?:\n[ \t]*-[ \t]+{_SIMPLE_ITEM})*)"
)
"""Tag lists in the plain form that most notes use. These need no YAML parser."""
_READABLE = re.compile(r"(?:\s|,|-(?=\s)|#?\[\[[^\[\]\n]{1,200}\]\]|[#＃][^\s#＃,\[\]{}\"']+|\[\s*\])*")
"""Invalid YAML whose meaning is still clear: wiki links and hashtags one after the other."""
_PLAIN_TAGS = frozenset({"tag:yaml.org,2002:str", "tag:yaml.org,2002:seq", "tag:yaml.org,2002:map"})


@dataclass(frozen=True, slots=True)
class Block:
    """The lines of a front matter: `lines[begin:end]`, without the fences."""

    begin: int
    end: int
    fence: str


@dataclass(frozen=True, slots=True)
class Found:
    """Whether a block makes its note private."""

    private: bool
    unreadable: tuple[tuple[int, str], ...] = ()
    """(line from 0 within the block, key) of every tag list that cannot be read."""


def blocks(lines: list[str]) -> Iterator[Block]:
    """Yields every block of properties: at the head, or further down between two "---" with only properties inside."""
    first = next((number for number, line in enumerate(lines) if line.strip(" \t\ufeff")), None)
    if first is None:
        return
    at = first
    while at < len(lines):
        fence = lines[at].strip(" \t\ufeff")
        if fence not in ("---", "+++"):
            at += 1
            continue
        end = _block_end(lines, at + 1, fence, headed=at == first)
        if end is None:
            at += 1
            continue
        yield Block(at + 1, end, fence)
        at = end + 1


def _block_end(lines: list[str], begin: int, fence: str, headed: bool) -> int | None:
    """Returns the line of the closing fence; None if these lines are not a block of properties."""
    keys = 0
    for at in range(begin, len(lines)):
        line = lines[at]
        if line.rstrip() in (fence, "...") and at > begin:
            return at if keys or headed else None
        if not line.strip() or line[0] in " \t#-]}":
            if not headed and not line.strip():
                return None
            continue
        if _KEY.match(line) or line[0] in "{\"'" or (fence == "+++" and ("=" in line or line[0] == "[")):
            keys += 1
        elif not headed and not keys:
            return None
    return None


def read(text: str, fence: str, tags: PrivateTags) -> Found:
    """Reads a block of properties. Never raises."""
    marked = tags.may_be_in(text) and (has_private_tag(text, tags) or _has_private_comment(text, tags))
    if marked:
        return Found(True)
    if len(text) > MAX_BLOCK_CHARS:
        key = next((line for line in text.split("\n") if is_tag_key(line.partition(":")[0])), None)
        return Found(False, ((0, "tags"),) if key is not None else ())
    if fence == "+++":
        return _toml(text, tags)
    private, unreadable = False, []
    for line, key, chunk in _chunks(text):
        if not is_tag_key(key) and not tags.may_be_in(chunk):
            continue
        value = chunk.partition(":")[2]
        if is_tag_key(key) and not tags.may_be_in(chunk) and _SIMPLE.fullmatch(value.rstrip().lstrip(" \t")):
            continue
        found = _is_private_yaml(chunk, tags)
        if found is None and (whole := _is_private_yaml(text, tags)) is not None:
            return Found(private or whole)  # an alias of another property: only the whole block is valid YAML
        if found is None and not is_tag_key(key):
            found = _is_private_in_parts(chunk, tags)
        if found is None:
            found = _is_private_though_invalid(key, value, tags)
        if found is None:
            unreadable.append((line, key))
        private = private or bool(found)
    if not private and "<<" in text and tags.may_be_in(text):
        private = _is_private_yaml(text, tags) or False
    return Found(private, tuple(unreadable))


def _chunks(text: str) -> Iterator[tuple[int, str, str]]:
    """Yields (line, key, text) of every property. Text before the first key has the key ""."""
    lines = text.split("\n")
    starts = [number for number, line in enumerate(lines) if _KEY.match(line)]
    if (not starts or starts[0]) and any(line.strip() for line in lines[: starts[0] if starts else None]):
        head = "\n".join(lines[: starts[0] if starts else None])
        yield 0, "tags" if _names_tags(head) else "", head
    for start, end in pairwise([*starts, len(lines)]):
        key = lines[start].partition(":")[0].strip().strip("\"'")
        yield start, key, "\n".join(lines[start:end])


def _is_private_in_parts(chunk: str, tags: PrivateTags) -> bool | None:
    """Does the same as `_is_private_yaml` for a property with stray list items after it: each part is read alone."""
    found = [_is_private_yaml(part, tags) for part in re.split(r"\n(?=-[ \t])", chunk)]
    return True if True in found else None if None in found else False


def _names_tags(text: str) -> bool:
    return any(is_tag_key(word) for word in re.findall(r"[^\W_][\w-]*", text[:MAX_BLOCK_CHARS]))


def _has_private_comment(text: str, tags: PrivateTags) -> bool:
    """Whether a comment is only a private tag. YAML takes "# private" for a comment; its writer meant a tag."""
    return any(
        "#" in line
        and tags.covers(line.rsplit("#", 1)[1])
        and len(line.rsplit("#", 1)[1].split()) <= MAX_TAG_WORDS
        for line in text.split("\n")
    )


def _is_private_though_invalid(key: str, value: str, tags: PrivateTags) -> bool | None:
    """Whether a property in invalid YAML makes the note private; None if it is a tag list that cannot be read."""
    if not is_tag_key(key):
        return tags.covers(value) or any(tags.covers(line.strip(" -\t")) for line in value.split("\n"))
    if len(value) < MAX_BLOCK_CHARS and _READABLE.fullmatch(value):
        value = unescaped(value)
        return tags.covers_any(wiki_pages(value)) or tags.covers_any(hashtags(value))
    return None


def _is_private_yaml(text: str, tags: PrivateTags) -> bool | None:
    """Whether a piece of YAML contains a private tag; None if it is invalid or too large."""
    try:
        root = yaml.compose(text.expandtabs(2), Loader=_LOADER)
        return root is not None and _contains_private_tag(root, tags)
    except (yaml.YAMLError, ValueError, RecursionError):
        return None


def _contains_private_tag(root: yaml.Node, tags: PrivateTags) -> bool:
    """Whether any node below `root` is a private tag.

    Each node is visited at most once per kind of value (tags, name, other), however many aliases point to it.
    """
    pending: list[tuple[yaml.Node, str]] = [(root, "")]
    seen: set[tuple[int, str]] = set()
    while pending:
        node, key = pending.pop()
        kind = "tags" if is_tag_key(key) else "name" if is_name_key(key) else ""
        if (id(node), kind) in seen:
            continue
        seen.add((id(node), kind))
        if len(seen) > MAX_NODES:
            raise ValueError("too many values")
        if (kind == "tags" and node.tag.startswith("!")) or node.tag == "tag:yaml.org,2002:binary":
            raise ValueError("a kind of value that holds no tags")
        if isinstance(node, yaml.ScalarNode):
            if _is_private_scalar(node.value, kind, tags):
                return True
        elif isinstance(node, yaml.SequenceNode):
            pending += [(item, key) for item in node.value]
        elif isinstance(node, yaml.MappingNode):
            for name, value in node.value:
                own = name.value if isinstance(name, yaml.ScalarNode) else ""
                if own and is_privacy_switch(own, tags) and not _is_off(value):
                    return True
                if (
                    own
                    and is_named_after_tag(own, tags)
                    and isinstance(value, yaml.ScalarNode)
                    and surely_on(value.value)
                ):
                    return True
                inherited = key if kind == "tags" or own == "<<" or not own else own
                pending += [(value, inherited if own else key), *([] if own else [(name, key)])]
    return False


def _is_off(node: yaml.Node) -> bool:
    return isinstance(node, yaml.ScalarNode) and switched_off(node.value)


def _is_private_scalar(value: str, kind: str, tags: PrivateTags) -> bool:
    """Whether a single value is or contains a private tag. `kind` is "tags", "name" or empty."""
    value = unescaped(value)
    if has_private_tag(value, tags):
        return True
    if kind == "name":
        return False
    if kind == "tags":
        return lists_private_tag(value, tags)
    return len(value) <= MAX_PROSE_CHARS and any(tags.covers(item) for item in re.split(r"[,;\n]", value))


def _toml(text: str, tags: PrivateTags) -> Found:
    try:
        loaded = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        return Found(False, ((0, "tags"),) if _names_tags(text) else ())
    return Found(_is_private_toml(loaded, "", tags))


def _is_private_toml(value: object, key: str, tags: PrivateTags) -> bool:
    """Whether a TOML value contains a private tag."""
    if isinstance(value, dict):
        return any(
            (is_privacy_switch(name, tags) and part is not False)
            or _is_private_toml(part, key if is_tag_key(key) else name, tags)
            for name, part in value.items()
        )
    if isinstance(value, list):
        return any(_is_private_toml(part, key, tags) for part in value)
    kind = "tags" if is_tag_key(key) else "name" if is_name_key(key) else ""
    return isinstance(value, str) and _is_private_scalar(value, kind, tags)

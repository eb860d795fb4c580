"""Converts Discord messages to plain text: without mentions of the bot, ids and markup.

Discord writes people, channels, emoji and times as `<…>` (API reference, "Message Formatting").
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import discord

from bot.chat.small_talk import refers
from bot.text.sanitize import has_words

_REFERENCE = re.compile(
    r"<(?:@!?(?P<person>\d{1,20})|@&(?P<role>\d{1,20})|#(?P<channel>\d{1,20})|/(?P<command>[^:<>\n]{1,100}):\d{1,20}"
    r"|(?P<emoji>a?:\w{1,32}:\d{1,20})|(?P<time>t:-?\d{1,17}(?::[A-Za-z])?)|(?P<link>https?://[^\s<>]+))>"
)
_MENTION = re.compile(r"<@[!&]?(\d{1,20})>")
_MASKED = re.compile(r"\[([^\[\]\n]{1,1000})\]\(<?https?://[^\s()<>]{1,2000}>?\)")
_PAIRED = re.compile(r"(\*\*|__|~~|\|\|)(?=\S)(.{1,2000}?)(?<=\S)\1", re.S)
_CODE = re.compile(r"`{1,3}(?:[a-z]{1,20}\n)?")
_LINE_MARKUP = re.compile(r"^(?:>>> |> |#{1,3} |-# )", re.M)
_ESCAPE = re.compile(r"\\([^\w\s])")


@dataclass(frozen=True, slots=True)
class Names:
    """Names for the ids in a text."""

    people: Mapping[int, str] = field(default_factory=dict)
    roles: Mapping[int, str] = field(default_factory=dict)
    channels: Mapping[int, str] = field(default_factory=dict)


def plain(text: str, names: Names, omit: Iterable[int] = ()) -> str:
    """The text as people read it, without emoji and times, and without the people and roles in `omit` (the bot itself)."""
    omitted = frozenset(omit)

    def replace(found: re.Match[str]) -> str:
        if person := found["person"]:
            return "" if int(person) in omitted else names.people.get(int(person), "")
        if role := found["role"]:
            return "" if int(role) in omitted else names.roles.get(int(role), "")
        if channel := found["channel"]:
            return names.channels.get(int(channel), "")
        if command := found["command"]:
            return f"/{command}"
        return found["link"] or ""

    text_read = _LINE_MARKUP.sub("", _REFERENCE.sub(replace, _MASKED.sub(r"\1", text)))
    while (unmarked := _PAIRED.sub(r"\2", text_read)) != text_read:
        text_read = unmarked
    return _ESCAPE.sub(r"\1", _CODE.sub("", text_read)).strip()


def names_in(message: discord.Message) -> Names:
    """The names that a message has for the ids in its text."""
    return Names(
        {mention.id: mention.display_name for mention in message.mentions},
        {mention.id: mention.name for mention in message.role_mentions},
        {mention.id: mention.name for mention in message.channel_mentions},
    )


def question(message: discord.Message, me: int) -> str:
    """The question in a message. For the first message of a forum post, the title is part of it.

    A message without words, or one that only refers to something ("anything on this?"), asks about the message that it forwards or
    to which it replies.
    """
    text = words_asked_about(message, me) or plain(message.content, names_in(message), own_ids(message, me))
    channel = message.channel
    if (
        isinstance(channel, discord.Thread) and channel.id == message.id
    ):  # the message that started the thread
        return f"{channel.name}\n{text}".strip()
    return text


def words_asked_about(message: discord.Message, me: int) -> str:
    """The words of the forwarded message, or of the message replied to, if the message itself has no question; "" if it has one."""
    text = plain(message.content, names_in(message), own_ids(message, me))
    if has_words(text) and not refers(text):
        return ""
    return _other_words(message) or _words_replied_to(message, me)


def own_question(message: discord.Message, me: int) -> str:
    """The question in a message, in the words of its author; "" if the question is somebody else's text."""
    return "" if words_asked_about(message, me) else question(message, me)


def own_ids(message: discord.Message, me: int) -> frozenset[int]:
    """The ids by which a message can mention the bot: its user id, and the id of the role that Discord made for it, if the message
    mentions that role.

    If Discord withholds the text, only `role_mentions` are known.
    """
    guild = message.guild
    roles = {role.id: role for role in message.role_mentions}
    if guild is not None:
        roles |= {
            mention: role
            for mention in message.raw_role_mentions
            if (role := guild.get_role(mention)) is not None
        }
    return frozenset({me, *(role_id for role_id, role in roles.items() if _is_own(role, me))})


def around_mention(message: discord.Message, me: int) -> tuple[str, str] | None:
    """The text before and after the first mention of the bot; None if the text has no mention, as in a reply."""
    ids = own_ids(message, me)
    found = next((match for match in _MENTION.finditer(message.content) if int(match[1]) in ids), None)
    if found is None:
        return None
    names = names_in(message)
    before, after = message.content[: found.start()], message.content[found.end() :]
    return plain(before, names, ids), plain(after, names, ids)


def words(message: discord.Message) -> str:
    """All words of a message: its text; without a text, the words of the forwarded message, the poll, the embeds and the card."""
    return plain(message.content, names_in(message)) or _other_words(message)


def is_withheld(message: discord.Message) -> bool:
    """Whether Discord withholds the contents of a message: without the message content intent, all of them are empty."""
    contents = (
        message.content,
        message.embeds,
        message.attachments,
        message.stickers,
        message.components,
        message.poll,
    )
    return not any(contents) and not any(_snapshot_text(snapshot) for snapshot in message.message_snapshots)


def _other_words(message: discord.Message) -> str:
    """The words of a message that are not in its text."""
    parts = [_snapshot_text(snapshot) for snapshot in message.message_snapshots]
    if message.poll is not None:
        parts += [message.poll.question, *(answer.text for answer in message.poll.answers)]
    parts += _card_texts(message.embeds, message.components)
    return plain("\n".join(filter(None, parts)), names_in(message))


def _snapshot_text(snapshot: discord.MessageSnapshot) -> str:
    return "\n".join(filter(None, (snapshot.content, *_card_texts(snapshot.embeds, snapshot.components))))


def _card_texts(embeds: Iterable[discord.Embed], components: Iterable[object]) -> list[str]:
    """The texts in the embeds and cards of a message."""
    of_embeds = [part for embed in embeds for part in (embed.title, embed.description) if part]
    return of_embeds + [text for component in components for text in _texts(component)]


def _texts(component: object) -> Iterator[str]:
    """The texts of a component and of those in it."""
    if isinstance(component, discord.TextDisplay):
        yield component.content
    for inner in getattr(component, "children", ()):
        yield from _texts(inner)


def _words_replied_to(message: discord.Message, me: int) -> str:
    """The words of the message to which a message replies; "" if that is one of the bot's."""
    original = message.reference.resolved if message.reference is not None else None
    if not isinstance(original, discord.Message) or original.author.id == me:
        return ""
    return plain(original.content, names_in(original), own_ids(original, me)) or _other_words(original)


def _is_own(role: discord.Role, me: int) -> bool:
    """Whether Discord made the role for the bot: a bot has no other managed role."""
    if role.tags is not None and role.tags.bot_id is not None:
        return role.tags.bot_id == me
    myself = role.guild.me
    return role.managed and myself is not None and role in myself.roles

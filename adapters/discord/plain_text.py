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
    """The text as people read it. People and roles in `omit` (the bot itself) are left out, and so are emoji and times."""
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
    while (bare := _PAIRED.sub(r"\2", text_read)) != text_read:
        text_read = bare
    return _ESCAPE.sub(r"\1", _CODE.sub("", text_read)).strip()


def names_in(message: discord.Message) -> Names:
    """Names for the ids in a message, as far as the message has them."""
    return Names(
        {mention.id: mention.display_name for mention in message.mentions},
        {mention.id: mention.name for mention in message.role_mentions},
        {mention.id: mention.name for mention in message.channel_mentions},
    )


def question(message: discord.Message, me: int) -> str:
    """The question in a message. For the first message of a forum post, the title is part of it.

    A message that says nothing itself, or only points ("anything on this?"), asks about what it forwards or replies to.
    """
    text = elsewhere(message, me) or plain(message.content, names_in(message), own_ids(message, me))
    channel = message.channel
    if (
        isinstance(channel, discord.Thread) and channel.id == message.id
    ):  # the message that started the thread
        return f"{channel.name}\n{text}".strip()
    return text


def elsewhere(message: discord.Message, me: int) -> str:
    """The words that a message asks about if it says nothing itself, or only points at something; "" if it says what it asks."""
    text = plain(message.content, names_in(message), own_ids(message, me))
    if has_words(text) and not refers(text):
        return ""
    return _rest(message) or _pointed_at(message, me)


def own_question(message: discord.Message, me: int) -> str:
    """The question in a message in the words of who wrote it; "" if it only points at what somebody else said."""
    return "" if elsewhere(message, me) else question(message, me)


def own_ids(message: discord.Message, me: int) -> frozenset[int]:
    """The ids by which a message mentions the bot: its user id, and that of the role that Discord made for it, if it is mentioned.

    Where Discord withholds the text, only `role_mentions` are known.
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
    """The text before and after the first mention of the bot; None if its text mentions it nowhere, as in a reply."""
    ids = own_ids(message, me)
    found = next((match for match in _MENTION.finditer(message.content) if int(match[1]) in ids), None)
    if found is None:
        return None
    names = names_in(message)
    before, after = message.content[: found.start()], message.content[found.end() :]
    return plain(before, names, ids), plain(after, names, ids)


def words(message: discord.Message) -> str:
    """All words of a message: its text, else those of what it forwards, of its poll, its embeds or its card."""
    return plain(message.content, names_in(message)) or _rest(message)


def is_withheld(message: discord.Message) -> bool:
    """Whether Discord did not hand over what a message holds: without the message content intent all of it is empty."""
    held = (
        message.content,
        message.embeds,
        message.attachments,
        message.stickers,
        message.components,
        message.poll,
    )
    return not any(held) and not any(_snapshot_text(snapshot) for snapshot in message.message_snapshots)


def _rest(message: discord.Message) -> str:
    """The words of a message beside its text."""
    parts = [_snapshot_text(snapshot) for snapshot in message.message_snapshots]
    if message.poll is not None:
        parts += [message.poll.question, *(answer.text for answer in message.poll.answers)]
    parts += _card_texts(message.embeds, message.components)
    return plain("\n".join(filter(None, parts)), names_in(message))


def _snapshot_text(snapshot: discord.MessageSnapshot) -> str:
    return "\n".join(filter(None, (snapshot.content, *_card_texts(snapshot.embeds, snapshot.components))))


def _card_texts(embeds: Iterable[discord.Embed], components: Iterable[object]) -> list[str]:
    """The texts that a message shows below its own words."""
    of_embeds = [part for embed in embeds for part in (embed.title, embed.description) if part]
    return of_embeds + [text for component in components for text in _texts(component)]


def _texts(component: object) -> Iterator[str]:
    """The texts of a component and of those in it."""
    if isinstance(component, discord.TextDisplay):
        yield component.content
    for inner in getattr(component, "children", ()):
        yield from _texts(inner)


def _pointed_at(message: discord.Message, me: int) -> str:
    """The words of the message that a message replies to, unless it is one of the bot's."""
    pointed = message.reference.resolved if message.reference is not None else None
    if not isinstance(pointed, discord.Message) or pointed.author.id == me:
        return ""
    return plain(pointed.content, names_in(pointed), own_ids(pointed, me)) or _rest(pointed)


def _is_own(role: discord.Role, me: int) -> bool:
    """Whether Discord made the role for the bot: a bot has no other managed role."""
    if role.tags is not None and role.tags.bot_id is not None:
        return role.tags.bot_id == me
    myself = role.guild.me
    return role.managed and myself is not None and role in myself.roles

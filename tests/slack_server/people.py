"""People join conversations and write in them. Each method returns the `Delivery` of the event to the app."""

from __future__ import annotations

import time
from collections.abc import Iterable

from tests.slack_server.actor import Actor
from tests.slack_server.json_types import Json
from tests.slack_server.payloads import changed_event, deleted_event, message_event, typed
from tests.slack_server.shown.mrkdwn import escape
from tests.slack_server.to_app.delivery import Delivery
from tests.slack_server.workspace import BOT_ID, BOT_USER, HOME_TEAM, Channel, Message, User


class People(Actor):
    """Adds people and channels, and lets people write."""

    # People and places

    def user(
        self,
        name: str,
        *,
        team: str = HOME_TEAM,
        admin: bool = False,
        owner: bool = False,
        guest: bool = False,
        single_channel_guest: bool = False,
        bot: bool = False,
        tz: str = "Europe/Berlin",
        locale: str = "en-US",
        enterprise: str = "",
        organisation_owner: bool = False,
    ) -> User:
        """Adds a person. A person of another `team` is a stranger and appears only in shared channels."""
        workspace = self.core.workspace
        user = User(workspace.next_id("U"), name, team, admin, owner, guest, single_channel_guest, bot, tz=tz)
        user.enterprise, user.organisation_owner = enterprise, organisation_owner
        user.locale = locale
        return workspace.add_user(user)

    def channel(
        self,
        name: str,
        members: Iterable[User] = (),
        *,
        bot: bool = True,
        private: bool = False,
        archived: bool = False,
        creator: User | None = None,
        shared_with: Iterable[str] = (),
        team: str = HOME_TEAM,
        org_shared: bool = False,
        group_direct: bool = False,
    ) -> Channel:
        """Adds a channel. With `bot`, the app is a member. `shared_with` names the other teams of a Slack Connect channel."""
        workspace = self.core.workspace
        people = {user.id for user in members} | ({BOT_USER} if bot else set())
        made_by = creator.id if creator else next(iter(sorted(people - {BOT_USER})), "")
        channel_ = Channel(
            workspace.next_id("C"), name, people, private, archived, made_by, team, org_shared, group_direct
        )
        channel_.shared_with = set(shared_with)
        return workspace.add_channel(channel_)

    # Messages

    def _say(
        self, user: User, channel: Channel, text: str, thread_ts: str | None, markup: str | None, ago: float
    ) -> Message:
        written, blocks = typed(text)
        content: Json = {"text": markup} if markup is not None else {"text": written, "blocks": blocks}
        workspace = self.core.workspace
        message = Message(
            channel.id, workspace.next_ts(ago), content, user.id, thread_ts=thread_ts, team=user.team
        )
        return workspace.add(message)

    async def mention(
        self,
        user: User,
        channel: Channel,
        text: str,
        thread_ts: str | None = None,
        *,
        twin: bool | None = None,
        markup: str | None = None,
        ago: float = 0.0,
    ) -> Delivery:
        """Someone mentions the bot in a channel. `@analects` is put first unless the text contains it.

        With `twin`, Slack also sends a `message` event with the same ts (None: only if the app is subscribed to these).
        `markup` replaces the text of the event; `ago` is the age of the message in seconds. Returns the delivery of the
        app_mention.
        """
        typed_text = text if "@analects" in text or markup is not None else f"@analects {text}"
        message = self._say(user, channel, typed_text, thread_ts, markup, ago)
        delivery = await self._event(
            message_event(message, channel, "app_mention"), channel, user, message, ago=ago
        )
        if twin is not False:
            event = message_event(message, channel)
            delivery.twin = await self._event(event, channel, user, message, ago=ago, forced=twin is True)
        return delivery

    async def say(
        self,
        user: User,
        channel: Channel,
        text: str,
        thread_ts: str | None = None,
        *,
        markup: str | None = None,
        subtype: str | None = None,
        ago: float = 0.0,
    ) -> Delivery:
        """Someone writes in a channel without a mention. `subtype` makes it a topic, a pin or a broadcast."""
        message = self._say(user, channel, text, thread_ts, markup, ago)
        message.subtype = subtype
        return await self._event(message_event(message, channel), channel, user, message, ago=ago)

    async def direct_message(
        self,
        user: User,
        text: str,
        thread_ts: str | None = None,
        *,
        markup: str | None = None,
        ago: float = 0.0,
    ) -> Delivery:
        """Someone writes to the bot directly."""
        return await self.say(user, self.core.workspace.im(user.id), text, thread_ts, markup=markup, ago=ago)

    async def edit(self, target: Delivery | Message, text: str) -> list[Delivery]:
        """The author edits a message.

        Slack then sends `message_changed`. If the new text mentions the bot, Slack also sends `app_mention` again,
        with `edited`, the same ts and a new event_id (slackapi/bolt-js issue 960).
        """
        message, channel, user = self._author(target)
        message.earlier.append(message.content)
        mentioned = f"<@{BOT_USER}>" in message.text
        written, blocks = typed(f"@analects {text}" if mentioned and "@analects" not in text else text)
        message.content = {"text": written, "blocks": blocks}
        message.edited_by, message.changed = user.id, time.time()
        event = changed_event(message, channel, self.core.workspace.next_ts())
        sent = [await self._event(event, channel, user, message)]
        if f"<@{BOT_USER}>" in written and not channel.im_with:
            sent.append(
                await self._event(message_event(message, channel, "app_mention"), channel, user, message)
            )
        return sent

    async def delete_message(self, target: Delivery | Message) -> Delivery:
        """The author deletes the message."""
        message, channel, user = self._author(target)
        message.deleted = True
        event = deleted_event(message, channel, self.core.workspace.next_ts())
        return await self._event(event, channel, user, message)

    async def deliver(self, event: Json, channel: Channel | None = None) -> Delivery:
        """Sends any event unchanged, whether or not the app is subscribed to it: `{"type": …}`."""
        return await self._event(event, channel, forced=True)

    async def redeliver(self, delivery: Delivery) -> None:
        """Sends the same event once more, even if it was acknowledged."""
        await self.deliveries.redeliver(delivery)

    def _author(self, target: Delivery | Message) -> tuple[Message, Channel, User]:
        message = target.message if isinstance(target, Delivery) else target
        assert message is not None
        assert message.user is not None
        return message, self.core.workspace.channels[message.channel], self.core.workspace.users[message.user]

    async def bot_message(
        self, channel: Channel, text: str, thread_ts: str | None = None, *, mention: bool = False
    ) -> Delivery:
        """Another app posts in the channel; with `mention` it mentions the bot."""
        words = f"<@{BOT_USER}> {escape(text)}" if mention else escape(text)
        workspace = self.core.workspace
        message = Message(
            channel.id, workspace.next_ts(), {"text": words}, None, "B0OTHER001", thread_ts, "bot_message"
        )
        workspace.add(message)
        kind = "app_mention" if mention else "message"
        return await self._event(message_event(message, channel, kind), channel, None, message)

    async def join(self, user: User, channel: Channel) -> list[Delivery]:
        """Someone, or the bot, joins a channel: `member_joined_channel`, and the message in the channel about it."""
        channel.members.add(user.id)
        event: Json = {
            "type": "member_joined_channel",
            "user": user.id,
            "channel": channel.id,
            "channel_type": "C",
            "team": user.team,
            "event_ts": self.core.workspace.next_ts(),
        }
        sent = [await self._event(event, channel, user, None)]
        line = f"<@{user.id}> has joined the channel"
        sent.append(await self.say(user, channel, "", markup=line, subtype="channel_join"))
        return sent

    # Events about the app's own messages

    def echo(self, message: Message, subtype: str) -> None:
        """Sends the app an event for its own message, if it is subscribed to messages of that kind of channel."""
        channel = self.core.workspace.channels[message.channel]
        place = {"im": "im", "group": "groups", "mpim": "mpim"}.get(channel.kind, "channels")
        if f"message.{place}" not in self.core.installation.events or BOT_USER not in channel.members:
            return
        now = self.core.workspace.next_ts()
        if subtype == "message_changed":
            event = changed_event(message, channel, now)
        elif subtype == "message_deleted":
            event = deleted_event(message, channel, now)
        else:
            event = message_event(message, channel) | {"bot_id": BOT_ID}
        self.core.spawn(self._echo(event, channel))

    async def _echo(self, event: Json, channel: Channel) -> None:
        await self._event(event, channel)

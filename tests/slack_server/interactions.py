"""People use commands, buttons, menus, shortcuts and views."""

from __future__ import annotations

from tests.slack_server import forms
from tests.slack_server.actor import Actor
from tests.slack_server.json_types import Json
from tests.slack_server.payloads import interaction, message_origin, slash_command, view_origin
from tests.slack_server.shown.blocks import elements_of
from tests.slack_server.to_app.delivery import Delivery
from tests.slack_server.views import checked, open_modal, replace
from tests.slack_server.web_api import RefusalError
from tests.slack_server.workspace import Channel, Message, User, View


class Interactions(Actor):
    """People use the app's commands and controls."""

    async def slash(self, user: User, channel: Channel, command: str, text: str = "") -> Delivery:
        """Someone types a slash command. Slack sends it even from channels that the bot is not in."""
        url = self.urls.new(user.id, channel)
        payload = slash_command(self.core, user, channel, command, text, url)
        return await self._send("slash_commands", payload, user, channel, None)

    async def press(
        self,
        user: User,
        where: Message | View,
        action_id: str,
        *,
        block_id: str | None = None,
        **chosen: object,
    ) -> Delivery:
        """Someone presses a button of a message or a view, or chooses in a menu (`selected_option=…`).

        Uses the first element with this action_id, or the one in the block `block_id`. Views have no response_url.
        """
        block_name, element = _find_element(where, action_id, block_id)
        action: Json = {
            "type": element["type"],
            "action_id": action_id,
            "block_id": block_name,
            "action_ts": self.core.workspace.next_ts(),
            **chosen,
        }
        action |= {name: element[name] for name in ("text", "value", "style") if name in element}
        payload = interaction(self.core, "block_actions", user) | {"actions": [action]}
        if isinstance(where, View):
            return await self._send("interactive", payload | view_origin(where), user, None, None)
        channel = self.core.workspace.channels[where.channel]
        payload |= message_origin(where, channel) | {"response_url": self.urls.new(user.id, channel, where)}
        return await self._send("interactive", payload, user, channel, where)

    async def choose(self, user: User, where: Message | View, label: str) -> Delivery:
        """Someone chooses the option that begins with `label` in a menu of a message or a view.

        Slack sends the whole option as `selected_option` (docs.slack.dev, block_actions payload)."""
        for block in where.content.get("blocks") or []:
            for _, element in elements_of(block):
                for option in element.get("options") or []:
                    if option["text"]["text"].startswith(label):
                        return await self.press(user, where, element["action_id"], selected_option=option)
        raise AssertionError(f"there is no {label!r} to choose")

    async def type(self, user: User, where: View, block_id: str, typed: str) -> Delivery:
        """Someone types into an input with `dispatch_action` and presses Enter (docs.slack.dev, input block)."""
        for block in where.content["blocks"]:
            if block.get("block_id") == block_id and block.get("dispatch_action"):
                return await self.press(
                    user, where, block["element"]["action_id"], block_id=block_id, value=typed or None
                )
        raise AssertionError(f"nothing can be typed into {block_id!r}")

    async def vote(self, user: User, where: Message, *, helpful: bool) -> Delivery:
        """Someone presses a feedback button. The payload has the value of that button."""
        name = "positive_button" if helpful else "negative_button"
        for block in where.blocks:
            for _, element in elements_of(block):
                if element["type"] == "feedback_buttons":
                    value = element[name]["value"]
                    return await self.press(user, where, element["action_id"], value=value)
        raise AssertionError("there are no feedback buttons")

    async def shortcut(self, user: User, target: Delivery | Message, callback_id: str) -> Delivery:
        """Someone chooses a message shortcut from the menu of a message."""
        message = target.message if isinstance(target, Delivery) else target
        assert message is not None
        channel = self.core.workspace.channels[message.channel]
        payload = interaction(self.core, "message_action", user) | {
            "callback_id": callback_id,
            "action_ts": self.core.workspace.next_ts(),
            "channel": {"id": channel.id, "name": channel.name or "directmessage"},
            "message_ts": message.ts,
            "message": message.to_json(),
            "response_url": self.urls.new(user.id, channel),
        }
        return await self._send("interactive", payload, user, channel, message)

    async def open_home(self, user: User, tab: str = "home") -> Delivery:
        """Someone opens the app's Home tab. If it was published before, the event contains the view."""
        event: Json = {
            "type": "app_home_opened",
            "user": user.id,
            "channel": self.core.workspace.im(user.id).id,
            "tab": tab,
            "event_ts": self.core.workspace.next_ts(),
        }
        home = self.core.workspace.homes.get(user.id)
        if home is not None:
            event["view"] = home.to_json()
        return await self._event(event, None, user)

    async def submit_view(self, user: User, view: View, values: Json | None = None) -> Delivery:
        """Someone submits a modal.

        `values` is the state by block_id and action_id, as in a view. Other inputs keep their initial values.

        The acknowledgement says whether the modal is closed, updated, covered by another, or shows errors.
        """
        body = view.to_json() | {"state": {"values": forms.state(view, values or {})}}
        payload = interaction(self.core, "view_submission", user) | {"view": body, "response_urls": []}
        return await self._send(
            "interactive",
            payload,
            user,
            None,
            None,
            on_response=lambda acknowledged: self._view_response(acknowledged, view),
        )

    def _view_response(self, delivery: Delivery, view: View) -> None:
        response = delivery.response or {}
        action = response.get("response_action")
        view.errors = {}
        try:
            if action is None:
                view.open = False
            elif action == "errors":
                delivery.error = forms.wrong_errors(view, response.get("errors"))
                view.errors = {} if delivery.error else response["errors"]
            elif action == "update":
                replace(self.core, view, checked(response.get("view"), "modal"))
            elif action == "push":
                open_modal(self.core, view.user, checked(response.get("view"), "modal"))
            elif action == "clear":
                for modal in self.core.workspace.modals.values():
                    modal.open = modal.open and modal.user != view.user
        except RefusalError as refusal:
            delivery.error = str(refusal)

    async def ask_options(
        self,
        user: User,
        where: Message | View,
        action_id: str,
        typed_so_far: str,
        block_id: str | None = None,
    ) -> Delivery:
        """Someone types in an external_select. The `response` of the delivery has the options.

        With `block_id`, only this block is searched for the element.
        """
        block_name, _ = _find_element(where, action_id, block_id)
        payload = interaction(self.core, "block_suggestion", user) | {
            "action_id": action_id,
            "block_id": block_name,
            "value": typed_so_far,
        }
        channel = None
        if isinstance(where, View):
            payload |= view_origin(where)
        else:
            channel = self.core.workspace.channels[where.channel]
            payload |= message_origin(where, channel)
        return await self._send(
            "interactive", payload, user, channel, None, on_response=self._options_response
        )

    def _options_response(self, delivery: Delivery) -> None:
        delivery.error = forms.wrong_options(delivery.response)


def _find_element(where: Message | View, action_id: str, block_id: str | None) -> tuple[str, Json]:
    """The element, and the block_id of its block. Slack makes up a block_id if the app gave none."""
    for number, block in enumerate(where.content.get("blocks") or []):
        for _, element in elements_of(block):
            if element.get("action_id") == action_id and block_id in (None, block.get("block_id")):
                return str(block.get("block_id", f"block{number}")), element
    raise AssertionError(f"there is no {action_id!r} to press")

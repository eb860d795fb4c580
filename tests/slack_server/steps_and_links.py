"""Link previews (unfurling) and steps of workflows: the events, and the methods that the app calls.

Sources: docs.slack.dev/reference/events/link_shared, reference/methods/chat.unfurl, reference/events/function_executed,
reference/methods/functions.completeSuccess and functions.completeError.
"""

# ruff: noqa: ASYNC109  (each wait takes its limit and says what did not come)

from __future__ import annotations

import re
from urllib.parse import urlsplit

from tests.slack_server.actor import Actor
from tests.slack_server.core import Core, Execution
from tests.slack_server.json_types import Json
from tests.slack_server.shown.blocks import problems
from tests.slack_server.to_app.delivery import Delivery
from tests.slack_server.web_api import Method, RefusalError, argument
from tests.slack_server.workspace import APP_ID, BOT_USER, Channel, Message, User

STEP_TOKEN_PREFIX = "xwfp-"
_URL = re.compile(r"https?://[^\s|>]+")


class StepsAndLinks(Actor):
    """People post links and run workflows."""

    async def link(
        self, user: User, channel: Channel, text: str, *, member: bool | None = None, composer: bool = False
    ) -> Delivery:
        """Someone posts links whose domains the app may unfurl."""
        workspace = self.core.workspace
        message = workspace.add(
            Message(channel.id, workspace.next_ts(0), {"text": text}, user.id, team=user.team)
        )
        event: Json = {
            "type": "link_shared",
            "channel": "COMPOSER" if composer else channel.id,
            "is_bot_user_member": BOT_USER in channel.members if member is None else member,
            "user": user.id,
            "message_ts": message.ts,
            "unfurl_id": f"{channel.id}-{message.ts}",
            "source": "composer" if composer else "conversations_history",
            "links": [{"domain": urlsplit(url).hostname, "url": url} for url in _URL.findall(text)],
            "event_ts": message.ts,
        }
        return await self._event(event, channel, user, message, forced=True)

    async def run_step(self, callback_id: str, inputs: Json) -> Execution:
        """A workflow runs a step of the app."""
        workspace = self.core.workspace
        execution = Execution(workspace.next_id("Fx"), STEP_TOKEN_PREFIX + workspace.next_id("token"))
        self.core.executions[execution.id] = execution
        event: Json = {
            "type": "function_executed",
            "function": {
                "id": "Fn0123456789",
                "callback_id": callback_id,
                "title": callback_id,
                "description": "",
                "type": "app",
                "input_parameters": [],
                "output_parameters": [],
                "app_id": APP_ID,
                "date_created": 1700000000,
                "date_updated": 1700000000,
                "date_deleted": 0,
                "form_enabled": False,
            },
            "inputs": inputs,
            "function_execution_id": execution.id,
            "workflow_execution_id": workspace.next_id("Wx"),
            "event_ts": workspace.next_ts(),
            "bot_access_token": execution.token,
        }
        await self._event(event, None, forced=True)
        return execution

    async def completed(self, execution: Execution, timeout: float = 30.0) -> Execution:
        """Waits until the app has completed the run of a step, and returns it."""
        done = await self.core.becomes_true(
            lambda: execution.outputs is not None or execution.error is not None, timeout
        )
        assert done, "the step was not completed"
        return execution


def _unfurl(core: Core, arguments: Json) -> Json:
    channel, ts = argument(arguments, "channel"), argument(arguments, "ts")
    message = core.workspace.find(channel, ts)
    if message is None:
        raise RefusalError("cannot_unfurl_message")
    unfurls = arguments.get("unfurls")
    if not isinstance(unfurls, dict) or not unfurls:
        raise RefusalError("missing_unfurls")
    for url, shown in unfurls.items():
        if url not in message.text:
            raise RefusalError("cannot_unfurl_url")
        if problems(shown.get("blocks")):
            raise RefusalError("invalid_blocks")
    core.unfurled[channel, ts] = unfurls
    return {}


def _execution(core: Core, arguments: Json) -> Execution:
    execution = core.executions.get(argument(arguments, "function_execution_id"))
    if execution is None or arguments["token"] != execution.token:
        raise RefusalError("function_execution_not_found")
    if execution.outputs is not None or execution.error is not None:
        raise RefusalError("function_execution_not_in_running_state")
    return execution


def _succeed(core: Core, arguments: Json) -> Json:
    execution = _execution(core, arguments)
    outputs = arguments.get("outputs")
    if not isinstance(outputs, dict):
        raise RefusalError("invalid_arguments")
    execution.outputs = outputs
    return {}


def _fail(core: Core, arguments: Json) -> Json:
    _execution(core, arguments).error = argument(arguments, "error")
    return {}


STEPS_AND_LINKS = {
    "chat.unfurl": Method(_unfurl, ("links:write",)),
    "functions.completeSuccess": Method(_succeed, ()),
    "functions.completeError": Method(_fail, ()),
}

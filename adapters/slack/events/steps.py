"""Steps of workflows: "Find highlights" and "Random highlight".

Slack sends the event `function_executed` only if the manifest requests it. A step posts nothing: it hands its outputs to the
workflow, whose author decides what to do with them. For the rules, both the place and the person are `slack:workflow`, because
Slack does not say who runs a workflow.
Docs: docs.slack.dev/workflows/workflow-steps, and the pages of functions.completeSuccess and functions.completeError.
"""

import re
from dataclasses import dataclass, field

from adapters.slack import arrivals
from adapters.slack.arrivals import Identity, Payload, get_object, get_string
from adapters.slack.cards.passage import linkable_url
from adapters.slack.manifest import FIND_STEP, RANDOM_STEP
from adapters.slack.web_api import Api
from bot.chat import wording
from bot.chat.attribution import attribution
from bot.chat.replies import Notice, Picks, Reply
from bot.chat.requests import Command
from bot.delivery.target import PostError
from bot.lanes import Handle
from bot.model import Answer, Quote
from bot.service import Service
from bot.text.sanitize import visible
from bot.text.truncate import clipped

MAX_TEXT_CHARS = 3500
MAX_PASSAGE_CHARS = 900
_MENTION_START = re.compile(r"<(?=[!@#])|@(?=\w)")
_WORD_JOINER = "\u2060"


@dataclass(frozen=True, slots=True)
class StepTarget:
    """Completes a step, with outputs or with an error."""

    api: Api
    execution: str
    token: str = field(repr=False)
    """A token that is valid for this execution only; "" if Slack sent none."""

    @property
    def lane(self) -> str:
        return f"slack:step:{self.execution}"

    async def post(self, reply: Reply) -> str:
        if not isinstance(reply, Answer | Picks):
            await self.tell(reply if isinstance(reply, Notice) else Notice(wording.QUESTION_FAILED))
            return ""
        outputs = outputs_of(reply)
        await self._complete("functions.completeSuccess", outputs=outputs)
        return ""

    async def find(self) -> str | None:
        return None  # a second try does no harm: Slack refuses to complete a step twice

    async def tell(self, notice: Notice) -> None:
        await self._complete("functions.completeError", error=wording.as_typed(notice.text, self.api.command))

    async def _complete(self, method: str, **arguments: object) -> None:
        await self.api.call(
            method, function_execution_id=self.execution, token=self.token or None, **arguments
        )


def outputs_of(reply: Answer | Picks) -> dict[str, object]:
    """The outputs of a step: `text` with the quotes, whether anything was `found`, and the `link` of the first one."""
    if not reply.quotes:
        return {
            "text": wording.nothing_fits(reply) if isinstance(reply, Answer) else "",
            "found": False,
            "link": "",
        }
    text = ""
    for quote in reply.quotes:
        longer = f"{text}\n\n{_quote_text(quote)}" if text else _quote_text(quote)
        if len(longer) > MAX_TEXT_CHARS and text:
            break
        text = longer
    return {"text": text, "found": True, "link": linkable_url(attribution(reply.quotes[0]).url) or ""}


def _quote_text(quote: Quote) -> str:
    """A quote with its source and address, as text that mentions nobody."""
    facts = attribution(quote)
    shown = clipped(visible(quote.text), MAX_PASSAGE_CHARS, f" {wording.CUT_MARK}")
    source = ", ".join((facts.source.title, *facts.source.authors))
    url = linkable_url(facts.url)
    text = _MENTION_START.sub(lambda found: found.group() + _WORD_JOINER, f"“{shown}”\n— {source}")
    return f"{text}\n{url}" if url else text


@dataclass(slots=True)
class Steps:
    """Hands steps of workflows to the service."""

    api: Api
    service: Service
    identity: Identity

    async def executed(self, body: Payload) -> Handle | None:
        """Handles the event `function_executed`."""
        event = get_object(body, "event")
        step = get_string(get_object(event, "function"), "callback_id")
        execution = get_string(event, "function_execution_id")
        if step not in (FIND_STEP, RANDOM_STEP) or not execution:
            return None
        target = StepTarget(self.api, execution, get_string(event, "bot_access_token"))
        request = Command("random", limit=1)
        if step == FIND_STEP:
            question = get_string(get_object(event, "inputs"), "question").strip()
            if not question:
                await self._fail(target, wording.STEP_NO_QUESTION)
                return None
            request = Command("search", question)
        return self.service.hear(arrivals.of_step(body, self.identity, request, execution), target)

    async def _fail(self, target: StepTarget, text: str) -> None:
        try:
            await target.tell(Notice(text))
        except PostError:
            return

"""Workflows run the steps "Find highlights" and "Random highlight". The bot completes them with outputs or an error message."""

import pytest

from adapters.slack.manifest import FIND_STEP, RANDOM_STEP, manifest
from bot.chat import wording
from tests.adapters.slack.conftest import Starting
from tests.slack_server import SlackServer, server_error


async def test_the_step_find_highlights_completes_with_a_passage(start: Starting) -> None:
    async with SlackServer() as slack, start(slack):
        run = await slack.completed(await slack.run_step(FIND_STEP, {"question": "does sleep help memory?"}))
        assert run.outputs is not None
        assert run.outputs["found"] is True
        assert "sleep" in run.outputs["text"]
        assert run.outputs["link"].startswith("https://")
        assert run.outputs["link"] in run.outputs["text"]
        declared = manifest(steps=True)["functions"][FIND_STEP]["output_parameters"]  # type: ignore[index]
        assert set(run.outputs) == set(declared)
        assert len(slack.calls("functions.completeSuccess")) == 1
        assert slack.posts() == []


async def test_the_step_find_highlights_says_when_nothing_fits(start: Starting) -> None:
    async with SlackServer() as slack, start(slack):
        run = await slack.completed(await slack.run_step(FIND_STEP, {"question": "zyzzyva quodlibet"}))
        assert run.outputs is not None
        assert run.outputs["found"] is False
        assert run.outputs["text"].startswith("Nothing fits.")


async def test_the_step_random_highlight_does_not_repeat_itself(start: Starting) -> None:
    async with SlackServer() as slack, start(slack):
        runs = [await slack.completed(await slack.run_step(RANDOM_STEP, {})) for _ in range(3)]
        texts = {run.outputs["text"] for run in runs if run.outputs is not None}
        assert len(texts) == 3


async def test_a_step_without_a_question_fails_with_a_message(start: Starting) -> None:
    async with SlackServer() as slack, start(slack):
        run = await slack.completed(await slack.run_step(FIND_STEP, {"question": " "}))
        assert run.error == wording.STEP_NO_QUESTION


async def test_a_step_that_arrives_twice_is_completed_once_though_the_first_call_fails(
    start: Starting,
) -> None:
    async with SlackServer() as slack, start(slack):
        slack.faults.order("functions.completeSuccess", server_error(503), times=1)
        run = await slack.run_step(FIND_STEP, {"question": "memory"})
        await slack.redeliver(slack.deliveries.sent[-1])
        await slack.completed(run)
        await slack.quiet()
        assert run.outputs is not None
        assert len(slack.calls("functions.completeSuccess")) == 2


@pytest.mark.parametrize(
    ("settings", "allowed"),
    [
        ({"ALLOWED_PEOPLE": "slack:U0SOMEBODY"}, False),
        ({"ALLOWED_CHANNELS": "slack:C0ELSEWHERE"}, False),
        ({"ALLOWED_CHANNELS": "slack:workflow"}, True),
        ({"ALLOWED_PEOPLE": "slack:U0SOMEBODY,slack:workflow"}, True),
    ],
)
async def test_only_allowed_people_and_places_run_steps(
    start: Starting, settings: dict[str, str], allowed: bool
) -> None:
    async with SlackServer() as slack, start(slack, **settings):
        run = await slack.completed(await slack.run_step(FIND_STEP, {"question": "memory"}))
        assert (run.outputs is not None) == allowed
        assert allowed or run.error in (wording.NOT_FOR_YOU, wording.NOT_HERE)

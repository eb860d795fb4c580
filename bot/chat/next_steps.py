"""What is offered below "Nothing fits" on every platform: the sources, a random highlight, the nearest author or title."""

from dataclasses import dataclass

from bot.chat import wording
from bot.chat.requests import Command
from bot.model import Answer, SuggestionKind

_COMMANDS = {SuggestionKind.BY_AUTHOR: "by", SuggestionKind.FROM_TITLE: "from"}


@dataclass(frozen=True, slots=True)
class NextStep:
    """A button: its label, and the command that it runs. Only the presser sees the reply."""

    label: str
    command: Command


def after_refusal(answer: Answer) -> tuple[NextStep, ...]:
    """The steps below an answer without quotes; none if quotes were shown, or if there are no highlights at all."""
    kinds = {suggestion.kind for suggestion in answer.suggestions}
    if answer.found or answer.offset or SuggestionKind.NO_HIGHLIGHTS in kinds:
        return ()
    nearest = next(
        (
            suggestion
            for suggestion in answer.suggestions
            if suggestion.kind in _COMMANDS and suggestion.names
        ),
        None,
    )
    steps = [
        NextStep(wording.SOURCES_BUTTON, Command("sources")),
        NextStep(wording.RANDOM_BUTTON, Command("random", limit=1)),
    ]
    if nearest is not None:
        label = wording.nearest(nearest)
        steps.insert(0, NextStep(label, Command(_COMMANDS[nearest.kind], nearest.names[0])))
    return tuple(steps)

"""What a person says about an answer: helpful, or not what they meant."""

from dataclasses import dataclass
from typing import Literal, get_args

from bot.chat import wording

Verdict = Literal["helpful", "wrong"]
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)


@dataclass(frozen=True, slots=True)
class Feedback:
    """A person's vote on an answer. Each person has one vote on each answer; a second one replaces the first."""

    verdict: Verdict
    answer: str
    """`Answer.key`."""
    question: str = ""
    """What was asked, if the platform's button has room for it. It is stored only with `KEEP_UNANSWERED`."""


def vote_buttons() -> tuple[tuple[str, Verdict], ...]:
    """The buttons for votes: labels and what each says, in the order of every platform."""
    return ((wording.HELPFUL, "helpful"), (wording.NOT_WHAT_I_MEANT, "wrong"))

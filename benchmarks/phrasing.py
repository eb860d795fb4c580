"""Measures the value of recognising greetings, requests and thanks: `python -m benchmarks.phrasing --vaults DIR [--part NAME …]`.

Asks each question of these parts with a greeting or a request before it, or thanks after it, in its own language: once with the
program as it is, once without recognising them. Prints how many of the questions that are answered rightly without these words are
still answered rightly. The wordings below were written for this benchmark, not taken from the rules.
"""

import argparse
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

from benchmarks.questions import ALL_PARTS, FIRST_PASSAGES, libraries
from bot.answering.decision import AnswerOutcome
from bot.answering.find import find
from bot.search.index import Index
from bot.text.analysis import is_unspaced
from bot.text.language_detection import detect_short
from bot.understanding.phrasing import Phrasing

WORDINGS: dict[str, dict[str, tuple[str, ...]]] = {
    "en": {
        "greeting": ("Hello everyone, {}", "hey there! {}", "good morning team, {}"),
        "request": (
            "could you please tell me {}",
            "can you find me something about {}",
            "I'm looking for {}",
        ),
        "thanks": ("{} thanks!", "{} ... anyone?", "{} Thank you so much"),
    },
    "de": {"greeting": ("Hallo, {}", "Guten Morgen! {}"), "thanks": ("{} Danke!", "{} bitte")},
    "fr": {"greeting": ("Bonjour, {}", "salut ! {}"), "thanks": ("{} merci beaucoup", "{} s'il te plaît")},
    "es": {"greeting": ("Hola, {}", "buenos días, {}"), "thanks": ("{} gracias", "{} por favor")},
    "zh": {"greeting": ("你好，{}", "请问{}"), "thanks": ("{} 谢谢",)},
    "ja": {"greeting": ("こんにちは、{}", "すみません、{}"), "thanks": ("{}を教えてください",)},
}


def language_of(question: str) -> str:
    if any(map(is_unspaced, question)):
        return "ja" if any("\u3040" <= char <= "\u30ff" for char in question) else "zh"
    return detect_short(question) or "en"


def is_right(question: str, index: Index, right: frozenset[int]) -> bool:
    found = find(question, index)
    first = found.result.passages[:FIRST_PASSAGES].tolist()
    return found.decision.outcome is AnswerOutcome.ANSWER and not right.isdisjoint(first)


@contextmanager
def without_recognition() -> Iterator[None]:
    """Within the block, questions are searched as they were typed."""
    with patch("bot.understanding.intent.strip_phrasing", Phrasing):
        yield


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.phrasing", description=__doc__)
    parser.add_argument("--vaults", type=Path, required=True, help="folder of the vaults")
    parser.add_argument("--part", choices=ALL_PARTS, nargs="+", default=["eighteenth", "nineteenth"])
    given = parser.parse_args(arguments)
    counts: dict[tuple[str, str], list[int]] = {}
    for _, index, questions in libraries(given.vaults, given.part):
        numbers = {highlight.id: number for number, highlight in enumerate(index.library.highlights)}
        for row in questions:
            text, right = row["question"], frozenset(numbers[id_] for id_ in row["highlights"])
            language = language_of(text)
            if language not in WORDINGS or not is_right(text, index, right):
                continue
            for kind, wordings in WORDINGS[language].items():
                count = counts.setdefault(
                    (language, kind), [0, 0, 0]
                )  # asked, right with and without recognition
                for wording in wordings:
                    wrapped = wording.format(text)
                    count[0] += 1
                    count[1] += is_right(wrapped, index, right)
                    with without_recognition():
                        count[2] += is_right(wrapped, index, right)
    print("| language | what | questions | still right | without recognising it |\n|---|---|---|---|---|")
    for (language, kind), (asked_count, right_with, right_without) in sorted(counts.items()):
        print(
            f"| {language} | {kind} | {asked_count} | {right_with / asked_count:.3f} | {right_without / asked_count:.3f} |"
        )


if __name__ == "__main__":
    main()

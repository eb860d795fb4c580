"""Answers a file of questions, one JSON object a line, in order."""

import json
from collections.abc import Callable, Iterable

from adapters import json_output
from adapters.json_output import Json
from bot.answering.answer import answer
from bot.chat.conversation import Bot
from bot.model import Question
from corpus.errors import AnalectsError


class BadLineError(AnalectsError):
    """A line that is not a question. `id` is the line's id if it could be read."""

    def __init__(self, message: str, id_: Json = None) -> None:
        super().__init__(message)
        self.id = id_


def answer_lines(
    lines: Iterable[bytes], bot: Bot, limit: int, print_line: Callable[[str], None], *, fill: bool = False
) -> bool:
    """Prints an answer or an error for each line that is not blank. Returns whether all lines were questions.

    `limit` and `fill` are as in Question.
    """
    all_valid = True
    for raw in lines:
        if not raw.strip():
            continue
        try:
            id_, text = _question(raw)
            reply = answer(Question(text, limit, fill=fill), bot.index, bot.embedding)
            print_line(json_output.line({"id": id_, **json_output.answer(reply)}))
        except BadLineError as error:
            all_valid = False
            print_line(json_output.line({"id": error.id, "error": str(error)}))
    return all_valid


def _question(raw: bytes) -> tuple[Json, str]:
    try:
        read = json.loads(raw.decode("utf-8-sig"), parse_constant=_refuse_constant)
    except UnicodeDecodeError:
        raise BadLineError("not UTF-8") from None
    except (ValueError, RecursionError) as error:
        raise BadLineError(f"not JSON: {getattr(error, 'msg', None) or error}") from None
    if not isinstance(read, dict):
        raise BadLineError('not an object: write {"id": …, "question": "…"}')
    id_ = read.get("id")
    if "id" not in read:
        raise BadLineError('"id" is missing')
    text = read.get("question")
    if not isinstance(text, str):
        raise BadLineError(
            '"question" is missing' if "question" not in read else '"question" is not a string', id_
        )
    return id_, text


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")

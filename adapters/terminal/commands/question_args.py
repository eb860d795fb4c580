"""Tells words of a question that begin with a dash from options: `analects ask memory -sleep`."""

import re
from collections.abc import Iterable
from typing import Any

from typer.core import TyperCommand

_EXCLUDED = re.compile(r"-(?!n\d+$)(?:[^\W\d_]\S|[\"“«„「]).*", re.DOTALL)
"""A word to exclude. Unlike an option, it is one dash and then two or more letters, or a quotation mark."""


class QuestionCommand(TyperCommand):
    """A command whose arguments are a question."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        named = [
            (name, getattr(param, "is_flag", False)) for param in self.get_params(ctx) for name in param.opts
        ]
        with_value = {name for name, flag in named if name.startswith("-") and not flag}
        words, options = _split(args, with_value, {name.lstrip("-") for name, _ in named})
        return super().parse_args(ctx, [*options, "--", *words] if words else options)


def _split(args: Iterable[str], with_value: set[str], names: set[str]) -> tuple[list[str], list[str]]:
    """Splits arguments into the words of the question and the options with their values. "-json" counts as a mistyped option."""
    words: list[str] = []
    options: list[str] = []
    rest = iter(args)
    for argument in rest:
        if argument == "--":
            words += rest
        elif argument in with_value:
            options.append(argument)
            if (value := next(rest, None)) is None:
                return [], options  # typer refuses an option without its value
            options.append(value)
        elif (
            argument[:1] != "-"
            or argument == "-"
            or (_EXCLUDED.fullmatch(argument) and argument[1:] not in names)
        ):
            words.append(argument)
        else:
            options.append(argument)
    return words, options

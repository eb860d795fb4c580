"""Errors about settings: what is wrong, and how to fix it."""

from corpus.errors import AnalectsError


class SettingsError(AnalectsError):
    """A setting that cannot be used: the variable, what was found, and how to fix it. Never a secret's value.

    `problems` holds one error for each variable; the message has one line for each.
    """

    def __init__(self, variable: str, finding: str, fix: str, *others: "SettingsError") -> None:
        self.variable = variable
        self.finding = finding
        self.fix = fix
        self.problems: tuple[SettingsError, ...] = (self, *others)
        super().__init__(
            "\n".join(f"{problem.variable}: {problem.finding}; {problem.fix}" for problem in self.problems)
        )


class InvalidValueError(AnalectsError, ValueError):
    """Raised by a validator (pydantic asks for a ValueError): what is wrong with a value, and how to fix it, without the value."""

    def __init__(self, finding: str, fix: str) -> None:
        super().__init__(f"{finding}; {fix}")
        self.finding = finding
        self.fix = fix

"""Reads the settings of this process, and says in plain words which ones cannot be used."""

import os
import warnings
from pathlib import Path
from typing import Literal, get_args, get_origin

from pydantic import ValidationError
from pydantic_core import ErrorDetails
from pydantic_settings import SettingsError as UnusableError

from bot.settings.errors import InvalidValueError, SettingsError
from bot.settings.settings import FolderSettings, Settings
from bot.settings.values import SAVE_TO_READWISE


def load_settings(corpus: Path | None = None) -> Settings:
    """The settings of this process; `corpus` (of the command line) overrules `CORPUS_PATH`.

    Raises SettingsError with one line for every variable that cannot be used.
    """
    given: dict[str, object] = {} if corpus is None else {"corpus_path": corpus}
    secrets = os.environ.get("SECRETS_DIR", "").strip() or None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", UserWarning)  # of files that cannot be used
            kind = Settings if corpus is None else FolderSettings
            settings = kind(_secrets_dir=secrets, **given)  # type: ignore[arg-type, call-arg]
            path = settings.corpus_path
            if settings.corpus_git is not None and ".." in path.parts and not path.is_absolute():
                raise SettingsError(
                    "CORPUS_PATH",
                    "it leads out of the repository",
                    "name a folder inside it, or give a whole path",
                )
            if settings.save_to == SAVE_TO_READWISE and settings.readwise_token is None:
                raise SettingsError(
                    "SAVE_TO",
                    "saving to Readwise needs READWISE_TOKEN",
                    "set it, or save to `folder`",
                )
            return settings
    except ValidationError as error:
        by_variable = {one["loc"]: _problem(one) for one in error.errors()}
        first, *others = by_variable.values()
        raise SettingsError(first.variable, first.finding, first.fix, *others) from None
    except UnicodeDecodeError:
        raise SettingsError(".env", "it is not UTF-8", "save it as UTF-8") from None
    except (UserWarning, UnusableError, OSError) as error:
        where = ".env" if isinstance(error, OSError) and str(error.filename) == ".env" else "SECRETS_DIR"
        raise SettingsError(where, *_unreadable(error.__cause__ or error)) from None


def _unreadable(error: BaseException) -> tuple[str, str]:
    """Why a file of settings was not read, and the fix. It may name the file, never what is in it."""
    if isinstance(error, OSError):
        return f"{error.filename}: {error.strerror}", "let this user read it"
    if isinstance(error, UnicodeDecodeError):
        return "a file in it is not UTF-8", "save it as UTF-8"
    return str(error), "mount the folder of secrets there, or unset it"


_URL_EXAMPLES = {
    "slack_api_url": "/api/, as https://slack.com/api/",
    "discord_api_url": "/api/v10, as https://discord.com/api/v10",
    "readwise_api_url": "/, as https://readwise.io/api/v2/",
}


def _problem(error: ErrorDetails) -> SettingsError:
    """A failed validation in plain words, from its type and the field's limits. Never the value, which may be a secret."""
    name = str(error["loc"][0]) if error["loc"] else "settings"
    finding, fix = _finding_and_fix(name, error)
    return SettingsError(name.upper(), finding, fix)


def _finding_and_fix(name: str, error: ErrorDetails) -> tuple[str, str]:
    context = error.get("ctx", {})
    invalid = context.get("error")
    if isinstance(invalid, InvalidValueError):
        return invalid.finding, invalid.fix
    kind = error["type"]
    if kind == "literal_error":
        return "it is none of the values that this setting takes", f"give one of {_choices(name)}"
    if name == "slack_command":
        return "it is not a slash command", "give a slash and up to 31 small letters or digits, as /library"
    if kind == "string_pattern_mismatch":
        return "it is not a URL of the expected form", f"give one that ends in {_URL_EXAMPLES[name]}"
    if kind.startswith("int"):
        return "it is not a whole number", "give a whole number"
    for limit, words in (("ge", "at least"), ("le", "at most"), ("gt", "more than"), ("lt", "less than")):
        if limit in context:
            return "the number is out of range", f"give {words} {context[limit]:g}"
    return "it cannot be used", str(invalid) if invalid is not None else "see the table of settings"


def _choices(name: str) -> str:
    """The values of a field that has a fixed set of them: "`on`, `off`, `auto`"."""
    annotation = Settings.model_fields[name].annotation
    literals = [annotation, *get_args(annotation)]
    values = [value for literal in literals if get_origin(literal) is Literal for value in get_args(literal)]
    return ", ".join(f"`{value}`" for value in values)

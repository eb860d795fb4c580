"""Reads the settings of this process, and says in plain words which ones cannot be used."""

import os
from collections.abc import Mapping
from pathlib import Path

from bot.settings.errors import InvalidValueError, SettingsError
from bot.settings.settings import FolderSettings, Settings
from bot.settings.values import SAVE_TO_READWISE, home_path

ENV_FILE = Path(".env")
"""In the working folder."""


def load_settings(corpus: Path | None = None) -> Settings:
<<<<<<< HEAD
    """The settings of this process; `corpus` (of the command line) overrules `CORPUS_PATH`.
=======
    """The settings of this process: of the environment, then of `.env`, then of the files in `SECRETS_DIR`; `corpus` (of the
    command line) goes before `CORPUS_PATH`.
>>>>>>> perf

    Raises SettingsError with one line for every variable that cannot be used.
    """
    found: dict[str, str] = {}
    for source in (_secret_files(), env_file(), os.environ):
        for name, written in source.items():
            if (
                written.strip() or name.lower() == "http_port"
            ):  # an empty line of a copied `.env` hides nothing
                found[name.lower()] = written
    if corpus is None:
        return settings_of(found)
    return settings_of({**found, "corpus_path": str(corpus)}, FolderSettings)


def settings_of(variables: Mapping[str, str], kind: type[Settings] = Settings) -> Settings:
    """The settings in these variables alone, in any case; an empty value is the default. Names of other programs are passed over.

    Raises SettingsError as `load_settings` does.
    """
    described = kind.described()
    values: dict[str, object] = {}
    problems = []
    written = {name.lower(): value.strip() for name, value in variables.items()}
    for name, one in described.items():
        if not written.get(name):
            continue
        try:
            values[name] = one.parse(written[name])
        except InvalidValueError as error:
            problems.append(SettingsError(name.upper(), error.finding, error.fix))
    if problems:
        first, *others = problems
        raise SettingsError(first.variable, first.finding, first.fix, *others)
    if written.get("http_port") == "":  # here empty means none
        values["http_port"] = None
    settings = kind(given=frozenset(values), **values)  # type: ignore[arg-type]
    _check_together(settings)
    return settings


def _check_together(settings: Settings) -> None:
    """Raises SettingsError for a value that another one rules out."""
    path = settings.corpus_path
    if settings.corpus_git is not None and ".." in path.parts and not path.is_absolute():
        raise SettingsError(
            "CORPUS_PATH", "it leads out of the repository", "name a folder inside it, or give a whole path"
        )
    if settings.save_to == SAVE_TO_READWISE and settings.readwise_token is None:
        raise SettingsError(
            "SAVE_TO", "saving to Readwise needs READWISE_TOKEN", "set it, or save to `folder`"
        )


def env_file() -> dict[str, str]:
    """What `.env` in the working folder sets, by the names as they are written. Raises SettingsError where it cannot be read."""
    try:
        if not ENV_FILE.is_file() and not ENV_FILE.is_fifo():
            return {}
        from dotenv import dotenv_values

        found = dotenv_values(ENV_FILE, encoding="utf-8")
    except UnicodeDecodeError:
        raise SettingsError(".env", "it is not UTF-8", "save it as UTF-8") from None
    except OSError as error:
        raise SettingsError(".env", f"{error.filename}: {error.strerror}", "let this user read it") from None
    return {name: value or "" for name, value in found.items()}


<<<<<<< HEAD
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
    values = [value for one in literals if get_origin(one) is Literal for value in get_args(one)]
    return ", ".join(f"`{value}`" for value in values)
=======
def _secret_files() -> dict[str, str]:
    """The secrets in `SECRETS_DIR`, a file for each. Raises SettingsError, which may name a file, never what is in it."""
    named = os.environ.get("SECRETS_DIR", "").strip()
    if not named:
        return {}
    mount = "mount the folder of secrets there, or unset it"
    known = Settings.described()
    found = {}
    try:
        folder = home_path(named)
        for path in sorted(folder.iterdir()):
            if path.name.lower() in known:
                found[path.name] = path.read_text(encoding="utf-8")
    except InvalidValueError as error:
        raise SettingsError("SECRETS_DIR", error.finding, error.fix) from None
    except UnicodeDecodeError:
        raise SettingsError("SECRETS_DIR", "a file in it is not UTF-8", "save it as UTF-8") from None
    except PermissionError as error:
        raise SettingsError(
            "SECRETS_DIR", f"{error.filename}: {error.strerror}", "let this user read it"
        ) from None
    except OSError as error:
        raise SettingsError("SECRETS_DIR", f"{error.filename}: {error.strerror}", mount) from None
    return found
>>>>>>> perf

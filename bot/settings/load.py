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
    """The settings of this process: of the environment, then of `.env`, then of the files in `SECRETS_DIR`; `corpus` (of the
    command line) goes before `CORPUS_PATH`.

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

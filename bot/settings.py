"""The settings: environment variables, `.env` and files of secrets, resolved once into one typed object before anything starts."""

import os
import re
import warnings
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Literal, get_args, get_origin
from urllib.parse import urlsplit

import platformdirs
from pydantic import Field, PrivateAttr, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_core import ErrorDetails, PydanticUseDefault
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)
from pydantic_settings import SettingsError as UnusableError

from bot.schedule import time_zones
from corpus.errors import AnalectsError
from corpus.folder.roots import Corpus, fetched_roots
from corpus.load import SAMPLE_NOTES, Rules
from corpus.privacy import entries

Names = Annotated[tuple[str, ...], NoDecode]
"""A list, separated by commas."""
Limits = Annotated[tuple[int, int], NoDecode]
"""Questions per minute: of a person, and in a channel."""

DEFAULT_PRIVATE_TAGS = ("private",)

Seconds = float
"""Written as a number of seconds, or as `6h`, `90m`, `30s`."""

_DURATION = re.compile(r"(\d{1,9}(?:\.\d{1,3})?) ?([smh]?)")
_PLACE = re.compile(r"(slack|discord):[A-Za-z0-9]+")


class SettingsError(AnalectsError):
    """A setting that cannot be used: the variable, what was found, and how to fix it. Never a secret's value.

    `problems` holds one error for each variable; the message has one line for each.
    """

    def __init__(self, variable: str, finding: str, fix: str, *others: "SettingsError") -> None:
        self.variable = variable
        self.finding = finding
        self.fix = fix
        self.problems: tuple[SettingsError, ...] = (self, *others)
        super().__init__("\n".join(f"{one.variable}: {one.finding}; {one.fix}" for one in self.problems))


class InvalidValueError(ValueError):
    """Raised by a validator: what is wrong with a value, and how to fix it, without the value."""

    def __init__(self, finding: str, fix: str) -> None:
        super().__init__(f"{finding}; {fix}")
        self.finding = finding
        self.fix = fix


class Settings(BaseSettings):
    """Every setting with its default. An empty value means the default."""

    model_config = SettingsConfigDict(env_file=".env", env_file_encoding="utf-8", extra="ignore", frozen=True)

    _corpus_alone: bool = PrivateAttr(default=False)
    """Whether the command line names the folder: then nothing else is read."""

    corpus_path: Path = Field(
        default=SAMPLE_NOTES, description="folder of notes; the sample notes where none is named"
    )
    readwise_token: SecretStr | None = Field(
        default=None,
        description="fetches highlights from Readwise by its API into `STATE_PATH`; they join those of `CORPUS_PATH` (without one "
        "the sample notes are left out)",
    )
    readwise_api_url: str = Field(
        default="https://readwise.io/api/v2/",
        pattern=r"^https?://[^\s?#]+/$",
        description="base of that API, ending in `/`: a proxy, a test server",
    )
    readwise_webhook_secret: SecretStr | None = Field(
        default=None, description="with it, `/readwise/webhook` asks for a sync now"
    )
    corpus_git: str | None = Field(
        default=None,
        description="`https://host/owner/vault.git`: a repository of notes that is followed; a relative `CORPUS_PATH` then names a "
        "folder inside it",
    )
    corpus_git_token: SecretStr | None = Field(
        default=None, description="read-only token for that repository"
    )
    corpus_git_branch: str | None = Field(
        default=None, description="branch that is followed; empty: the repository's default branch"
    )
    sync_interval: Seconds = Field(
        default=900.0,
        ge=1,
        le=24 * 3600,
        description="how often changes are fetched from Readwise and git: `15m`, `1h` or seconds; everything once a day",
    )
    plain_notes: Literal["on", "off", "auto"] = Field(
        default="auto",
        description="notes that are no export: `on`, `off`, or `auto`: where the folder holds no export at all, "
        "else only those with a `url`, `source` or `link` property",
    )
    private_tags: Names = Field(
        default=DEFAULT_PRIVATE_TAGS,
        description="notes and highlights with one of these tags never enter the library",
    )
    private_paths: Names = Field(
        default=(), description="notes at these paths neither: globs below the folder"
    )
    quotes_per_answer: int = Field(default=3, ge=1, le=20, description='quotes shown before "More"')
    embedding_model: str = Field(
        default="auto",
        description="finds other words of the same meaning: `auto` (the best model that is installed), `off`, `builtin`, `english`, "
        "`quality`, `multilingual`, or a folder with a model in ONNX format",
    )
    model_url: str = Field(
        default="https://huggingface.co/",
        pattern=r"^https?://[^\s?#]+/$",
        description="where `analects model fetch` gets models, ending in `/`: a mirror, a test server",
    )

    slack_bot_token: SecretStr | None = Field(
        default=None, description="bot token of the Slack app (`xoxb-…`); starts Slack"
    )
    slack_app_token: SecretStr | None = Field(
        default=None, description="app-level token (`xapp-…`): Slack in Socket Mode"
    )
    slack_signing_secret: SecretStr | None = Field(
        default=None, description="with the bot token and no app token: Slack over HTTP, at `/slack/events`"
    )
    slack_api_url: str = Field(
        default="https://slack.com/api/",
        pattern=r"^https?://[^\s]+/api/$",
        description="base of Slack's Web API, ending in `/api/`: GovSlack, a proxy, a test server",
    )
    discord_token: SecretStr | None = Field(
        default=None, description="bot token of the Discord application; starts Discord"
    )
    discord_api_url: str = Field(
        default="https://discord.com/api/v10",
        pattern=r"^https?://[^\s?#]+/api/v10/?$",
        description="base of Discord's REST API, ending in `/api/v10`: a proxy, a test server; it names the gateway",
    )
    allowed_channels: Names = Field(
        default=(),
        description="`slack:C012,discord:123`: where questions are answered; none: wherever it was invited in "
        "its own workspace",
    )
    allowed_servers: Names = Field(
        default=(),
        description="Slack teams and Discord guilds, written the same way, answered in all channels",
    )
    questions_per_minute: Limits = Field(
        default=(10, 30), description="questions answered a minute: of a person, in a channel"
    )
    database_url: SecretStr | None = Field(
        default=None,
        description="database of the state: `postgresql://…` where several replicas share it; without it SQLite in `STATE_PATH`",
    )
    state_path: Path = Field(
        default_factory=lambda: platformdirs.user_state_path("analects"),
        description="folder of the state (which questions were answered, digests: ids only) and of the cache of notes read",
    )
    digest_zone: str = Field(
        default_factory=time_zones.host_zone,
        description="time zone of a digest where the one who sets it names none and theirs is not known",
    )
    digest_grace: Seconds = Field(
        default=6 * 3600.0,
        ge=0,
        le=24 * 3600,
        description="how late a digest may come where the bot was away at its time: `6h`, `90m` or seconds",
    )
    digest_setters: Literal["managers", "everyone"] = Field(
        default="managers",
        description="who may set a channel's digest: `managers` (on Slack its creator and workspace admins, on Discord who "
        "may manage the channel) or `everyone`",
    )
    http_host: str = Field(
        default="127.0.0.1", description="where `/healthz`, `/readyz` and `/metrics` are served"
    )
    http_port: int | None = Field(
        default=8080, ge=0, le=65535, description="0 picks a port and logs it; empty: nothing is served"
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        default="INFO", description="what is logged on standard error"
    )
    log_format: Literal["text", "json"] | None = Field(
        default=None, description="`text` or `json`; by default text on a terminal, else json"
    )

    @field_validator("private_tags", mode="before")
    @classmethod
    def _private_tags(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        if not (found := entries.tags_of(value)):
            raise ValueError("no tag can be read from it; write them apart by commas, as private, diary")
        return found

    @field_validator("private_paths", mode="before")
    @classmethod
    def _private_paths(cls, value: object) -> object:
        return entries.paths_of(value) if isinstance(value, str) else value

    @field_validator("allowed_channels", "allowed_servers", mode="before")
    @classmethod
    def _listed(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value

    @field_validator("digest_zone", mode="before")
    @classmethod
    def _zone(cls, value: object) -> object:
        found = time_zones.find(value) if isinstance(value, str) else None
        if found is None:
            raise InvalidValueError("this is no time zone", "give one, as Europe/Berlin")
        return found

    @field_validator("corpus_path", "state_path")
    @classmethod
    def _home(cls, value: Path) -> Path:
        try:
            return value.expanduser()
        except RuntimeError:
            raise InvalidValueError("there is no such user's home folder", "write the path in full") from None

    @field_validator("readwise_api_url")
    @classmethod
    def _private_on_the_way(cls, value: str) -> str:
        if value.startswith("http://") and not _is_loopback(urlsplit(value).hostname or ""):
            raise InvalidValueError(
                "over http:// the token could be read on the way", "give an address that begins with https://"
            )
        return value

    @field_validator("corpus_git")
    @classmethod
    def _repository(cls, value: str | None) -> str | None:
        if value is None:
            return None
        address = urlsplit(value)
        if address.password is not None:
            raise InvalidValueError("the address holds a password", "move it to CORPUS_GIT_TOKEN")
        if address.scheme == "http" and not _is_loopback(address.hostname or ""):
            raise InvalidValueError(
                "over http:// the token could be read on the way", "give an address that begins with https://"
            )
        if address.scheme not in ("http", "https") or not address.hostname or not address.path.strip("/"):
            raise InvalidValueError(
                "this is no address of a repository", "give one, as https://github.com/you/vault.git"
            )
        return value

    @field_validator("digest_grace", "sync_interval", mode="before")
    @classmethod
    def _duration(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        found = _DURATION.fullmatch(value.lower())
        if found is None:
            raise InvalidValueError("this is no duration", "give one, as 6h, 90m or a number of seconds")
        return float(found[1]) * {"": 1, "s": 1, "m": 60, "h": 3600}[found[2]]

    @field_validator("embedding_model")
    @classmethod
    def _off(cls, value: str) -> str:
        return value.lower() if value.lower() in ("auto", "off") else value

    @field_validator("plain_notes", "log_format", "digest_setters", mode="before")
    @classmethod
    def _lowered(cls, value: object) -> object:
        return value.lower() if isinstance(value, str) else value

    @field_validator("log_level", mode="before")
    @classmethod
    def _raised(cls, value: object) -> object:
        return value.upper() if isinstance(value, str) else value

    @field_validator("allowed_channels", "allowed_servers")
    @classmethod
    def _places(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if not all(_PLACE.fullmatch(one) for one in value):
            raise InvalidValueError("an entry names no platform", "write each as slack:C012 or discord:123")
        return value

    @field_validator("questions_per_minute", mode="before")
    @classmethod
    def _two_numbers(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        parts = [part.strip() for part in value.split(",")]
        if len(parts) != 2 or not all(part.isdecimal() and 0 < int(part) < 100_000 for part in parts):
            raise InvalidValueError("this is no pair of numbers", "give two whole numbers above 0, as 10,30")
        return tuple(int(part) for part in parts)

    # The last of the validators that stand here runs first.
    @field_validator("*", mode="before")
    @classmethod
    def _empty_is_default(cls, value: object, info: ValidationInfo) -> object:
        if isinstance(value, str) and not value.strip():
            if info.field_name == "http_port":  # here empty means none
                return None
            raise PydanticUseDefault
        return value.strip() if isinstance(value, str) else value

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Environment, `.env`, files; an empty value is none, so that a copied `.env` does not hide a file."""
        del settings_cls
        for source in (env_settings, dotenv_settings):
            if isinstance(source, EnvSettingsSource):
                source.env_vars = {
                    name: value
                    for name, value in source.env_vars.items()
                    if name.lower() == "http_port" or (value and value.strip())
                }
        return init_settings, env_settings, dotenv_settings, file_secret_settings

    @property
    def cache_path(self) -> Path:
        """Where what was read is kept for the next start: in `STATE_PATH` where that is set, else in the platform's place."""
        if "state_path" in self.model_fields_set:
            return self.state_path / "cache"
        return platformdirs.user_cache_path("analects")

    @property
    def models_path(self) -> Path:
        """Where `analects model fetch` puts models."""
        return self.cache_path / "models"

    @property
    def corpus(self) -> Corpus:
        """All that is answered from: the folder of `--corpus` alone, or `CORPUS_PATH` and what was fetched, or the sample
        notes. What was fetched once is read even if its token is not set now."""
        if self._corpus_alone:
            return self.corpus_path
        named = self.corpus_path if "corpus_path" in self.model_fields_set else None
        found = fetched_roots(
            self.state_path, self.readwise_token is not None, self.corpus_git is not None, named
        )
        return found if found is not None else self.corpus_path

    @property
    def fetches(self) -> bool:
        """Whether notes are to be fetched from Readwise or git."""
        return not self._corpus_alone and (self.readwise_token is not None or self.corpus_git is not None)

    @property
    def rules(self) -> Rules:
        """What of the folder counts."""
        return Rules(self.plain_notes, self.private_tags, self.private_paths)


def load_settings(corpus: Path | None = None) -> Settings:
    """The settings of this process; `corpus` (of the command line) goes before `CORPUS_PATH`.

    Raises SettingsError with one line for every variable that cannot be used.
    """
    given: dict[str, object] = {} if corpus is None else {"corpus_path": corpus}
    secrets = os.environ.get("SECRETS_DIR", "").strip() or None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", UserWarning)  # of files that cannot be used
            settings = Settings(_secrets_dir=secrets, **given)  # type: ignore[arg-type, call-arg]
            settings._corpus_alone = corpus is not None
            path = settings.corpus_path
            if settings.corpus_git is not None and ".." in path.parts and not path.is_absolute():
                raise SettingsError(
                    "CORPUS_PATH",
                    "it leads out of the repository",
                    "name a folder inside it, or give a whole path",
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


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


_URL_EXAMPLES = {
    "slack_api_url": "/api/, as https://slack.com/api/",
    "discord_api_url": "/api/v10, as https://discord.com/api/v10",
    "readwise_api_url": "/, as https://readwise.io/api/v2/",
}


def _problem(error: ErrorDetails) -> SettingsError:
    """A failed validation in our words, from its type and the field's limits. Never the value, which may be a secret."""
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
        return "this is no such choice", f"give one of {_choices(name)}"
    if kind == "string_pattern_mismatch":
        return "this is no such URL", f"give one that ends in {_URL_EXAMPLES[name]}"
    if kind.startswith("int"):
        return "this is no whole number", "give a whole number"
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

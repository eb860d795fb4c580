"""Every setting: its name, type, default and description."""

from pathlib import Path
from typing import Annotated, Literal

import platformdirs
from pydantic import Field, SecretStr, ValidationInfo, field_validator
from pydantic_core import PydanticUseDefault
from pydantic_settings import BaseSettings, EnvSettingsSource, PydanticBaseSettingsSource, SettingsConfigDict

from bot.schedule import time_zones
from bot.settings.values import (
    LOWER_CASE,
    SAVE_TO_READWISE,
    SAVE_TO_STATE,
    UPPER_CASE,
    Days,
    EncryptedUrl,
    HomePath,
    PathGlobs,
    People,
    Places,
    QuestionLimits,
    RepositoryUrl,
    SaveTarget,
    Seconds,
    Tags,
    Zone,
)
from corpus.folder.roots import Corpus, fetched_roots, saved_folder, with_saved
from corpus.folder.selection import SAMPLE_NOTES, Rules

DEFAULT_PRIVATE_TAGS = ("private",)


class Settings(BaseSettings):
    """Every setting with its default. An empty value means the default."""

    model_config = SettingsConfigDict(env_file=".env", env_file_encoding="utf-8", extra="ignore", frozen=True)

    corpus_path: HomePath = Field(
        default=SAMPLE_NOTES, description="folder of notes; the sample notes where none is named"
    )
    readwise_token: SecretStr | None = Field(
        default=None,
        description="fetches highlights from Readwise by its API into `STATE_PATH`; they join those of `CORPUS_PATH` (without one "
        "the sample notes are left out)",
    )
    readwise_api_url: EncryptedUrl = Field(
        default="https://readwise.io/api/v2/",
        pattern=r"^https?://[^\s?#]+/$",
        description="base of that API, ending in `/`: a proxy, a test server",
    )
    readwise_webhook_secret: SecretStr | None = Field(
        default=None, description="with it, `/readwise/webhook` asks for a sync now"
    )
    corpus_git: RepositoryUrl | None = Field(
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
    save_to: SaveTarget | None = Field(
        default=None,
        description="“Save as highlight” on a message: `folder` (notes in `STATE_PATH/saved`, always part of the library), "
        "a folder of yours, or `readwise`; empty: off",
    )
    savers: Places = Field(
        default=(),
        description="who may save: `slack:U012,discord:123`; none: whoever may ask at home, but no guests, and not in channels "
        "shared with other companies",
    )
    plain_notes: Annotated[Literal["on", "off", "auto"], LOWER_CASE] = Field(
        default="auto",
        description="notes that are no export: `on`, `off`, or `auto`: where the folder holds no export at all, "
        "else only those with a `url`, `source` or `link` property",
    )
    private_tags: Tags = Field(
        default=DEFAULT_PRIVATE_TAGS,
        description="notes and highlights with one of these tags never enter the library",
    )
    private_paths: PathGlobs = Field(
        default=(), description="notes at these paths neither: globs below the folder"
    )
    quotes_per_answer: int = Field(default=3, ge=1, le=20, description='most quotes shown before "More"')
    embedding_model: str = Field(
        default="auto",
        description="finds other words of the same meaning: `auto` (the best model that is installed), `off`, `builtin`, "
        "`english`, `quality`, `multilingual`, or a folder with a model in ONNX format",
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
    slack_command: str = Field(
        default="/highlight",
        pattern=r"^/[a-z0-9_-]{1,31}$",
        description="the app's slash command, where `analects setup slack --command` named another one",
    )
    slack_config_token: SecretStr | None = Field(
        default=None,
        description="app configuration token (`xoxe.xoxp-…`), read by `analects doctor` alone: it compares the installed app with "
        "this version's manifest",
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
    allowed_channels: Places = Field(
        default=(),
        description="`slack:C012,discord:123`: where questions are answered; none: wherever it was invited in "
        "its own workspace",
    )
    allowed_servers: Places = Field(
        default=(),
        description="Slack teams and Discord guilds, written the same way, answered in all channels",
    )
    allowed_people: Places = Field(
        default=(),
        description="only these may ask, in the places above: `slack:U012,discord:123`; none: everyone there",
    )
    discord_users: People = Field(
        default=(),
        description="Discord user ids, who may use `/highlight` in every server, direct message and group, answered privately, "
        "like the application's owner: `123,456`",
    )
    ask_channels: Places = Field(
        default=(),
        description="`slack:C012,discord:123`: every question there is answered, no mention needed",
    )
    discord_message_content: Annotated[Literal["on", "off"], LOWER_CASE] = Field(
        default="off",
        description="`on` asks Discord for the message content intent, which `ASK_CHANNELS` does too: in a thread that it answered "
        "in, questions then need no mention",
    )
    private_channels: Places = Field(
        default=(),
        description="`slack:C012`: mentions there are answered to the asker alone, who may share the answer or keep it in their "
        "direct messages",
    )
    questions_per_minute: QuestionLimits = Field(
        default=(10, 30), description="questions answered a minute: of a person, in a channel"
    )
    keep_unanswered: Days = Field(
        default=None,
        description="for how many days questions that found nothing, or were marked as wrongly answered, are kept with their text "
        "for whoever runs the bot (`/highlight gaps`, `analects gaps`); `off`: none is kept",
    )
    database_url: SecretStr | None = Field(
        default=None,
        description="database of the state: `postgresql://…` where several replicas share it; without it SQLite in `STATE_PATH`",
    )
    state_path: HomePath = Field(
        default_factory=lambda: platformdirs.user_state_path("analects"),
        description="folder of the state (which questions were answered, digests: ids only) and of the cache of notes read",
    )
    digest_zone: Zone = Field(
        default_factory=time_zones.host_zone,
        description="time zone of a digest where the one who sets it names none and theirs is not known",
    )
    digest_grace: Seconds = Field(
        default=6 * 3600.0,
        ge=0,
        le=24 * 3600,
        description="how late a digest may come where the bot was away at its time: `6h`, `90m` or seconds",
    )
    digest_setters: Annotated[Literal["managers", "everyone"], LOWER_CASE] = Field(
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
    mcp_token: SecretStr | None = Field(
        default=None, description="secret that clients of `analects mcp --http` bring as bearer token"
    )
    quote_pictures: Annotated[Literal["off", "light", "dark"], LOWER_CASE] = Field(
        default="off",
        description="“As a picture” below quotes: `light`, `dark` or `off`; needs the extra `pictures`, and on Slack the scope "
        "`files:write` (`analects setup slack --pictures`)",
    )
    feed_key: SecretStr | None = Field(
        default=None,
        description="secret in the address of the feed of digests, `/digest.atom?key=…`; without it there is no feed",
    )
    log_level: Annotated[Literal["DEBUG", "INFO", "WARNING", "ERROR"], UPPER_CASE] = Field(
        default="INFO", description="what is logged on standard error"
    )
    log_format: Annotated[Literal["text", "json"] | None, LOWER_CASE] = Field(
        default=None, description="`text` or `json`; by default text on a terminal, else json"
    )

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
    def keep_unanswered_s(self) -> float:
        """`KEEP_UNANSWERED` in seconds; 0: nothing is kept."""
        return 86400.0 * (self.keep_unanswered or 0)

    @property
    def cache_path(self) -> Path:
        """The folder of the cache of notes: in `STATE_PATH` if that is set, else in the cache folder of the operating system."""
        if "state_path" in self.model_fields_set:
            return self.state_path / "cache"
        return platformdirs.user_cache_path("analects")

    @property
    def models_path(self) -> Path:
        """Where `analects model fetch` puts models."""
        return self.cache_path / "models"

    @property
    def corpus(self) -> Corpus:
        """The notes that answers come from: `CORPUS_PATH` and fetched notes, or the sample notes. Notes once fetched are read
        even if their token is no longer set."""
        named = self.corpus_path if "corpus_path" in self.model_fields_set else None
        found = fetched_roots(
            self.state_path, self.readwise_token is not None, self.corpus_git is not None, named
        )
        in_state, wanted = saved_folder(self.state_path), self.save_folder
        folders = [one for one in (in_state, wanted) if one is not None and (one == wanted or one.is_dir())]
        return with_saved(found if found is not None else self.corpus_path, dict.fromkeys(folders))

    @property
    def save_folder(self) -> Path | None:
        """The folder that messages are saved in; None if they are saved elsewhere or not at all."""
        if self.save_to is None or self.save_to == SAVE_TO_READWISE:
            return None
        return (
            saved_folder(self.state_path)
            if self.save_to == SAVE_TO_STATE
            else Path(self.save_to).expanduser()
        )

    @property
    def fetches(self) -> bool:
        """Whether notes are to be fetched from Readwise or git."""
        return self.readwise_token is not None or self.corpus_git is not None

    @property
    def rules(self) -> Rules:
        """The rules for which notes of the folder count."""
        return Rules(self.plain_notes, self.private_tags, self.private_paths)


class FolderSettings(Settings):
    """The settings if the command line names a folder (`--corpus`): only that folder is read, and nothing is fetched."""

    @property
    def corpus(self) -> Corpus:
        """The folder."""
        return self.corpus_path

    @property
    def fetches(self) -> bool:
        """Never."""
        return False

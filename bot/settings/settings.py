"""Every setting: its name, type, default and description."""

from dataclasses import dataclass, fields
from pathlib import Path
from typing import Literal

import platformdirs

from bot.schedule import time_zones
from bot.settings.described import KEY, Described, computed_setting, setting
from bot.settings.secret import SecretStr
from bot.settings.values import (
    SAVE_TO_READWISE,
    SAVE_TO_STATE,
    days,
    discord_people,
    home_path,
    one_of,
    path_globs,
    places,
    question_limits,
    repository_url,
    save_target,
    seconds,
    slash_command,
    tags,
    token_url,
    url,
    whole_number,
    zone,
)
from corpus.folder.roots import Corpus, fetched_roots, saved_folder, with_saved
from corpus.folder.selection import SAMPLE_NOTES, Rules

DEFAULT_PRIVATE_TAGS = ("private",)


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Every setting with its default."""

    corpus_path: Path = setting(
        home_path, SAMPLE_NOTES, "folder of notes; the sample notes where none is named"
    )
    readwise_token: SecretStr | None = setting(
        SecretStr,
        None,
        "fetches highlights from Readwise by its API into `STATE_PATH`; they join those of `CORPUS_PATH` (without one "
        "the sample notes are left out)",
    )
    readwise_api_url: str = setting(
        token_url(r"https?://[^\s?#]+/", "/, as https://readwise.io/api/v2/"),
        "https://readwise.io/api/v2/",
        "base of that API, ending in `/`: a proxy, a test server",
    )
    readwise_webhook_secret: SecretStr | None = setting(
        SecretStr, None, "with it, `/readwise/webhook` asks for a sync now"
    )
    corpus_git: str | None = setting(
        repository_url,
        None,
        "`https://host/owner/vault.git`: a repository of notes that is followed; a relative `CORPUS_PATH` then names a "
        "folder inside it",
    )
    corpus_git_token: SecretStr | None = setting(SecretStr, None, "read-only token for that repository")
    corpus_git_branch: str | None = setting(
        str, None, "branch that is followed; empty: the repository's default branch"
    )
    sync_interval: float = setting(
        seconds(1, 24 * 3600),
        900.0,
        "how often changes are fetched from Readwise and git: `15m`, `1h` or seconds; everything once a day",
    )
    save_to: str | None = setting(
        save_target,
        None,
        "“Save as highlight” on a message: `folder` (notes in `STATE_PATH/saved`, always part of the library), "
        "a folder of yours, or `readwise`; empty: off",
    )
    savers: tuple[str, ...] = setting(
        places,
        (),
        "who may save: `slack:U012,discord:123`; none: whoever may ask at home, but no guests, and not in channels "
        "shared with other companies",
    )
    plain_notes: Literal["on", "off", "auto"] = setting(
        one_of("on", "off", "auto"),
        "auto",
        "notes that are no export: `on`, `off`, or `auto`: where the folder holds no export at all, "
        "else only those with a `url`, `source` or `link` property",
    )
    private_tags: tuple[str, ...] = setting(
        tags, DEFAULT_PRIVATE_TAGS, "notes and highlights with one of these tags never enter the library"
    )
    private_paths: tuple[str, ...] = setting(
        path_globs, (), "notes at these paths neither: globs below the folder"
    )
    quotes_per_answer: int = setting(whole_number(1, 20), 3, 'quotes shown before "More"')
    embedding_model: str = setting(
        str,
        "auto",
        "finds other words of the same meaning: `auto` (the best model that is installed), `off`, `builtin`, "
        "`english`, `quality`, `multilingual`, or a folder with a model in ONNX format",
    )
    model_url: str = setting(
        url(r"https?://[^\s?#]+/", "/, as https://huggingface.co/"),
        "https://huggingface.co/",
        "where `analects model fetch` gets models, ending in `/`: a mirror, a test server",
    )

    slack_bot_token: SecretStr | None = setting(
        SecretStr, None, "bot token of the Slack app (`xoxb-…`); starts Slack"
    )
    slack_app_token: SecretStr | None = setting(
        SecretStr, None, "app-level token (`xapp-…`): Slack in Socket Mode"
    )
    slack_signing_secret: SecretStr | None = setting(
        SecretStr, None, "with the bot token and no app token: Slack over HTTP, at `/slack/events`"
    )
    slack_command: str = setting(
        slash_command,
        "/highlight",
        "the app's slash command, where `analects setup slack --command` named another one",
    )
    slack_config_token: SecretStr | None = setting(
        SecretStr,
        None,
        "app configuration token (`xoxe.xoxp-…`), read by `analects doctor` alone: it compares the installed app with "
        "this version's manifest",
    )
    slack_api_url: str = setting(
        url(r"https?://\S+/api/", "/api/, as https://slack.com/api/"),
        "https://slack.com/api/",
        "base of Slack's Web API, ending in `/api/`: GovSlack, a proxy, a test server",
    )
    discord_token: SecretStr | None = setting(
        SecretStr, None, "bot token of the Discord application; starts Discord"
    )
    discord_api_url: str = setting(
        url(r"https?://[^\s?#]+/api/v10/?", "/api/v10, as https://discord.com/api/v10"),
        "https://discord.com/api/v10",
        "base of Discord's REST API, ending in `/api/v10`: a proxy, a test server; it names the gateway",
    )
    allowed_channels: tuple[str, ...] = setting(
        places,
        (),
        "`slack:C012,discord:123`: where questions are answered; none: wherever it was invited in "
        "its own workspace",
    )
    allowed_servers: tuple[str, ...] = setting(
        places, (), "Slack teams and Discord guilds, written the same way, answered in all channels"
    )
    allowed_people: tuple[str, ...] = setting(
        places, (), "only these may ask, in the places above: `slack:U012,discord:123`; none: everyone there"
    )
    discord_users: tuple[str, ...] = setting(
        discord_people,
        (),
        "Discord user ids, who may use `/highlight` in every server, direct message and group, answered privately, "
        "like the application's owner: `123,456`",
    )
    ask_channels: tuple[str, ...] = setting(
        places, (), "`slack:C012,discord:123`: every question there is answered, no mention needed"
    )
    discord_message_content: Literal["on", "off"] = setting(
        one_of("on", "off"),
        "off",
        "`on` asks Discord for the message content intent, which `ASK_CHANNELS` does too: in a thread that it answered "
        "in, questions then need no mention",
    )
    private_channels: tuple[str, ...] = setting(
        places,
        (),
        "`slack:C012`: mentions there are answered to the asker alone, who may share the answer or keep it in their "
        "direct messages",
    )
    questions_per_minute: tuple[int, int] = setting(
        question_limits, (10, 30), "questions answered a minute: of a person, in a channel"
    )
    keep_unanswered: int | None = setting(
        days,
        None,
        "for how many days questions that found nothing, or were marked as wrongly answered, are kept with their text "
        "for whoever runs the bot (`/highlight gaps`, `analects gaps`); `off`: none is kept",
    )
    database_url: SecretStr | None = setting(
        SecretStr,
        None,
        "database of the state: `postgresql://…` where several replicas share it; without it SQLite in `STATE_PATH`",
    )
    state_path: Path = computed_setting(
        home_path,
        lambda: platformdirs.user_state_path("analects"),
        "folder of the state (which questions were answered, digests: ids only) and of the cache of notes read",
    )
    digest_zone: str = computed_setting(
        zone,
        time_zones.host_zone,
        "time zone of a digest where the one who sets it names none and theirs is not known",
    )
    digest_grace: float = setting(
        seconds(0, 24 * 3600),
        6 * 3600.0,
        "how late a digest may come where the bot was away at its time: `6h`, `90m` or seconds",
    )
    digest_setters: Literal["managers", "everyone"] = setting(
        one_of("managers", "everyone"),
        "managers",
        "who may set a channel's digest: `managers` (on Slack its creator and workspace admins, on Discord who "
        "may manage the channel) or `everyone`",
    )
    http_host: str = setting(str, "127.0.0.1", "where `/healthz`, `/readyz` and `/metrics` are served")
    http_port: int | None = setting(
        whole_number(0, 65535), 8080, "0 picks a port and logs it; empty: nothing is served"
    )
    mcp_token: SecretStr | None = setting(
        SecretStr, None, "secret that clients of `analects mcp --http` bring as bearer token"
    )
    quote_pictures: Literal["off", "light", "dark"] = setting(
        one_of("off", "light", "dark"),
        "off",
        "“As a picture” below quotes: `light`, `dark` or `off`; needs the extra `pictures`, and on Slack the scope "
        "`files:write` (`analects setup slack --pictures`)",
    )
    feed_key: SecretStr | None = setting(
        SecretStr,
        None,
        "secret in the address of the feed of digests, `/digest.atom?key=…`; without it there is no feed",
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = setting(
        one_of("DEBUG", "INFO", "WARNING", "ERROR"), "INFO", "what is logged on standard error"
    )
    log_format: Literal["text", "json"] | None = setting(
        one_of("text", "json"), None, "`text` or `json`; by default text on a terminal, else json"
    )

    given: frozenset[str] = frozenset()
    """The names of those that were set to a value."""

    @classmethod
    def described(cls) -> dict[str, Described]:
        """Every setting by its name in small letters."""
        return {one.name: one.metadata[KEY] for one in fields(cls) if KEY in one.metadata}

    @property
    def keep_unanswered_s(self) -> float:
        """`KEEP_UNANSWERED` in seconds; 0: nothing is kept."""
        return 86400.0 * (self.keep_unanswered or 0)

    @property
    def cache_path(self) -> Path:
        """The folder of the cache of notes: in `STATE_PATH` if that is set, else where the operating system keeps caches."""
        if "state_path" in self.given:
            return self.state_path / "cache"
        return platformdirs.user_cache_path("analects")

    @property
    def models_path(self) -> Path:
        """Where `analects model fetch` puts models."""
        return self.cache_path / "models"

    @property
    def corpus(self) -> Corpus:
<<<<<<< HEAD
        """The notes that answers come from: `CORPUS_PATH` and fetched notes, or the sample notes. Notes once fetched are read
        even if their token is no longer set."""
        named = self.corpus_path if "corpus_path" in self.model_fields_set else None
=======
        """All that is answered from: `CORPUS_PATH` and what was fetched, or the sample notes. What was fetched once is read
        even if its token is not set now."""
        named = self.corpus_path if "corpus_path" in self.given else None
>>>>>>> perf
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

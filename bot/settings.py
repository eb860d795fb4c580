"""Settings: environment variables, `.env`, resolved once into one typed object before anything is read or connects."""

import os
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, ValidationError, field_validator
from pydantic_core import PydanticUseDefault
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from corpus.load import SAMPLE_NOTES, Rules

Names = Annotated[tuple[str, ...], NoDecode]
"""A list separated by commas, blanks trimmed."""


class SettingsError(Exception):
    """Settings that cannot be used; the message names the variable and the mend, never a secret's value."""


class Settings(BaseSettings):
    """Every setting with its default. An empty value means the default."""

    model_config = SettingsConfigDict(env_file=".env", env_file_encoding="utf-8", extra="ignore", frozen=True)

    corpus_path: Path = Field(
        default=SAMPLE_NOTES, description="folder of notes; the sample notes where none is named"
    )
    plain_notes: Literal["on", "off", "auto"] = Field(
        default="auto",
        description="notes that are no export: `on`, `off`, or `auto`: where the folder holds no export at all, "
        "else only those with a `url`, `source` or `link` property",
    )
    private_tags: Names = Field(
        default=("private",),
        description="notes and highlights with one of these tags never enter the library",
    )
    private_paths: Names = Field(
        default=(), description="notes at these paths neither: globs below the folder"
    )
    quotes_per_answer: int = Field(default=3, ge=1, le=20, description='quotes shown before "More"')

    @field_validator("private_tags", "private_paths", mode="before")
    @classmethod
    def _listed(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value

    @field_validator("plain_notes", mode="before")
    @classmethod
    def _lowered(cls, value: object) -> object:
        return value.lower() if isinstance(value, str) else value

    # The last of the validators that stand here runs first.
    @field_validator("*", mode="before")
    @classmethod
    def _empty_is_default(cls, value: object) -> object:
        if isinstance(value, str) and not value.strip():
            raise PydanticUseDefault
        return value.strip() if isinstance(value, str) else value

    @property
    def rules(self) -> Rules:
        """What of the folder counts."""
        return Rules(self.plain_notes, self.private_tags, self.private_paths)


def load_settings(corpus: Path | None = None) -> Settings:
    """The settings of this process; `corpus` (of the command line) goes before `CORPUS_PATH`.

    Raises SettingsError with one line for every variable that cannot be used.
    """
    given: dict[str, object] = {} if corpus is None else {"corpus_path": corpus}
    try:
        return Settings(_secrets_dir=os.environ.get("SECRETS_DIR") or None, **given)  # type: ignore[arg-type, call-arg]
    except ValidationError as error:
        lines = [f"{_variable(one['loc'])}: {_sentence(one['type'], one['msg'])}" for one in error.errors()]
        raise SettingsError("\n".join(dict.fromkeys(lines))) from None
    except UnicodeDecodeError:
        raise SettingsError(".env: not UTF-8; save it as UTF-8") from None


def _variable(location: tuple[int | str, ...]) -> str:
    return str(location[0]).upper() if location else "settings"


def _sentence(kind: str, message: str) -> str:
    """The rule that was broken; never the value, which may be a secret."""
    if kind == "literal_error":
        return message.replace("Input should be", "give one of").replace(" or ", ", ")
    if kind.startswith("int"):
        return "give a whole number"
    return message.removeprefix("Value error, ").replace("Input should be", "give a number")

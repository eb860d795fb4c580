"""The settings: environment variables, `.env` and files of secrets, resolved once into one typed object before anything starts."""

from bot.settings.errors import SettingsError
from bot.settings.load import load_settings
from bot.settings.settings import DEFAULT_PRIVATE_TAGS, Settings

__all__ = ["DEFAULT_PRIVATE_TAGS", "Settings", "SettingsError", "load_settings"]

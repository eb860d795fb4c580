"""Why notes could not be fetched. Each message is a sentence for a person, without its full stop and without any token.

SourceError
├── RefusedTokenError        the service refuses the token: a person has to act
├── OutOfReachError          no answer, an answer that was cut off, a fault of the service, or a rate limit that lasts too long
├── UnusableAnswerError      the answer is not what the service documents
├── ReplacementRefusedError  most highlights would be removed, and nobody has confirmed it
├── BusyError                another process fetches into the same folder
└── CannotWriteError         the fetched notes could not be written to STATE_PATH
"""

from bot.settings import SettingsError
from corpus.errors import AnalectsError


class SourceError(AnalectsError):
    """Notes could not be fetched. Those fetched before are still there."""


class RefusedTokenError(SourceError):
    """The service refuses the token. This is an error of the settings (`settings_error`)."""

    def __init__(self, variable: str, finding: str, fix: str) -> None:
        self.settings_error = SettingsError(variable, finding, fix)
        super().__init__(str(self.settings_error))


class OutOfReachError(SourceError):
    """The service could not be reached."""


class UnusableAnswerError(SourceError):
    """The service's answer cannot be used."""


class ReplacementRefusedError(SourceError):
    """More than half of the highlights would be removed."""


class BusyError(SourceError):
    """Another process fetches into the same folder."""


class CannotWriteError(SourceError):
    """The fetched notes could not be written to disk."""

"""The error of a model.

MeaningError   the model cannot be used; the message says in one sentence why, and how to fix it
"""

from corpus.errors import AnalectsError


class MeaningError(AnalectsError):
    """The model cannot be used; the message names the setting and how to fix it."""

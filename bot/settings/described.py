"""What is known of a setting beside its value: how it is written, its default, its description."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

KEY = "setting"
"""In the metadata of a field: what it is described by."""

ValueT = TypeVar("ValueT")


@dataclass(frozen=True)
class Described:
    """What is known of a setting beside its value."""

    parse: Callable[[str], object]
    """Reads what was written. Raises InvalidValueError."""
    default: object
    """None where it is worked out on this machine."""
    description: str


def setting(parse: Callable[[str], ValueT], default: ValueT, description: str) -> ValueT:
    """A field of Settings."""
    return field(default=default, metadata={KEY: Described(parse, default, description)})


def computed_setting(
    parse: Callable[[str], ValueT], default: Callable[[], ValueT], description: str
) -> ValueT:
    """A field of Settings whose default is worked out on this machine."""
    return field(default_factory=default, metadata={KEY: Described(parse, None, description)})

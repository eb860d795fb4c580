"""Where a reply goes, as far as its buttons need to know."""

from dataclasses import dataclass, field

from adapters.discord.cards.mentions import CommandMentions


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a reply goes, as far as its buttons need to know."""

    message: int | None = None
    """Id of the message that is answered, from which its question is read again; None for an interaction."""
    asker: int | None = None
    private: bool = False
    """Whether only the asker sees the reply. Then it has a button to share it, and none to remove it."""
    key: str = ""
    """Key under which the whole result is stored, if the question cannot be read again."""
    answer: str = ""
    """Key of the answer (`Answer.key`) that a further page belongs to, which feedback refers to."""
    commands: CommandMentions = field(default_factory=CommandMentions, compare=False)
    """How commands are mentioned."""
    ping: str = ""
    """Id of the role that a digest pings; "" for none."""
    mark: str = ""
    """The mark of a digest that nobody asked for, encoded in its buttons (`adapters.discord.proactive`)."""

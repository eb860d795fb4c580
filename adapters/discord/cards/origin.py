"""Where a reply comes from and where it is shown, as far as its buttons need to know."""

from dataclasses import dataclass, field

from adapters.discord.cards.mentions import CommandMentions


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a reply comes from and where it is shown, as far as its buttons need to know."""

    message: int | None = None
    """Id of the message with the question, from which the question is read again; None for an interaction."""
    asker: int | None = None
    private: bool = False
    """Whether only the asker sees the reply. Then it has a button to share it, but none to remove it."""
    key: str = ""
    """Key under which the whole result is stored, if the question cannot be read again."""
    answer: str = ""
    """Key of the answer (`Answer.key`) whose further page this is. Feedback refers to that answer."""
    commands: CommandMentions = field(default_factory=CommandMentions, compare=False)
    """Writes the commands that a text names."""
    ping: str = ""
    """Id of the role that a digest pings; "" for none."""
    mark: str = ""
    """The mark of a scheduled digest, which stands in its buttons (`adapters.discord.proactive`)."""

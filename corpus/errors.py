"""Every exception of the program, in one tree. Each class is defined in the module that raises it; the root stands here,
because `bot` and `adapters` may import `corpus`, and not the other way round.

    AnalectsError
    ├── CorpusError                   the folder of notes cannot be read
    ├── UnreadableError               a file that was fetched is damaged, or of another version
    ├── SettingsError                 a setting cannot be used: names the variable, the finding and the fix
    ├── InvalidValueError             a validator of settings: what is wrong with one value
    ├── MeaningError                  the embedding model cannot be used
    ├── WeightsError                  the learned weights of the decision to answer cannot be used
    ├── StateError                    the database of claims and digests cannot be used
    │   ├── RejectedError             only one value cannot be stored; the database can still be used
    │   └── ReplacedError             somebody else deleted or replaced the file of the database
    ├── PlatformError                 a platform cannot be used
    │   ├── UnreachableError          the network or the platform is away: try again later
    │   │   └── SessionLimitError     Discord allows no more sessions for some time
    │   └── ConnectionFailedError     the platform answers, but no connection holds
    ├── PostError                     a message was not posted, or may not have been
    │   ├── LimitedError              the platform asks to wait; nothing was posted
    │   ├── UnsentError               certainly not posted; trying again may help
    │   ├── UncertainError            it may have been posted
    │   ├── RefusedError              the place does not accept it, and trying again will not help
    │   └── UndeliverableError        only this message cannot be delivered
    │       └── TokenError            Slack rejects the token
    ├── LookupFailedError             cannot tell whether a message was posted
    ├── SocketClosedError             Slack: a socket that cannot be used any longer
    ├── SocketClosedError             Discord: the same of a gateway connection
    ├── SourceError                   notes could not be fetched from Readwise or git
    │   ├── RefusedTokenError         the service does not take the token
    │   ├── OutOfReachError           the service could not be reached
    │   ├── UnusableAnswerError       the service answered what cannot be used
    │   ├── ReplacementRefusedError   more than half of what is there would be dropped
    │   ├── BusyError                 another process fetches into the same folder
    │   └── CannotWriteError          the fetched notes could not be written
    ├── FetchError                    a model cannot be fetched
    ├── SaveError                     a message could not be saved as a highlight
    │   └── TooLongError              it is too long for one
    ├── PictureError                  a quote could not be drawn
    │   └── MissingFontsError         no font on this machine has its letters
    ├── ReviewError                   Readwise's Daily Review is not available now
    ├── ToolError                     an assistant asked for what a tool cannot do
    └── BadLineError                  a line of `ask --batch` is no question

`tests/test_errors.py` compares this tree with the classes.
"""


class AnalectsError(Exception):
    """Root of every exception that this program raises on purpose. The message is safe to show: it never holds the text of a
    note or a question, a token or a password."""

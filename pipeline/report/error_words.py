"""What went wrong, in the reader's language; the details, which are English, stand in the log."""

from collections.abc import Callable

from pipeline.errors import (
    BusyError,
    CheckError,
    GatewayError,
    LoginError,
    NothingPublishedError,
    Sms24Error,
    UnprovenError,
    UnreachableError,
    UsageError,
    WrongAccountError,
)
from pipeline.report.voice import Voice
from pipeline.report.words import SOURCE

# The first of these that an error is an instance of tells the words.
_KINDS: tuple[tuple[type[Sms24Error], Callable[[Voice], str]], ...] = (
    (NothingPublishedError, lambda voice: voice.say("Nothing was published yet.")),
    (WrongAccountError, lambda voice: voice.say("The data folder belongs to another account.")),
    (
        UsageError,
        lambda voice: voice.say("A setting or a file is wrong: sms24 doctor says which."),
    ),
    (CheckError, lambda voice: voice.say("A check failed: nothing was published.")),
    (BusyError, lambda voice: voice.say("Another sms24 works in the data folder.")),
    (UnprovenError, lambda voice: voice.say("Part of the history could not be proven.")),
    (LoginError, lambda voice: voice.say("The gateway refused the login.")),
    (UnreachableError, lambda voice: voice.say("The gateway could not be reached.")),
    (GatewayError, lambda voice: voice.say("The gateway did not give what was asked.")),
)


def reason_of(error: Exception, voice: Voice) -> str:
    """Return why something failed: in English what the error says, else what kind it is of."""
    if isinstance(error, Sms24Error) and voice.words.language == SOURCE:
        return str(error)
    for kind, words in _KINDS:
        if isinstance(error, kind):
            return words(voice)
    return voice.say("A bug stopped it; the log has it.")

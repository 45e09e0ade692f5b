"""Every error that sms24 raises on purpose, grouped by what the person in front of it should do.

Sms24Error                      exit
├── UsageError                   2   a flag, a setting or a file is wrong: mend it
│   ├── WrongAccountError        2   this data folder belongs to another account
│   └── NothingPublishedError    2   there is no snapshot yet
├── GatewayError                 3   the gateway did not give what was asked
│   ├── UnreachableError         3   no connection, or none in time: look at the network
│   ├── BusyGatewayError         3   429 or 503: it asks us to come later
│   ├── BrokenGatewayError       3   5xx or any other status that is not 200
│   ├── GarbledError             3   not the JSON that was asked for (HTML, cut off, a key missing)
│   └── RefusedError             3   HTTP 200 with `error` not 0
│       └── LoginError           3   the token, or the e-mail and password, were refused
├── UnprovenError                3   something landed, but history is left unproven
├── TellingError                 3   the mail server or the webhook did not take what it was told
├── ThresholdError               6   a threshold of the settings was crossed; all was done
├── CheckError                   4   a check found rows that must not be; nothing was published
└── BusyError                   75   another sms24 works in this data folder

Each carries one sentence of what happened (`str(error)`) and one of what to do (`advice`).
Only the command line turns them into exit codes. None ever holds a secret.
"""


class Sms24Error(Exception):
    """Anything that sms24 can explain; `exit_code` is what the command line ends with."""

    exit_code = 1
    advice = ""

    def __init__(self, message: str, *, advice: str = "") -> None:
        super().__init__(message)
        if advice:
            self.advice = advice


# What the system says is in the error of each library, but for polars where the very end of a
# Parquet file does not fit (measured on 2.1.0).
_FULL = (
    "No space left",
    "Disk quota exceeded",
    "File too large",
    "database or disk is full",
    "Invalid thrift: transport error",
)


def is_disk_full(error: BaseException | None) -> bool:
    """Whether an error of any library says that no space is left on the disk."""
    # SQLite, where not even the memory that its readers share finds room beside the file.
    has_no_room = getattr(error, "sqlite_errorname", None) == "SQLITE_IOERR_SHMSIZE"
    return has_no_room or any(words in str(error) for words in _FULL)


class UsageError(Sms24Error):
    """A flag, a setting or a file that a person can mend."""

    exit_code = 2


class WarehouseError(UsageError):
    """The private database cannot be opened: damaged, or written by a newer version."""


class WrongAccountError(UsageError):
    """The token belongs to another account than the data folder."""

    advice = "Use another data folder for this account (SMS24_DATA_DIR)."


class NothingPublishedError(UsageError):
    """No run has published a snapshot yet."""

    advice = "Run: sms24 run, or sms24 demo."


class GatewayError(Sms24Error):
    """The gateway did not give what was asked; `outcome` is the word of `raw.calls` for it."""

    exit_code = 3
    advice = "The published snapshot is unchanged; try again later."
    outcome = "failed"


class UnreachableError(GatewayError):
    """No connection, or no answer in time (`is_late`): DNS, TLS, refused, reset, timeout."""

    outcome = "unreachable"
    advice = "Check the network and SMS24_BASE_URL, then run the command again."

    def __init__(self, message: str, *, is_late: bool = False) -> None:
        super().__init__(message)
        self.is_late = is_late


class BusyGatewayError(GatewayError):
    """The gateway asks to come later: 429 or 503; `wait_seconds` is its Retry-After, if given."""

    outcome = "busy"

    def __init__(self, message: str, *, wait_seconds: float | None = None) -> None:
        super().__init__(message)
        self.wait_seconds = wait_seconds


class BrokenGatewayError(GatewayError):
    """A status other than 200, 429 and 503; `is_passing` where another try may help (5xx)."""

    outcome = "broken"

    def __init__(self, message: str, *, is_passing: bool = False) -> None:
        super().__init__(message)
        self.is_passing = is_passing


class GarbledError(GatewayError):
    """HTTP 200, but not the JSON that was asked for."""

    outcome = "garbled"
    advice = "The gateway may be in maintenance; check SMS24_BASE_URL, or try again later."


class RefusedError(GatewayError):
    """HTTP 200 and JSON, but the gateway says `error`; the message holds its words."""

    outcome = "refused"
    advice = "Check the token, or the e-mail and password, in the settings."


class LoginError(RefusedError):
    """The e-mail and password, or the token, were refused."""


class UnprovenError(GatewayError):
    """Part of the history could not be proven complete; what landed is published and marked."""

    advice = "Run the command again: it asks only for what is missing."


class TellingError(Sms24Error):
    """A mail server or a webhook did not take what it was told; the reports are written."""

    exit_code = 3
    advice = "The report is written; mend the setting, or tell it again later."


class ThresholdError(Sms24Error):
    """A run did all its work, and found a threshold of the settings crossed."""

    exit_code = 6
    advice = "The report is written; `sms24 status` says how things stand."


class CheckError(Sms24Error):
    """A check on the built tables found rows that must not be."""

    exit_code = 4
    advice = "Nothing was published; the old snapshot stands."


class BusyError(Sms24Error):
    """Another sms24 process works in this data folder."""

    exit_code = 75
    advice = "Wait for it to end, then run the command again."

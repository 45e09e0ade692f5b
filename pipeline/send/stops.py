"""What makes a sending stop by itself before it does harm."""

from pipeline.tally import StoppedError

_AGAIN = "Give the same command again: it goes on where it stopped."
_LOOK = "Look with `sms24 outbox resolve`, then give the same command again."


def interrupted() -> StoppedError:
    """Return the stop of a person's signal."""
    return StoppedError(
        "interrupted", "Interrupted; the answer to the call in flight was kept.", _AGAIN
    )


def rejections(count: int, message: str) -> StoppedError:
    """Return the stop of equal refusals."""
    return StoppedError(
        "rejections",
        f'The gateway refused {count} messages in a row with the same words: "{message}".',
        f"They count as not sent. Find out what the words mean. {_AGAIN}",
    )


def first_refused(message: str) -> StoppedError:
    """Return the stop of a first message of a bulk that was refused."""
    return StoppedError(
        "first",
        f'The gateway refused the first message: "{message}".',
        "It was sent alone. Find out what the words mean; given again, the command goes on with the"
        " next one.",
    )


def batch_refused(count: int, message: str) -> StoppedError:
    """Return the stop of a batch that was refused."""
    return StoppedError(
        "batch",
        f'The gateway refused a batch of {count} messages: "{message}". Whether it took some of'
        " them, nobody documents.",
        _LOOK,
    )


def doubts(count: int) -> StoppedError:
    """Return the stop of too many doubts."""
    return StoppedError("doubts", f"Of {count} calls nobody knows what came of them.", _LOOK)


def login(message: str) -> StoppedError:
    """Return the stop of a token that is refused."""
    return StoppedError(
        "login",
        f'The gateway refused the login: "{message}".',
        "Nothing was marked rejected. Check the token, or the e-mail and password.",
    )


def turned_away(message: str) -> StoppedError:
    """Return the stop of a gateway that turns calls away."""
    return StoppedError(
        "turned_away",
        f"The gateway turned the call away ({message}).",
        "Check SMS24_BASE_URL and the token.",
    )


def unreachable(seconds: float, message: str) -> StoppedError:
    """Return the stop of a gateway that is down or busy for long."""
    return StoppedError(
        "unreachable",
        f"The gateway gave no good answer for {seconds:,.0f} seconds ({message}).",
        f"Try again later. {_AGAIN}",
    )

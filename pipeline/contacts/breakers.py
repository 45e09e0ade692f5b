"""What makes a load stop by itself before it does harm."""

from pipeline.ledger.values import Tag
from pipeline.tally import StoppedError

LOOK = "Look with `sms24 contacts status`, then apply the plan again: it goes on where it stopped."


class Rejections:
    """Equal refusals in a row: then it is not these people who are refused.

    Args:
        most: so many in a row open the breaker.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._message: str | None = None
        self._row: list[str] = []

    @property
    def is_open(self) -> bool:
        """Whether so many equal refusals came in a row."""
        return len(self._row) >= self._most

    def note(self, e164: str, message: str) -> list[str]:
        """Note a refusal; returns whom it was not about: none, or all of the row at its end."""
        if message != self._message:
            self._message, self._row = message, []
        was_open = self.is_open
        self._row.append(e164)
        if not self.is_open:
            return []
        return [e164] if was_open else list(self._row)

    def forget(self) -> None:
        """Note another answer: the row is broken."""
        self._message, self._row = None, []


def rejections_stop(count: int, message: str) -> StoppedError:
    """Return the stop of equal refusals."""
    return StoppedError(
        "rejections",
        f'The gateway refused {count} contacts in a row with the same words: "{message}".',
        "They count as not sent. Find out what the words mean, then apply the plan again;"
        " where they do mean these people, with a larger --max-alike.",
    )


def doubts_stop(count: int) -> StoppedError:
    """Return the stop of too many doubts."""
    return StoppedError(
        "doubts", f"Of {count} contacts nobody knows whether the gateway saved them.", LOOK
    )


def login_stop(message: str) -> StoppedError:
    """Return the stop of a token that is refused."""
    return StoppedError(
        "login",
        f'The gateway refused the login: "{message}".',
        "Nobody was marked rejected. Check the token, or the e-mail and password, and apply again.",
    )


def turned_away_stop(message: str) -> StoppedError:
    """Return the stop of a gateway that turns calls away."""
    return StoppedError(
        "turned_away",
        f"The gateway turned the call away ({message}).",
        "Check SMS24_BASE_URL and the token, then apply the plan again.",
    )


def unreachable_stop(seconds: float, message: str) -> StoppedError:
    """Return the stop of a gateway that is down or busy for long."""
    return StoppedError(
        "unreachable",
        f"The gateway gave no good answer for {seconds:,.0f} seconds ({message}).",
        "Apply the plan again later: it goes on where it stopped.",
    )


def repeated_id_stop(contact_id: int) -> StoppedError:
    """Return the stop of one id for two numbers."""
    return StoppedError(
        "alarm",
        f"The gateway gave the contact id {contact_id} to two different numbers.",
        "Look in the panel which of them it saved; the second one is in doubt.",
    )


def canary_stop(tag: Tag, message: str) -> StoppedError:
    """Return the stop of a first contact that did not come out well."""
    return StoppedError(
        "canary",
        f"The first contact of the tag {tag.title!r} was not found good: {message}.",
        "Look at the tag in the panel. Applied again, the plan begins with its next contact.",
    )

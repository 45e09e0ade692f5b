"""What a message status means; `sql/seeds/status_codes.csv` holds the same words for SQL."""

from typing import Literal

Outcome = Literal["delivered", "sent", "undelivered", "failed", "open", "incoming", "unknown"]

OUTCOMES: dict[int, Outcome] = {
    1: "open",
    2: "open",
    3: "open",
    5: "incoming",
    6: "sent",
    7: "delivered",
    8: "undelivered",
    9: "failed",
    10: "failed",
    11: "failed",
    12: "failed",
    100: "failed",
    101: "failed",
}
INCOMING_STATUS = 5
KNOWN_STATUSES = tuple(OUTCOMES)
FAILURE_CODES = (8, 9, 10, 11, 12, 100, 101)
# A status outside this set may still change by itself; an unknown one is taken to be like that.
FINAL_STATUSES = frozenset(code for code in OUTCOMES if code not in {1, 2, 3, 6})


def outcome_of(status: int | None) -> Outcome:
    """Return the outcome that a status stands for; `unknown` for one that nobody documented."""
    return "unknown" if status is None else OUTCOMES.get(status, "unknown")

"""What the documentation leaves open, as switches: each a habit that a gateway may have."""

from dataclasses import dataclass
from typing import Literal

TOKEN = "emulator-token-0123456789abcdef"  # noqa: S105 - a made-up account's
EMAIL = "demo@example.com"
PASSWORD = "demo"  # noqa: S105 - likewise


@dataclass(frozen=True, slots=True)
class Habits:
    """A gateway's habits; the defaults are those of a well-behaved one.

    Attributes:
        date_type: PHP's `timezone_type` of every date: 1 offset, 2 abbreviation, 3 zone.
        account_zone: the account's zone, used where `timezone` is not given or not obeyed.
        obeys_zone: whether `timezone` changes the dates of answers.
        filters_in_zone: whether bounds are read in `timezone`; else in the account's zone.
        filter_column: the date that bounds are compared with.
        begin_inside: whether a row at the very begin is part of a window; likewise `end_inside`.
        row_cap: rows that an answer holds at the most, silently.
        counts: what `count` knows: every row; those within the cap; those of all dates; nothing.
        heeds_dates: whether bounds change anything at all.
        needs_dates: a query without both bounds is refused.
        longest_days: the longest window that is not refused; None for any.
        grain: seconds to which bounds are cut: a second, a minute, a day.
        hides_incoming: a query without a status leaves incoming messages out.
        empty_object: an empty list is `{}` instead of PHP's `[]`.
        numbers_as_text: numbers come as strings.
        is_bare: the flavour of the documentation: no error, count, message or sim.
        unscheduled_is_created: `timetosend` repeats `created` where nothing was scheduled.
        fault_rate: share of answers that fail in one of five ways.
    """

    date_type: Literal[1, 2, 3] = 3
    account_zone: str = "Europe/Paris"
    obeys_zone: bool = True
    filters_in_zone: bool = True
    filter_column: Literal["created", "due", "sent"] = "created"
    begin_inside: bool = True
    end_inside: bool = True
    row_cap: int | None = None
    counts: Literal["honest", "capped", "deaf", "absent"] = "honest"
    heeds_dates: bool = True
    needs_dates: bool = False
    longest_days: int | None = None
    grain: Literal[1, 60, 86_400] = 1
    hides_incoming: bool = False
    empty_object: bool = False
    numbers_as_text: bool = False
    is_bare: bool = False
    unscheduled_is_created: bool = False
    fault_rate: float = 0.0

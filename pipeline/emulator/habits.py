"""What the documentation leaves open, as switches: each a habit that a gateway may have."""

from dataclasses import dataclass
from typing import Literal

from pipeline.emulator.faults import FaultKind

TOKEN = "emulator-token-0123456789abcdef"  # noqa: S105 - a made-up account's
EMAIL = "demo@example.com"
PASSWORD = "demo"  # noqa: S105 - likewise

Counts = Literal["honest", "capped", "deaf", "absent", "lying", "low", "text"]


@dataclass(frozen=True, slots=True)
class Habits:
    """A gateway's habits; the defaults are those of a well-behaved one.

    Attributes:
        date_type: PHP's `timezone_type` of every date: 1 offset, 2 abbreviation, 3 zone.
        account_zone: the account's zone, used where `timezone` is not given or not obeyed.
        obeys_zone: whether `timezone` changes the dates of answers.
        filters_in_zone: whether bounds are read in `timezone`; else in the account's zone.
        reads_wall_clock: where bounds are not read in `timezone`, they are texts of the account
            zone's wall clock, compared with such texts: the doubled hour of autumn is one hour.
        filter_column: the date that bounds are compared with: of creation; of scheduling or else
            creation; of sending; of scheduling. Rows without it come only where no bound is set.
        begin_inside: whether a row at the very begin is part of a window; likewise `end_inside`.
        row_cap: rows that an answer holds at the most, silently.
        byte_cap: bytes of JSON that an answer with messages has at the most; the rows that do
            not fit are left out silently.
        counts: what `count` knows: every row; those within the cap; those of all dates; nothing;
            7 % and at least 1 too many; nine of ten rows; every row, told as text.
        heeds_dates: whether bounds change anything at all.
        needs_dates: a query without both bounds is refused.
        longest_days: the longest window that is not refused; None for any.
        grain: seconds to which bounds are cut: a second, a minute, a day of the zone they are in.
        day_ends: what an end that was cut to a day or a minute stands for: its first second, or
            all of it.
        hidden_statuses: a query without a status leaves these out of rows and counts.
        hidden_sims: a query without a SIM leaves these out of rows and counts.
        hides_incoming: a query without a status leaves incoming messages out.
        ignores: names of the fields of `getallsms` that are not heeded.
        empty: how an empty list is written; "absent" is without its key.
        empty_object: an empty list is `{}` instead of PHP's `[]`; the same as `empty="{}"`.
        numbers_as_text: numbers come as strings.
        is_bare: the flavour of the documentation: no error, count, message or sim.
        unscheduled_is_created: `timetosend` repeats `created` where nothing was scheduled.
        clock_skew: seconds by which the header `Date` is ahead; nothing else is.
        tells_date: whether there is a header `Date`.
        token_calls: calls for which a token is good; each login gives a new one. None: for ever.
        too_heavy_rows: an answer of more rows than this fails instead; None: none is too heavy.
        too_heavy_kind: the way in which it fails.
        fault_rate: share of answers that fail in one of five ways.
    """

    date_type: Literal[1, 2, 3] = 3
    account_zone: str = "Europe/Paris"
    obeys_zone: bool = True
    filters_in_zone: bool = True
    reads_wall_clock: bool = False
    filter_column: Literal["created", "due", "sent", "scheduled"] = "created"
    begin_inside: bool = True
    end_inside: bool = True
    row_cap: int | None = None
    byte_cap: int | None = None
    counts: Counts = "honest"
    heeds_dates: bool = True
    needs_dates: bool = False
    longest_days: int | None = None
    grain: Literal[1, 60, 86_400] = 1
    day_ends: Literal["floor", "whole"] = "whole"
    hidden_statuses: frozenset[int] = frozenset()
    hidden_sims: frozenset[int] = frozenset()
    hides_incoming: bool = False
    ignores: frozenset[str] = frozenset()
    empty: Literal["[]", "{}", "null", "absent"] = "[]"
    empty_object: bool = False
    numbers_as_text: bool = False
    is_bare: bool = False
    unscheduled_is_created: bool = False
    clock_skew: float = 0.0
    tells_date: bool = True
    token_calls: int | None = None
    too_heavy_rows: int | None = None
    too_heavy_kind: FaultKind = "500"
    fault_rate: float = 0.0

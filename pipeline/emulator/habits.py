"""What the documentation leaves open, as switches: each a habit that a gateway may have."""

from dataclasses import dataclass
from typing import Literal

from pipeline.emulator.faults import FaultKind

TOKEN = "emulator-token-0123456789abcdef"  # noqa: S105 - a made-up account's
EMAIL = "demo@example.com"
PASSWORD = "demo"  # noqa: S105 - likewise

Counts = Literal["honest", "capped", "deaf", "absent", "lying", "low", "text"]
Again = Literal["new", "same", "refused"]
Ends = tuple[tuple[int, float], ...]


@dataclass(frozen=True, slots=True)
class Habits:
    """A gateway's habits; the defaults are those of a well-behaved one.

    Attributes:
        date_type: PHP's `timezone_type` of every date: 1 offset, 2 abbreviation, 3 zone.
        account_zone: the account's zone, used where `timezone` is not given or not obeyed.
        device_zone: the zone of the dates of phones; none: that of the account.
        obeys_zone: whether `timezone` changes the dates of answers.
        filters_in_zone: whether bounds are read in `timezone`; else in the account's zone.
        reads_wall_clock: where bounds are not read in `timezone`, they are texts of the account
            zone's wall clock, compared with such texts: the doubled hour of autumn is one hour.
        filter_column: the date that bounds are compared with: of creation; of scheduling or else
            creation; of sending; of scheduling. Rows without it come only where no bound is set.
        begin_inside: whether a row at the very begin is part of a window.
        end_inside: whether a row at the very end is part of a window.
        row_cap: rows that an answer holds at the most, silently.
        byte_cap: bytes of JSON that an answer with messages has at the most; the rows that do
            not fit are left out silently.
        counts: what `count` knows: every row; those within the cap; those of all dates; nothing;
            7 % and at least 1 too many; nine of ten rows; every row, told as text.
        count_has_list: an answer to `onlycount=1` has an empty list too.
        heeds_dates: whether bounds change anything at all.
        needs_dates: a query without both bounds is refused.
        longest_days: the longest window that is not refused; none for any.
        grain: seconds to which bounds are cut: a second, a minute, a day of the zone they are in.
        day_ends: what an end that was cut to a day or a minute stands for: its first second, or
            all of it.
        hidden_statuses: a query without a status leaves these out of rows and counts.
        hidden_sims: a query without a SIM leaves these out of rows and counts.
        hides_incoming: a query without a status leaves incoming messages out.
        ignores: names of the fields of `getallsms` that are not heeded.
        phone_filter: `phone` finds numbers that contain its digits, or that have no others.
        empty: how an empty list is written; "absent" is without its key.
        empty_object: an empty list is `{}` instead of PHP's `[]`; the same as `empty="{}"`.
        siminfo: the SIMs of a phone are a list, null, an object by slot, or JSON in a text.
        numbers_as_text: numbers come as strings.
        is_bare: lists as in the documentation of today: no error, no message, of messages no
            count and no sim.
        unscheduled_is_created: `timetosend` repeats `created` where nothing was scheduled.
        words: the `message` of answers that save, and the order of their keys, as seen in 2021
            or as documented today.
        titles: the names of the statuses, as seen in 2021 or as documented today.
        takes_any_login: any token, e-mail and password is accepted.
        takes_any_device: a device that nobody knows is a phone of the account from then on.
        takes_json: a body of JSON is read like a form, in `addalotofsms` like `datajson`.
        tag_field: the name by which `savecontact` reads the tag.
        tag_again: a title that exists makes a second tag, answers the first one, or is refused.
        contact_again: the same number in the same tag, likewise.
        needs_fullname: a contact without a name is refused.
        checks_phones: a number with fewer than 7 or more than 15 digits is refused.
        strips_numbers: of a number only its digits and the plus are kept.
        plus_codes: a number that begins with one of these calling codes gets a plus.
        repeats: a number that stands twice in a list of recipients, or in two tags of a
            newsletter, gets as many messages, or one.
        answers_id: of several recipients, the one whose message `sms_id` names.
        batch_limit: messages that `addalotofsms` takes at the most; more are refused.
        bad_item: a bad message refuses its whole batch, is left out, or ends it after those
            before it.
        schedule_zone: the zone in which `timetosend` is read.
        newsletter_zone: the zone in which `time_to_send` is read.
        bad_schedule: a time that cannot be read means at once, or is refused.
        starts_newsletters: whether a newsletter goes by itself; else once it is started by hand.
        first_tag: the id of the first tag; first come, first numbered.
        first_contact: the id of the first contact.
        first_newsletter: the id of the first newsletter.
        pack: messages that a phone takes at a time.
        sms_seconds: seconds that a phone needs for one message, to which its own delay is added.
        receipt_seconds: a receipt comes within so many seconds after a message was sent.
        ends: the statuses in which sent messages end, with their shares.
        online_seconds: a phone that was silent for longer is not online.
        clock_skew: seconds by which the header `Date` is ahead; nothing else is.
        tells_date: whether there is a header `Date`.
        token_calls: calls for which a token is good; each login gives a new one. None: for ever.
        too_heavy_rows: an answer of more rows than this fails instead; none: none is too heavy.
        too_heavy_kind: the way in which it fails.
        answer_seconds: seconds that every answer lets wait.
        fault_rate: share of answers that fail in one of five ways.
    """

    date_type: Literal[1, 2, 3] = 3
    account_zone: str = "Europe/Paris"
    device_zone: str | None = None
    obeys_zone: bool = True
    filters_in_zone: bool = True
    reads_wall_clock: bool = False
    filter_column: Literal["created", "due", "sent", "scheduled"] = "created"
    begin_inside: bool = True
    end_inside: bool = True
    row_cap: int | None = None
    byte_cap: int | None = None
    counts: Counts = "honest"
    count_has_list: bool = False
    heeds_dates: bool = True
    needs_dates: bool = False
    longest_days: int | None = None
    grain: Literal[1, 60, 86_400] = 1
    day_ends: Literal["floor", "whole"] = "whole"
    hidden_statuses: frozenset[int] = frozenset()
    hidden_sims: frozenset[int] = frozenset()
    hides_incoming: bool = False
    ignores: frozenset[str] = frozenset()
    phone_filter: Literal["contains", "exact"] = "contains"
    empty: Literal["[]", "{}", "null", "absent"] = "[]"
    empty_object: bool = False
    siminfo: Literal["list", "null", "object", "text"] = "list"
    numbers_as_text: bool = False
    is_bare: bool = False
    unscheduled_is_created: bool = False
    words: Literal["2021", "current"] = "current"
    titles: Literal["2021", "current"] = "2021"
    takes_any_login: bool = False
    takes_any_device: bool = False
    takes_json: bool = True
    tag_field: Literal["either", "tag_id", "ctag_id"] = "either"
    tag_again: Again = "new"
    contact_again: Again = "new"
    needs_fullname: bool = False
    checks_phones: bool = False
    strips_numbers: bool = True
    plus_codes: frozenset[str] = frozenset()
    repeats: Literal["each", "once"] = "each"
    answers_id: Literal["first", "last"] = "first"
    batch_limit: int | None = None
    bad_item: Literal["refuses", "skipped", "stops"] = "refuses"
    schedule_zone: Literal["utc", "account"] = "utc"
    newsletter_zone: Literal["utc", "account"] = "utc"
    bad_schedule: Literal["at once", "refused"] = "at once"
    starts_newsletters: bool = True
    first_tag: int = 8303
    first_contact: int = 15_954_765
    first_newsletter: int = 9501
    pack: int = 15
    sms_seconds: int = 1
    receipt_seconds: int = 20
    ends: Ends = ((7, 1.0),)
    online_seconds: int = 600
    clock_skew: float = 0.0
    tells_date: bool = True
    token_calls: int | None = None
    too_heavy_rows: int | None = None
    too_heavy_kind: FaultKind = "500"
    answer_seconds: float = 0.0
    fault_rate: float = 0.0


# The two forms of answers that were seen in public: of 2021, and of the documentation of today.
FLAVOURS: dict[str, dict[str, str]] = {
    "2021": {"date_type": "1", "unscheduled_is_created": "yes", "words": "2021"},
    "current": {"is_bare": "yes", "titles": "current"},
}

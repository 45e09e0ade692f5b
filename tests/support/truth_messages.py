"""Every message as it should be published, computed from the world: one frame per life."""

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import phonenumbers
import polars as pl

from pipeline.emulator.traffic import Message
from pipeline.emulator.words import TITLES
from support.lived import DAY, Life

OPEN, FAILURES = (1, 2, 3), (8, 9, 10, 11, 12, 100, 101)
OUTCOMES = {7: "delivered", 6: "sent", 8: "undelivered", 5: "incoming"}
OUTCOMES |= dict.fromkeys(OPEN, "open") | dict.fromkeys(FAILURES[1:], "failed")
SETTLE = 3 * DAY
UNSETTLED = ("open", "sent", "unknown")


def instant(epoch: int | None) -> datetime | None:
    """Return epoch seconds as an instant in UTC."""
    return None if epoch is None else datetime.fromtimestamp(epoch, UTC)


def key_of(lived: Life, text: str) -> str:
    """Return the keyed hash of a number."""
    key = (lived.account.settings.data_dir / "keys").read_text("ascii").strip()
    return hashlib.sha256((key + text).encode()).hexdigest()[:32]


def masked(text: str) -> str:
    """Return a number without its middle; names of senders and short codes whole."""
    return text if sum(c.isdigit() for c in text) < 7 else f"{text[:4]}*****{text[-2:]}"


def country_of(text: str) -> str | None:
    """Return the country of a number in E.164; None for one that cannot be."""
    if not text.startswith("+"):
        return None
    number = phonenumbers.parse(text)
    valid = phonenumbers.is_valid_number(number)
    return phonenumbers.region_code_for_number(number) if valid else None


def carrier_at(lived: Life, device_id: int, sim: int, due: int) -> str | None:
    """Return the operator that a SIM had when a message was due, as far as runs could see it."""
    known: str | None = None
    for run in lived.runs:
        if known is not None and due < run.at:
            break
        for phone in run.phones:
            if phone.device_id == device_id:
                known = next((s.carrier for s in phone.sims if s.slot == sim), known)
    return known


def present_since(lived: Life, message: Message) -> tuple[int | None, int]:
    """Return when another status was last shown, if ever, and when the present one first was."""
    seen = lived.seen(message)
    present = message.status_at(max(seen))
    others = [at for at in seen if message.status_at(at) != present]
    first = min(at for at in seen if at > max(others, default=0))
    shown = [at for at in lived.told[message.message_id] if at < first]
    return max(shown, default=None), first


def delivered_at(message: Message, since: int | None, first: int) -> int:
    """Return the true instant at which a message was delivered, before `first` showed it."""
    low, high = (message.created - 1 if since is None else since), first
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if message.status_at(middle) == 7 else (middle, high)
    return high


def is_twice(lived: Life, epoch: int) -> bool:
    """Whether the gateway writes this instant as a wall clock that occurs twice."""
    habits = lived.habits
    if habits.obeys_zone or habits.date_type != 3:
        return False
    local = datetime.fromtimestamp(epoch, ZoneInfo(habits.account_zone)).replace(fold=0)
    return local.utcoffset() != local.replace(fold=1).utcoffset()


def told_sent(lived: Life, sent: int | None, created: int) -> int | None:
    """Return when a message was sent as far as one can know.

    That is the sooner one after creation of two times, where the wall clock showed it twice.
    """
    if sent is None or not is_twice(lived, sent):
        return sent
    local = datetime.fromtimestamp(sent, ZoneInfo(lived.habits.account_zone))
    both = [int(local.replace(fold=fold).timestamp()) for fold in (0, 1)]
    return min(at for at in both if at >= created)


def row_of(lived: Life, message: Message) -> dict[str, Any] | None:
    """Return what is to be known of a message; None if no run could see it."""
    seen = lived.seen(message)
    if not seen:
        return None
    last = max(seen)
    there = seen[last]
    status, due = there.status_at(last), max(there.created, there.due or 0)
    not_before, not_after = present_since(lived, message)
    later = [at for at in lived.instants if at > last]
    outcome = OUTCOMES.get(status, "unknown")
    return {
        "message_id": message.message_id,
        "direction": "incoming" if status == 5 else "outgoing",
        "status": status,
        "status_title": TITLES.get(status, "Unknown"),
        "outcome": outcome,
        "failure_code": status if status in FAILURES else None,
        "device_id": there.device_id,
        "sim": there.sim,
        "sim_carrier": carrier_at(lived, there.device_id, there.sim, due),
        "customer_id": message.customer_id or None,
        "newsletter_id": message.newsletter[0] if message.newsletter else None,
        "newsletter_title": message.newsletter[1] if message.newsletter else None,
        "recipient": masked(message.sendto),
        "recipient_key": key_of(lived, message.sendto),
        "recipient_country": country_of(message.sendto),
        "created_at": instant(message.created),
        "due_at": instant(due),
        "sent_at": instant(told_sent(lived, there.sent_at(last), message.created)),
        "first_seen_at": instant(min(seen)),
        "settled_at": None if outcome in UNSETTLED else instant(not_after),
        "gone_at": instant(min(later)) if later else None,
        "is_stuck": outcome == "open" and not later and due + SETTLE < lived.until,
        "is_time_ambiguous": False,
        "is_urgent": message.is_urgent,
        "body_length": len(message.body),
        "body": None,
        "stop_word": "stop" if outcome == "incoming" and message.body == "STOP" else None,
        "address": message.sendto,
        "not_before": instant(not_before),
        "not_after": instant(not_after),
        "delivered_at": (
            instant(delivered_at(message, not_before, not_after)) if status == 7 else None
        ),
    }


_TIMES = (
    "created_at", "due_at", "sent_at", "first_seen_at", "settled_at", "gone_at", "not_before",
    "not_after", "delivered_at",
)  # fmt: skip
_HELPERS = ("address", "not_before", "not_after", "delivered_at")


def known_messages(lived: Life) -> pl.DataFrame:
    """Return the columns of `messages`, and what other tables need beside them.

    Where the gateway wrote a time that occurs twice, the product may have taken the other one and
    say so: then its own is taken, if it is no other than that.
    """
    rows = {m.message_id: row for m in lived.messages() if (row := row_of(lived, m)) is not None}
    for message_id, found in _flagged(lived).items():
        truth = rows[message_id]
        due = truth["due_at"]
        assert is_twice(lived, due.timestamp()) or is_twice(lived, truth["created_at"].timestamp())
        for name in ("created_at", "due_at", "sent_at"):
            if truth[name] is not None:
                hour = abs(found[name] - truth[name])
                assert hour in {timedelta(0), timedelta(hours=1)}, message_id
            truth[name] = found[name]
        truth["is_time_ambiguous"] = True
    frame = pl.DataFrame(list(rows.values()), infer_schema_length=None)
    frame = frame.with_columns(pl.col(*_TIMES).cast(pl.Datetime("us", "UTC")))
    local = pl.col("due_at", "sent_at").dt.convert_time_zone(lived.zone)
    return frame.with_columns(
        local.dt.replace_time_zone(None).name.map(lambda name: name.replace("_at", "_local"))
    ).with_columns(day=pl.col("due_local").dt.date())


def messages(lived: Life, known: pl.DataFrame) -> pl.DataFrame:
    """Return the table `messages`."""
    return known.drop(_HELPERS)


def _flagged(lived: Life) -> dict[int, dict[str, Any]]:
    found = lived.published("messages").filter("is_time_ambiguous")
    return {row["message_id"]: row for row in found.to_dicts()}

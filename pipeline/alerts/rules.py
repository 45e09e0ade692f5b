"""The rules of the settings: what each finds in the published snapshot."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import msgspec

from pipeline.settings import Settings
from pipeline.values import printable
from pipeline.warehouse.snapshot import Snapshot, open_snapshot

_HOUR = 3600
# A phone that is silent for longer was taken out of use.
_RETIRED_DAYS = 30

_SUCCESS = """
    with newest as (
        select outcome from messages
        where gone_at is null and outcome in ('delivered', 'sent', 'undelivered', 'failed')
        order by due_at desc, message_id desc
        limit $messages
    )
    select count(*) as ended, count(*) filter (outcome in ('delivered', 'sent')) as good from newest
"""
_SILENT = """
    select device_id, title, silent_for from device_health
    where silent_for between $least and $most
    order by device_id
"""
_NEWEST = """
    select
        (select max(created_at) from messages) as message,
        (select max(end_at) from coverage where is_proven) as proven
"""
_HOLES = """
    select count(*) as holes, min(begin_at) as begin_at
    from coverage where not is_proven and not is_tail
"""
_DOUBTS = "select coalesce(sum(in_doubt), 0)::bigint as doubts from contact_imports"
# A failure that was there when the message was first seen counts by when it was due.
_CODES = """
    select failure_code as code, count(*) as messages
    from messages cross join (select data_until - interval 1 day as begin_at from snapshot_info)
    where gone_at is null and list_contains($codes, failure_code)
        and (due_at > begin_at or (settled_at > begin_at and settled_at > first_seen_at))
    group by failure_code order by failure_code
"""


class Crossing(msgspec.Struct, frozen=True):
    """A threshold that is crossed: its rule, what makes it this one, and a sentence for people."""

    rule: str
    key: str
    sentence: str


class Rule(msgspec.Struct, frozen=True):
    """A rule that is set: its name and what it says, for people."""

    name: str
    words: str


def rules_of(settings: Settings) -> list[Rule]:
    """Return the rules that are set, in words; none by default."""
    low, silent, idle = (
        settings.alert_success_below,
        settings.alert_silent_hours,
        settings.alert_no_data_hours,
    )
    said = {
        "success": low and f"success below {low:.1%} over {settings.alert_success_messages:,}",
        "silent": silent and f"a phone silent for {silent:g} h",
        "no_data": idle and f"no data for {idle:g} h",
        "hole": settings.alert_holes and "a hole",
        "doubts": settings.alert_doubts and f"{settings.alert_doubts:,} contacts in doubt",
        "code": settings.alert_codes and f"code {', '.join(map(str, settings.alert_codes))} seen",
        "failure": settings.alert_failures and "a run that fails",
    }
    return [Rule(name, str(words)) for name, words in said.items() if words]


def crossings(settings: Settings, path: Path, now: datetime) -> list[Crossing]:
    """Return what is crossed in the snapshot at `path`; without one there are no data."""
    names = {rule.name for rule in rules_of(settings)} - {"failure"}
    if not names:
        return []
    if not path.is_file():
        nothing = Crossing("no_data", "no_data", "Nothing was ever published.")
        return [nothing] if "no_data" in names else []
    with open_snapshot(path) as snapshot:
        snapshot.refuse_without("warnings")
        return [
            found
            for name, find in _FINDERS.items()
            if name in names
            for found in find(snapshot, settings, now)
        ]


def _success(snapshot: Snapshot, settings: Settings, _now: datetime) -> Iterator[Crossing]:
    wanted, least = settings.alert_success_messages, settings.alert_success_below or 0
    found = snapshot.plain(_SUCCESS, {"messages": wanted})[0]
    ended, good = found["ended"], found["good"]
    if ended >= wanted and good < least * ended:
        words = f"Of the newest {ended:,} messages {good:,} succeeded, {good / ended:.1%}"
        yield Crossing("success", "success", f"{words}: less than {least:.1%}.")


def _silent(snapshot: Snapshot, settings: Settings, _now: datetime) -> Iterator[Crossing]:
    least = (settings.alert_silent_hours or 0) * _HOUR
    bounds = {"least": least, "most": timedelta(days=_RETIRED_DAYS).total_seconds()}
    for row in snapshot.plain(_SILENT, bounds):
        title = printable(" ".join((row["title"] or "").split()))
        named = f"Phone {row['device_id']}{f' ({title})' if title else ''}"
        words = f"{named} has given no sign of life for {row['silent_for'] / _HOUR:,.1f} h."
        yield Crossing("silent", f"silent:{row['device_id']}", words)


def _no_data(snapshot: Snapshot, settings: Settings, now: datetime) -> Iterator[Crossing]:
    oldest = now - timedelta(hours=settings.alert_no_data_hours or 0)
    newest = snapshot.plain(_NEWEST)[0]
    if newest["proven"] is None or newest["proven"] < oldest:
        words = f"Nothing newer than {_moment(newest['proven'])} is proven."
        yield Crossing("no_data", "no_data", words)
    elif newest["message"] is None or newest["message"] < oldest:
        words = f"There is no message newer than {_moment(newest['message'])}."
        yield Crossing("no_data", "no_data", words)


def _hole(snapshot: Snapshot, _settings: Settings, _now: datetime) -> Iterator[Crossing]:
    found = snapshot.plain(_HOLES)[0]
    if found["holes"]:
        words = f"{found['holes']:,} stretches of the history are not proven"
        yield Crossing("hole", "hole", f"{words}, the first from {_moment(found['begin_at'])} on.")


def _doubts(snapshot: Snapshot, settings: Settings, _now: datetime) -> Iterator[Crossing]:
    doubts = snapshot.plain(_DOUBTS)[0]["doubts"]
    if doubts >= (settings.alert_doubts or 1):
        words = f"{doubts:,} contacts are in doubt: sms24 contacts resolve."
        yield Crossing("doubts", "doubts", words)


def _code(snapshot: Snapshot, settings: Settings, _now: datetime) -> Iterator[Crossing]:
    for row in snapshot.plain(_CODES, {"codes": list(settings.alert_codes)}):
        words = f"Code {row['code']} was seen on {row['messages']:,} messages in the last 24 hours."
        yield Crossing("code", f"code:{row['code']}", words)


def _moment(value: datetime | None) -> str:
    return "ever" if value is None else f"{value:%Y-%m-%d %H:%M} UTC"


_FINDERS: dict[str, Callable[[Snapshot, Settings, datetime], Iterator[Crossing]]] = {
    "success": _success,
    "silent": _silent,
    "no_data": _no_data,
    "hole": _hole,
    "doubts": _doubts,
    "code": _code,
}

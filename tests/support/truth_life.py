"""The tables about statuses and runs, computed from the world and what the gateway told."""

from itertools import pairwise
from typing import Any

import polars as pl

from pipeline.emulator.traffic import Message
from pipeline.version import own_version
from support.lived import TAIL, Life
from support.truth_messages import instant
from support.truth_tables import words

_WAYS = {1: {3}, 3: {2}, 2: {6}, 6: {7, 8}}
_WAYS |= {status: _WAYS[status] | {9, 10, 11, 12, 100, 101} for status in (1, 2, 3)}


def status_changes(lived: Life) -> pl.DataFrame:
    """Return each change of a status from one run that saw the message to the next."""
    rows = []
    for message in lived.messages():
        for earlier, later in pairwise(sorted(lived.seen(message))):
            before, after = message.status_at(earlier), message.status_at(later)
            if before != after:
                shown = max(at for at in lived.told[message.message_id] if at < later)
                rows.append(
                    {
                        "message_id": message.message_id,
                        "from_status": before,
                        "to_status": after,
                        "not_before": instant(shown),
                        "not_after": instant(later),
                        "is_possible": after in _ahead(before),
                    }
                )
    return pl.DataFrame(rows)


def _ahead(status: int) -> set[int]:
    """Return every status that a message gets to from one by itself."""
    nearest = _WAYS.get(status, set())
    return nearest.union(*(_ahead(further) for further in nearest))


def status_codes(lived: Life) -> pl.DataFrame:
    """Return the documented statuses, and each that was met and is not documented."""
    rows = [
        {**row, "code": int(row["code"]), "is_final": row["is_final"] == "true"}
        for row in words("status_codes")
    ]
    met = {m.status_at(at) for m in lived.messages() for at in lived.seen(m)}
    rows += [
        {"code": code, "label_en": "Unknown", "label_fr": "Unknown", "outcome": "unknown"}
        | {"is_final": False}
        for code in met - {row["code"] for row in rows}
    ]
    return pl.DataFrame(rows)


def runs(lived: Life) -> pl.DataFrame:
    """Return what ran; without the calls of each kind, which the gateway cannot tell apart."""
    rows = []
    for run in lived.runs:
        ended = run is not lived.runs[-1]
        new, gone = _news(lived, run.at)
        rows.append(
            {
                "run_id": run.run_id,
                "command": run.command,
                "started_at": instant(run.at),
                "finished_at": instant(run.at) if ended else None,
                "exit_code": 0 if ended else None,
                "message": "done" if ended else None,
                "asked_since": instant(lived.since),
                "settled_until": instant(run.at - TAIL),
                "calls": run.calls,
                "lookback_calls": 2,  # the last week fits one answer: a count, and its rows
                "new_versions": new,
                "gone": gone,
                "proven_by": "counts and totals" if lived.since is None else "windows only",
                "doubt": None,
                "version": own_version(),
            }
        )
    return pl.DataFrame(rows, infer_schema_length=None)


def _news(lived: Life, at: int) -> tuple[int, int]:
    """Return how many messages were new or other than last told, and how many had vanished."""
    new = gone = 0
    for message in lived.messages():
        seen, told = lived.seen(message), lived.told.get(message.message_id, set())
        before = max((t for t in told if t < at), default=None)
        if at in told:
            new += before is None or _record(seen[at], at) != _record(seen[before], before)
        earlier = max((t for t in lived.instants if t < at), default=None)
        gone += earlier in seen and at not in seen
    return new, gone


def _record(message: Message, at: int) -> tuple[Any, ...]:
    return message.status_at(at), message.sent_at(at), message.device_id, message.sim


def untold(lived: Life) -> list[int]:
    """Return the messages that the gateway last showed otherwise than they are now."""
    now = lived.instants[-1]
    found = []
    for message in lived.messages():
        seen = lived.seen(message)
        if now in seen:
            last = max(lived.told[message.message_id])
            if _record(seen[last], last) != _record(seen[now], now):
                found.append(message.message_id)
    return found


def snapshot_info(lived: Life) -> pl.DataFrame:
    """Return what the file is."""
    last = lived.runs[-1]
    row = {
        "built_at": instant(last.at),
        "data_until": instant(lived.until),
        "timezone": lived.zone,
        "version": own_version(),
        "run_id": last.run_id,
        "privacy": "mask",
    }
    return pl.DataFrame([row])

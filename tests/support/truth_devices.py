"""The tables about phones and SIMs, computed from what was listed and from the world's messages."""

from collections import defaultdict
from collections.abc import Hashable, Iterable
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl

from pipeline.emulator.cast import Phone
from support.lived import DAY, Life
from support.truth_messages import SETTLE, UNSETTLED, instant, key_of, masked
from support.truth_tables import outgoing, words


def ends(text: str | None) -> str | None:
    """Return an identifier's two ends; None for none."""
    return None if text in {None, "null"} else f"{text[:2]}*****{text[-2:]}"


def stretches(
    told: Iterable[tuple[int, Hashable]],
) -> list[tuple[int, int | None, Any]]:
    """Return from when to when each thing was told; what was told last has no end."""
    found: list[list[Any]] = []
    for at, what in told:
        if found and found[-1][2] == what:
            continue
        if found:
            found[-1][1] = at
        found.append([at, None, what])
    return [tuple(row) for row in found]


def setup(phone: Phone) -> dict[str, Any]:
    """Return what is told of a phone but for its last sign of life."""
    return {
        "title": phone.title.strip(),
        "number": None,
        "imei": ends(phone.imei),
        "serial_number": None,
        "app_version": phone.app_version,
        "is_app_version_actual": False,
        "delay_between_sms": phone.delay_between_sms,
        "delay_between_requests": phone.delay_between_requests,
        "has_subscription": True,
    }


def listed(lived: Life) -> dict[int, dict[int, Phone]]:
    """Return each phone that was ever listed as it was at the instants of the runs."""
    found: dict[int, dict[int, Phone]] = defaultdict(dict)
    for run in lived.runs:
        for phone in run.phones:
            found[phone.device_id][run.at] = phone
    return found


def device_history(lived: Life) -> pl.DataFrame:
    """Return how each phone was set up, from when to when."""
    rows = [
        {"device_id": device, "valid_from": instant(begin), "valid_to": instant(end), **dict(what)}
        for device, phones in listed(lived).items()
        for begin, end, what in stretches(
            (at, tuple(setup(phone).items())) for at, phone in phones.items()
        )
    ]
    return pl.DataFrame(rows, infer_schema_length=None)


def device_days(lived: Life) -> pl.DataFrame:
    """Return on which days each phone gave a sign of life, as the runs could see."""

    def day_of(at: int) -> date:
        return datetime.fromtimestamp(at, ZoneInfo(lived.zone)).date()

    asked = {day_of(run.at) for run in lived.runs}
    rows = []
    for device, phones in listed(lived).items():
        signs: dict[date, set[int]] = defaultdict(set)
        for at, phone in phones.items():
            signs[day_of(last_seen(at, phone))].add(last_seen(at, phone))
        days = {*signs, *(day for day in asked if day >= day_of(min(phones)))}
        rows += [
            {
                "day": day,
                "device_id": device,
                "is_asked": day in asked and day >= day_of(min(phones)),
            }
            | {"is_seen": bool(signs[day]), "last_seen_at": instant(max(signs[day], default=None))}
            for day in days
        ]
    return pl.DataFrame(rows, infer_schema_length=None)


def device_sims(lived: Life) -> pl.DataFrame:
    """Return which SIM was in which slot, from when to when."""
    rows = []
    for device, phones in listed(lived).items():
        slots = {sim.slot for phone in phones.values() for sim in phone.sims}
        for slot in slots:
            told = ((at, sim) for at, p in phones.items() for sim in p.sims if sim.slot == slot)
            rows += [
                {
                    "device_id": device,
                    "sim": slot,
                    "valid_from": instant(begin),
                    "valid_to": instant(end),
                    "is_current": end is None,
                    "carrier": sim.carrier,
                    "country": sim.country.upper(),
                    "is_roaming": False,
                    "number": masked(sim.number),
                    "icc_id": ends(sim.icc_id),
                    "icc_key": key_of(lived, sim.icc_id),
                }
                for begin, end, sim in stretches(told)
            ]
    return pl.DataFrame(rows, infer_schema_length=None)


def last_seen(at: int, phone: Phone) -> int:
    """Return the last sign of life of a phone, as told at an instant."""
    seen = at - phone.silent_days * DAY
    return seen - seen % phone.delay_between_requests


def devices(lived: Life, known: pl.DataFrame) -> pl.DataFrame:
    """Return every phone that was listed or stands in a message, as last told."""
    phones, rows = listed(lived), []
    met = _first_met(lived)
    for device in sorted(met | phones.keys()):
        told = phones.get(device, {})
        sightings = [*told, *([met[device]] if device in met else [])]
        row: dict[str, Any] = {"device_id": device, "sims": 0, "is_listed": bool(told)}
        row["first_seen_at"] = instant(min(sightings))
        if told:
            at, phone = list(told.items())[-1]
            row |= setup(phone) | {
                "created_at": instant(lived.account.world.epoch - 400 * DAY),
                "last_seen_at": instant(last_seen(at, phone)),
                "sims": len(phone.sims),
                "country": phone.sims[0].country.upper(),
            }
        rows.append(row)
    return pl.DataFrame(rows, infer_schema_length=None)


def _first_met(lived: Life) -> dict[int, int]:
    """Return when a message first stood on each phone."""
    found: dict[int, int] = {}
    for message in lived.messages():
        for at, there in lived.seen(message).items():
            found[there.device_id] = min(at, found.get(there.device_id, at))
    return found


def device_health(lived: Life, known: pl.DataFrame) -> pl.DataFrame:
    """Return how each phone does, by the rules written beside the states."""
    age = (pl.lit(instant(lived.until)) - pl.col("due_at")).dt.total_seconds()
    sent = outgoing(known).with_columns(
        is_success=pl.col("outcome").is_in(["delivered", "sent"]),
        is_recent=age.is_between(0, DAY),
        is_unsettled=pl.col("outcome").is_in(UNSETTLED) & (age <= SETTLE),
    )
    now = {device: list(told.values())[-1] for device, told in listed(lived).items()}
    sims, answered = _busy_sims(sent, now), lived.runs[-1].at
    causes = {row["state"]: row for row in words("device_states")}
    rows = []
    for device in devices(lived, known).to_dicts():
        mine = sent.filter(device_id=device["device_id"])
        recent = mine.filter("is_recent")
        seen = device["last_seen_at"]
        silent = None if seen is None else answered - int(seen.timestamp())
        is_barred = bool(recent["status"].is_in([100, 101]).any())
        phone = now.get(device["device_id"])
        state = _state(phone, silent, sims, is_barred=is_barred)
        rows.append(
            {name: device[name] for name in ("device_id", "title", "last_seen_at")}
            | {"answered_at": instant(answered), "silent_for": silent, "state": state}
            | {"recent": recent.height, "successes": recent["is_success"].sum()}
            | _unsettled_and_last(mine)
            | {
                "likely_cause": causes[state]["likely_cause_en"] or None,
                "first_action": causes[state]["first_action_en"] or None,
            }
        )
    return pl.DataFrame(rows, infer_schema_length=None)


def _busy_sims(sent: pl.DataFrame, now: dict[int, Phone]) -> list[dict[str, Any]]:
    """Return the SIMs with traffic of late, what of it succeeded, and their operators now."""
    operators = {(d, sim.slot): sim.carrier for d, phone in now.items() for sim in phone.sims}
    counted = (
        sent.filter("is_recent")
        .group_by("device_id", "sim")
        .agg(successes=pl.col("is_success").sum())
    )
    return [
        {**row, "operator": operators.get((row["device_id"], row["sim"]))}
        for row in counted.to_dicts()
    ]


def _unsettled_and_last(mine: pl.DataFrame) -> dict[str, Any]:
    unsettled, good = mine.filter("is_unsettled"), mine.filter("is_success")
    return {
        "unsettled": unsettled.height,
        "oldest_unsettled_at": unsettled["due_at"].min(),
        "last_success_at": good["due_at"].max(),
        "sim_0_last_success_at": good.filter(sim=0)["due_at"].max(),
        "sim_1_last_success_at": good.filter(sim=1)["due_at"].max(),
    }


def _state(
    phone: Phone | None, silent: int | None, sims: list[dict[str, Any]], *, is_barred: bool
) -> str:
    """Return the first state that fits, the gravest first; `sims` had traffic of late."""
    if phone is None or silent is None:
        return "never listed"
    mine = [sim for sim in sims if sim["device_id"] == phone.device_id]
    failing = [sim for sim in mine if sim["successes"] == 0]
    if is_barred:
        return "not allowed to send"
    if silent > max(60, 3 * phone.delay_between_requests):
        return "silent"
    if mine and all(_fails_everywhere(sim["operator"], sims) for sim in mine):
        return "operator failing"
    if failing:
        return "one SIM failing" if len(failing) < len(mine) else "not sending"
    return "working" if mine else "idle"


def _fails_everywhere(operator: str | None, sims: list[dict[str, Any]]) -> bool:
    same = [sim for sim in sims if operator is not None and sim["operator"] == operator]
    phones = {sim["device_id"] for sim in same}
    return len(phones) > 1 and not any(sim["successes"] for sim in same)

"""Every figure is what the messages themselves say: for worlds, periods, zones and one phone."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from pipeline.report.formats import short_name
from pipeline.report.names import country_name, phone_name, slot_name
from pipeline.report.stats import Rate, change_of, growth
from pipeline.report.voice import Voice
from support.wanted import Told, reports

__all__ = ["reports"]

VOICE = Voice("en")
GOOD, LOST = "status in (6, 7)", "status in (8, 9, 10, 11, 12, 100, 101)"
KEYS = {
    "device": "device_id",
    "sim": "device_id, sim",
    "country": "recipient_country",
    "carrier": "sim_carrier",
    "customer": "customer_id",
    "newsletter": "newsletter_id",
}


def test_each_dimension_says_what_its_messages_say(reports: list[Told]) -> None:
    """Counts, rates, changes, losses, codes and sparklines of each row are those of messages."""
    for report in reports:
        for dimension, keys in KEYS.items():
            wanted = {_name(report, dimension, row): row for row in _routes(report, keys)}
            if len(wanted) < 2:
                assert f"by_{dimension}" not in report.tables
                continue
            found = report.tables[f"by_{dimension}"].rows
            assert {row[0] for row in found} == wanted.keys()
            assert [row for row in found if not _is(row, wanted[row[0]], report)] == []


def _routes(report: Told, keys: str) -> list[dict[str, Any]]:
    """Count the messages of each key, in the period and in what it is compared with."""
    counts = f"count(*), count(*) filter ({GOOD}), count(*) filter ({LOST})"
    size = len(keys.split(","))
    now = report.sent(
        f"{keys}, {counts}, count(*) filter (status = 7), count(*) filter (status = 8)",
        "group by all",
    )
    codes = Counter(
        {
            (*row[:-2], row[-2]): row[-1]
            for row in report.sent(f"{keys}, status, count(*)", f"and {LOST} group by all")
        }
    )
    days: dict[Any, dict[int, float]] = {}
    for *key, age, good, lost in report.sent(
        f"{keys}, ($last::date - day)::int, count(*) filter ({GOOD}), count(*) filter ({LOST})",
        "and day > $last::date - 14 group by all",
    ):
        if good + lost:
            days.setdefault(tuple(key), {})[age] = good / (good + lost)
    before = _earlier(report, keys, "between $before_first::date and $before_last::date", cut=True)
    usual = _earlier(report, keys, "between $history_first::date and $first::date - 1", cut=False)
    return [
        {
            "key": row[:size],
            "counts": row[size:],
            "before": before.get(row[:size], (0, 0)),
            "usual": _usual(usual.get(row[:size], (0, 0)), list(usual.values())),
            "code": _main({key[-1]: n for key, n in codes.items() if key[:-1] == row[:size]}),
            "spark": tuple(days.get(row[:size], {}).get(age) for age in range(13, -1, -1)),
        }
        for row in now
    ]


def _earlier(report: Told, keys: str, days: str, *, cut: bool) -> dict[Any, tuple[int, int]]:
    until = "and due_at at time zone $zone < $before_until" if cut else ""
    rows = report.rows(
        f"select {keys}, count(*) filter ({GOOD}), count(*) filter ({LOST}) from messages"
        f" where direction = 'outgoing' and gone_at is null and day {days} {until}"
        " and ($device::bigint is null or device_id = $device::bigint) group by all"
    )
    return {row[:-2]: row[-2:] for row in rows}


def _usual(own: tuple[int, int], everything: list[tuple[int, int]]) -> float | None:
    good, lost = own if sum(own) >= 30 else map(sum, zip(*everything, strict=True)) or (0, 0)
    return lost / (good + lost) if good + lost else None


def _main(codes: dict[int, int]) -> int | None:
    return min(codes, key=lambda code: (-codes[code], code), default=None)


def _name(report: Told, dimension: str, row: dict[str, Any]) -> str:
    """Return what a row of the page is to be called."""
    first, *rest = row["key"]
    if dimension in {"device", "sim"}:
        phone = phone_name(first, report.titles.get(first), VOICE)
        if dimension == "device":
            return phone
        parts = [short_name(text, "") for text in report.sims.get(row["key"], ()) if text]
        return ", ".join([phone, slot_name(*rest, VOICE), *parts])
    if dimension == "country":
        return country_name(first, VOICE)
    if first is None:
        return {"carrier": "unknown carrier"}.get(dimension, f"no {dimension}")
    if dimension == "newsletter":
        return f"{short_name(report.newsletters[first], 'newsletter')} ({first})"
    return short_name(str(first), "?")


def _is(found: tuple[Any, ...], wanted: dict[str, Any], report: Told) -> bool:
    """Whether a row of the page is what it is to be."""
    outgoing, good, lost, delivered, undelivered = wanted["counts"]
    success = Rate(good, good + lost)
    before_good, before_lost = wanted["before"]
    excess = None
    if wanted["usual"] is not None:
        excess = round(max(lost - (good + lost) * wanted["usual"], 0))
    code = found[6] and int(found[6].split()[0])
    return (*found[1:6], code, *found[7:]) == (
        outgoing,
        success,
        success,
        change_of(success, Rate(before_good, before_good + before_lost)),
        excess,
        wanted["code"],
        Rate(delivered, delivered + undelivered),
        Rate(delivered + undelivered, good + undelivered),
        wanted["spark"],
    )


def test_codes_say_what_their_messages_say(reports: list[Told]) -> None:
    """Number, share, change, first and last day of each code are those of the messages."""
    for report in reports:
        wanted = dict(report.sent("status, count(*)", f"and {LOST} group by all"))
        if not wanted:
            assert report.said("why") == ["No message of this period failed or was undelivered."]
            continue
        before = dict(
            report.rows(
                f"select status, count(*) from messages where {LOST} and gone_at is null"
                " and day between $before_first::date and $before_last::date"
                " and due_at at time zone $zone < $before_until"
                " and ($device::bigint is null or device_id = $device::bigint) group by all"
            )
        )
        ends = {
            code: days
            for code, *days in report.rows(
                f"select status, min(day), max(day) from messages where {LOST} and gone_at is null"
                " and ($device::bigint is null or device_id = $device::bigint) group by all"
            )
        }
        found = report.columns(
            "codes", "code", "messages", "share_of_failures", "change", "first_seen", "last_seen"
        )
        assert {int(row[0].split()[0]): row[1:] for row in found} == {
            code: (
                number,
                pytest.approx(number / sum(wanted.values())),
                growth(number, before.get(code, 0)),
                *ends[code],
            )
            for code, number in wanted.items()
        }


def test_days_of_failures_say_what_their_messages_say(reports: list[Told]) -> None:
    """Each bar of the failures is the messages of its day and code; the last is all other codes."""
    for report in (one for one in reports if "failures_by_day" in one.tables):
        table = report.tables["failures_by_day"]
        named = [column.key for column in table.columns[1:]]
        wanted = Counter(
            dict(_pairs(report.sent("day, status, count(*)", f"and {LOST} group by all")))
        )
        shown = [int(key.split("_")[1]) for key in named if key != "other"]
        for day, *sizes in table.rows:
            others = sum(n for (on, code), n in wanted.items() if on == day and code not in shown)
            assert sizes == [wanted[day, code] for code in shown] + [others] * ("other" in named)
        assert sum(sum(row[1:]) for row in table.rows) == sum(wanted.values())


def _pairs(rows: list[tuple[Any, ...]]) -> Iterator[tuple[Any, Any]]:
    return ((tuple(row[:-1]), row[-1]) for row in rows)


def test_hours_of_the_week_say_what_their_messages_say(reports: list[Told]) -> None:
    """Each cell of ten or more messages is its hour's failure rate in the zone, others blank."""
    for report in reports:
        wanted = {
            (weekday, hour): Rate(lost, all_)
            for weekday, hour, all_, lost in report.sent(
                "isodow(due_at at time zone $zone), hour(due_at at time zone $zone), count(*),"
                f" count(*) filter ({LOST})",
                "group by all",
            )
            if all_ >= 10
        }
        if not wanted:
            assert any("too few" in text for text in report.said("when"))
            continue
        found = {
            (weekday, hour): cell
            for weekday, (_, cells) in enumerate(report.heat("week").rows, start=1)
            for hour, cell in enumerate(cells)
            if cell is not None
        }
        assert found == wanted

"""The key figures: each equals the snapshot, and says what it cannot say."""

from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from pipeline.report.asked import Period
from pipeline.report.making import ask
from pipeline.report.model import Figure, Figures
from pipeline.report.sections.figures import figures
from pipeline.report.source import Source
from pipeline.report.stats import Rate
from pipeline.report.voice import Voice
from pipeline.warehouse.snapshot import open_snapshot
from support.account import Account
from support.calm import UNTIL, calm
from support.reported import reported
from support.worlds import Row, Trouble, made_snapshot, source_of, traffic_rows

__all__ = ["calm", "reported"]

FIRST, LAST = date(2026, 10, 4), date(2026, 10, 31)


def by_key(source: Source) -> dict[str, Figure]:
    """Return the figures by their keys."""
    (block,) = figures(source, Voice("en")).blocks
    assert isinstance(block, Figures)
    return {item.key: item for item in block.items}


@pytest.mark.parametrize("device_id", [None, 11265])
@pytest.mark.parametrize("days", [("2026-10-06", "2026-11-02"), ("2026-10-30", "2026-11-01")])
def test_every_figure_is_what_the_snapshot_holds(
    reported: Account, device_id: int | None, days: tuple[str, str]
) -> None:
    """Counts, rates and times are those of the messages of the period, counted one by one."""
    first, last = map(date.fromisoformat, days)
    with open_snapshot(reported.settings.snapshot_path) as snapshot:
        asked = ask(snapshot, Period(first, last), "en", device_id=device_id)
        shown = by_key(Source(snapshot, asked))
        (told,) = snapshot.rows(_TRUTH, {"first": first, "last": last, "device": device_id})
    for key in "outgoing", "failed", "open":
        assert shown[key].value == told[key]
    for key in "success_rate", "confirmed_rate", "receipt_coverage":
        assert (shown[key].value.hits, shown[key].value.of) == (told[f"{key}_hits"], told[key])
    for key in "sent_p50", "sent_p95":
        assert shown[key].value == pytest.approx(told[key])


_TRUTH = """
    select
        count(*) as outgoing,
        count(*) filter (where status in (8, 9, 10, 11, 12, 100, 101)) as failed,
        count(*) filter (where status in (1, 2, 3)) as open,
        count(*) filter (where status in (6, 7)) as success_rate_hits,
        count(*) filter (where status in (6, 7, 8, 9, 10, 11, 12, 100, 101)) as success_rate,
        count(*) filter (where status = 7) as confirmed_rate_hits,
        count(*) filter (where status in (7, 8)) as confirmed_rate,
        count(*) filter (where status in (7, 8)) as receipt_coverage_hits,
        count(*) filter (where status in (6, 7, 8)) as receipt_coverage,
        quantile_cont(epoch(sent_at) - epoch(due_at), 0.5) filter (where status in (6, 7, 8))
            as sent_p50,
        quantile_cont(epoch(sent_at) - epoch(due_at), 0.95) filter (where status in (6, 7, 8))
            as sent_p95
    from messages
    where
        day between $first and $last
        and direction = 'outgoing'
        and gone_at is null
        and ($device::bigint is null or device_id = $device::bigint)
"""


def test_changes_are_against_the_same_elapsed_part(tmp_path: Path) -> None:
    """A count grows from the same part of the compared period; a rate moves by its difference."""
    rows = list(traffic_rows())
    path = made_snapshot(tmp_path, rows, UNTIL)
    with source_of(path, FIRST, LAST) as source:
        shown = by_key(source)
    now = [r for r in rows if str(FIRST) <= str(r.due) < "2026-10-31 09:00:00"]
    before = [r for r in rows if "2026-09-06" <= str(r.due) < "2026-10-03 09:00:00"]
    change = shown["outgoing"].change
    assert change is not None
    assert change.difference == pytest.approx(len(now) / len(before) - 1)
    moved = shown["success_rate"].change
    assert moved is not None
    assert moved.difference == pytest.approx(_rate(now) - _rate(before))


def _rate(rows: list[Row]) -> float:
    return sum(row.status in {6, 7} for row in rows) / len(rows)


def test_failed_says_how_many_are_above_what_is_usual(tmp_path: Path) -> None:
    """The second number beside the failed ones is what an incident of the period cost."""
    trouble = Trouble(1, date(2026, 10, 12), date(2026, 10, 14), rate=0.1)
    path = made_snapshot(tmp_path, traffic_rows(troubles=(trouble,)), UNTIL)
    with source_of(path, FIRST, LAST) as source:
        meaning = by_key(source)["failed"].meaning
    above = int(meaning.split(",")[1].split()[0])
    assert above == pytest.approx(3 * 100 * 0.865, rel=0.15)
    assert "above usual" in meaning


def test_without_history_nothing_is_called_usual(tmp_path: Path) -> None:
    """In an account's first two weeks the page says that it cannot know what is usual."""
    path = made_snapshot(tmp_path, traffic_rows(days=12), UNTIL)
    with source_of(path, date(2026, 9, 1), date(2026, 9, 12)) as source:
        assert "not enough history" in by_key(source)["failed"].meaning


def test_a_time_that_few_tell_is_hidden(tmp_path: Path) -> None:
    """With a sent time on under half of the messages that left, no time to send is shown."""
    rows = [
        Row(row.due, row.status, sent_after=30.0 if number % 5 < 2 else None)
        for number, row in enumerate(traffic_rows())
    ]
    path = made_snapshot(tmp_path, rows, UNTIL)
    with source_of(path, FIRST, LAST) as source:
        shown = by_key(source)
    assert shown["sent_p50"].value is None
    assert shown["sent_p50"].spark == ()
    assert "hidden" in shown["sent_p50"].meaning


def test_a_sparkline_has_the_28_days_up_to_the_end(tmp_path: Path) -> None:
    """Also where the period is shorter, and with a gap where a day has no message."""
    quiet = date(2026, 10, 20)
    rows = [row for row in traffic_rows() if row.due.date() != quiet]
    path = made_snapshot(tmp_path, rows, UNTIL)
    with source_of(path, date(2026, 10, 29), date(2026, 10, 30)) as source:
        shown = by_key(source)
    on = [row for row in rows if date(2026, 10, 3) <= row.due.date() <= date(2026, 10, 30)]
    spark = shown["outgoing"].spark
    assert len(spark) == 28
    assert spark[(quiet - date(2026, 10, 3)).days] is None
    assert sum(value or 0 for value in spark) == len(on)


def test_open_messages_say_their_age_and_silent_phones_are_not_online(tmp_path: Path) -> None:
    """The oldest open message, those over an hour, those stuck; phones that ask for work."""
    rows = [
        *traffic_rows(),
        Row(datetime.fromisoformat("2026-10-27 08:00"), 3),
        Row(datetime.fromisoformat("2026-10-31 07:00"), 1),
        Row(datetime.fromisoformat("2026-10-31 08:30"), 1),
        Row(datetime.fromisoformat("2026-10-31 20:00"), 1),
    ]
    path = made_snapshot(tmp_path, rows, UNTIL, states={2: "silent"})
    with source_of(path, FIRST, LAST) as source:
        shown = by_key(source)
    assert shown["open"].value == 4
    expected = "due for 4\N{NO-BREAK SPACE}d 1\N{NO-BREAK SPACE}h, 2 for more than an hour, 1 for"
    assert expected in shown["open"].meaning
    assert shown["phones"].value == 2
    assert shown["phones"].meaning.startswith("of 3 ")


def test_what_is_open_of_a_past_period_is_as_old_as_it_is_now(tmp_path: Path) -> None:
    """An open message of a week ago has waited a week by now, not until its own period ended."""
    rows = [*traffic_rows(), Row(datetime.fromisoformat("2026-10-23 23:30"), 3)]
    path = made_snapshot(tmp_path, rows, UNTIL)
    with source_of(path, date(2026, 10, 17), date(2026, 10, 23)) as source:
        meaning = by_key(source)["open"].meaning
    assert "due for 7\N{NO-BREAK SPACE}d 9\N{NO-BREAK SPACE}h, 1 for more than an hour" in meaning


def test_an_empty_period_has_figures_without_values(calm: Path) -> None:
    """Where nothing was due, counts are 0, rates are of nothing, and nothing divides by it."""
    with source_of(calm, date(2026, 1, 1), date(2026, 1, 28)) as source:
        shown = by_key(source)
    values: dict[str, Any] = {key: item.value for key, item in shown.items()}
    assert (values["outgoing"], values["failed"], values["open"]) == (0, 0, 0)
    assert values["success_rate"] == Rate(0, 0)
    assert values["sent_p95"] is None

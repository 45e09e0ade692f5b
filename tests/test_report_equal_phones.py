"""What the page says of each phone, of what came in and of what is odd is what the tables say."""

from datetime import timedelta

from pipeline.report.names import failure_name, phone_name, slot_name
from pipeline.report.voice import Voice
from support.asked import Told, reports

__all__ = ["reports"]

VOICE = Voice("en")
LOST = "status in (8, 9, 10, 11, 12, 100, 101)"


def test_the_last_failures_of_a_phone_are_its_last(reports: list[Told]) -> None:
    """Behind a phone's row stand its last five failures of the period, numbers as published."""
    for report in reports:
        for ident, table in report.tables.items():
            if not ident.startswith("phone-") or not ident.endswith("-failures"):
                continue
            wanted = report.sent(
                "due_at at time zone $zone, sim, recipient, status",
                f"and device_id = {int(ident.split('-')[1])} and {LOST}"
                " order by due_at desc, message_id desc limit 5",
            )
            assert [(row[0], row[1], row[2], int(row[3].split()[0])) for row in table.rows] == [
                (due, slot_name(sim, VOICE), recipient, status)
                for due, sim, recipient, status in wanted
            ]


def test_the_hours_of_a_phone_are_its_hours(reports: list[Told]) -> None:
    """Behind a phone's row stands its failure rate of each hour of the zone with ten or more."""
    seen = 0
    for report in reports:
        said = report.said("where")
        for device_id in report.titles:
            wanted = [
                f"{hour:02}:00 {VOICE.share(lost / all_)}"
                for hour, all_, lost in report.sent(
                    f"hour(due_at at time zone $zone), count(*), count(*) filter ({LOST})",
                    f"and device_id = {device_id} group by all having count(*) >= 10 order by 1",
                )
            ]
            if wanted:
                assert any(text.endswith(f": {'; '.join(wanted)}.") for text in said)
                seen += 1
    assert seen


def test_the_codes_of_a_phone_add_up(reports: list[Told]) -> None:
    """Behind a phone's row stands each of its codes with its number of messages."""
    labels = {}
    for report in reports:
        labels = dict(report.rows("select code, label from failure_codes"))
        said = " ".join(report.said("where"))
        rows = report.sent("device_id, status, count(*)", f"and {LOST} group by all")
        for _, code, number in rows:
            assert f"{failure_name(code, labels[code], VOICE)}: {number}" in said
    assert labels


def test_the_health_of_a_phone_is_published_so(reports: list[Told]) -> None:
    """State, last sign of life, days seen, open messages and the busiest hour are the tables'."""
    for report in reports:
        found = report.columns(
            "health", "device", "state", "last_seen", "open", "oldest_open", "busiest_hour"
        )
        busiest = dict(
            report.rows(
                "select device_id, max(n) from (select device_id, count(*) as n from messages"
                " where direction = 'outgoing' and day between $first::date and $last::date"
                " and gone_at is null group by device_id, date_trunc('hour', due_at)) group by all"
            )
        )
        waiting = {
            row[0]: row[1:]
            for row in report.rows(
                "select device_id, count(*), min(due_at) at time zone $zone from messages"
                " where status in (1, 2, 3) and gone_at is null group by all"
            )
        }
        wanted = report.rows(
            "select device_id, title, state, last_seen_at at time zone $zone from device_health"
            " where $device::bigint is null or device_id = $device::bigint"
        )
        assert sorted((row[0], row[1].word, *row[2:]) for row in found) == sorted(
            (
                phone_name(device, title, VOICE),
                state,
                seen,
                *waiting.get(device, (0, None)),
                busiest.get(device, 0),
            )
            for device, title, state, seen in wanted
        )


def test_what_came_in_is_what_came_in(reports: list[Told]) -> None:
    """Messages, senders, replies and stops of each SIM and day are counted from the messages."""
    counts = (
        "count(*), count(distinct recipient_key), count(*) filter (exists (from messages as sent"
        " where sent.direction = 'outgoing' and sent.recipient_key = got.recipient_key"
        " and sent.due_at between got.due_at - interval 72 hours and got.due_at)),"
        " count(stop_word)"
    )
    rest = (
        "from messages as got where direction = 'incoming' and gone_at is null"
        " and day between $first::date and $last::date"
        " and ($device::bigint is null or device_id = $device::bigint) group by all"
    )
    keys = ("messages", "senders", "replies", "stops")
    for report in reports:
        sims = report.rows(f"select device_id, sim, {counts} {rest}")
        assert sorted(report.columns("incoming_by_sim", "device", "sim", *keys)) == sorted(
            (phone_name(device, report.titles[device], VOICE), slot_name(sim, VOICE), *numbers)
            for device, sim, *numbers in sims
        )
        days = {row[0]: row[1:] for row in report.rows(f"select day, {counts} {rest}")}
        found = {row[0]: row[1:] for row in report.columns("incoming_by_day", "day", *keys)}
        period = report.report.asked.period
        every = [period.first + timedelta(days=number) for number in range(period.days)]
        assert found == {day: days.get(day, (0, 0, 0, 0)) for day in every}


def test_what_is_odd_is_counted(reports: list[Told]) -> None:
    """Unknown, vanished, stuck and ambiguous messages of the period are those of the table."""
    for report in reports:
        (wanted,) = report.rows(
            "select count(*) filter (outcome = 'unknown'), count(*) filter (gone_at is not null),"
            " count(*) filter (is_stuck), count(*) filter (is_time_ambiguous), 0 from messages"
            " where day between $first::date and $last::date"
            " and ($device::bigint is null or device_id = $device::bigint)"
        )
        found = dict(report.columns("odd", "what", "messages"))
        names = ("Unknown status", "Vanished", "Stuck", "Unclear time", "Double")
        assert tuple(found[name] for name in names) == wanted
        statuses = report.tables.get("unknown_statuses")
        assert sum(row[2] for row in statuses.rows) if statuses else wanted[0] == 0

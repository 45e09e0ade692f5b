"""What the report tells a person to act on."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from pipeline.emulator.world import World, make_world
from pipeline.report.findings import findings
from pipeline.report.making import make_report, render
from pipeline.report.model import Finding, Findings
from pipeline.report.sections.where import where
from pipeline.report.source import Source
from pipeline.report.tables import Table
from pipeline.report.voice import Voice
from pipeline.warehouse.snapshot import open_snapshot
from support.account import NOW
from support.campaign import rounds
from support.pages import Page
from support.worlds import (
    Row,
    Trouble,
    asked_of,
    made_snapshot,
    source_of,
    traffic_rows,
    world_rows,
)

FIRST, LAST = date(2026, 10, 3), date(2026, 10, 30)
UNTIL = datetime.fromisoformat("2026-10-31 09:00")


def told(source: Source) -> list[Finding]:
    """Return the findings, in English."""
    return findings(source, Voice("en"))


@pytest.mark.parametrize("seed", range(rounds(2, 20)))
def test_an_incident_of_the_emulator_is_the_first_finding(tmp_path: Path, seed: int) -> None:
    """Its phone, code, days and, within a tenth, messages lost are those of the world."""
    world = make_world(seed=seed, messages=20_000, days=70, now=NOW)
    path = made_snapshot(tmp_path, world_rows(world, NOW), NOW.naive())
    with source_of(path, NOW.date() - timedelta(days=27), NOW.date()) as source:
        first = told(source)[0]
    phone, begin, end = world.phones[2].device_id, NOW.subtract(days=12), NOW.subtract(days=9)
    assert first.kind == "incident"
    assert (first.facts["device_id"], first.facts["code"]) == (phone, 12)
    assert abs((first.facts["first"] - begin.date()).days) <= 1
    assert abs((first.facts["last"] - end.date()).days) <= 1
    assert first.lost == pytest.approx(_lost(world, phone, begin, end), rel=0.1)


def _lost(world: World, phone: int, begin: datetime, end: datetime) -> float:
    """Return how many more of a phone's messages failed between two instants than else."""
    utc = [
        (row.due.replace(tzinfo=UTC), row)
        for row in world_rows(world, NOW)
        if row.device_id == phone and row.status not in {1, 2, 3}
    ]
    good = {6, 7}
    inside = [row.status in good for due, row in utc if begin <= due < end]
    before = [row.status in good for due, row in utc if due < begin]
    return len(inside) * sum(before) / len(before) - sum(inside)


def test_a_phone_that_the_total_hides_is_found(tmp_path: Path) -> None:
    """An incident too small for the total is found on its phone."""
    trouble = Trouble(3, date(2026, 10, 20), date(2026, 10, 22), rate=0.5, code=10)
    rows = traffic_rows(per_day=400, weights=(60, 36, 4), troubles=(trouble,))
    with source_of(made_snapshot(tmp_path, rows, UNTIL), FIRST, LAST) as source:
        first = told(source)[0]
    assert (first.kind, first.facts["device_id"], first.facts["code"]) == ("incident", 3, 10)
    assert abs((first.facts["first"] - trouble.first).days) <= 1
    assert abs((first.facts["last"] - trouble.last).days) <= 1


def test_one_sim_is_named_where_the_other_works(tmp_path: Path) -> None:
    """Where one SIM of a phone fails, the finding is about that SIM and told once."""
    trouble = Trouble(1, date(2026, 10, 12), date(2026, 10, 14), code=9, sim=1)
    rows = traffic_rows(troubles=(trouble,))
    with source_of(made_snapshot(tmp_path, rows, UNTIL), FIRST, LAST) as source:
        found = [one for one in told(source) if one.kind == "incident"]
    assert len(found) == 1
    assert found[0].facts["dimension"] == "sim"
    assert (found[0].facts["device_id"], found[0].facts["sim"]) == (1, 1)
    assert (found[0].facts["first"], found[0].facts["last"]) == (trouble.first, trouble.last)
    assert found[0].facts["code"] == 9


def test_a_carrier_is_named_where_all_its_sims_fail(tmp_path: Path) -> None:
    """Where the SIMs of one carrier fail on every phone, the carrier is named, and no phone."""
    days = date(2026, 10, 12), date(2026, 10, 13)
    troubles = tuple(Trouble(phone, *days, code=10, sim=1) for phone in (1, 2, 3))
    rows = [
        row if row.sim == 1 else Row(row.due, row.status, row.device_id, 0, "Orange", "DE")
        for row in traffic_rows(troubles=troubles)
    ]
    with source_of(made_snapshot(tmp_path, rows, UNTIL), FIRST, LAST) as source:
        first = told(source)[0]
        links = {
            link
            for table in where(source, Voice("en")).blocks
            if isinstance(table, Table)
            for link in table.links
        }
    assert first.link in links
    assert first.facts["dimension"] == "carrier"
    assert first.facts["name"] == "Telekom.de"
    assert first.facts["code"] == 10


def test_with_one_phone_the_phone_is_named(tmp_path: Path) -> None:
    """Where all traffic is of one phone, its dip is an incident of that phone."""
    trouble = Trouble(1, date(2026, 10, 12), date(2026, 10, 13), code=11)
    rows = traffic_rows(weights=(1,), troubles=(trouble,))
    path = made_snapshot(tmp_path, rows, UNTIL)
    with source_of(path, FIRST, LAST) as source:
        first = told(source)[0]
    assert (first.kind, first.facts["device_id"], first.facts["code"]) == ("incident", 1, 11)


def test_a_report_of_one_phone_tells_of_no_other(tmp_path: Path) -> None:
    """Narrowed to a phone, the incident of another is not told; its own is."""
    rows = list(traffic_rows(troubles=(Trouble(1, date(2026, 10, 12), date(2026, 10, 13)),)))
    path = made_snapshot(tmp_path, rows, UNTIL)
    with source_of(path, FIRST, LAST, device_id=2) as source:
        assert not [one for one in told(source) if one.kind in {"incident", "dip"}]
    with source_of(path, FIRST, LAST, device_id=1) as source:
        assert told(source)[0].facts["device_id"] == 1


def test_days_that_are_not_settled_are_not_judged(tmp_path: Path) -> None:
    """What happened in the last 24 hours is no incident yet."""
    troubles = (Trouble(1, date(2026, 10, 30), date(2026, 10, 30)),)
    path = made_snapshot(tmp_path, traffic_rows(troubles=troubles), UNTIL)
    with source_of(path, FIRST, LAST) as source:
        assert not [one for one in told(source) if one.kind in {"incident", "dip"}]
    later = made_snapshot(
        tmp_path, traffic_rows(troubles=troubles), datetime.fromisoformat("2026-11-01")
    )
    with source_of(later, FIRST, LAST) as source:
        assert told(source)[0].facts["first"] == date(2026, 10, 30)


def test_an_incident_that_lasts_is_told_as_since(tmp_path: Path) -> None:
    """An incident up to the last day that can be judged is told as `since`, with the way on."""
    troubles = (Trouble(1, date(2026, 10, 28), date(2026, 10, 30)),)
    until = datetime.fromisoformat("2026-11-01")
    path = made_snapshot(tmp_path, traffic_rows(troubles=troubles), until, states={1: "silent"})
    with source_of(path, FIRST, LAST + timedelta(days=1)) as source:
        first = told(source)[0]
    assert "since 28 Oct 2026" in first.what
    assert "code 12" in first.what
    assert first.cause.endswith("The phone's state now: silent.")
    assert "radio" in first.action
    with source_of(path, FIRST, LAST + timedelta(days=1), language="fr") as source:
        assert "muet" in findings(source, Voice("fr"))[0].cause


def test_an_only_phone_bears_what_both_its_sims_lost(tmp_path: Path) -> None:
    """Where there is one phone, its outage is told once, and that of one SIM is the SIM's."""
    days = {"first": date(2026, 10, 20), "last": date(2026, 10, 22)}
    for sim, cell in ((None, None), (1, 1)):
        rows = traffic_rows(weights=(1,), troubles=(Trouble(1, **days, sim=sim),))
        with source_of(made_snapshot(tmp_path, rows, UNTIL), FIRST, LAST) as source:
            incidents = [one for one in told(source) if one.kind == "incident"]
        assert [one.facts.get("sim") for one in incidents] == [cell]
        assert incidents[0].facts["device_id"] == 1


def test_silent_phones_permissions_and_stuck_messages_are_told(tmp_path: Path) -> None:
    """A silent phone, codes 100 and 101, and messages open for over an hour are findings."""
    at = datetime.fromisoformat("2026-10-29 12:00")
    rows = [
        *traffic_rows(),
        *(Row(at, 100, 2, 0) for _ in range(5)),
        *(Row(at, 1, 1, 0) for _ in range(7)),
        *(Row(at, 3, 3, 0) for _ in range(2)),
    ]
    path = made_snapshot(tmp_path, rows, UNTIL, states={1: "silent", 2: "silent"})
    with source_of(path, FIRST, LAST) as source:
        found = told(source)
    by_kind = {one.kind: one for one in found}
    silent = {one.facts["device_id"]: one for one in found if one.kind == "silent"}
    assert silent[1].lost == 7
    assert silent[1].what.endswith("; 7 messages wait for it.")
    assert silent[2].what.endswith("has been silent for 2\N{NO-BREAK SPACE}h.")
    assert (by_kind["permission"].facts["device_id"], by_kind["permission"].lost) == (2, 5)
    assert (by_kind["stuck"].facts["device_id"], by_kind["stuck"].lost) == (3, 2)


def test_a_lasting_fall_is_told_once(tmp_path: Path) -> None:
    """A phone that does worse on every day than in the compared period is one finding, a fall."""
    trouble = Trouble(2, date(2026, 8, 1), date(2026, 10, 31), rate=0.90)
    rows = traffic_rows(first=date(2026, 6, 1), days=152, troubles=(trouble,))
    path = made_snapshot(tmp_path, rows, UNTIL)
    with source_of(path, date(2026, 8, 1), date(2026, 8, 28)) as source:
        found = told(source)
    assert [one.facts.get("device_id") for one in found if one.kind == "fall"] == [2]
    with source_of(path, FIRST, LAST) as source:
        assert not [one for one in told(source) if one.kind == "fall"]


def test_without_trouble_there_is_nothing_unusual(tmp_path: Path) -> None:
    """A quiet world has no finding, and the page says so, with the largest change."""
    path = made_snapshot(tmp_path, traffic_rows(seed=3), UNTIL)
    with open_snapshot(path) as snapshot:
        report = make_report(snapshot, asked_of(snapshot, FIRST, LAST))
    block = report.sections[0].blocks[0]
    assert isinstance(block, Findings)
    assert block.items == ()
    assert block.calm.startswith("Nothing unusual. Largest change: ")
    assert report.headline.endswith("nothing unusual")


def test_at_most_five_are_shown_and_the_costliest_first(tmp_path: Path) -> None:
    """Six phones with an incident each give five findings in order of messages lost."""
    troubles = tuple(
        Trouble(phone, date(2026, 10, 4 + 4 * phone), date(2026, 10, 5 + 4 * phone), rate=0.1)
        for phone in range(1, 7)
    )
    rows = traffic_rows(per_day=600, weights=(6, 5, 4, 3, 2, 1), troubles=troubles)
    with open_snapshot(made_snapshot(tmp_path, rows, UNTIL)) as snapshot:
        report = make_report(snapshot, asked_of(snapshot, FIRST, LAST))
    block = report.sections[0].blocks[0]
    assert isinstance(block, Findings)
    assert len(block.items) == 5
    lost = [item.lost for item in block.items]
    assert lost == sorted(lost, reverse=True)
    assert {item.kind for item in block.items} == {"incident"}


def test_a_short_history_says_so(tmp_path: Path) -> None:
    """With fewer than 14 days before, no day is judged, and the page says why."""
    trouble = Trouble(1, date(2026, 9, 10), date(2026, 9, 11))
    rows = traffic_rows(days=13, troubles=(trouble,))
    with open_snapshot(
        made_snapshot(tmp_path, rows, datetime.fromisoformat("2026-09-14"))
    ) as snapshot:
        report = make_report(snapshot, asked_of(snapshot, date(2026, 9, 1), date(2026, 9, 13)))
    block, note = report.sections[0].blocks
    assert isinstance(block, Findings)
    assert not [one for one in block.items if one.kind in {"incident", "dip"}]
    assert "Not enough history" in note.words  # type: ignore[union-attr]


def test_links_of_findings_lead_somewhere(tmp_path: Path) -> None:
    """Each finding's link is a place that the page has, or none."""
    rows = traffic_rows(troubles=(Trouble(1, date(2026, 10, 12), date(2026, 10, 13)),))
    with open_snapshot(made_snapshot(tmp_path, rows, UNTIL)) as snapshot:
        report = make_report(snapshot, asked_of(snapshot, FIRST, LAST))
    block = report.sections[0].blocks[0]
    assert isinstance(block, Findings)
    places = {attrs["id"] for _, attrs in Page(render(report)).tags if "id" in attrs}
    assert {item.link for item in block.items} <= places | {""}
    rows = {
        link: row[0]
        for table in report.tables()
        for link, row in zip(table.links, table.rows, strict=False)
    }
    assert rows[block.items[0].link] == "phone 1 (1)"


def test_the_header_says_what_the_page_is_of(tmp_path: Path) -> None:
    """It names the phone that it is narrowed to, and the share of its messages still open."""
    rows = [*traffic_rows(days=30), *(Row(UNTIL, 1, 2) for _ in range(5))]
    with open_snapshot(made_snapshot(tmp_path, rows, UNTIL)) as snapshot:
        whole = dict(make_report(snapshot, asked_of(snapshot, FIRST, UNTIL.date())).scope)
        asked = asked_of(snapshot, FIRST, UNTIL.date(), device_id=2)
        narrowed = dict(make_report(snapshot, asked).scope)
    assert "Only" not in whole
    assert narrowed["Only"] == "phone 2 (2)"
    assert narrowed["Share still open"] == "5 of 5"
    assert narrowed["Compared with"] == "29 Aug 2026 to 26 Sep 2026"

"""What is copied of the imports follows what has changed, whatever became of ledger and plans."""

import shutil
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import polars as pl
import pytest

from pipeline.contacts.summary import Summary
from pipeline.gateway.outcome import Verdict
from pipeline.ledger.ledger import ledger_path
from pipeline.warehouse.imports import HeldImports
from support.account import account
from support.campaign import rounds
from support.imports import ImportBench, Noted
from support.scripted import DOUBT, outcome

ANNA, BOB, CARL, DORA = (f"+3361234567{n}" for n in range(4))
STALE = "contact_imports shows what was copied of it before."
ROUNDS = rounds(12, 200)


@pytest.fixture
def bench(tmp_path: Path) -> ImportBench:
    """Give a data folder without messages."""
    return ImportBench(tmp_path)


@pytest.fixture
def copied(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Give the ids of the imports whose rows were copied."""
    ids: list[str] = []
    write = HeldImports.write

    def noted(held: HeldImports, rows: pl.DataFrame) -> Path:
        ids.extend(rows["import_id"].unique())
        return write(held, rows)

    monkeypatch.setattr(HeldImports, "write", noted)
    return ids


def people(*numbers: str) -> str:
    """Return a list of these numbers."""
    return "phone,name\n" + "".join(f"{number},Jean\n" for number in numbers)


def settle(bench: ImportBench, number: str) -> None:
    """Let a person say that a contact in doubt is there."""
    with bench.ledger() as ledger:
        tag = ledger.tags.find("T")
        assert tag is not None
        assert ledger.contacts.resolve(tag.id, [number], "saved", "a person") == 1


def test_only_what_has_changed_is_copied(bench: ImportBench, copied: list[str]) -> None:
    """A decision or a load copies the imports that have the contact; nothing else is copied."""
    first, second = bench.plan(people(ANNA, BOB)), bench.plan(people(CARL))
    for summary in (first, second):
        bench.apply(summary, {BOB: DOUBT}.get)
    bench.build()
    assert sorted(copied) == sorted([first.plan_id, second.plan_id])
    copied.clear()
    bench.build()
    assert copied == []
    settle(bench, BOB)
    bench.build()
    assert copied == [first.plan_id]
    assert {state for _, state, _ in bench.states()} == {"saved"}
    bench.clock.sleep(60)
    bench.apply(second)
    bench.build()
    assert copied == [first.plan_id, second.plan_id]


def test_a_suppression_changes_who_waits(bench: ImportBench) -> None:
    """Who waits and is suppressed after the plan is `suppressed`, and waits again once freed."""
    bench.plan(people(ANNA))
    bench.build()
    with bench.ledger() as ledger:
        ledger.suppression.add([ANNA], reason="STOP", source="a person")
    bench.build()
    assert bench.states() == [(2, "suppressed", "STOP")]
    with bench.ledger() as ledger:
        assert ledger.suppression.remove(ANNA, reason="asked for it")
    bench.build()
    assert bench.states() == [(2, "pending", None)]


def test_an_import_whose_plan_is_gone_stays(bench: ImportBench) -> None:
    """What was copied of a plan stays as it was when its folder is removed, also in full builds."""
    summary = bench.plan(people(ANNA))
    bench.apply(summary)
    bench.build()
    before = bench.imports(), bench.states()
    shutil.rmtree(summary.folder)
    bench.build()
    bench.build(full=True)
    assert (bench.imports(), bench.states()) == before
    assert bench.notes == []


def test_a_restored_ledger_is_copied_as_it_is(bench: ImportBench) -> None:
    """After a backup was put back the states are those of the backup, and loads go on from it."""
    summary = bench.plan(people(ANNA, BOB))
    bench.apply(summary, {BOB: DOUBT}.get)
    backup = bench.folder / "backup"
    with bench.ledger() as ledger:
        ledger.copy_to(backup)
    settle(bench, BOB)
    bench.build()
    shutil.copy(backup, ledger_path(bench.settings.data_dir))
    bench.build()
    assert [state for _, state, _ in bench.states()] == ["saved", "in_doubt"]


def test_a_tag_that_was_left_keeps_its_imports(bench: ImportBench) -> None:
    """An import has the states of the tag it was loaded into, also when the title has a new one."""
    first = bench.plan(people(ANNA, BOB))
    bench.apply(first, {BOB: DOUBT}.get)
    with bench.ledger() as ledger:
        tag = ledger.tags.find("T")
        assert tag is not None
        ledger.tags.abandon(tag, "made anew")
    second = bench.plan(people(ANNA, BOB))
    bench.build()
    assert [state for _, state, _ in bench.states()].count("pending") == 2
    bench.apply(second, lambda _: outcome(Verdict.REJECTED, "no"))
    bench.build()
    sql = "select state from contact_import_rows where import_id = '{}' order by line"
    states = [[row["state"] for row in bench.rows(sql.format(s.plan_id))] for s in (first, second)]
    assert states == [["saved", "in_doubt"], ["rejected", "rejected"]]


def damaged(path: Path) -> None:
    """Let the ledger be no ledger."""
    path.write_bytes(b"no ledger" * 1000)


def newer(path: Path) -> None:
    """Let the ledger be of a later version."""
    with sqlite3.connect(path) as connection:
        connection.execute("pragma user_version = 99")


def without_tables(path: Path) -> None:
    """Let the ledger lack a table."""
    with sqlite3.connect(path) as connection:
        connection.execute("drop table suppression")


@pytest.mark.parametrize("harm", [damaged, newer, without_tables])
def test_a_ledger_that_cannot_be_read_stops_nothing(
    bench: ImportBench, harm: Callable[[Path], None]
) -> None:
    """A build goes on with what was copied before, says so, and warns until it is mended."""
    bench.apply(bench.plan(people(ANNA)))
    bench.build()
    before = bench.states()
    path = ledger_path(bench.settings.data_dir)
    whole = path.read_bytes()
    bench.plan(people(BOB))
    harm(path)
    bench.build()
    assert bench.states() == before
    assert [STALE in note for note in bench.notes] == [True]
    warned = "select sentence from warnings where name = 'contact_imports__not_copied'"
    assert len(bench.rows(warned)) == 1
    path.write_bytes(whole)
    bench.build()
    assert (bench.notes, bench.rows(warned), len(bench.states())) == ([], [], 2)


@pytest.mark.parametrize("name", ["plan.json", "rows.parquet"])
def test_a_plan_that_cannot_be_read_stops_no_other(bench: ImportBench, name: str) -> None:
    """A damaged plan is named, once a build; the others are copied."""
    odd = bench.plan(people(ANNA))
    (odd.folder / name).write_bytes(b"no plan")
    good = bench.plan(people(BOB))
    bench.build()
    assert [row["import_id"] for row in bench.imports()] == [good.plan_id]
    assert [odd.plan_id in note and STALE in note for note in bench.notes] == [True]


def test_what_is_copied_step_by_step_is_what_is_copied_at_once(bench: ImportBench) -> None:
    """After plans, loads, decisions and forgetting each row is that of a full copy."""
    random, plans = Random(3), [bench.plan(people(ANNA, BOB))]
    numbers = [f"+3369876{n:04}" for n in range(40)]
    for _ in range(ROUNDS):
        act(bench, random, plans, numbers)
        bench.build()
    found = bench.imports(), bench.states()
    keys = bench.rows("from contact_import_rows order by all")
    bench.build(full=True)
    assert (bench.imports(), bench.states()) == found
    assert bench.rows("from contact_import_rows order by all") == keys
    for row in found[0]:
        parts = ("saved", "pending", "in_doubt", "rejected", "skipped")
        assert sum(row[part] for part in parts) == row["contacts"]


def act(bench: ImportBench, random: Random, plans: list[Summary], numbers: list[str]) -> None:
    """Do one thing to plans or ledger."""
    kind, number = random.randrange(6), random.choice(numbers)
    if kind == 0:
        plans.append(bench.plan(people(*random.sample(numbers, 8))))
    elif kind == 1:
        told = {n: random.choice((DOUBT, outcome(Verdict.REJECTED, "no"), None)) for n in numbers}
        bench.apply(random.choice(plans), told.get)
    with bench.ledger() as ledger:
        tag = ledger.tags.find("T")
        if kind == 2 and tag:
            answer = random.choice(("saved", "resend", "drop"))
            ledger.contacts.resolve(tag.id, numbers, answer, "a person")
        elif kind == 3:
            ledger.suppression.add([number], reason="STOP", source="a person")
        elif kind == 4 and tag:
            ledger.contacts.forget(number)
        elif kind == 5 and tag and random.random() < 0.3:
            ledger.tags.abandon(tag, "made anew")


def test_a_run_works_while_a_load_runs(tmp_path: Path) -> None:
    """A load and a scheduled run in one data folder both end well; keys are those of messages."""
    with account(tmp_path, messages=300, days=10) as known:
        known.run()
        sql = "select recipient, recipient_key from messages where recipient_country is not null"
        settings = {"privacy": "full", "timezone": "Europe/Paris"}
        known.run(privacy="full")
        (person, *_) = known.rows(f"{sql} and direction = 'outgoing' limit 1")
        bench = ImportBench(tmp_path, changes=settings)
        summary = bench.plan(people(ANNA, person["recipient"], CARL))
        is_loading, is_built = threading.Event(), threading.Event()

        def answer(number: str) -> None:
            if number != ANNA:
                is_loading.set()
                assert is_built.wait(60)

        ended: list[Any] = []
        load = threading.Thread(target=lambda: ended.append(bench.apply(summary, answer)))
        load.start()
        assert is_loading.wait(60)
        progress = Noted()
        known.run(privacy="full")
        during = bench.states()
        is_built.set()
        load.join()
        known.run(privacy="full")
        assert [state for _, state, _ in during] == ["saved", "pending", "pending"]
        assert [state for _, state, _ in bench.states()] == ["saved"] * 3
        assert (ended[0].saved, ended[0].exit_code, progress.notes) == (3, 0, [])
        joined = known.rows(
            "select count(*) as n from messages semi join contact_import_rows using (recipient_key)"
        )
        wanted = known.rows(
            f"select count(*) as n from messages where recipient = '{person['recipient']}'"
        )
        assert joined == wanted
        assert wanted[0]["n"] > 0

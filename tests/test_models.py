"""The runner of models: floors, contracts, checks, models of one's own."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.errors import CheckError, UsageError
from pipeline.paths import resource_folder
from pipeline.run import run_build
from pipeline.transform import build as build_module
from pipeline.transform.models import find_checks, find_models, known_tables, prove_floors
from pipeline.warehouse.parse import tables_read
from support.account import Account, account

HEADER = "-- Odd.\n-- Grain: one row.\n-- Key: one\n-- Reads: {reads}\n"
# Each floor's folder, a select, what it reads by its header, and what is said of it.
REFUSED = {
    "unknown table": (
        "3_marts",
        "select 1\nfrom core.nothing",
        "core.nothing",
        ":6 reads core.nothing, which does not exist",
    ),
    "own floor": (
        "3_marts",
        "select 1 from marts.days",
        "marts.days",
        ":5 reads marts.days, which is not of a lower",
    ),
    "higher floor": (
        "1_staging",
        "select 1 from core.messages",
        "core.messages",
        ":5 reads core.messages, which is not",
    ),
    "header lies": (
        "3_marts",
        "select 1 from core.messages",
        "core.devices",
        "other tables than its header says",
    ),
    "no select": ("3_marts", "drop table core.messages", "core.messages", "not one select"),
    "no SQL": ("3_marts", "select from from", "nothing", "not one select"),
    "two selects": ("3_marts", "select 1; select 2", "nothing", "not one select"),
}
# How a published table is broken by hand, and the check that must stop it.
BROKEN = {
    "insert into marts.messages from marts.messages limit 1": "messages__same_as_raw",
    "delete from marts.messages where message_id = (select min(message_id) from marts.messages)":
        "messages__same_as_raw",
    "delete from staging.message_versions where rowid = 3": "messages__versions_as_raw",
    "update marts.delivery_by_country set delivery_rate = 1.2": "delivery__rates",
    "update marts.delivery_daily set success_rate_low = 1.5": "delivery__rates",
    "update marts.delivery_by_carrier set delivered = delivered + 1": "delivery__sums",
    "delete from marts.delivery_by_newsletter where newsletter_id is null": "delivery__sums",
    "update marts.failures_daily set messages = messages + 1": "failures_daily__sums",
    "update marts.incoming_daily set messages = messages + 1": "incoming_daily__sums",
    "update marts.failure_codes set messages = messages + 1": "failure_codes__sums",
    "update marts.messages set outcome = 'lost'": "messages__one_outcome",
    "update marts.messages set direction = 'incoming'": "messages__one_outcome",
    "delete from marts.devices": "messages__device_known",
}  # fmt: skip


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Account]:
    """Fetch and build a small world once."""
    with account(tmp_path_factory.mktemp("models"), messages=600, days=15) as known:
        known.run()
        yield known


@pytest.mark.parametrize(("folder", "sql", "reads", "said"), REFUSED.values(), ids=REFUSED)
def test_a_model_that_reads_what_it_must_not_is_refused(
    tmp_path: Path, folder: str, sql: str, reads: str, said: str
) -> None:
    """An unknown table, one of the same or a higher folder, a false header: file, line and why."""
    for name in ("1_staging", "2_core", "3_marts"):
        (tmp_path / name).mkdir()
        for path in (resource_folder("sql") / name).glob("*.sql"):
            (tmp_path / name / path.name).write_text(path.read_text())
    (tmp_path / folder / "zz_odd.sql").write_text(HEADER.format(reads=reads) + sql)
    with pytest.raises(UsageError, match=re.escape(f"{folder}/zz_odd.sql") + ".*" + said):
        prove_floors(find_models(tmp_path), known_tables())


def test_a_changed_column_stops_the_build(built: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    """A model whose columns are not those of its contract publishes nothing."""
    changed = [
        replace(model, sql=model.sql.replace("as hours", "as duration"))
        if model.table == "marts.days"
        else model
        for model in find_models()
    ]
    monkeypatch.setattr(build_module, "find_models", lambda: changed)
    before = built.settings.snapshot_path.read_bytes()
    with pytest.raises(CheckError, match=r"marts.days is not what sql/columns.csv says"):
        run_build(built.settings, built.means(), full=True)
    assert built.settings.snapshot_path.read_bytes() == before


@pytest.mark.parametrize(("statement", "check"), BROKEN.items(), ids=BROKEN.values())
def test_a_wrong_table_is_not_published(
    built: Account, monkeypatch: pytest.MonkeyPatch, statement: str, check: str
) -> None:
    """Each check that stops a build does, and names itself; the old snapshot stands."""
    run_checks = build_module.run_checks

    def broken(warehouse: build_module.Warehouse) -> None:
        if "staging" in statement:
            warehouse.execute("commit")
            warehouse.execute("begin transaction")
        warehouse.execute(statement)
        run_checks(warehouse)

    monkeypatch.setattr(build_module, "run_checks", broken)
    before = built.settings.snapshot_path.read_bytes()
    with pytest.raises(CheckError, match=check):
        run_build(built.settings, built.means(), full=True)
    assert built.settings.snapshot_path.read_bytes() == before


@pytest.mark.parametrize("full", [True, False], ids=["whole", "changed"])
@pytest.mark.parametrize("model", ["staging.sim_versions", "core.sims", "marts.delivery_daily"])
def test_two_rows_of_one_key_stop_the_build(
    built: Account, monkeypatch: pytest.MonkeyPatch, model: str, *, full: bool
) -> None:
    """A model that gives two rows for one key publishes nothing, whatever of it is made anew."""
    doubled = [
        replace(item, sql=f"from ({item.sql}) union all from ({item.sql})")
        if item.table == model
        else item
        for item in find_models()
    ]
    monkeypatch.setattr(build_module, "find_models", lambda: doubled)
    monkeypatch.setattr(build_module, "prove_floors", lambda *_: None)
    before = built.settings.snapshot_path.read_bytes()
    built.clock.advance(3600)
    with pytest.raises(CheckError, match=f"{model} has [0-9]+ rows whose"):
        built.run() if not full else run_build(built.settings, built.means(), full=True)
    assert built.settings.snapshot_path.read_bytes() == before
    monkeypatch.undo()
    built.run()


def test_every_check_that_stops_is_shown_to_stop() -> None:
    """No `fail__` check is without a case that makes it fail."""
    assert {path.stem.removeprefix("fail__") for path in find_checks("fail")} == {*BROKEN.values()}


@pytest.mark.parametrize("kind", ["fail", "warn"])
def test_a_check_reads_what_its_header_says(kind: str) -> None:
    """The header of a check lists the tables that it reads."""
    for path in find_checks(kind):
        sql = path.read_text()
        header = " ".join(re.findall(r"^-- (.*)$", sql, re.MULTILINE))
        listed = header.partition("Reads: ")[2].partition(" Note:")[0].split(",")
        assert {name.strip() for name in listed} == tables_read(sql), path.name


def test_a_build_after_a_failed_one_is_whole(
    built: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What changed before a build that was not published is published by the next one."""

    def refuse(_: object) -> None:
        raise CheckError("No.")

    built.clock.advance(5 * 3600)
    with monkeypatch.context() as patch:
        patch.setattr(build_module, "run_checks", refuse)
        with pytest.raises(CheckError):
            built.run()
    run_build(built.settings, built.means())
    rows = built.rows("select message_id, status from messages where gone_at is null")
    truth = built.world.messages_at(built.clock.now())
    assert {row["message_id"]: row["status"] for row in rows} == {
        message.message_id: message.status for message in truth
    }

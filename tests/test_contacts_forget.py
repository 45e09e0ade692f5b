"""`sms24 contacts forget`: no byte of a person stays, and nothing else changes."""

import json
from pathlib import Path

import polars as pl
import pytest

from pipeline.contacts.forgetting import forget_in_plans
from pipeline.contacts.forgotten import Person, cut_parquet
from pipeline.contacts.frozen import load_plan
from pipeline.contacts.options import PlanOptions
from pipeline.contacts.reading.container import sha256_of
from pipeline.contacts.values import PhoneRules
from pipeline.errors import UsageError
from support.contacts import plan_text
from support.decide import Office
from support.ledger import ANNA, BOB
from support.loads import Listed, LoadBench, Somebody
from support.scripted import Scripted

FILE = (
    "Nom,Tel\nAnna,06 12 34 56 78\nBob,07 66 66 66 66\n=Anna,+33 6 12 34 56 78\n"
    '=Carl,"06 12 34 56 70"\nAnna again,0033612345678\n\n'
)
ALIAS = "hmac:" + "0" * 32


@pytest.fixture
def office(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Office:
    """Return an empty folder."""
    monkeypatch.chdir(tmp_path)
    return Office(tmp_path, capsys)


def held(folder: Path) -> bytes:
    """Return all bytes of a folder, and the texts of its tables, which are compressed."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    tables = [str(pl.read_parquet(p).to_dicts()) for p in files if p.suffix == ".parquet"]
    return b"".join(path.read_bytes() for path in files) + "".join(tables).encode()


def test_w18_a_forgotten_person_is_nowhere_and_never_sent_again(office: Office) -> None:
    """W18: ledger and plans have a hash alone; who was sent is not sent again by a later list."""
    options = PlanOptions(phones=PhoneRules(region="FR", forced=frozenset({ANNA})))
    plan_id = plan_text(office.folder, FILE, options=options).plan_id
    (office.folder / "contacts.csv").unlink()
    office.fill({}, {ANNA: "Anna", BOB: "Bob"})
    code, said = office.call("forget", "+33 6 12 34 56 78", "--yes")
    assert code == 0, said
    assert said.startswith("+336****5678 is hmac:")
    assert "contacts 1, plans 1, rows of plans 4." in said
    assert "Not reached: the gateway" in said
    found = held(office.data)
    assert not [
        text for text in (ANNA, "Anna", "06 12 34 56 78", "612345678") if text.encode() in found
    ]
    assert BOB.encode() in found
    plan = load_plan(office.data, plan_id)
    assert [(c.e164, c.name) for c in plan.contacts()] == [(BOB, "Bob")]
    assert plan.total == 1
    assert plan.counts == {
        "ready": 1, "suppressed": 1, "rejected": 2, "dup_in_file": 1, "blank": 1,
    }  # fmt: skip
    assert json.loads((plan.folder / "plan.json").read_text())["forgotten"] == 3
    assert "06 12 34 56 70" in plan.errors_path.read_text("utf-8-sig")
    gateway = Scripted()
    LoadBench(office.data, gateway=gateway).apply(Listed((Somebody(ANNA, "Anna"),)))
    assert gateway.sent == []


def test_forgetting_is_agreed_to(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a terminal and without --yes nothing is forgotten; on one a no changes nothing."""
    office.fill({}, {ANNA: "Anna"})
    code, said = office.call("forget", ANNA)
    assert (code, "nobody to ask" in said) == (2, True)
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("click.confirm", lambda *_, **__: False)
    assert office.call("forget", ANNA)[0] == 130
    with office.desk() as desk:
        assert desk.state() == "saved"


def test_forgetting_twice_changes_nothing_more(office: Office) -> None:
    """A second time finds nothing; consents and suppressions of number and hash become one."""
    plan_text(office.folder, FILE)
    with office.desk() as desk:
        desk.ledger.suppression.add([ANNA], reason="asked", source="typed")
        desk.ledger.notes.consent([(ANNA, "form", "2026-01-01")])
    assert office.answer("forget", ANNA, "--yes")[0]["plans"] == 1
    before = held(office.data / "runs")
    with office.desk() as desk:
        desk.ledger.notes.consent([(ANNA, "form", "2026-01-01")])
    (again,) = office.answer("forget", ANNA, "--yes")
    assert (again["contacts"], again["plans"], again["rows"]) == (0, 0, 0)
    assert held(office.data / "runs") == before
    with office.desk() as desk:
        assert len(desk.ledger.notes.consents()) == 1
        assert desk.ledger.suppression.of([ANNA]) == {ANNA: "typed: asked"}


def test_a_number_and_its_hash_may_both_be_suppressed(office: Office) -> None:
    """Who is suppressed by number and by hash is suppressed once after being forgotten."""
    with office.desk() as desk:
        alias = desk.ledger.aliases.made(ANNA)
        desk.ledger.suppression.add([alias], reason="STOP", source="inbound")
        row = {"e164": ANNA, "reason": "asked", "source": "typed", "added": "2026-11-20"}
        desk.ledger._store.insert("suppression", row)
    assert office.answer("forget", ANNA, "--yes")
    with office.desk() as desk:
        assert desk.ledger.suppression.of([ANNA]) == {ANNA: "inbound: STOP"}
        ended = [r["removed_reason"] for r in desk.ledger.suppression.every() if r["removed"]]
    assert ended == ["its hash is suppressed"]


def test_what_a_crash_left_is_ended_by_forgetting_again(office: Office) -> None:
    """Killed between the two renames, the plan is refused; the same command mends it."""
    plan_id = plan_text(office.folder, FILE).plan_id
    folder = office.data / "runs" / plan_id
    old = (folder / "plan.json").read_bytes()
    forget_in_plans(office.data, ANNA, ALIAS)
    (folder / "plan.json").replace(folder / "plan.json.new")
    (folder / "plan.json").write_bytes(old)
    with pytest.raises(UsageError, match="damaged"):
        load_plan(office.data, plan_id)
    forget_in_plans(office.data, ANNA, ALIAS)
    assert load_plan(office.data, plan_id).total == 1
    assert not list(folder.glob("*.new"))


def test_a_plan_that_was_changed_by_hand_stays_refused(office: Office) -> None:
    """Forgetting renews no fingerprint of what somebody else has changed, and forgets there too."""
    plan_id = plan_text(office.folder, FILE).plan_id
    path = office.data / "runs" / plan_id / "contacts.csv"
    path.write_text(path.read_text().replace("Bob", "Rob"))
    assert forget_in_plans(office.data, ANNA, ALIAS).rows
    assert ANNA not in path.read_text()
    with pytest.raises(UsageError, match="changed by hand"):
        load_plan(office.data, plan_id)


@pytest.mark.parametrize(
    ("cell", "is_in"),
    [
        ("+33612345678", True),
        ("06.12.34.56.78", True),
        ("0033 (0)6 12 34 56 78", True),
        ("٠٦١٢٣٤٥٦٧٨", True),
        ("06 12 34 56 78 / 07 66 66 66 66", True),
        ("Anna;0612345678;0766666666", True),
        ("06 12 34 56 79", False),
        ("6123456780", False),
        ("", False),
        ("Anna", False),
    ],
)
def test_a_number_is_known_in_any_spelling(cell: str, is_in: bool) -> None:  # noqa: FBT001
    """A cell holds a number as it is dialled at home or abroad, alone or among others."""
    assert Person(ANNA, ALIAS).is_in(cell) is is_in


def test_a_row_of_several_contacts_loses_the_one_that_is_forgotten(tmp_path: Path) -> None:
    """Where a row has several numbers the others are still sent; its cells are blank."""
    path = tmp_path / "rows.parquet"
    several = [[ANNA, "Anna", "ready", ""], [BOB, "Anna", "ready", ""]]
    row = {
        "line": 2, "disposition": "ready", "detail": "line 1", "suggestion": None, "name": "Anna",
        "e164": f"{ANNA} {BOB}", "several": json.dumps(several), "cells": ["A", "06 12 34 56 78"],
    }  # fmt: skip
    other = {**row, "line": 3, "e164": BOB, "several": None, "cells": ["Bob", BOB]}
    pl.DataFrame([other, row, other]).write_parquet(path)
    assert cut_parquet(path, Person(ANNA, ALIAS)) == 1
    first, found, last = pl.read_parquet(path).to_dicts()
    assert first == last == other
    assert (found["e164"], found["disposition"]) == (f"{ALIAS} {BOB}", "ready")
    assert json.loads(found["several"]) == [[ALIAS, "", "suppressed", ""], several[1]]
    assert (found["cells"], found["name"], found["detail"]) == (["", ""], None, "line 1")


def test_a_manifest_names_the_files_as_they_are(office: Office) -> None:
    """Results that lie beside a plan lose the person's rows, and their manifest stays true."""
    plan_id = plan_text(office.folder, FILE).plan_id
    folder = office.data / "runs" / plan_id
    saved = folder / "saved.csv"
    saved.write_text(f"line,number,name\n2,'{ANNA},Anna\n3,'{BOB},Bob\n", encoding="utf-8-sig")
    (folder / "report.json").write_text(json.dumps({"forced": [ANNA]}))
    manifest = folder / "manifest.json"
    manifest.write_text(json.dumps({"files": [{"name": "saved.csv", "rows": 2, "sha256": ""}]}))
    forget_in_plans(office.data, ANNA, ALIAS)
    assert saved.read_text("utf-8-sig") == f"line,number,name\n3,'{BOB},Bob\n"
    assert json.loads((folder / "report.json").read_text()) == {"forced": [ALIAS]}
    (listed,) = json.loads(manifest.read_text())["files"]
    assert (listed["rows"], listed["sha256"]) == (1, sha256_of(saved))

"""`sms24 contacts export`: masked on a screen, whole in a file of one's own."""

import stat
from pathlib import Path

import polars as pl
import pytest

from pipeline.contacts.reading.source import open_source, sample_of
from support.decide import Office
from support.ledger import ANNA, BOB

CARL = "+33612345670"


@pytest.fixture
def office(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Office:
    """Return a folder with a contact in doubt, a saved one, and a forgotten one."""
    monkeypatch.chdir(tmp_path)
    office = Office(tmp_path, capsys)
    office.fill({ANNA: "=Anna()"}, {BOB: "Bob", CARL: "Carl"})
    with office.desk() as desk:
        desk.ledger.contacts.forget(CARL)
        desk.ledger.suppression.add([BOB], reason="asked", source="typed")
    return office


def test_a_screen_shows_no_number_and_no_name(office: Office) -> None:
    """Numbers are masked and names left out, also in the JSON, unless a person asks for them."""
    for flags in ((), ("--json",)):
        said = office.call("export", *flags)[1]
        assert "+336****5678" in said
        assert not [text for text in (ANNA, BOB, CARL, "Anna", "Bob") if text in said]
    said = office.call("export", "--show-numbers", "--limit", "2")[1]
    assert ANNA in said
    assert "The first 2" in said


@pytest.mark.parametrize("ending", [".csv", ".xlsx", ".parquet"])
def test_a_file_has_everything_and_is_its_owners(office: Office, ending: str) -> None:
    """All rows, whole; nobody else may read it; no formula runs; a file that is there stays."""
    path = office.folder / f"contacts{ending}"
    assert office.answer("export", "--to", str(path))["contacts"] == 3
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    if ending == ".parquet":
        rows = [(r["number"], r["name"], r["state"]) for r in pl.read_parquet(path).to_dicts()]
    else:
        source = open_source(path)
        header = source.facts.header
        at = [header.index(name) for name in ("number", "name", "state")]
        rows = [
            tuple(row.cells[n].removeprefix("'") or None for n in at) for row in sample_of(source)
        ]
        assert ("'=Anna()" in path.read_bytes().decode("utf-8", "ignore")) is (ending == ".csv")
    assert sorted(rows, key=str) == [
        (ANNA, "=Anna()", "in_doubt"),
        (BOB, "Bob", "saved"),
        (None, "" if ending == ".parquet" else None, "saved"),
    ]
    assert office.call("export", "--to", str(path))[0] == 2
    assert [p.name for p in office.folder.iterdir() if p.name.startswith(".")] == []


def test_rows_are_chosen_by_tag_and_state(office: Office) -> None:
    """A state or a tag chooses; one that is unknown is an error that names those known."""
    rows = office.answer("export", "--state", "saved", "--tag", "clients")
    assert [(row["state"], row["is_suppressed"]) for row in rows] == [
        ("saved", True),
        ("saved", False),
    ]
    for flags in (("--state", "lost"), ("--tag", "Nobody"), ("--to", "contacts.txt")):
        assert office.call("export", *flags)[0] == 2

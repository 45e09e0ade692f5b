"""`sms24 demo`: everything at once, in a folder of its own."""

from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.cli.main import main
from pipeline.settings import Settings
from pipeline.warehouse.snapshot import open_snapshot


def test_the_demo_loads_contacts_runs_and_reports(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Twelve contacts of a French list are saved and two rejected; the report's path is said."""
    folder = tmp_path / "demo"
    assert main(["demo", "--dir", str(folder), "--messages", "300", "--days", "8"]) == 0
    said = capfd.readouterr().out
    report = next(path for path in (folder / "reports").glob("delivery_*.html"))
    assert f"Report:   {report}" in said
    settings = replace(Settings(), data_dir=folder)
    with open_snapshot(settings.snapshot_path) as snapshot:
        rows = "select state, count(*) as n from contact_import_rows group by state order by n"
        states = {row["state"]: row["n"] for row in snapshot.rows(rows)}
        messages = snapshot.rows("select count(*) as n from messages")[0]["n"]
    assert states == {"rejected": 2, "saved": 12}
    assert messages > 0


def test_a_folder_that_no_demo_made_is_left_alone(tmp_path: Path) -> None:
    """A folder with somebody's files is refused, and they stay."""
    (tmp_path / "mine").write_text("mine")
    assert main(["demo", "--dir", str(tmp_path)]) == 2
    assert (tmp_path / "mine").read_text() == "mine"

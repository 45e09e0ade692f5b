"""Other clients on the snapshot: the oldest duckdb that opens it, and the duckdb command line."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.cli.main import main
from pipeline.settings import Settings
from support.asking import published
from support.command import completed

# `make` puts it there, where there is one for this Python.
OLDEST = Path(sys.prefix) / "clients" / "duckdb-1.2.0"
READ_ALL = """
import json, sys
import duckdb
connection = duckdb.connect(sys.argv[1], read_only=True)
read = {}
for (name,) in connection.execute("select table_name from duckdb_tables()").fetchall():
    # As text, which needs no other package: every value is read all the same.
    rows = connection.execute(f'select columns(*)::varchar from "{name}"').fetchall()
    read[name] = [len(rows), len(connection.description)]
json.dump([duckdb.__version__, read], sys.stdout)
"""
FAKE = """#!/bin/sh
for argument in "$@"; do echo "$argument"; done
env | grep SMS24_
exit 7
"""


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """Publish an account once."""
    with published(tmp_path_factory.mktemp("clients")) as settings:
        yield settings


@pytest.mark.skipif(not OLDEST.is_dir(), reason=f"no {OLDEST.name} for this Python; see Makefile")
def test_the_oldest_client_reads_every_column(
    snapshot: Settings, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Version 1.2.0, the first that knows the format, reads all rows of all published tables."""
    command = [sys.executable, "-c", READ_ALL, str(snapshot.snapshot_path)]
    environ = {"PATH": os.environ["PATH"], "PYTHONPATH": str(OLDEST)}
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=True)
    version, read = json.loads(done.stdout)
    assert version == "1.2.0"
    monkeypatch.setenv("SMS24_DATA_DIR", str(snapshot.data_dir))
    sql = "select table_name as t, estimated_size as rows, column_count as n from duckdb_tables()"
    assert main(["query", "--format", "json", sql]) == 0
    tables = json.loads(capfd.readouterr().out)
    assert read == {table["t"]: [table["rows"], table["n"]] for table in tables}
    assert len(read) >= 11


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put a duckdb on the PATH that says how it was called."""
    path = tmp_path / "duckdb"
    path.write_text(FAKE)
    path.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    return path


@pytest.mark.parametrize(("utc", "zone"), [([], "Europe/Paris"), (["--utc"], "UTC")])
def test_the_shell_is_read_only_and_locked(
    snapshot: Settings, program: Path, utc: list[str], zone: str
) -> None:
    """The program starts read-only, locked, in the reporting zone and without a secret."""
    start = (
        f"set timezone = '{zone}'; set autoinstall_known_extensions = false;"
        " set autoload_known_extensions = false; set enable_external_access = false;"
        " set lock_configuration = true"
    )
    code, said = completed(snapshot, "shell", *utc)
    assert said.splitlines() == ["-readonly", "-cmd", start, str(snapshot.snapshot_path)]
    assert code == 7


def test_without_a_shell_it_is_said_where_to_get_one(
    snapshot: Settings,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Where there is no duckdb the exit code is 2, and `sms24 query` is named."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("SMS24_DATA_DIR", str(snapshot.data_dir))
    assert main(["shell"]) == 2
    assert "pip install duckdb-cli" in capfd.readouterr().err

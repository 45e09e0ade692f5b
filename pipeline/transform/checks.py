"""Run the checks: each selects rows that must not be."""

from pathlib import Path

from pipeline.errors import CheckError
from pipeline.transform.models import find_checks
from pipeline.warehouse.store import Warehouse

_WARNINGS = ("name", "rows", "sentence")


def run_checks(warehouse: Warehouse) -> None:
    """Raise CheckError, naming every failed check, if any `fail__` check finds a row."""
    counts = {
        path.stem.removeprefix("fail__"): _rows(warehouse, path) for path in find_checks("fail")
    }
    failed = [f"{name} ({rows} rows)" for name, rows in counts.items() if rows]
    if failed:
        raise CheckError(f"A check failed: {', '.join(failed)}.")


def keep_warnings(warehouse: Warehouse) -> None:
    """Publish what each `warn__` check finds: nothing stops for it, and everybody sees it."""
    found = [
        (path.stem.removeprefix("warn__"), _rows(warehouse, path), sentence_of(path))
        for path in find_checks("warn")
    ]
    warehouse.append("marts.main.warnings", _WARNINGS, [row for row in found if row[1]])


def _rows(warehouse: Warehouse, path: Path) -> int:
    sql = path.read_text(encoding="utf-8")
    return int(warehouse.scalar(f"select count(*) from ({sql})"))  # noqa: S608 - our own file


def sentence_of(path: Path) -> str:
    """Return what a check says of itself in its first lines, without what it reads."""
    lines = path.read_text(encoding="utf-8").splitlines()
    header = " ".join(line.removeprefix("-- ") for line in lines if line.startswith("--"))
    return header.partition(" Reads:")[0]

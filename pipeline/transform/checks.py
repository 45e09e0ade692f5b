"""Run the checks: each selects rows that must not be."""

from pipeline.errors import CheckError
from pipeline.transform.models import find_checks
from pipeline.warehouse.store import Warehouse


def run_checks(warehouse: Warehouse) -> None:
    """Raise CheckError, naming every failed check, if any `fail__` check finds a row."""
    failed: list[str] = []
    for path in find_checks("fail"):
        sql = path.read_text(encoding="utf-8")
        rows = warehouse.scalar(f"select count(*) from ({sql})")  # noqa: S608 - our own file
        if rows:
            failed.append(f"{path.stem.removeprefix('fail__')} ({rows} rows)")
    if failed:
        raise CheckError(f"A check failed: {', '.join(failed)}.")

"""Write the files of a run: what became of every row, as things stand now."""

import json
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from pipeline.clock import Clock
from pipeline.contacts.came_to import Reckoning, reported
from pipeline.contacts.collector import no_collector
from pipeline.contacts.dispositions import Disposition
from pipeline.contacts.files import ResultFiles
from pipeline.contacts.frozen import Plan
from pipeline.contacts.reading.container import sha256_of
from pipeline.contacts.rows import read_rows
from pipeline.contacts.standing import Place, Standings
from pipeline.ledger.ledger import Ledger
from pipeline.tally import Stop
from pipeline.version import own_version
from pipeline.warehouse.durable import sync

MANIFEST = "manifest.json"
_OF_THE_PLAN = ("plan.json", "contacts.csv", "rows.parquet")
_ERRORS = "errors.csv"

Page = Callable[[Mapping[str, Any]], str]


def write_results(
    plan: Plan,
    ledger: Ledger,
    *,
    clock: Clock,
    run: int | None = None,
    stop: Stop | None = None,
    page: Page | None = None,
) -> Path:
    """Write the files of a run into the plan's folder, and return that folder.

    They tell how things stand now, so they may be written again at any time; `manifest.json` is
    taken away first and written last, and names each file with its SHA-256.

    Args:
        plan: the plan; only its own folder is read, not the source.
        ledger: may be open for reading alone.
        clock: says when they are written.
        run: the run of `apply` that has just ended; None if they are written later.
        stop: why that run ended before its end.
        page: makes `report.html` of what `report.json` says; without it there is none.
    """
    with _parts(plan.folder) as parts:
        reckoning = Reckoning()
        with closing(ResultFiles(parts, plan)) as files, no_collector():
            standings = Standings(plan, ledger)
            for rows in read_rows(plan.folder / "rows.parquet"):
                found = standings.of(rows)
                reckoning.count(found)
                files.write(found)
        _assert_sums(plan, reckoning, files)
        about = {"written_at": clock.now().isoformat(), "tool_version": own_version(), "run": run}
        report = {**reported(plan, ledger, reckoning, files.rows, stop), **about}
        _write_json(parts / "report.json", report)
        if page is not None:
            (parts / "report.html").write_text(page(report), encoding="utf-8")
        lines = {f"{name}.csv": count for name, count in files.rows.items()}
        lines |= {"contacts.csv": plan.total, "rows.parquet": reckoning.rows.total()}
        if not lines[_ERRORS]:
            (parts / _ERRORS).unlink()
        _put_in_place(plan, parts, {"plan": plan.id, "delimiter": plan.delimiter, **about}, lines)
    return plan.folder


@contextmanager
def _parts(folder: Path) -> Iterator[Path]:
    """Give a folder beside the files, for what is not whole yet; gone at the end."""
    parts = Path(tempfile.mkdtemp(prefix=".part-", dir=folder))
    try:
        yield parts
    finally:
        shutil.rmtree(parts, ignore_errors=True)


def _put_in_place(
    plan: Plan, parts: Path, about: Mapping[str, object], lines: Mapping[str, int]
) -> None:
    """Rename the parts to what they are; the manifest goes first and comes last."""
    made = sorted(path.name for path in parts.iterdir())
    paths = [*(parts / name for name in made), *(plan.folder / name for name in _OF_THE_PLAN)]
    files = [_listed(path, lines.get(path.name)) for path in paths]
    manifest = parts / MANIFEST
    _write_json(manifest, {**about, "encoding": "UTF-8 with BOM", "files": files})
    for path in parts.iterdir():
        sync(path)
    (plan.folder / MANIFEST).unlink(missing_ok=True)
    if _ERRORS not in made:
        plan.errors_path.unlink(missing_ok=True)
    for name in made:
        (parts / name).replace(plan.folder / name)
    sync(plan.folder)
    manifest.replace(plan.folder / MANIFEST)
    sync(plan.folder)


def _listed(path: Path, rows: int | None) -> dict[str, object]:
    size, digest = path.stat().st_size, sha256_of(path)
    return {"name": path.name, "rows": rows, "bytes": size, "sha256": digest}


def _write_json(path: Path, values: Mapping[str, object]) -> None:
    text = json.dumps(values, indent=2, ensure_ascii=False)
    path.write_text(text + "\n", encoding="utf-8")


def _assert_sums(plan: Plan, reckoning: Reckoning, files: ResultFiles) -> None:
    """Stop as a bug where a row or a contact is lost, or stands in two files."""
    rows = reckoning.rows.total() + plan.counts.get(Disposition.BLANK, 0)
    planned = sum(plan.counts.values())
    if (rows, reckoning.planned) != (planned, plan.total):
        raise AssertionError(
            f"rows do not add up: {rows} of {planned}, {reckoning.planned} of {plan.total}"
        )
    without = reckoning.skipped[Disposition.NOT_ALLOWED]
    expected = dict(reckoning.contacts)
    expected[Place.SKIPPED] += without
    expected[Place.ERRORS] = reckoning.rows[Place.ERRORS]
    written = {place.value: files.rows[place] for place in Place}
    if written != expected:
        raise AssertionError(f"files do not add up: {written}, expected {expected}")

"""`make scale`: export a real and a long account, and let other engines answer from the files.

Prints sizes and times, then each question with who answers what DuckDB answers from the snapshot;
ends with 1 if any answer differs.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import duckdb

sys.path.insert(0, str(Path(__file__).parent))
os.environ["TZ"] = "UTC"

from engines import Answer, ClickHouse, DuckDb, Engine, Spark
from questions import all_questions
from stretch import stretch

from pipeline.warehouse.manifest import Manifest, read_manifest

MEGABYTE = 1_000_000
# A child's peak includes its parent's size at the fork: this parent is small.
MEASURED = """
import resource, subprocess, sys
command = [sys.executable, "-m", "pipeline", *sys.argv[1:]]
code = subprocess.run(command, stderr=subprocess.DEVNULL, check=False).returncode
print(f"peak={resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss}")
sys.exit(code)
"""


@dataclass(frozen=True, slots=True)
class Work:
    """What a command took: seconds, most memory in bytes, and what it said."""

    seconds: float
    peak: int
    said: str


def main() -> int:
    """Do it; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dir", type=Path, default=Path("build/scale"))
    parser.add_argument("--messages", type=int, default=1_000_000)
    parser.add_argument("--copies", type=int, default=20)
    given = parser.parse_args()
    root = given.dir.resolve()
    root.mkdir(parents=True, exist_ok=True)
    real, long = root / "real", root / "long"
    print(f"== {given.messages // given.copies:,} messages through the emulator")
    messages = str(given.messages // given.copies)
    told("sms24 demo", sms24("demo", "--dir", str(real), "--messages", messages))
    print(f"\n== {given.copies} times as long")
    long.mkdir(exist_ok=True)
    stretch(real / "analytics.duckdb", long / "analytics.duckdb", given.copies)
    differing = 0
    for name, folder in (("real", real), ("long", long)):
        print(f"\n== the {name} account")
        shutil.rmtree(root / f"{name}-export", ignore_errors=True)
        exported(folder, root / f"{name}-export")
        differing += compared(folder / "analytics.duckdb", root / f"{name}-export")
    print(f"\n{differing or 'No'} answers differ.")
    return 1 if differing else 0


def exported(folder: Path, to: Path) -> None:
    """Export three times: everything, nothing, and one changed message; tells what each took."""
    snapshot = folder / "analytics.duckdb"
    print(f"{'snapshot':<28} {snapshot.stat().st_size / MEGABYTE:>10,.1f} MB")
    told("export, all of it", export(folder, to))
    told("export, nothing changed", export(folder, to))
    snapshot.chmod(0o644)
    with duckdb.connect(str(snapshot)) as connection:
        connection.execute(
            "update messages set status_title = 'changed by hand' where message_id = "
            "(select quantile_disc(message_id, 0.5) from messages)"
        )
    told("export, one message changed", export(folder, to))
    files = read_manifest(to).files
    size, largest = sum(file.bytes for file in files), max(file.bytes for file in files)
    print(
        f"{'Parquet':<28} {size / MEGABYTE:>10,.1f} MB in {len(files):,} files,"
        f" the largest {largest / MEGABYTE:,.1f} MB"
    )


def compared(snapshot: Path, folder: Path) -> int:
    """Ask every engine everything; returns how many answers differ from the snapshot's."""
    manifest = read_manifest(folder)
    questions = all_questions(manifest)
    answers = {}
    for make in engines(snapshot, folder, manifest):
        begun = time.perf_counter()
        engine = make()
        opened = time.perf_counter()
        answers[engine.name] = {name: engine.ask(sql) for name, sql in questions.items()}
        ended = time.perf_counter()
        engine.close()
        times = f"opened in {opened - begun:.1f} s, answered in {ended - opened:.1f} s"
        print(f"{engine.name:<28} {times}", flush=True)
    return told_answers(answers)


def engines(snapshot: Path, folder: Path, manifest: Manifest) -> list[Callable[[], Engine]]:
    """Return how to open each engine, the snapshot first."""
    makers: list[Callable[[], Engine]] = [
        lambda: DuckDb(folder, manifest, snapshot),
        lambda: DuckDb(folder, manifest),
        lambda: ClickHouse(folder, manifest),
    ]
    if shutil.which("java"):
        return [*makers, lambda: Spark(folder, manifest)]
    print("Spark is not asked: there is no Java.")
    return makers


def told_answers(answers: dict[str, dict[str, Answer]]) -> int:
    """Print who answers each question as the snapshot does; returns how many do not."""
    (_, wanted), *others = answers.items()
    differing = 0
    names = "".join(f"  {name:<20}" for name, _ in others)
    print(f"\n{'':<52} {'rows':>7}{names.rstrip()}")
    for question, rows in wanted.items():
        equal = [given[question] == rows for _, given in others]
        differing += equal.count(False)
        words = "".join(f"  {'equal' if is_equal else 'DIFFERS':<20}" for is_equal in equal)
        print(f"{question:<52} {len(rows):>7,}{words.rstrip()}")
        for (name, given), is_equal in zip(others, equal, strict=True):
            if not is_equal:
                show_difference(name, rows, given[question])
    return differing


def show_difference(name: str, wanted: Answer, got: Answer) -> None:
    """Print the first row that differs."""
    differing = (pair for pair in zip(wanted, got, strict=False) if pair[0] != pair[1])
    one, other = next(differing, (f"{len(wanted):,} rows", f"{len(got):,} rows"))
    print(f"    the snapshot: {one}\n    {name}: {other}")


def export(folder: Path, to: Path) -> Work:
    """Run `sms24 export`."""
    return sms24("export", "--to", str(to), "--json", data_dir=folder)


def sms24(*arguments: str, data_dir: Path | None = None) -> Work:
    """Run the real command as a process of its own; it must end with 0."""
    environ = {**os.environ, **({"SMS24_DATA_DIR": str(data_dir)} if data_dir else {})}
    begun = time.perf_counter()
    ended = subprocess.run(
        [sys.executable, "-c", MEASURED, *arguments],
        env=environ,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    seconds = time.perf_counter() - begun
    if ended.returncode:
        raise SystemExit(f"sms24 {arguments[0]} ended with exit code {ended.returncode}")
    said, _, peak = ended.stdout.rpartition("peak=")
    return Work(seconds, int(peak) * (1 if sys.platform == "darwin" else 1024), said)


def told(what: str, work: Work) -> None:
    """Print what a command took, and what an export wrote."""
    written = ""
    if work.said.startswith("{"):
        said = json.loads(work.said)
        written = f", {len(said['written'])} of {said['files']} files written"
    print(f"{what:<28} {work.seconds:>10.1f} s, {work.peak / MEGABYTE:,.0f} MB of memory{written}")


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    os._exit(code)  # DuckDB's binding reports its own leaks at exit

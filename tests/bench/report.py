"""How long a delivery report over a million messages takes, and how large its page is.

    python tests/bench/report.py --messages 1000000 --dir /tmp/bench

Makes the published tables at once, for 10 and for 500 phones, from a small account that is
fetched and built. Each report is made in a process of its own, three times, and the quickest
counts. Seconds of processor depend less on who else uses the machine. Prints a table in Markdown.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
PHONES = (10, 500)
LANGUAGES = ("en", "fr")
TIMES = 3


def make(folder: Path, messages: int) -> None:
    """Make the snapshots, `PHONES.duckdb` each."""
    from support.account import account  # noqa: PLC0415 - steps of other processes need none
    from support.many import many  # noqa: PLC0415

    folder.mkdir(parents=True, exist_ok=True)
    with account(folder / "small") as known:
        if not known.settings.snapshot_path.exists():
            known.run()
        for phones in PHONES:
            path = folder / f"{phones}.duckdb"
            many(known.settings.snapshot_path, path, messages=messages, phones=phones)


def report(snapshot: Path, language: str) -> dict[str, float]:
    """Make a report; returns its seconds by the clock and of the processor, and its size."""
    marks = [_now()]
    from pipeline.report.making import ask, make_report, render  # noqa: PLC0415 - this is measured
    from pipeline.warehouse.snapshot import open_snapshot  # noqa: PLC0415

    marks.append(_now())
    with open_snapshot(snapshot) as opened:
        made = make_report(opened, ask(opened, None, language))
    marks.append(_now())
    page = render(made)
    marks.append(_now())
    told: dict[str, float] = {"KB": len(page.encode()) / 1000}
    for name, before, after in zip(("imports", "model", "page"), marks, marks[1:], strict=False):
        told |= {name: after[0] - before[0], f"{name} cpu": after[1] - before[1]}
    told["all"] = marks[-1][0] - marks[0][0]
    return told


def _now() -> tuple[float, float]:
    return time.perf_counter(), time.process_time()


def quickest(folder: Path, phones: int, language: str) -> dict[str, Any]:
    """Return what the quickest of some reports said."""
    command = [sys.executable, __file__, "--dir", str(folder), "report", str(phones), language]
    said = [
        json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)
        for _ in range(TIMES)
    ]
    return min(said, key=lambda one: float(one["all"]))


def main() -> None:
    """Make one report, or all of them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("step", nargs="*", default=[])
    parser.add_argument("--messages", type=int, default=1_000_000)
    parser.add_argument("--dir", type=Path, required=True)
    given = parser.parse_args()
    if given.step:
        _, phones, language = given.step
        print(json.dumps(report(given.dir / f"{phones}.duckdb", language)))
        return
    make(given.dir, given.messages)
    columns = ("KB", "all", "imports", "model", "page", "model cpu", "page cpu")
    print(f"| phones | language | {' | '.join(columns)} |\n|{'---|' * (2 + len(columns))}")
    for phones in PHONES:
        for language in LANGUAGES:
            told = quickest(given.dir, phones, language)
            figures = " | ".join(f"{told[name]:.{0 if name == 'KB' else 2}f}" for name in columns)
            print(f"| {phones} | {language} | {figures} |", flush=True)
    print(
        f"\nLoad: {', '.join(f'{load:.1f}' for load in os.getloadavg())} on {os.cpu_count()} cores"
    )


if __name__ == "__main__":
    main()

"""How long a delivery report over a million messages takes, and how large its page is.

    python tests/bench/report.py make --messages 1000000 --dir build/bench/reports
    python tests/bench/report.py report 10 en --dir build/bench/reports

`make` makes the published tables at once, for 10 and for 500 phones, from a small account that is
fetched and built; `report` makes one report of one of them.
"""

import argparse
import json
import time
from pathlib import Path

PHONES = (10, 500)


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


def main() -> None:
    """Make the snapshots, or a report; say as JSON what it took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("step", nargs="+", help="`make`, or `report PHONES LANGUAGE`")
    parser.add_argument("--messages", type=int, default=1_000_000)
    parser.add_argument("--dir", type=Path, required=True)
    given = parser.parse_args()
    if given.step == ["make"]:
        make(given.dir, given.messages)
        return
    _, phones, language = given.step
    print(json.dumps(report(given.dir / f"{phones}.duckdb", language)))


if __name__ == "__main__":
    main()

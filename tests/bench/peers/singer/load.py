"""Load messages with a Singer tap and target-duckdb: `tap | target`, with the state of last time.

    GATEWAY_URL=... GATEWAY_TOKEN=... python load.py FIRST LAST OUT

FIRST and LAST are days (UTC, both asked whole), OUT the folder that keeps the state of runs.
"""

import json
import os
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import duckdb

HERE = Path(__file__).parent
# About the default of the target. Where its last batch happens to be full, the target confirms the
# state before it, so that the next run asks everything: benchmarks have round numbers of messages.
BATCH = 99_991


def write_settings(first: date, last: date, out: Path) -> None:
    """Write what the tap and the target read; the token stays in the environment."""
    tap: dict[str, str | int] = {"start_date": f"{first}T00:00:00+00:00"}
    tap["end_date"] = f"{last + timedelta(days=1)}T00:00:00+00:00"
    tap["lookback_days"] = int(os.environ.get("LOOKBACK_DAYS", "7"))
    target: dict[str, str | int] = {"path": str(out / "result.duckdb")}
    target["default_target_schema"] = "gateway"
    target["batch_size_rows"] = BATCH
    (out / "tap.json").write_text(json.dumps(tap), encoding="utf-8")
    (out / "target.json").write_text(json.dumps(target), encoding="utf-8")


def pipe(out: Path) -> None:
    """Run the tap into the target, and keep the last state that the target confirms."""
    tap = [sys.executable, str(HERE / "tap.py"), "--config=ENV", f"--config={out / 'tap.json'}"]
    state = out / "state.json"
    if state.exists():
        tap.append(f"--state={state}")
    target = [str(Path(sys.executable).parent / "target-duckdb"), f"--config={out / 'target.json'}"]
    environ = {
        **os.environ,
        "TAP_GATEWAY_API_URL": os.environ["GATEWAY_URL"],
        "TAP_GATEWAY_TOKEN": os.environ["GATEWAY_TOKEN"],
    }
    with subprocess.Popen(tap, stdout=subprocess.PIPE, env=environ) as tapping:
        done = subprocess.run(target, stdin=tapping.stdout, stdout=subprocess.PIPE, check=True)
    if tapping.returncode:
        raise SystemExit(f"the tap ended with {tapping.returncode}")
    if lines := done.stdout.decode().splitlines():
        state.write_text(lines[-1], encoding="utf-8")


def main() -> None:
    """Load, then make the tables."""
    first, last = date.fromisoformat(sys.argv[1]), date.fromisoformat(sys.argv[2])
    out = Path(sys.argv[3])
    write_settings(first, last, out)
    pipe(out)
    with duckdb.connect(str(out / "result.duckdb")) as connection:
        connection.execute((HERE / "tables.sql").read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()

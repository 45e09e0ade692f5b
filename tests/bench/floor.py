"""The floor: what nobody can go below. All bodies by curl, then one pass of DuckDB over the files.

    python tests/bench/floor.py pass FOLDER

The pass lands each record beside its typed columns; it looks nothing up, compares with nothing that
was there before, proves nothing and counts nothing.
"""

import shutil
import subprocess
import sys
import time
from pathlib import Path

from bench.book import Figures, own_environment
from bench.peers.measure import measure
from bench.wire import curl_config, serving, windows
from bench.world import open_world

HERE = Path(__file__).parent
# As many as the product asks by default.
_ROWS = 5000


def floor(world: Path, folder: Path) -> Figures:
    """Return what both took together; `download` are the seconds of curl alone."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    with serving(world) as address:
        config = folder / "curl.txt"
        config.write_text(
            curl_config(address, windows(world, _ROWS), str(folder / "{}.json")), encoding="utf-8"
        )
        began = time.perf_counter()
        subprocess.run(["curl", "--silent", "--fail", "--config", str(config)], check=True)
        download = time.perf_counter() - began
    size = sum(path.stat().st_size for path in folder.glob("*.json"))
    command = [sys.executable, __file__, "pass", str(folder)]
    took = measure(command, folder / "said.txt", own_environment())
    rows = int((folder / "said.txt").read_text())
    held = open_world(world).facts.messages
    shutil.rmtree(folder)
    return {
        "seconds": download + took.seconds,
        "download": download,
        "processor": took.cpu_seconds,
        "peak": took.peak_mib,
        "MB": size / 1e6,
        "result": f"{rows:,} of {held:,} rows" if rows != held else "all rows",
    }


def land(folder: Path) -> int:
    """Land the files of a folder in one pass; returns the rows."""
    import duckdb  # noqa: PLC0415 - the harness itself stays small

    with duckdb.connect(str(folder / "floor.duckdb"), config={"threads": "2"}) as connection:
        connection.execute("set variable files = $1", [str(folder / "*.json")])
        connection.execute((HERE / "floor.sql").read_text(encoding="utf-8"))
        found = connection.execute("select count(*) from messages").fetchone()
    assert found is not None
    return int(found[0])


if __name__ == "__main__":
    print(land(Path(sys.argv[2])))

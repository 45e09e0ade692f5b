"""How fast the benchmark gateway is: all of a world with curl, to nowhere.

    python tests/bench/wire.py FOLDER [--rows 5000]

Downloads the world as windows of about so many messages over one connection that is kept, the same
over four, and in one answer; prints for each the bytes, MB/s by the clock, and MB for each second
of processor that the gateway took. The first is that of all, the last tells on a busy machine, too.
"""

import argparse
import json
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from tempfile import NamedTemporaryFile
from urllib.parse import urlencode
from urllib.request import urlopen

import polars as pl

from pipeline.emulator.habits import TOKEN

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Speed:
    """What a download came to: bytes, its seconds, the gateway's seconds of processor."""

    what: str
    calls: int
    size: int
    seconds: float
    processor_seconds: float

    @property
    def megabytes_per_second(self) -> float:
        """Megabytes in a second by the clock."""
        return self.size / 1e6 / self.seconds


@contextmanager
def serving(world: Path, *, is_changed: bool = False) -> Iterator[str]:
    """Serve a world from a process of its own; gives the base address."""
    changed = ["--changed"] if is_changed else []
    command = [sys.executable, str(HERE / "gateway.py"), "--world", str(world), *changed]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline().strip()
        finally:
            process.terminate()
        assert process.wait() == 0


def tally(address: str, *, is_reset: bool = False) -> dict[str, int | float]:
    """Return what the gateway was asked since the last reset."""
    url = f"{address.removesuffix('/getdata')}/bench/tally?reset={int(is_reset)}"
    with urlopen(url) as response:
        return dict(json.load(response))


def windows(world: Path, rows: int) -> list[tuple[str, str]]:
    """Return the bounds, in UTC, of windows with about so many rows each that make up a world."""
    created = pl.read_parquet(world / "base" / "messages.parquet", columns=["created"])["created"]
    edges = [*created[::rows].unique(maintain_order=True), created[-1] + 1]
    return [(_text(begin), _text(end - 1)) for begin, end in pairwise(edges)]


def download(address: str, what: str, bounds: list[tuple[str, str]], *, parallel: int = 1) -> Speed:
    """Download windows with one process of curl."""
    tally(address, is_reset=True)
    with NamedTemporaryFile("w", suffix=".curl") as config:
        config.write(curl_config(address, bounds, "/dev/null"))
        config.flush()
        many = ["--parallel", "--parallel-max", str(parallel)] if parallel > 1 else []
        command = [shutil.which("curl") or "curl", "--no-progress-meter", "--fail", *many]
        begun = time.perf_counter()
        subprocess.run([*command, "--config", config.name], check=True)
        seconds = time.perf_counter() - begun
    told = tally(address)
    return Speed(what, int(told["calls"]), int(told["bytes"]), seconds, told["processor_seconds"])


def measure(world: Path, rows: int = 5000) -> Iterator[Speed]:
    """Download a world in windows, in windows four at a time, and at once."""
    bounds = windows(world, rows)
    whole = [(bounds[0][0], bounds[-1][1])]
    with serving(world) as address:
        download(address, "warm", whole)
        yield download(address, f"windows of {rows:,}", bounds)
        yield download(address, "the same, four at a time", bounds, parallel=4)
        yield download(address, "one answer", whole)


def _text(at: int) -> str:
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d %H:%M:%S}"


def curl_config(address: str, bounds: list[tuple[str, str]], to: str) -> str:
    """Return what curl reads to fetch windows, each into a file; `{}` is the window's number."""
    return "".join(
        f'url = "{_url(address, *pair)}"\noutput = "{to.format(number)}"\n'
        for number, pair in enumerate(bounds)
    )


def _url(address: str, begin: str, end: str) -> str:
    asked = {"token": TOKEN, "begindate": begin, "enddate": end, "timezone": "UTC"}
    return f"{address}/getallsms?{urlencode(asked)}"


def main() -> None:
    """Print the speeds as a table in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("world", type=Path)
    parser.add_argument("--rows", type=int, default=5000)
    given = parser.parse_args()
    print("| what | calls | MB | MB/s | MB per second of its processor |\n|---|---|---|---|---|")
    for speed in measure(given.world, given.rows):
        figures = (speed.size / 1e6, speed.megabytes_per_second)
        per_processor = speed.size / 1e6 / max(speed.processor_seconds, 1e-6)
        told = " | ".join(f"{figure:,.0f}" for figure in (*figures, per_processor))
        print(f"| {speed.what} | {speed.calls} | {told} |", flush=True)


if __name__ == "__main__":
    main()

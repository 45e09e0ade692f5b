"""Runs a peer on a world's gateway: what it took, and whether its result is right.

    python tests/bench/peers/run.py NAME URL WORLD OUT [--changed]

Makes the peer's environment first, `build/bench/venv-NAME`, unless it is there.
"""

import argparse
import json
import os
import subprocess
import sys
import venv
from dataclasses import asdict, dataclass
from pathlib import Path

import httpx

sys.path.insert(0, str(Path(__file__).parents[2]))

from bench.peers.check import verdict
from bench.peers.measure import measure
from bench.world import World, open_world
from pipeline.emulator.habits import TOKEN

HERE = Path(__file__).parent
ENVIRONMENTS = HERE.parents[2] / "build" / "bench"
PACKAGES = {
    "dlt": ("dlt", "pyarrow", "duckdb"),
    "singer": ("singer-sdk", "msgspec", "target-duckdb", "duckdb"),
    "script": ("httpx", "polars", "duckdb"),
}
PEERS = ("dlt", "dlt-untuned", "singer", "script")
UNTUNED = {"DLT_UNTUNED": "yes", "RUNTIME__DLTHUB_TELEMETRY": "false"}


@dataclass(frozen=True, slots=True)
class Measured:
    """What a peer took, and how right its result is.

    Attributes:
        seconds, cpu_seconds, peak_mib: of all its processes, see `Usage`.
        verdict: `right`, or what is wrong in a few words.
        calls: what the gateway was asked.
    """

    seconds: float
    cpu_seconds: float
    peak_mib: float
    verdict: str
    calls: int


def run_peer(  # noqa: PLR0913 - one argument per thing that differs between runs
    name: str,
    url: str,
    world_folder: Path,
    out_folder: Path,
    *,
    changed: bool,
    lookback_days: int = 7,
    python: Path | None = None,
) -> Measured:
    """Let a peer load a world into `out_folder`; measure and check it.

    Args:
        name: one of `PEERS`.
        url: base address of the benchmark gateway, which serves the same rendition.
        world_folder: a world that was made.
        out_folder: empty for a first load, that of the load before for a second one.
        changed: whether it is the second rendition.
        lookback_days: days before the newest one that a second load asks again, if it has a cursor.
        python: the interpreter; the peer's own if not given.

    Raises:
        RuntimeError: the peer failed; tells the last lines that it said.
    """
    world, rendition = open_world(world_folder), "changed" if changed else "base"
    folder, is_untuned = HERE / name.removesuffix("-untuned"), name.endswith("-untuned")
    python = python or python_of(folder.name)
    out_folder.mkdir(parents=True, exist_ok=True)
    first, last = days_of(world, rendition)
    command = [str(python), str(folder / "load.py"), first, last, str(out_folder.resolve())]
    environ = {**os.environ, "GATEWAY_URL": url, "GATEWAY_TOKEN": TOKEN}
    environ["LOOKBACK_DAYS"] = str(lookback_days)
    environ |= UNTUNED if is_untuned else {}
    cwd = out_folder if is_untuned else folder  # settings are found in the folder where it starts
    calls_of(url)
    usage = measure(command, out_folder / f"{rendition}.log", environ, cwd)
    calls = calls_of(url)
    said = verdict(out_folder / "result.duckdb", world_folder / rendition)
    return Measured(**asdict(usage), verdict=said, calls=calls)


def days_of(world: World, rendition: str) -> tuple[str, str]:
    """Return the first and the last day of a world, in UTC."""
    first = world.now("base").subtract(days=world.facts.days)
    return first.to_date_string(), world.now(rendition).to_date_string()


def calls_of(url: str) -> int:
    """Return the calls that the gateway has had; it counts anew from then on."""
    return int(httpx.get(httpx.URL(url).join("/bench/tally?reset=1")).json()["calls"])


def python_of(name: str) -> Path:
    """Return a peer's interpreter; makes its environment unless it is as its file wants it."""
    folder, wanted = ENVIRONMENTS / f"venv-{name}", (HERE / name / "requirements.txt").read_text()
    python, ready = folder / "bin" / "python", folder / "ready"
    if not ready.exists() or ready.read_text() != wanted:
        venv.create(folder, clear=True, with_pip=True)
        quiet = ("--quiet", "--disable-pip-version-check")
        file = str(HERE / name / "requirements.txt")
        install = [str(python), "-m", "pip", "install", *quiet, "--requirement", file]
        subprocess.run(install, check=True)
        ready.write_text(wanted)
    return python


def versions_of(name: str) -> str:
    """Return the packages that make a peer what it is, with their versions."""
    lines = (HERE / name / "requirements.txt").read_text(encoding="utf-8").splitlines()
    held = dict(line.split("==") for line in lines if "==" in line)
    return ", ".join(f"{package} {held[package]}" for package in PACKAGES[name])


def main() -> None:
    """Run one peer once, print what was measured as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", choices=PEERS)
    parser.add_argument("url")
    parser.add_argument("world", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--changed", action="store_true")
    parser.add_argument("--lookback-days", type=int, default=7)
    given = parser.parse_args()
    done = run_peer(
        given.name,
        given.url,
        given.world,
        given.out,
        changed=given.changed,
        lookback_days=given.lookback_days,
    )
    print(json.dumps(asdict(done)))


if __name__ == "__main__":
    main()

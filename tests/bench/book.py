"""What was measured so far: a line for each run, so that a long benchmark goes on where it stopped.

All lines of a book are of the same code, versions and machine; others have a book of their own.
"""

import hashlib
import json
import os
import platform
from collections import defaultdict
from collections.abc import Iterable
from functools import cache
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any

from bench.peers.measure import Usage

ROOT = Path(__file__).parents[2]
# What decides what is measured: the product, and who it is measured against.
_SOURCES = (
    "pipeline/**/*.py",
    "sql/**/*.sql",
    "sql/**/*.csv",
    "reports/**/*.*",
    # The words of the page decide nothing.
    *(f"tests/bench/**/*.{kind}" for kind in ("py", "sql", "toml", "txt")),
)
LIBRARIES = ("duckdb", "polars", "httpx", "pendulum", "jinja2", "msgspec", "phonenumbers")

Figures = dict[str, Any]


def figures_of(took: Usage) -> Figures:
    """Return what a command took, as a book keeps it."""
    return {"seconds": took.seconds, "processor": took.cpu_seconds, "peak": took.peak_mib}


def last_told(said: Path) -> Figures:
    """Return the figures that a command told as JSON, on the last line that it said."""
    told: Figures = json.loads(said.read_text(encoding="utf-8").splitlines()[-1])
    return told


def own_environment(**more: str) -> dict[str, str]:
    """Return the environment of a process of ours: no settings but those given.

    Its modules are compiled once, as those of an installed sms24, and of its peers, are.
    """
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SMS24_")}
    kept.pop("PYTHONDONTWRITEBYTECODE", None)
    paths = os.pathsep.join((str(ROOT), str(ROOT / "tests")))
    return {**kept, "PYTHONPATH": paths, **more}


class Book:
    """The runs of one state of the code.

    Attributes:
        path: the file; `trace` is of what was measured.
    """

    def __init__(self, folder: Path, trace: str | None = None) -> None:
        self.trace = trace or own_trace()
        self.path = folder / f"runs-{self.trace}.jsonl"
        self._runs: defaultdict[str, list[Figures]] = defaultdict(list)
        if self.path.exists():
            for line in self.path.read_text(encoding="utf-8").splitlines():
                name, figures = json.loads(line)
                self._runs[name].append(figures)

    def runs(self, case: str) -> list[Figures]:
        """Return what each run of a case gave."""
        return list(self._runs[case])

    def add(self, case: str, figures: Figures) -> None:
        """Keep a run; it is on the disk before this returns."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._runs[case].append(figures)
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps([case, figures]) + "\n")

    def every(self) -> list[Figures]:
        """Return all runs of all cases."""
        return [run for runs in self._runs.values() for run in runs]

    def median(self, case: str, figure: str) -> float | None:
        """Return the median of a figure over the runs of a case; None where there is none."""
        found = self._values(case, figure)
        return median(found) if found else None

    def spread(self, case: str, figure: str) -> tuple[float, float] | None:
        """Return the least and the most of a figure."""
        found = self._values(case, figure)
        return (min(found), max(found)) if found else None

    def said(self, case: str, figure: str) -> str:
        """Return what the runs of a case said, each thing once."""
        return "; ".join(dict.fromkeys(run[figure] for run in self._runs[case] if figure in run))

    def _values(self, case: str, figure: str) -> list[float]:
        return [run[figure] for run in self._runs[case] if run.get(figure) is not None]


@cache
def own_trace() -> str:
    """Return the trace of this state of the code."""
    return trace_of(sources())


def sources() -> list[Path]:
    """Return the files that decide what is measured."""
    found = (path for pattern in _SOURCES for path in sorted(ROOT.glob(pattern)))
    return [path for path in found if path.is_file() and "__pycache__" not in path.parts]


def trace_of(paths: Iterable[Path]) -> str:
    """Return a text that differs where the files, the libraries or the machine differ."""
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.read_bytes())
    about = (platform.machine(), platform.python_version(), *map(version, LIBRARIES))
    digest.update("\0".join(about).encode())
    return digest.hexdigest()[:12]

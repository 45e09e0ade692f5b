"""What was measured as a document: ratios first, then what each of them comes from."""

import os
import platform
import time
from importlib.metadata import version
from pathlib import Path

import jinja2

from bench.book import LIBRARIES, Book
from bench.budgets import budgets
from bench.build import QUESTIONS
from bench.cases import Scope
from bench.figures import Figures, short
from bench.peers.run import versions_of

HERE = Path(__file__).parent
_PARTS = 14
_KINDS = ("full", "change", "changed", "unchanged", "publish")


def shares(book: Book, case: str) -> list[tuple[str, float, float]]:
    """Return what most of a case's processor time went to: what, seconds, share of all."""
    told = dict(book.runs(case)[0]) if book.runs(case) else {"all": 0.0}
    whole = told.pop("all")
    parts = {name: value for name, value in told.items() if name not in {"load", "at"}}
    largest = sorted(parts.items(), key=lambda part: -part[1])[:_PARTS]
    return [(name, seconds, seconds / whole) for name, seconds in largest]


def written(book: Book, scope: Scope) -> str:
    """Return the document, in Markdown."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(HERE),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # it is Markdown, of our own figures
    )
    loads = [run["load"] for run in book.every()]
    return environment.get_template("benchmarks.md.jinja").render(
        book=book,
        budgets=budgets(book, scope),
        cores=os.cpu_count(),
        day=time.strftime("%Y-%m-%d", time.gmtime(max(run["at"] for run in book.every()))),
        figures=Figures(book),
        kinds=_KINDS,
        libraries=", ".join(f"{name} {version(name)}" for name in LIBRARIES),
        loads=f"{min(loads):.1f} to {max(loads):.1f}" if loads else "-",
        machine=f"{platform.system()} {platform.machine()}",
        memory=f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f}",
        python=platform.python_version(),
        questions=tuple(QUESTIONS),
        versions_of=versions_of,
        scope=scope,
        spent=shares(book, f"spent {scope.reported}"),
        spent_later=shares(book, f"spent daily {max(scope.daily)}"),
        short=short,
    )

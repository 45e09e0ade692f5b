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
_KINDS = ("full", "change", "changed", "unchanged", "publish")


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
        short=short,
    )

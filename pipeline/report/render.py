"""Turn a page's values into one HTML file that needs nothing else."""

import os
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from pipeline.paths import resource_folder
from pipeline.report.charts import spark_path, strip_paths
from pipeline.report.formats import Formats
from pipeline.report.stats import Rate

_FORMATS = [
    *("number", "share", "whole_share", "rate", "interval"),
    *("day", "moment", "points", "change", "seconds"),
]
_SHADES = 5


def render_page(
    template: str, language: str, values: dict[str, Any], own: Path | None = None
) -> str:
    """Return the text of a page; everything in `values` is escaped.

    A template, style or part that lies in the folder `own` stands for ours of the same name.
    """
    folders = (*([own] if own else []), resource_folder("reports"))
    return _environment(folders, language).get_template(template).render(values)


@cache
def _environment(folders: tuple[Path, ...], language: str) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(folders),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    formats = Formats(language)
    words = formats.words
    environment.install_gettext_callables(  # type: ignore[attr-defined]
        words.gettext, words.ngettext, newstyle=True
    )
    environment.filters |= {kind: getattr(formats, kind) for kind in _FORMATS}
    environment.filters |= {"kind": _kind, "shade": _shade, "spark_path": spark_path}
    environment.filters["strip_paths"] = strip_paths
    environment.globals |= {"css": lambda name: _own_text(folders, name), "language": language}
    return environment


def write_page(path: Path, text: str) -> None:
    """Put a page in its place at once, readable for everybody."""
    path.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    path.parent.chmod(0o755)  # the umask keeps state private; reports are for people
    draft = path.with_name(f".{path.name}.tmp")
    try:
        draft.write_text(text, encoding="utf-8")
        draft.chmod(0o644)
        os.replace(draft, path)  # noqa: PTH105 - the atomic one, by its name
    finally:
        draft.unlink(missing_ok=True)


def _own_text(folders: tuple[Path, ...], name: str) -> Markup:
    """Return a style sheet as it is: the one text that is not escaped."""
    path = next(found for folder in folders if (found := folder / "assets" / name).is_file())
    return Markup(path.read_text(encoding="utf-8"))  # noqa: S704 - our own file


def _kind(block: Any) -> str:
    return str(block.__struct_config__.tag)


def _shade(rate: Rate, worst: float) -> int:
    """Return how dark a rate's cell is, from 0 to 5."""
    return 0 if not worst else min(_SHADES, round(_SHADES * (rate.value or 0) / worst))

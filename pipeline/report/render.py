"""Turn a page's values into one HTML file that needs nothing else."""

import os
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from pipeline.paths import resource_folder
from pipeline.report.formats import Formats


def render_page(template: str, language: str, values: dict[str, Any]) -> str:
    """Return the text of a page; everything in `values` is escaped."""
    environment = _environment(resource_folder("reports"), language)
    return environment.get_template(template).render(values)


@cache
def _environment(folder: Path, language: str) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    formats = Formats(language)
    environment.filters |= {
        kind: getattr(formats, kind)
        for kind in ("number", "share", "rate", "interval", "day", "moment")
    }
    environment.globals |= {"css": lambda name: _own_style(folder, name), "language": language}
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


def _own_style(folder: Path, name: str) -> Markup:
    """Return a style sheet of ours as it is: the one text that is not escaped."""
    return Markup((folder / "assets" / name).read_text(encoding="utf-8"))  # noqa: S704 - our own file

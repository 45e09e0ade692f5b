"""Turn a page's values into one HTML file that needs nothing else."""

import re
from base64 import b64encode
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from pipeline.paths import resource_folder
from pipeline.report import layout
from pipeline.report.charts import spark_path, strip_paths
from pipeline.report.formats import Formats

# What stands in quotes stays; spaces go where two words need none between them.
_IDLE = re.compile(r"""("[^"\n]*"|'[^'\n]*')|;?\s*(\})\s*|\s*([{;,]|(?<=[\w-]):(?=\s))\s*""")
_FORMATS = [
    *("number", "share", "whole_share", "percent_number", "rate", "interval"),
    *("day", "moment", "points", "change", "seconds"),
]
_LAYOUT = {
    "kind": layout.kind_of,
    "tenth": layout.tenth,
    "outline": layout.outline,
    "lean_sql": layout.lean_sql,
    "short": layout.short,
    "ranks": layout.ranks,
    "look": layout.look,
    "is_typed": layout.is_typed,
    "labels": layout.labels,
    "scales": layout.scales,
    "whisker_places": layout.whisker_places,
    "shade": layout.shade,
    "direction": layout.direction,
    "has_dimension": layout.has_dimension,
    "spark_path": spark_path,
    "strip_paths": strip_paths,
}


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
        autoescape=select_autoescape((), ("txt",), default_for_string=True, default=True),
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
    environment.filters |= {"shown": lambda value, kind: getattr(formats, kind)(value)}
    environment.filters |= _LAYOUT
    environment.globals |= {
        "asset": lambda name: _asset(folders, name),
        "script_hash": lambda name: _script_hash(folders, name),
        "language": language,
        "most_labels": layout.MOST_LABELS,
    }
    return environment


def _asset(folders: tuple[Path, ...], name: str) -> Markup:
    """Return a style sheet or script without idle spaces: the one text that is not escaped."""
    path = next(found for folder in folders if (found := folder / "assets" / name).is_file())
    text = "\n".join(line.strip() for line in path.read_text(encoding="utf-8").splitlines())
    if path.suffix == ".css":
        text = _IDLE.sub(lambda found: found[1] or found[2] or found[3] or "", text)
    return Markup(text)  # noqa: S704 - our own file


def _script_hash(folders: tuple[Path, ...], name: str) -> str:
    """Return the name under which a page's policy allows one script, and no other."""
    digest = sha256(_asset(folders, name).encode()).digest()
    return f"sha256-{b64encode(digest).decode()}"

"""Where `sql/` and `reports/` are: in an installed wheel, or beside the package in a checkout."""

from functools import cache
from pathlib import Path


@cache
def resource_folder(name: str) -> Path:
    """Return the folder `sql` or `reports` that came with this installation."""
    package = Path(__file__).parent
    for candidate in (package / name, package.parent / name):
        if candidate.is_dir():
            return candidate
    raise FileNotFoundError(f"the folder {name}/ is missing from this installation of sms24")

"""`sms24 shell`: the duckdb command line on the published snapshot, where there is one."""

import os
import shutil

import click

from pipeline.cli.console import settings_of
from pipeline.errors import UsageError

# As for `sms24 query`; `-safe` would do the same, but the duckdb-cli of PyPI (1.5.6) refuses to
# start with it.
_LOCKED_DOWN = (
    "set autoinstall_known_extensions = false",
    "set autoload_known_extensions = false",
    "set enable_external_access = false",
    "set lock_configuration = true",
)


@click.command()
@click.option("--utc", is_flag=True, help="Times and days of UTC, not of the reporting zone.")
@click.pass_context
def shell(context: click.Context, utc: bool) -> None:  # noqa: FBT001 - click gives flags by name
    """Open the duckdb command line on the snapshot, read-only, files and settings locked."""
    from pipeline.warehouse.explained import Terms  # noqa: PLC0415 - `--help` needs none of it
    from pipeline.warehouse.snapshot import open_snapshot  # noqa: PLC0415

    path = settings_of(context).snapshot_path
    with open_snapshot(path, Terms(is_local=not utc)) as snapshot:
        zone = snapshot.zone
    program = shutil.which("duckdb")
    if program is None:
        raise UsageError(
            "There is no duckdb command line here.",
            advice="Get it: pip install duckdb-cli. Or ask with sms24 query, which needs nothing.",
        )
    start = "; ".join((f"set timezone = '{zone}'", *_LOCKED_DOWN))
    # What it does not need of the environment is what must stay secret.
    environ = {name: value for name, value in os.environ.items() if not name.startswith("SMS24_")}
    arguments = [program, "-readonly", "-cmd", start, str(path)]
    os.execve(program, arguments, environ)  # noqa: S606 - no shell reads it

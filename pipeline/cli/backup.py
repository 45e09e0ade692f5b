"""`sms24 backup` and `sms24 restore`."""

from pathlib import Path

import click

from pipeline.cli.console import closed, make_progress, settings_of
from pipeline.errors import UsageError


@click.command()
@click.option(
    "--to",
    "target",
    metavar="FOLDER",
    type=click.Path(path_type=Path),
    help="The folder to make; backups/sms24-INSTANT in the data folder unless named.",
)
@click.option(
    "--wait",
    metavar="SECONDS",
    default=3600.0,
    show_default=True,
    type=click.FloatRange(0),
    help="How long to wait for a run to end.",
)
@click.option(
    "--keep",
    metavar="N",
    type=click.IntRange(1),
    help="Then remove the oldest in backups/ but for so many.",
)
@click.pass_context
def backup(context: click.Context, *, target: Path | None, wait: float, keep: int | None) -> None:
    """Copy what cannot be fetched or built again: records, ledger, plans, keys, settings.

    Loads and sendings go on meanwhile. The folder holds the key of the hashes: keep it private.
    """
    if keep is not None and target is not None:
        raise UsageError("--keep is for backups/ in the data folder.", advice="Leave out --to.")
    from pipeline.clock import SystemClock  # noqa: PLC0415 - `--help` needs none of it
    from pipeline.operate.backup import back_up, drop_older  # noqa: PLC0415

    settings, progress = settings_of(context), make_progress()
    try:
        folder = back_up(settings, target, clock=SystemClock(), progress=progress, patience=wait)
    finally:
        closed(progress)
    click.echo(f"Backup: {folder}")
    dropped = drop_older(settings.data_dir, keep) if keep else 0
    if dropped:
        click.echo(f"Removed {dropped:,} older backups.")


@click.command()
@click.argument("folder", metavar="BACKUP", type=click.Path(path_type=Path))
@click.option("--replace", is_flag=True, help="Also where there are data; they are kept beside.")
@click.pass_context
def restore(context: click.Context, folder: Path, *, replace: bool) -> None:
    """Put a backup into the data folder, after comparing all hashes."""
    from pipeline.operate.restore import restore as put_back  # noqa: PLC0415 - `--help`

    settings, progress = settings_of(context), make_progress()
    try:
        files = put_back(folder, settings.data_dir, progress, replaces=replace)
    finally:
        closed(progress)
    click.echo(f"Restored {files:,} files into {settings.data_dir}.")
    click.echo("Next: sms24 build. The settings of that time are in sms24.toml of the backup.")

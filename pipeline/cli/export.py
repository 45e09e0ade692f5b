"""`sms24 export`: the published tables as Parquet, for what one machine cannot do."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli.console import closed, make_progress, settings_of

if TYPE_CHECKING:
    from pipeline.warehouse.export import Exported


@click.command()
@click.option(
    "--to",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    help="A folder of the export's own; made if there is none.",
)
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.pass_context
def export(context: click.Context, *, folder: Path, as_json: bool) -> None:
    """Write the published tables as Parquet, by month where they grow; only what changed."""
    from pipeline.warehouse.export import export as write_tables  # noqa: PLC0415 - for `--help`

    progress = make_progress()
    try:
        exported = write_tables(settings_of(context).snapshot_path, folder, progress)
    finally:
        closed(progress)
    if as_json:
        click.echo(json.dumps(_plain(exported), indent=2))
    else:
        _tell(exported)


def _tell(exported: "Exported") -> None:
    said = _plain(exported)
    click.echo(f"Export:   {said['folder']}")
    click.echo(
        f"Holds:    {said['rows']:,} rows of {said['tables']} tables in {said['files']:,} files,"
        f" {said['bytes']:,} bytes"
    )
    click.echo(
        f"Written:  {len(exported.written):,} files; {len(exported.removed):,} removed, the others"
        " left as they were"
    )


def _plain(exported: "Exported") -> dict[str, object]:
    manifest = exported.manifest
    return {
        "folder": str(exported.folder),
        "snapshot": manifest.snapshot,
        "tables": len(manifest.tables),
        "rows": sum(table.rows for table in manifest.tables),
        "files": len(manifest.files),
        "bytes": sum(file.bytes for file in manifest.files),
        "written": exported.written,
        "removed": exported.removed,
    }

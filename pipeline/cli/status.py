"""`sms24 status`: how fresh the snapshot is, what is proven and odd, how runs ended."""

import json
from datetime import datetime
from typing import Any

import click

from pipeline.cli.console import settings_of

_RUNS = 5


@click.command()
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.pass_context
def status(context: click.Context, *, as_json: bool) -> None:
    """Tell how fresh the snapshot is, what is proven, what is odd, how the last runs ended."""
    from pipeline.warehouse.snapshot import open_snapshot  # noqa: PLC0415 - `--help` needs none

    with open_snapshot(settings_of(context).snapshot_path) as snapshot:
        snapshot.refuse_older()
        found = {
            "snapshot": snapshot.rows("from snapshot_info")[0],
            "proven": snapshot.rows(
                """
                select
                    min(begin_at) as since,
                    max(end_at) as until,
                    sum(messages)::bigint as messages
                from coverage
                where is_proven
                """
            )[0],
            "holes": snapshot.rows(
                "select begin_at, end_at, state from coverage where not is_proven and not is_tail"
            ),
            "warnings": snapshot.rows("from warnings"),
            "runs": snapshot.rows(f"from runs order by started_at desc limit {_RUNS}"),
        }
    if as_json:
        click.echo(json.dumps(found, indent=2, default=_instant))
        return
    for line in _lines(found):
        click.echo(line)


def _lines(found: dict[str, Any]) -> list[str]:
    info, proven = found["snapshot"], found["proven"]
    lines = [f"Built    {_moment(info['built_at'])} by sms24 {info['version']}"]
    if proven["since"] is None:
        lines.append("Proven   nothing yet")
    else:
        span = f"{_moment(proven['since'])} to {_moment(proven['until'])}"
        lines.append(f"Proven   {span}: {proven['messages']:,} messages")
    holes = found["holes"]
    lines.append(f"Holes    {len(holes) or 'none'}")
    lines += [
        f"         {_moment(hole['begin_at'])} to {_moment(hole['end_at'])}: {hole['state']}"
        for hole in holes
    ]
    warnings = found["warnings"]
    lines.append(f"Warnings {len(warnings) or 'none'}")
    lines += [f"         {row['sentence']} ({row['rows']:,} rows)" for row in warnings]
    lines.append("Runs     the newest first")
    return lines + [f"         {_run(run, info['run_id'])}" for run in found["runs"]]


def _run(run: dict[str, Any], publisher: str) -> str:
    if run["finished_at"] is None:
        what = "published this snapshot" if run["run_id"] == publisher else "was killed"
        return f"{_moment(run['started_at'])}  {run['command']}: {what}"
    ended = f"exit {run['exit_code']}, {run['message']}"
    return f"{_moment(run['started_at'])}  {run['command']}: {ended}"


def _moment(value: datetime | None) -> str:
    return "never" if value is None else f"{value:%Y-%m-%d %H:%M} UTC"


def _instant(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)

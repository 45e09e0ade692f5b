"""How a person sees what a sync would ask, and what it was."""

import json
from collections.abc import Iterable

import click

from pipeline.extract.preview import Preview
from pipeline.values import Window

_MOST_SHOWN = 20


def show_preview(preview: Preview | None) -> None:
    """Print the windows, the expected calls and the holes."""
    if preview is None:
        click.echo("Nothing is stored yet: a sync asks for the whole history.")
        return
    reading = preview.reading
    known = (
        f"read by {reading.column} time in {reading.zone}" if reading.is_known else "not measured"
    )
    click.echo(f"History:  {_span(preview.history)} (bounds: {known})")
    click.echo(f"Calls:    about {preview.calls:,}, none made now")
    click.echo(f"\n{'why':<10} {'from':<20} {'to':<20} {'messages':>9} {'calls':>6}")
    for planned in preview.windows[:_MOST_SHOWN]:
        click.echo(
            f"{planned.why:<10} {_moment(planned.window, 0):<20} {_moment(planned.window, 1):<20}"
            f" {planned.messages:>9,} {planned.calls:>6,}"
        )
    if len(preview.windows) > _MOST_SHOWN:
        click.echo(f"... and {len(preview.windows) - _MOST_SHOWN} more")
    if preview.compare_calls:
        click.echo(
            f"{'compare':<10} {'counts against what is held':<51} {preview.compare_calls:>6,}"
        )
    _show_holes(preview.holes)


def preview_json(preview: Preview | None) -> str:
    """Return the same for programs."""
    if preview is None:
        return json.dumps(None)
    return json.dumps(
        {
            "history": _pair(preview.history),
            "reading": preview.reading.name,
            "calls": preview.calls,
            "compare_calls": preview.compare_calls,
            "windows": [
                {**_pair(p.window), "why": p.why, "messages": p.messages, "calls": p.calls}
                for p in preview.windows
            ],
            "holes": [_pair(hole) for hole in preview.holes],
        },
        indent=2,
    )


def _show_holes(holes: Iterable[Window]) -> None:
    found = list(holes)
    click.echo(f"\nHoles:    {len(found) or 'none'}")
    for hole in found[:_MOST_SHOWN]:
        click.echo(f"  {_span(hole)}")
    if len(found) > _MOST_SHOWN:
        click.echo(f"  ... and {len(found) - _MOST_SHOWN} more")


def _span(window: Window) -> str:
    return f"{_moment(window, 0)} to {_moment(window, 1)} UTC"


def _moment(window: Window, end: int) -> str:
    return f"{(window.begin_at, window.end_at)[end]:%Y-%m-%d %H:%M:%S}"


def _pair(window: Window) -> dict[str, str]:
    return {"begin_at": window.begin_at.isoformat(), "end_at": window.end_at.isoformat()}

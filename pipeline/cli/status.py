"""`sms24 status`: how things stand, on one screen of 80 by 24."""

import sys
from datetime import datetime
from typing import TYPE_CHECKING

import click

from pipeline.cli.console import duration, settings_of

if TYPE_CHECKING:
    from pipeline.clock import Clock
    from pipeline.journal import Entry
    from pipeline.operate.standing import Standing
    from pipeline.settings import Settings

_RUNS = 7
_FEW = 2  # of holes, warnings and alerts; how many there are is told anyway
_WIDTH = 79
_LABEL = 9
_SECONDS = 5.0


@click.command()
@click.option("--watch", is_flag=True, help="Show it again every five seconds, until Ctrl-C.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.pass_context
def status(context: click.Context, *, watch: bool, as_json: bool) -> None:
    """Tell how fresh the data are, what is proven, open and odd, how runs ended, what is due."""
    from pipeline.clock import SystemClock  # noqa: PLC0415 - `--help` needs none of it

    settings, clock = settings_of(context), SystemClock()
    if not watch:
        click.echo(_shown(settings, clock, as_json=as_json))
        return
    try:
        while True:
            shown = _shown(settings, clock, as_json=as_json)
            if sys.stdout.isatty():
                click.clear()
            click.echo(shown)
            clock.sleep(_SECONDS)
    except KeyboardInterrupt:
        return


def _shown(settings: "Settings", clock: "Clock", *, as_json: bool) -> str:
    from pipeline.clock import plain  # noqa: PLC0415
    from pipeline.operate.standing import standing  # noqa: PLC0415
    from pipeline.values import printable  # noqa: PLC0415

    now = plain(clock.now())
    found = standing(settings, now, _RUNS)
    if as_json:
        import msgspec  # noqa: PLC0415

        return msgspec.json.format(msgspec.json.encode(found), indent=2).decode()
    return "\n".join(_cut(printable(line)) for line in _lines(found, settings, now))


def _lines(found: "Standing", settings: "Settings", now: datetime) -> list[str]:
    return [
        *_data(found, now),
        *_section("Holes", [_hole(hole) for hole in found.holes]),
        *_waiting(found),
        *_section("Warnings", [f"{w['rows']:,} rows: {w['sentence']}" for w in found.warnings]),
        *_alerts(found),
        *_due(found, settings, now),
        *_runs(found),
    ]


def _data(found: "Standing", now: datetime) -> list[str]:
    info, proven = found.snapshot, found.proven
    if info is None:
        return [_said("Data", "none yet: nothing was ever published")]
    until = info["data_until"]
    age = "" if until is None else f", {duration((now - until).total_seconds())} ago"
    lines = [
        _said("Data", f"until {_moment(until)}{age}"),
        _said(
            "Built",
            f"{_moment(info['built_at'])} by sms24 {info['version']}, days of {info['timezone']}",
        ),
    ]
    if proven["since"] is None:
        return [*lines, _said("Proven", "nothing yet")]
    span = f"{proven['since']:%Y-%m-%d %H:%M} to {_moment(proven['until'])}"
    told = f"{proven['messages']:,} messages, {_share(proven['share'])}"
    return [*lines, _said("Proven", f"{span}: {told}")]


def _share(share: float) -> str:
    """Return a share that says 100 % only where nothing is missing."""
    shown = 100.0 if share >= 1 else min(int(share * 10_000) / 100, 99.99)
    return f"{shown:g} %"


def _hole(hole: "dict[str, object]") -> str:
    begin, end = hole["begin_at"], hole["end_at"]
    return f"{_moment(begin)} to {_moment(end)}: {hole['state']}"


def _waiting(found: "Standing") -> list[str]:
    waiting = found.waiting
    if not waiting:
        return []
    oldest = f", the oldest due {_moment(waiting['oldest_due_at'])}" if waiting["open"] else ""
    return [_said("Open", f"{waiting['open']:,} messages, {waiting['stuck']:,} stuck{oldest}")]


def _alerts(found: "Standing") -> list[str]:
    if not found.rules and not found.alerts:
        return [_said("Alerts", "no threshold is set")]
    if not found.alerts:
        return [_said("Alerts", f"none; rules: {'; '.join(found.rules)}")]
    return _section("Alerts", [alert.sentence for alert in found.alerts])


def _due(found: "Standing", settings: "Settings", now: datetime) -> list[str]:
    if found.working is not None:
        began = found.working.started_at
        since = f"{found.working.command} since {_moment(began)} (process {found.working.pid})"
        return [_said("At work", since)]
    if found.next_due is None:
        return [_said("Next", "no schedule is set; see sms24 schedule")]
    wait = duration((found.next_due - now).total_seconds())
    lines = [_said("Next", f"{_moment(found.next_due)}, in {wait} ({settings.schedule})")]
    if found.overdue_since is not None:
        lines.append(_said("Overdue", f"since {_moment(found.overdue_since)}: see sms24 doctor"))
    return lines


def _runs(found: "Standing") -> list[str]:
    head = f"{'started (UTC)':<17}{'what':<7}{'exit':>4}{'took':>9}{'calls':>7}{'rows':>9}"
    published = found.snapshot["run_id"] if found.snapshot else None
    return [_said("Runs", head)] + [_said("", _run(run, published)) for run in found.runs]


def _run(run: "Entry", published: str | None) -> str:
    ended = run.finished_at
    took = "" if ended is None else duration((ended - run.started_at).total_seconds())
    code = "" if run.exit_code is None else str(run.exit_code)
    numbers = "".join(
        f"{'' if number is None else f'{number:,}':>{width}}"
        for number, width in ((run.calls, 7), (run.rows, 9))
    )
    said = run.message or _unended(run, published)
    began = f"{run.started_at:%Y-%m-%d %H:%M}"
    return f"{began:<17}{run.command:<7}{code:>4}{took:>9}{numbers}  {said}"


def _unended(run: "Entry", published: str | None) -> str:
    from pipeline.journal import is_alive  # noqa: PLC0415

    if run.pid is not None and is_alive(run.pid):
        return "at work"
    return "published this snapshot" if run.run_id == published else "was killed"


def _section(label: str, said: list[str]) -> list[str]:
    more = f", {_FEW} of them here; all: --json" if len(said) > _FEW else ""
    head = _said(label, f"{len(said) or 'none'}{more}")
    return [head] + [_said("", text) for text in said[:_FEW]]


def _said(label: str, text: str) -> str:
    return f"{label:<{_LABEL}}{text}".rstrip()


def _cut(line: str) -> str:
    from unicodedata import combining, east_asian_width  # noqa: PLC0415

    width, kept = 0, ""
    for sign in line:
        width += 0 if combining(sign) else 1 + (east_asian_width(sign) in "WF")
        if width > _WIDTH:
            return f"{kept[:-1]}…"
        kept += sign
    return kept


def _moment(value: object) -> str:
    return f"{value:%Y-%m-%d %H:%M} UTC" if isinstance(value, datetime) else "never"

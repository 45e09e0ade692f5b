"""What an account stands on: versions, a schedule, and how the last runs went."""

import platform
from collections.abc import Sequence
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version

from pipeline import journal
from pipeline.journal import Entry
from pipeline.operate.due import overdue_since
from pipeline.operate.finding import Finding, broken, look, ok
from pipeline.operate.machine import Found
from pipeline.settings import Settings
from pipeline.version import own_version

_LIBRARIES = ("duckdb", "polars", "httpx", "pendulum", "jinja2")
_EXTRAS = ("apprise", "keyring", "weasyprint", "rphonenumbers")


def versions() -> Finding:
    """Return which versions work here."""
    parts = [f"sms24 {own_version()}", f"Python {platform.python_version()}"]
    for name in (*_LIBRARIES, *_EXTRAS):
        try:
            parts.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            continue
    return ok("versions", f"{', '.join(parts)}; {platform.system()}.")


def schedule(settings: Settings, found: Sequence[Found]) -> list[Finding]:
    """Return which schedules start runs, and what is amiss with them."""
    if not found:
        text = "No schedule that starts sms24 run was found on this machine."
        return [look("schedule", text, "Run: sms24 schedule")]
    lines = []
    for each in found:
        if each.is_on is False:
            text = f"{each.place} is not switched on."
            advice = "Run: sudo systemctl enable --now sms24.timer"
            lines.append(look("schedule", text, advice if each.kind == "systemd" else ""))
        else:
            lines.append(ok("schedule", f"{each.kind}: {each.place}"))
    if settings.schedule is None:
        text = "It is not set when runs are due, so a missed one is not noticed."
        lines.append(look("schedule", text, 'Set schedule, such as "hourly".'))
    return lines


def last_run(settings: Settings, entries: Sequence[Entry], now: datetime) -> Finding:
    """Return how the last run ended, and whether one is overdue."""
    runs = [entry for entry in entries if entry.exit_code != journal.BUSY]
    if not runs:
        return look("runs", "None is known yet.", "Run: sms24 run")
    last = runs[0]
    when = f"{last.command} of {last.started_at:%Y-%m-%d %H:%M} UTC"
    late = overdue_since(settings, entries, now)
    if late is not None:
        text = f"One was due {late:%Y-%m-%d %H:%M} UTC and did not start; the last: {when}."
        return broken("runs", text, "Look at the schedule, then run: sms24 run")
    if last.exit_code is None:
        return _unended(last, when)
    text = f"The last, {when}, ended with {last.exit_code}: {last.message}"
    if last.exit_code in {0, 6}:
        return (ok if last.exit_code == 0 else look)("runs", text)
    return broken("runs", text, "Run it again, and look at what it says.", 2)


def _unended(last: Entry, when: str) -> Finding:
    if last.pid is not None and journal.is_alive(last.pid):
        return ok("runs", f"{when} is at work (process {last.pid}).")
    return look("runs", f"{when} was killed.", "Run it again: it goes on where it stopped.")

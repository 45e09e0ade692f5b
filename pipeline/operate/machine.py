"""This machine: its zone, its clocks, what starts by itself on it."""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from pendulum.tz.local_timezone import get_local_timezone

from pipeline.clock import Clock, SystemClock

_SECONDS = 5.0
_HOUR = 3600
_UNITS = ("etc/systemd/system", "usr/lib/systemd/system", "run/systemd/system")
_CRONTABS = ("etc/crontab", "etc/cron.d/*")


@dataclass(frozen=True, slots=True)
class Found:
    """A schedule that starts `sms24 run`: what it is, where, and whether it is switched on.

    Attributes:
        is_on: None where that cannot be told.
    """

    kind: str
    place: str
    is_on: bool | None = True


def machine_zone(like: str = "UTC", clock: Clock | None = None) -> str:
    """Return the zone that this machine's clocks show; `like` where they show the same all year."""
    own = str(getattr(get_local_timezone(), "name", "UTC")).lstrip("/")
    now = (clock or SystemClock()).now()
    days = [now.add(days=day) for day in range(366)]
    return like if all(_ahead(own, day) == _ahead(like, day) for day in days) else own


def _ahead(zone: str, instant: datetime) -> float:
    """Return the seconds by which a zone is ahead of UTC; of one that nobody knows, none."""
    try:
        offset = instant.astimezone(ZoneInfo(zone)).utcoffset()
    except (ValueError, OSError, KeyError):
        return 0.0
    return offset.total_seconds() if offset else 0.0


def minutes_ahead(zone: str, other: str, clock: Clock | None = None) -> int:
    """Return by how many minutes, within an hour, clocks of a zone are ahead of another's now."""
    now = (clock or SystemClock()).now()
    return int((_ahead(zone, now) - _ahead(other, now)) % _HOUR // 60)


def schedules(root: Path = Path("/"), home: Path | None = None) -> list[Found]:
    """Return every schedule that starts `sms24 run`, as far as this user may see."""
    own = home or Path.home()
    return [*_units(root, own), *_crontabs(root), *_agents(own)]


def _units(root: Path, home: Path) -> Iterator[Found]:
    places = [root / place for place in _UNITS] + [home / ".config/systemd/user"]
    for place in places:
        for path in sorted(place.glob("*.service")):
            if _starts_us(_text(path), "ExecStart="):
                timer = path.with_suffix(".timer")
                is_user = place == places[-1]
                yield Found("systemd", str(path), timer.exists() and _is_enabled(timer, is_user))


def _is_enabled(timer: Path, is_user: bool) -> bool | None:  # noqa: FBT001
    said = _said("systemctl", *(["--user"] if is_user else []), "is-enabled", timer.name)
    return None if said is None else said.strip() == "enabled"


def _crontabs(root: Path) -> Iterator[Found]:
    if root == Path("/") and _starts_us(_said("crontab", "-l") or ""):
        yield Found("cron", "crontab")
    for place in _CRONTABS:
        for path in sorted(root.glob(place)):
            if _starts_us(_text(path)):
                yield Found("cron", str(path))


def _agents(home: Path) -> Iterator[Found]:
    for path in sorted((home / "Library/LaunchAgents").glob("*.plist")):
        if "sms24" in _text(path) and "<string>run</string>" in _text(path):
            said = _said("launchctl", "list", path.stem) if sys.platform == "darwin" else None
            yield Found("launchd", str(path), None if said is None else bool(said))


def _starts_us(text: str, head: str = "") -> bool:
    lines = (line.strip() for line in text.splitlines())
    return any(
        "sms24" in line and " run" in line.replace('"', " ").replace("'", " ")
        for line in lines
        if line.startswith(head) and not line.startswith("#")
    )


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8", errors="replace")
    except OSError:
        return ""


def _said(*command: str) -> str | None:
    """Return what a program says; None where there is none, or it takes too long."""
    try:
        done = subprocess.run(  # noqa: S603 - our own words
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            timeout=_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout

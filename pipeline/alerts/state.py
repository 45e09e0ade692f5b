"""What was told to whom and is not over yet: `alerts.json` in the data folder.

It is replaced at once after each way that took a notice. So a crash repeats at the most the notice
that was under way, word for word, under the same id; it loses none.
"""

import os
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

import msgspec

from pipeline.alerts.rules import Crossing

NAME = "alerts.json"
_FORMAT = 1


class Alert(msgspec.Struct, frozen=True, omit_defaults=True):
    """A crossing that people are, or were, told of.

    Attributes:
        since: when it was first found.
        over_at: when it was found to be over; None while it lasts.
        told: the ways by which the crossing was told.
        told_over: the ways by which its end was told.
    """

    rule: str
    key: str
    sentence: str
    since: datetime
    over_at: datetime | None = None
    told: tuple[str, ...] = ()
    told_over: tuple[str, ...] = ()

    def is_due(self, way: str) -> bool:
        """Whether a way has something to tell of it; of an end only where the start was told."""
        if self.over_at is None:
            return way not in self.told
        return way in self.told and way not in self.told_over

    def told_by(self, way: str) -> "Alert":
        """Return it as told by a way."""
        if self.over_at is None:
            return msgspec.structs.replace(self, told=(*self.told, way))
        return msgspec.structs.replace(self, told_over=(*self.told_over, way))


class _File(msgspec.Struct, frozen=True):
    format: int = _FORMAT
    alerts: tuple[Alert, ...] = ()


def moved(
    known: Iterable[Alert], found: Iterable[Crossing], now: datetime, ways: tuple[str, ...]
) -> list[Alert]:
    """Return the alerts after a look: new ones, those that last, and those whose end is not told.

    Args:
        known: those of the look before.
        found: what is crossed now.
        now: the instant of this look.
        ways: by which ways people are told; an end that none of them has to tell is forgotten.
    """
    crossed = {crossing.key: crossing for crossing in found}
    before = {alert.key: alert for alert in known}
    result = []
    for key, crossing in crossed.items():
        alert = before.get(key)
        if alert is None or alert.over_at is not None:
            alert = Alert(crossing.rule, key, crossing.sentence, now)
        result.append(alert)
    for key, alert in before.items():
        over = msgspec.structs.replace(alert, over_at=alert.over_at or now)
        if key not in crossed and any(map(over.is_due, ways)):
            result.append(over)
    return result


def read_alerts(data_dir: Path) -> list[Alert]:
    """Return the alerts of the last look; none where there was none, or its file is damaged."""
    try:
        kept = msgspec.json.decode((data_dir / NAME).read_bytes(), type=_File)
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
        return []
    return list(kept.alerts) if kept.format == _FORMAT else []


def write_alerts(data_dir: Path, alerts: Iterable[Alert]) -> None:
    """Put the alerts in the place of the last ones: whole and on the disk, or not at all."""
    content = msgspec.json.format(msgspec.json.encode(_File(alerts=tuple(alerts))), indent=1)
    path = data_dir / NAME
    draft = path.with_name(f".{NAME}.tmp")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content + b"\n")
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    folder = os.open(data_dir, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)

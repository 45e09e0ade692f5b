"""Bodies as received, kept on disk from the moment they are whole until they are landed.

A body `NAME.body` counts only once its ticket `NAME.ticket` stands beside it; what a killed run
left without one is swept away. Tickets say what was asked, so that any run can land leftovers.
"""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec
from pendulum import DateTime

from pipeline.values import CallRecord, Window


@dataclass(frozen=True, slots=True)
class Ticket:
    """What a body in the inbox answers.

    Attributes:
        kind: `messages` or `devices`.
        run_id: the run that asked.
        window: the window asked; None for devices.
        state: `verified`, `unverified` (see `raw.windows`).
        counted: the rows that the gateway counted beforehand; None if it would not count.
    """

    kind: str
    run_id: str
    call: CallRecord
    window: Window | None = None
    state: str = "unverified"
    counted: int | None = None


@dataclass(frozen=True, slots=True)
class Landing:
    """A body and its ticket, ready to land."""

    ticket: Ticket
    body_path: Path


class Inbox:
    """The folder of bodies that are not landed yet; mode 0700."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)

    def new_body(self, name: str) -> Path:
        """Return where the body called `name` shall be written."""
        return self.folder / f"{name}.body"

    def seal(self, body_path: Path, ticket: Ticket) -> Landing:
        """Make a written body count: from here on it survives a kill."""
        path = body_path.with_suffix(".ticket")
        part = path.with_suffix(".part")
        part.write_bytes(msgspec.json.encode(ticket, enc_hook=_encode))
        part.replace(path)
        return Landing(ticket, body_path)

    def leftovers(self) -> list[Landing]:
        """Return what an earlier run sealed but did not land, oldest first; sweep the rest."""
        found = sorted(self._sealed(), key=lambda landing: landing.ticket.call.asked_at)
        keep = {item.body_path for item in found}
        keep |= {path.with_suffix(".ticket") for path in keep}
        for path in self.folder.iterdir():
            if path.is_file() and path not in keep:
                path.unlink()
        return found

    def discard(self, landing: Landing) -> None:
        """Forget a body that is landed."""
        landing.body_path.with_suffix(".ticket").unlink(missing_ok=True)
        landing.body_path.unlink(missing_ok=True)

    def quarantine(self, landing: Landing) -> Path:
        """Set aside a body that cannot be read any more; returns where it lies now."""
        aside = self.folder / "unreadable"
        aside.mkdir(mode=0o700, exist_ok=True)
        target = aside / landing.body_path.name
        shutil.move(landing.body_path, target)
        landing.body_path.with_suffix(".ticket").unlink(missing_ok=True)
        return target

    def _sealed(self) -> Iterator[Landing]:
        for path in self.folder.glob("*.ticket"):
            body_path = path.with_suffix(".body")
            try:
                ticket = msgspec.json.decode(path.read_bytes(), type=Ticket, dec_hook=_decode)
            except msgspec.DecodeError:
                continue  # a ticket damaged on disk says nothing; its window is asked again
            if body_path.is_file() and body_path.stat().st_size == ticket.call.bytes:
                yield Landing(ticket, body_path)


def _encode(value: object) -> str:
    if isinstance(value, DateTime):
        return value.in_timezone("UTC").isoformat()
    raise NotImplementedError(type(value).__name__)


def _decode(kind: type, value: object) -> object:
    if kind is DateTime:
        return DateTime.fromisoformat(str(value))
    raise NotImplementedError(kind.__name__)

"""Bodies as received, kept on disk from the moment they are whole until they are landed.

A window may take several bodies. They count only once their ticket `NAME.ticket` stands beside
them; what a killed run left without one is swept away. Tickets say what was asked, so that any run
can land leftovers.
"""

import hashlib
import shutil
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
from pendulum import DateTime

from pipeline.values import CallRecord, Window
from pipeline.warehouse.frames import Buffer, Laid, lay
from pipeline.warehouse.shapes import Shapes


@dataclass(frozen=True, slots=True)
class Body:
    """One answer on disk.

    Attributes:
        file: its name in the inbox.
        rows: records in it.
        counted: how many the gateway counted for the same question; None if it would not count.
        filters: what was asked beside the window, such as `{"status": 5}`.
    """

    file: str
    call: CallRecord
    rows: int
    counted: int | None = None
    filters: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Ticket:
    """What the bodies of one asking answer.

    Attributes:
        kind: `messages` or `devices`.
        run_id: the run that asked.
        window: the window asked; None for devices, and for messages asked without dates.
        state: what the window is if all its bodies land: `verified` or `unverified`.
        counted: messages that the gateway counted in all; None if it would not count.
        reading: how bounds were read when it was asked (see `Reading.name`).
        filters: what was asked beside the window as a whole; then it proves nothing.
        is_complete: whether rows and counts agree, also where the window is too new to be proven.
    """

    kind: str
    run_id: str
    bodies: tuple[Body, ...]
    window: Window | None = None
    state: str = "unverified"
    counted: int | None = None
    reading: str = "unknown"
    filters: Mapping[str, int] = field(default_factory=dict)
    is_complete: bool = False

    @property
    def asked_at(self) -> DateTime:
        """When the first body was asked for."""
        return min(body.call.asked_at for body in self.bodies)


@dataclass(frozen=True, slots=True)
class Landing:
    """A ticket whose bodies are ready to land; `path` is the ticket's."""

    ticket: Ticket
    path: Path

    def body_path(self, body: Body) -> Path:
        """Return where a body lies."""
        return self.path.with_name(body.file)

    @property
    def bytes(self) -> int:
        """The size of all bodies."""
        return sum(body.call.bytes for body in self.ticket.bodies)


class Inbox:
    """The folder of bodies that are not landed yet; mode 0700."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)
        self._laid: dict[str, Laid] = {}
        self._shapes: defaultdict[str, Shapes] = defaultdict(Shapes)

    def new_body(self, name: str) -> Path:
        """Return where the body called `name` shall be written."""
        return self.folder / f"{name}.body"

    def lay(self, file: str, call: CallRecord, records: Sequence[tuple[int, Buffer]]) -> Laid:
        """Lay the records of a body beside it, ready for DuckDB; several threads may do so.

        Nothing rests on it: after a kill the body is read again, and what lies here is swept.
        """
        name, shapes = Path(file).stem, self._shapes[call.endpoint]
        laid = self._laid[file] = lay(call, records, self.folder, name, shapes=shapes)
        return laid

    def laid(self, body: Body) -> Laid | None:
        """Return the records of a body, if they were laid since the start."""
        return self._laid.get(body.file)

    def drop(self, file: str) -> None:
        """Forget a body, and the records that were laid beside it."""
        if laid := self._laid.pop(file, None):
            laid.clear()
        (self.folder / file).unlink(missing_ok=True)

    def seal(self, ticket: Ticket) -> Landing:
        """Make written bodies count, all at once: from here on they survive a kill."""
        path = self.folder / Path(ticket.bodies[0].file).with_suffix(".ticket")
        part = path.with_suffix(".part")
        part.write_bytes(msgspec.json.encode(ticket, enc_hook=_encode))
        part.replace(path)
        return Landing(ticket, path)

    def leftovers(self) -> list[Landing]:
        """Return what an earlier run sealed but did not land, oldest first; sweep the rest."""
        found = sorted(self._sealed(), key=lambda landing: landing.ticket.asked_at)
        keep = {landing.path for landing in found}
        keep |= {item.body_path(body) for item in found for body in item.ticket.bodies}
        for path in self.folder.iterdir():
            if path.is_file() and path not in keep:
                path.unlink()
        return found

    def discard(self, landing: Landing) -> None:
        """Forget what is landed: the ticket first, so that no ticket is without its bodies."""
        landing.path.unlink(missing_ok=True)
        for body in landing.ticket.bodies:
            self.drop(body.file)

    def is_as_received(self, landing: Landing, body: Body) -> bool:
        """Whether a body on disk is still the one that came, bit by bit."""
        if body.call.body_sha256 is None:
            return True
        with landing.body_path(body).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == body.call.body_sha256

    def quarantine(self, path: Path) -> Path:
        """Set aside a body that cannot be read any more; returns where it lies now."""
        aside = self.folder / "unreadable"
        aside.mkdir(mode=0o700, exist_ok=True)
        target = aside / path.name
        shutil.move(path, target)
        return target

    def _sealed(self) -> Iterator[Landing]:
        for path in self.folder.glob("*.ticket"):
            try:
                ticket = msgspec.json.decode(path.read_bytes(), type=Ticket, dec_hook=_decode)
            except (msgspec.DecodeError, UnicodeDecodeError):
                continue  # a ticket damaged on disk says nothing; its window is asked again
            landing = Landing(ticket, path)
            bodies = ((landing.body_path(body), body.call.bytes) for body in ticket.bodies)
            if all(body.is_file() and body.stat().st_size == size for body, size in bodies):
                yield landing


def _encode(value: object) -> str:
    if isinstance(value, DateTime):
        return value.in_timezone("UTC").isoformat()
    raise NotImplementedError(type(value).__name__)


def _decode(kind: type, value: object) -> object:
    if kind is DateTime:
        return DateTime.fromisoformat(str(value))
    raise NotImplementedError(kind.__name__)

"""Keep what was written in a file, line by line, and go on from there after a restart.

The first line tells which account it is; each other one what was asked of it, and when. Doing
the same again gives the same account: its world follows from a seed, and its phones' work from
what was sent.
"""

import fcntl
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BufferedRandom
from pathlib import Path

import pendulum
from pendulum import DateTime

from pipeline.emulator.account import Account
from pipeline.emulator.forms import Fields
from pipeline.emulator.watch import EmulatorClock
from pipeline.errors import UsageError

_FORM = "sms24 emulator 1"


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that was asked, at an instant (epoch seconds)."""

    at: int
    what: str
    fields: Fields


class StateFile:
    """A file of state, open and locked; made if there is none.

    A line that was cut off when its emulator was killed counts as never written.

    Attributes:
        epoch: the instant for which the account was made.
        entries: what was asked of it so far.

    Args:
        path: the file.
        facts: what the account follows from, as a person types it.
        now: the instant for which a new account is made.

    Raises:
        UsageError: another emulator has it, it is no such file, or it is of other facts.
    """

    def __init__(self, path: Path, facts: Sequence[str], now: DateTime) -> None:
        self._path = path
        self._file = _opened(path)
        try:
            self.epoch, self.entries = self._read(facts, now)
        except BaseException:
            self._file.close()
            raise

    def note(self, at: int, what: str, fields: Fields) -> None:
        """Add a line, so that the death of this process does not lose it."""
        self._write([at, what, fields])

    def close(self) -> None:
        """Give the file free."""
        self._file.close()

    def _write(self, value: object) -> None:
        self._file.write(json.dumps(value).encode() + b"\n")
        self._file.flush()

    def _read(self, facts: Sequence[str], now: DateTime) -> tuple[DateTime, list[Entry]]:
        data = self._file.read()
        if not data:
            self._write({"form": _FORM, "epoch": int(now.timestamp()), "facts": list(facts)})
            return now.start_of("second"), []
        whole = data.rfind(b"\n") + 1
        first, *rest = data[:whole].splitlines() or [b""]
        epoch, entries = self._checked(first, facts), [self._entry(line) for line in rest]
        self._file.seek(whole)
        self._file.truncate()
        return epoch, entries

    def _entry(self, line: bytes) -> Entry:
        try:
            at, what, fields = json.loads(line)
            return Entry(int(at), str(what), dict(fields))
        except (ValueError, TypeError):
            raise self._strange() from None

    def _strange(self) -> UsageError:
        return UsageError(f"The file {self._path} holds no state of an emulator.")

    def _checked(self, line: bytes, facts: Sequence[str]) -> DateTime:
        try:
            head = json.loads(line)
            form, epoch, kept = head["form"], head["epoch"], list(head["facts"])
        except (ValueError, TypeError, KeyError):
            form, epoch, kept = "", 0, []
        if form != _FORM:
            raise self._strange()
        if kept != list(facts):
            raise UsageError(
                f"The file {self._path} holds the state of another account.",
                advice=f"It goes on with: {' '.join(map(str, kept))}",
            )
        return pendulum.from_timestamp(epoch)


def replay(state: StateFile, account: Account, clock: EmulatorClock) -> None:
    """Do again all that a file holds, put the clock where it was, and keep what comes from now."""
    for entry in state.entries:
        if entry.what == "clock":
            _drive(clock, entry.fields)
        account.write(entry.what, entry.fields, entry.at)
    account.note = state.note


def _drive(clock: EmulatorClock, fields: Fields) -> None:
    """Move a clock as it was moved then; one that ran went on running meanwhile."""
    before, to = (pendulum.instance(datetime.fromisoformat(fields[k])) for k in ("from", "to"))
    if fields["held"] == "1":
        clock.hold(is_held=True)
    if clock.is_held:
        clock.set(to)
    else:
        clock.advance((to - before).total_seconds())
    if fields["held"] == "0":
        clock.hold(is_held=False)


def _opened(path: Path) -> BufferedRandom:
    try:
        path.touch(mode=0o600)
        file = path.open("r+b")
    except OSError as error:
        raise UsageError(f"The file {path} cannot be used ({error.strerror}).") from None
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        raise UsageError(f"Another emulator has the file {path}.") from None
    return file

"""The logs: a file a day under `logs/`, a line each, with the name of the run; nobody's secrets.

Several processes write at once: each line is one write at the end of the file, and a file is never
renamed, so that no line is lost. A log that cannot be written stops nothing.
"""

import json
import logging
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

from pendulum import DateTime

from pipeline.veil import veiled, veiled_traceback, words_of

FOLDER = "logs"
_PREFIX = "sms24-"
LOG = logging.getLogger("sms24")
LOG.addHandler(logging.NullHandler())  # a program that uses us decides what it wants to see
# After so many bytes of a day the next file of it begins.
_MOST_BYTES = 8 << 20
_WAITING = 200  # lines that wait for the data folder to be there
_Form = Literal["json", "human"]


class Veil(logging.Filter):
    """Takes out of a record whatever must not be told, before anything formats it."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Change the record; it is always kept."""
        if getattr(record, "is_veiled", False):
            return True
        args = record.args
        if isinstance(args, tuple):
            # What is an error is told like one, wherever it stands in a sentence.
            record.args = tuple(words_of(a) if isinstance(a, BaseException) else a for a in args)
        error = record.msg if isinstance(record.msg, BaseException) else None
        record.msg = words_of(error) if error else veiled(record.getMessage())
        record.args = ()
        if record.exc_info and record.exc_info[1] is not None:
            record.exc_text = veiled_traceback(record.exc_info[1])
        elif record.exc_text:
            record.exc_text = veiled(record.exc_text)
        record.exc_info = None
        record.stack_info = None
        record.is_veiled = True
        return True


class JsonLines(logging.Formatter):
    """A JSON object a line: `at`, `level`, `run_id`, `from`, `says`, and `traceback` of a bug."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        said = {
            "at": _moment(record),
            "level": record.levelname.lower(),
            "run_id": getattr(record, "run_id", None),
            "process": record.process,
            "from": record.name,
            "says": record.getMessage(),
        }
        if record.exc_text:
            said["traceback"] = record.exc_text
        return json.dumps(said, ensure_ascii=False)


class HumanLines(logging.Formatter):
    """A line for people; a traceback stands below it, indented."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        run = getattr(record, "run_id", None) or "-"
        line = f"{_moment(record)} {record.levelname:7} {run} {record.getMessage()}"
        if record.exc_text:
            line += "\n" + record.exc_text.rstrip()
        return line.replace("\n", "\n    ")


class DailyFile(logging.Handler):
    """Writes to `logs/sms24-DAY.log` of a data folder (0700, files 0600), once that is there."""

    def __init__(self, data_dir: Path, form: _Form, keep_days: int) -> None:
        super().__init__()
        self._data_dir = data_dir
        self._keep_days = keep_days
        self._waiting: list[logging.LogRecord] = []
        # What no job of its own names is told apart by the command.
        self._own = f"{os.getpid()}-{uuid.uuid4().hex[:8]}"
        self.path: Path | None = None
        self.addFilter(Veil())
        self.setFormatter(JsonLines() if form == "json" else HumanLines())

    def emit(self, record: logging.LogRecord) -> None:
        """Write a line, or keep it until the data folder is made; never raises."""
        record.run_id = getattr(record, "run_id", None) or current_run() or self._own
        if not self._data_dir.is_dir():
            self._waiting = [*self._waiting, record][-_WAITING:]
            return
        waiting, self._waiting = self._waiting, []
        for each in (*waiting, record):
            with suppress(OSError):
                self._write(each)

    def _write(self, record: logging.LogRecord) -> None:
        folder = self._data_dir / FOLDER
        if self.path is None:
            folder.mkdir(mode=0o700, exist_ok=True)
            folder.chmod(0o700)
            at = DateTime.fromtimestamp(record.created, UTC)
            for old in old_logs(self._data_dir, at, self._keep_days):
                old.unlink(missing_ok=True)
        self.path = _file_of(folder, record.created)
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
        descriptor = os.open(self.path, flags, 0o600)
        try:
            os.write(descriptor, (self.format(record) + "\n").encode("utf-8", "replace"))
        finally:
            os.close(descriptor)


def _file_of(folder: Path, created: float) -> Path:
    """Return the file of a moment's day that has room."""
    day, number = datetime.fromtimestamp(created, UTC).date(), 1
    while True:
        path = folder / f"{_PREFIX}{day}{f'.{number}' * (number > 1)}.log"
        if not path.exists() or path.stat().st_size < _MOST_BYTES:
            return path
        number += 1


def old_logs(data_dir: Path, now: datetime, days: int) -> Iterator[Path]:
    """Give the logs of the days that are further back than so many; none where that is 0."""
    if not days:
        return
    oldest = (now - timedelta(days=days)).date().isoformat()
    for path in sorted((data_dir / FOLDER).glob(f"{_PREFIX}*.log")):
        if path.name.removeprefix(_PREFIX)[: len(oldest)] < oldest:
            yield path


def start(data_dir: Path, form: str, keep_days: int) -> None:
    """Write what is logged into a data folder from here on, instead of where it went before."""
    stop()
    root = logging.getLogger()
    root.addHandler(DailyFile(data_dir, "human" if form == "human" else "json", keep_days))
    LOG.setLevel(logging.INFO)


def tell_screen_too() -> None:
    """Tell warnings on standard error too, as `start` writes them; for what runs by itself."""
    handler = _Screen()
    handler.setLevel(logging.WARNING)
    handler.addFilter(Veil())
    handler.setFormatter(HumanLines())
    logging.getLogger().addHandler(handler)


class _Screen(logging.StreamHandler):  # type: ignore[type-arg]
    """Standard error."""


def stop() -> None:
    """Write no more."""
    root = logging.getLogger()
    for handler in [each for each in root.handlers if isinstance(each, DailyFile | _Screen)]:
        root.removeHandler(handler)


def keep_bug(error: BaseException) -> Path | None:
    """Write down the traceback of a bug; returns the file, None where there is no log."""
    LOG.error("a bug stopped sms24", exc_info=error)
    handlers = [each for each in logging.getLogger().handlers if isinstance(each, DailyFile)]
    return handlers[0].path if handlers else None


def current_run() -> str | None:
    """Return the name of the run that works in this process; None between runs."""
    return _Running.run_id


class _Running:
    """The one run of this process; its threads log under its name too."""

    run_id: str | None = None


@contextmanager
def named_run(run_id: str) -> Iterator[None]:
    """Let what is logged inside have the name of a run."""
    before, _Running.run_id = _Running.run_id, run_id
    try:
        yield
    finally:
        _Running.run_id = before


def _moment(record: logging.LogRecord) -> str:
    at = datetime.fromtimestamp(record.created, UTC)
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")

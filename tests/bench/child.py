"""A command as a process of its own, with what it took: time, processor and memory of its tree."""

import os
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_MIB = 1 << 20
_EVERY_SECONDS = 0.02
_PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True, slots=True)
class Took:
    """What a command took.

    Attributes:
        seconds: by the clock; `processor` of all its processes and threads.
        peak: MiB that all its processes had in memory at once, at the most.
        code: its exit code; `said` what it wrote.
    """

    seconds: float
    processor: float
    peak: float
    code: int
    said: str


def run(
    command: Sequence[str], *, environment: Mapping[str, str] | None = None, folder: Path
) -> Took:
    """Run a command in a folder to its end; its environment is added to ours."""
    given = {**os.environ, **(environment or {})}
    began = time.perf_counter()
    with subprocess.Popen(
        command, cwd=folder, env=given, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        watch = _Watch(process.pid)
        watch.start()
        assert process.stdout is not None
        said = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        watch.end()
    processor = usage.ru_utime + usage.ru_stime
    return Took(seconds, processor, watch.peak / _MIB, process.returncode, said)


class _Watch(threading.Thread):
    """Looks again and again how much memory a process and its descendants have.

    Attributes:
        peak: the most bytes that they had at once; of one process the kernel's own figure.
    """

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self._pid = pid
        self._is_over = threading.Event()
        self.peak = 0

    def run(self) -> None:
        """Look until the end."""
        while not self._is_over.wait(_EVERY_SECONDS):
            self._look()

    def end(self) -> None:
        """Look no more."""
        self._is_over.set()
        self.join()

    def _look(self) -> None:
        family = _family(self._pid)
        now = sum(map(_resident, family))
        highest = _highest(self._pid) if len(family) == 1 else 0
        self.peak = max(self.peak, now, highest)


def _family(pid: int) -> list[int]:
    found, asked = [pid], [pid]
    while asked:
        children = _children(asked.pop())
        found += children
        asked += children
    return found


def _children(pid: int) -> list[int]:
    try:
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
        texts = [(task / "children").read_text() for task in tasks]
    except OSError:
        return []
    return [int(child) for text in texts for child in text.split()]


def _resident(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE
    except (OSError, IndexError):
        return 0


def _highest(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(ln.split()[1]) * 1024 for ln in lines if ln.startswith("VmHWM")), 0)

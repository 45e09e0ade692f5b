"""What a command takes: seconds, seconds of processor, memory, with all processes it starts."""

import os
import resource
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")
EVERY = 0.02
MEBIBYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Usage:
    """What a command took, together with the processes that it started and waited for.

    Attributes:
        seconds: by the clock.
        cpu_seconds: of processor, in user's and in kernel's mode.
        peak_mib: most memory at a time; pages of files that processes share count once.
    """

    seconds: float
    cpu_seconds: float
    peak_mib: float


def measure(
    command: Sequence[str],
    log: Path,
    environ: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    *,
    code: int = 0,
) -> Usage:
    """Run a command to its end; what it says goes to a file.

    What others have written is on the disk before: who makes sure of his own would wait for it.

    Raises:
        RuntimeError: it ended with another code; tells the last lines that it said.
    """
    os.sync()
    ended = threading.Event()
    with log.open("wb") as file, ThreadPoolExecutor(1) as pool:
        begun = time.perf_counter()
        process = subprocess.Popen(
            command, env=environ, cwd=cwd, stdout=file, stderr=subprocess.STDOUT
        )
        looked = pool.submit(_peak_until, ended, process.pid)
        try:
            _, status, used = os.wait4(process.pid, 0)
            seconds = time.perf_counter() - begun
        finally:
            ended.set()
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != code:
        said = "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-20:])
        raise RuntimeError(f"{command[0]} ended with {process.returncode}:\n{said}")
    peak = looked.result() or _peak_of(used)
    return Usage(seconds, used.ru_utime + used.ru_stime, peak / MEBIBYTE)


def _peak_until(ended: threading.Event, pid: int) -> int:
    """Return the most bytes a tree of processes had; 0 where there is no /proc to tell it."""
    peak = 0
    while not ended.wait(EVERY):
        peak = max(peak, memory_of(pid))
    return peak


def memory_of(pid: int) -> int:
    """Return the bytes that a process and those below it have now, or one of them had at its peak.

    Their own pages are added up; of the pages of files, which they may share, those of the
    process that has most of them.
    """
    told = [status for one in tree_of(pid) if (status := _status(one))]
    own = sum(status["RssAnon"] + status["RssShmem"] for status in told)
    return max(
        [own + max((status["RssFile"] for status in told), default=0)]
        + [status["VmHWM"] for status in told]
    )


def tree_of(pid: int) -> Iterator[int]:
    """Return a process and all below it; each of them may end meanwhile."""
    yield pid
    with suppress(OSError):
        for thread in (PROC / str(pid) / "task").iterdir():
            with suppress(OSError):  # the thread has ended, maybe not the process
                for child in (thread / "children").read_text("ascii").split():
                    yield from tree_of(int(child))


def _status(pid: int) -> dict[str, int]:
    """Return a process's sizes in bytes; nothing if it has ended."""
    try:
        lines = (PROC / str(pid) / "status").read_text("utf-8", "replace").splitlines()
    except OSError:
        return {}
    sizes = (line.split() for line in lines if line.endswith(" kB"))
    told = {name.removesuffix(":"): int(size) * 1024 for name, size, _ in sizes}
    return told if "VmHWM" in told else {}


def _peak_of(used: resource.struct_rusage) -> int:
    """Return the peak of the largest process of a tree, where nothing better is known."""
    return used.ru_maxrss * (1 if sys.platform == "darwin" else 1024)

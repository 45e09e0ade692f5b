"""The real command as a process of its own, as cron starts it."""

import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline.settings import Settings

ROOT = Path(__file__).parent.parent.parent
# Starts the command from a process that is small itself: a child's peak includes its parent's
# size at the moment of the fork.
_MEASURED = """
import resource, subprocess, sys
code = subprocess.run([sys.executable, "-m", "pipeline", *sys.argv[1:]], check=False).returncode
print(f"peak={resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss}")
sys.exit(code)
"""


def environment(settings: Settings) -> dict[str, str]:
    """Return the variables that give a process these settings."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SMS24_")}
    assert settings.token is not None
    return {
        **kept,
        "PYTHONPATH": str(ROOT),
        "SMS24_BASE_URL": settings.base_url,
        "SMS24_TOKEN": settings.token.reveal(),
        "SMS24_DATA_DIR": str(settings.data_dir),
        "SMS24_RATE": f"{settings.rate:g}",
        "SMS24_WINDOW_ROWS": str(settings.window_rows),
        "SMS24_TIMEZONE": settings.timezone,
        "SMS24_REPORT_PERIODS": ",".join(settings.report_periods) or "none",
    }


@contextmanager
def started(settings: Settings, *arguments: str) -> Iterator["subprocess.Popen[str]"]:
    """Start `sms24 ARGUMENTS`; it is killed if it still runs at the end."""
    with subprocess.Popen(
        [sys.executable, "-m", "pipeline", *arguments],
        env=environment(settings),
        cwd=settings.data_dir.parent,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def completed(settings: Settings, *arguments: str) -> tuple[int, str]:
    """Run `sms24 ARGUMENTS` to its end; returns the exit code and what it said."""
    with started(settings, *arguments) as process:
        said, _ = process.communicate()
    return process.returncode, said


def peak_memory(settings: Settings, *arguments: str, code: int = 0) -> int:
    """Run `sms24 ARGUMENTS`, which must end in a code; returns the most memory it had, in bytes."""
    done = subprocess.run(
        [sys.executable, "-c", _MEASURED, *arguments],
        env=environment(settings),
        cwd=settings.data_dir.parent,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == code, done.stdout
    return int(done.stdout.rpartition("peak=")[2]) * unit()


def unit() -> int:
    """Return the bytes in which the system tells a process's peak."""
    return 1 if sys.platform == "darwin" else 1024


def own_peak() -> int:
    """Return the most memory that this process ever had, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit()

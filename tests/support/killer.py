"""kill -9 at a chosen call of a process that writes to the gateway, and faults of its calls."""

import subprocess
import threading
from dataclasses import dataclass, field
from random import Random

from pipeline.emulator.faults import FaultKind
from pipeline.emulator.forms import Fields


@dataclass(kw_only=True)
class Killer:
    """Kills a process at a chosen call, or a moment after it, and makes calls fail by its rule.

    Attributes:
        rate: the share of calls that fail.
        endpoint: whose calls are counted, killed at and failed.
        doubtful: the faults that leave a doubt; harmless: those that leave none.
        longest_delay: seconds between the call and the kill, at the most.
        at: the call of this process at which it is killed.
        unknown: how many doubts the faults have made.
    """

    random: Random
    rate: float
    endpoint: str
    doubtful: tuple[FaultKind, ...]
    harmless: tuple[FaultKind, ...] = ()
    longest_delay: float
    process: "subprocess.Popen[str] | None" = None
    at: int = 0
    calls: int = 0
    unknown: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def rule(self, endpoint: str, _: Fields) -> FaultKind | None:
        """Kill if it is time; return the fault of a call."""
        if endpoint != self.endpoint:
            return None
        with self.lock:
            self.calls += 1
            if self.calls == self.at:
                delay = self.random.choice([0.0, self.random.uniform(0, self.longest_delay)])
                threading.Timer(delay, self.kill).start() if delay else self.kill()
            if self.random.random() >= self.rate:
                return None
            kind = self.random.choice((*self.doubtful, *self.harmless))
            self.unknown += kind in self.doubtful
            return kind

    def kill(self) -> None:
        """Kill as `kill -9` does, unless it has ended."""
        if self.process is not None:
            self.process.kill()

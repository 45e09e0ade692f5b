"""A plan of faults: which calls fail, and how."""

import threading
from collections.abc import Callable, Mapping
from random import Random
from typing import Literal, get_args

from pipeline.emulator.forms import Fields

FaultKind = Literal[
    "500",
    "503",
    "503-retry",
    "429",
    "429-retry",
    "html",
    "empty",
    "truncated",
    "reset",
    "garbage",
    "error1",
]
ENDPOINTS = frozenset(
    {
        "gettoken",
        "addsms",
        "smstosend",
        "addalotofsms",
        "getallsms",
        "savetag",
        "savecontact",
        "savepaket",
        "getalldevices",
        "getsmsstatus",
        "getdevicestatus",
    }
)
KINDS: tuple[FaultKind, ...] = get_args(FaultKind)
# The five ways of `Habits.fault_rate`.
COMMON_KINDS: tuple[FaultKind, ...] = ("500", "503-retry", "html", "truncated", "error1")
# In these the gateway does its work, and its answer is lost on the way.
LOST_ON_THE_WAY = frozenset[FaultKind]({"truncated", "reset"})


class Faults:
    """Decides for each call whether it fails, and how; the same seed gives the same plan.

    A script goes first, then the rule, then the dice. Threads may share a plan, and it may be
    changed or switched off while it is served.

    Args:
        seed: which plan.
        rate: share of calls that fail.
        rates: the same by endpoint, for those that have one of their own.
        kinds: the kinds that the dice choose from.
        script: the kind of fault by number of call; the first call of the plan is 1.
        rule: gives the kind of fault for an endpoint and the fields of a call, or None.
    """

    def __init__(
        self,
        *,
        seed: int = 0,
        rate: float = 0.0,
        rates: Mapping[str, float] | None = None,
        kinds: tuple[FaultKind, ...] = KINDS,
        script: Mapping[int, FaultKind] | None = None,
        rule: Callable[[str, Fields], FaultKind | None] | None = None,
    ) -> None:
        self._lock = threading.Lock()
        self._dice = Random(seed)
        self._rate = rate
        self._rates = dict(rates or {})
        self._kinds = kinds
        self._script = dict(script or {})
        self._rule = rule
        self._is_on = True
        self._calls = 0
        self._served = 0

    @property
    def calls(self) -> int:
        """The number of calls so far, those that failed and those while switched off included."""
        return self._calls

    @property
    def served(self) -> int:
        """The number of calls that failed."""
        return self._served

    def choose(self, endpoint: str, fields: Fields) -> FaultKind | None:
        """Count a call and return its fault; None if it is to be answered."""
        with self._lock:
            self._calls += 1
            kind = self._planned(endpoint, fields) if self._is_on else None
            self._served += kind is not None
            return kind

    def off(self) -> None:
        """Let every call through until `on`."""
        self._is_on = False

    def on(self) -> None:
        """Serve the faults of the plan again."""
        self._is_on = True

    def change(
        self,
        rate: float,
        kinds: tuple[FaultKind, ...] = KINDS,
        endpoints: tuple[str, ...] = (),
    ) -> None:
        """Give the dice another rate and other kinds, and switch the plan on.

        With endpoints the rate is theirs, and that of the others stays; without, it is of all.
        """
        with self._lock:
            if endpoints:
                self._rates |= dict.fromkeys(endpoints, rate)
            else:
                self._rate, self._rates = rate, {}
            self._kinds = kinds or KINDS
            self._is_on = True

    def _planned(self, endpoint: str, fields: Fields) -> FaultKind | None:
        scripted = self._script.get(self._calls)
        if scripted is not None:
            return scripted
        ruled = None if self._rule is None else self._rule(endpoint, fields)
        if ruled is not None:
            return ruled
        rate = self._rates.get(endpoint, self._rate)
        return self._dice.choice(self._kinds) if self._dice.random() < rate else None

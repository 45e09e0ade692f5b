"""What was asked of the gateway and how bounds were read, as values beside the raw tables."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from pendulum import DateTime

from pipeline.values import Window
from pipeline.warehouse.frames import Laid

_PROVEN = frozenset({"verified", "empty"})


@dataclass(frozen=True, slots=True)
class Asked:
    """One asking of a window, or of a part of it, as `raw.windows` keeps it.

    Attributes:
        window: None where it was asked without dates.
        state: `verified`, `empty`, `failed` or `unverified`.
        rows: rows that came; 0 where none were fetched.
        counted: rows that the gateway counted; None if it would not count.
        call_id: the call that brought the rows, or the count of 0; None if there is no single one.
        reading: how bounds were read when it was asked.
        filters: what was asked beside the window; a part of a window proves nothing by itself.
        is_complete: whether rows and counts agree although the window is too new to be proven.
    """

    window: Window | None
    state: str
    rows: int
    counted: int | None
    call_id: str | None
    asked_at: DateTime
    reading: str = "unknown"
    filters: Mapping[str, int] = field(default_factory=dict)
    is_complete: bool = False

    @property
    def is_whole(self) -> bool:
        """Whether every message of the window was in the answer."""
        is_exact = self.is_complete or self.state in _PROVEN
        return self.window is not None and not self.filters and is_exact


@dataclass(frozen=True, slots=True)
class Asking:
    """An asking, as a whole and in its parts, beside the records that its bodies brought."""

    asked: tuple[Asked, ...]
    records: tuple[Laid, ...] = ()

    @property
    def whole(self) -> Asked:
        """What was asked as a whole."""
        return self.asked[0]


@dataclass(frozen=True, slots=True)
class Place:
    """Which date bounds are compared with, to how many seconds, and the reading's name."""

    column: str
    grain: int
    reading: str


@dataclass(frozen=True, slots=True)
class Trait:
    """A habit of the gateway that was measured: its name, what it is, by what evidence, when."""

    name: str
    value: str
    number: int | None
    evidence: str
    measured_at: DateTime


@dataclass(frozen=True, slots=True)
class NewField:
    """A field of messages with a type that it never had; `former_type` is one that it had."""

    name: str
    type: str
    former_type: str | None = None


@dataclass(frozen=True, slots=True)
class Landed:
    """What landing a batch came to.

    Attributes:
        strays: places, in the batch, of the askings that brought messages from outside.
        fields: fields of messages that are new, or that have a type for the first time.
    """

    new_versions: int = 0
    gone: int = 0
    strays: frozenset[int] = frozenset()
    fields: tuple[NewField, ...] = ()

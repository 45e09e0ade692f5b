"""What operators change by hand in the gateway's web UI, each change from an instant on."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

EditKind = Literal["status", "resend", "delete", "restore", "device", "sim"]
LONG_AGO = -(1 << 40)


@dataclass(frozen=True, slots=True)
class Edit:
    """One change by hand; `value` is the new status, device or slot, where there is one."""

    at: int
    kind: EditKind
    value: int = 0


def in_order(edits: Iterable[Edit]) -> tuple[Edit, ...]:
    """Return edits as a timeline; of two at the same instant the later given wins."""
    return tuple(sorted(edits, key=lambda edit: edit.at))


def latest_first(edits: tuple[Edit, ...], now: int, *kinds: EditKind) -> Iterator[Edit]:
    """Return the edits of some kinds that are in effect at an instant, the latest first."""
    return (edit for edit in reversed(edits) if edit.at <= now and edit.kind in kinds)


def latest_value(edits: tuple[Edit, ...], now: int, kind: EditKind, otherwise: int) -> int:
    """Return what the latest edit of a kind set; `otherwise` if there is none by then."""
    return next((edit.value for edit in latest_first(edits, now, kind)), otherwise)

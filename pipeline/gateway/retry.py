"""Decide whether to ask again, and after how long: a pure function of what happened."""

from dataclasses import dataclass

from pipeline.errors import (
    BrokenGatewayError,
    BusyGatewayError,
    GarbledError,
    GatewayError,
    UnreachableError,
)

_RETRIED = (UnreachableError, BusyGatewayError, BrokenGatewayError, GarbledError)


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How patient reads are.

    Attributes:
        attempts: how often one call is made at the most.
        late_attempts: how often a call is made at the most that gets no answer in time.
        first_wait: seconds before the second attempt; each later wait doubles.
        longest_wait: seconds that no wait exceeds, not even one that the gateway asked for.
    """

    attempts: int = 5
    late_attempts: int = 2
    first_wait: float = 1.0
    longest_wait: float = 60.0


def wait_before_next(
    policy: RetryPolicy, attempt: int, failure: GatewayError, *, random: float
) -> float | None:
    """Return the seconds to wait after a failed read, or None to stop.

    Args:
        policy: how patient to be.
        attempt: which attempt failed, from 1.
        failure: what went wrong. A refusal is final; the gateway's Retry-After beats the formula.
        random: a number in [0, 1) that spreads the waits of threads, by up to a half more.
    """
    if attempt >= policy.attempts or not isinstance(failure, _RETRIED):
        return None
    if isinstance(failure, UnreachableError) and failure.is_late:
        return None if attempt >= policy.late_attempts else policy.first_wait
    if isinstance(failure, BrokenGatewayError) and not failure.is_passing:
        return None
    wished = failure.wait_seconds if isinstance(failure, BusyGatewayError) else None
    formula = policy.first_wait * 2 ** min(attempt - 1, 30) * (1 + random / 2)
    return min(max(wished if wished is not None else formula, 0.0), policy.longest_wait)

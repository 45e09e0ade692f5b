"""Why a rate moved: because its parts did better or worse, or because the traffic shifted.

Source: E. M. Kitagawa, Components of a difference between two rates (1955).
"""

from collections.abc import Mapping
from typing import Generic, NamedTuple, TypeVar

from pipeline.report.stats import Rate

K = TypeVar("K")
_NOTHING = Rate(0, 0)


class Part(NamedTuple, Generic[K]):
    """What one part of the traffic added to the change, as shares: 0.01 is a point.

    Attributes:
        before, after: its rate in the two periods.
        share_before, share_after: of the messages whose fate is known.
        performance: what its own rate added, at the mean of its two shares.
        mix: what its share added: more traffic on a route worse than the mean takes away.
    """

    key: K
    before: Rate
    after: Rate
    share_before: float
    share_after: float
    performance: float
    mix: float

    @property
    def effect(self) -> float:
        """Both together."""
        return self.performance + self.mix


def split(before: Mapping[K, Rate], after: Mapping[K, Rate]) -> list[Part[K]]:
    """Return what each part added to the change of the rate of all; the largest effect first.

    The effects of all parts sum up to the change. A part without messages in one of the periods
    has no rate there that could have moved: all that it adds is mix. Empty where a whole period
    is.
    """
    all_before, all_after = _together(before), _together(after)
    if all_before.value is None or all_after.value is None:
        return []
    middle = (all_before.value + all_after.value) / 2
    parts = [
        _part(
            key, before.get(key, _NOTHING), after.get(key, _NOTHING), all_before, all_after, middle
        )
        for key in dict.fromkeys([*before, *after])
    ]
    return sorted(parts, key=lambda part: -abs(part.effect))


def _together(rates: Mapping[K, Rate]) -> Rate:
    return Rate(sum(rate.hits for rate in rates.values()), sum(rate.of for rate in rates.values()))


def _part(
    key: K, before: Rate, after: Rate, all_before: Rate, all_after: Rate, middle: float
) -> Part[K]:
    weight_before, weight_after = before.of / all_before.of, after.of / all_after.of
    one = before.value if before.value is not None else after.value or 0.0
    other = after.value if after.value is not None else one
    return Part(
        key,
        before,
        after,
        weight_before,
        weight_after,
        performance=(other - one) * (weight_before + weight_after) / 2,
        mix=(weight_after - weight_before) * ((one + other) / 2 - middle),
    )

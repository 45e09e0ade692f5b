"""Routes: the phones, SIMs, countries, carriers, customers and newsletters messages went by."""

import msgspec

from pipeline.report.stats import Change, Rate, change_of

SPARK_DAYS = 14


class DayOf(msgspec.Struct, frozen=True):
    """A day of a route with messages that ended; its age is in days before the last one."""

    age: int
    good: int
    lost: int


class Route(msgspec.Struct, frozen=True, kw_only=True):
    """How one value of a dimension fared, or all the others of it together.

    Attributes:
        place: by messages lost, then by the upper end of the interval, from 1.
        many: how many values it stands for; over 1 only for the others.
        value: the country, carrier, customer or newsletter; None for none.
        excess: messages lost above what is usual; None without anything to compare with.
    """

    dimension: str
    place: int
    many: int
    device_id: int | None
    sim: int | None
    value: str | None
    title: str | None
    carrier: str | None
    number: str | None
    outgoing: int
    good: int
    lost: int
    delivered: int
    open: int
    code_8: int
    code_9: int
    code_10: int
    code_11: int
    code_12: int
    code_100: int
    code_101: int
    before_good: int
    before_lost: int
    excess: float | None
    trend: list[DayOf] | None

    @property
    def is_others(self) -> bool:
        """Whether it is the rest of its dimension."""
        return self.place > MOST

    @property
    def link(self) -> str:
        """The place in a page where its row stands, as findings know it too."""
        parts = (
            self.dimension,
            self.device_id,
            self.sim,
            self.value,
            "others" if self.is_others else None,
        )
        text = "-".join(str(part) for part in parts if part is not None)
        return "".join(letter if letter.isalnum() else "-" for letter in text)

    @property
    def success(self) -> Rate:
        """`success_rate`."""
        return Rate(self.good, self.good + self.lost)

    @property
    def change(self) -> Change:
        """How the success rate moved since the compared period."""
        return change_of(self.success, Rate(self.before_good, self.before_good + self.before_lost))

    @property
    def confirmed(self) -> Rate:
        """`confirmed_rate`."""
        return Rate(self.delivered, self.delivered + self.code_8)

    @property
    def receipts(self) -> Rate:
        """`receipt_coverage`."""
        return Rate(self.delivered + self.code_8, self.good + self.code_8)

    @property
    def codes(self) -> dict[int, int]:
        """Messages of each failure code that it has, the most frequent first."""
        found = {code: getattr(self, f"code_{code}") for code in CODES}
        return {
            code: found[code]
            for code in sorted(found, key=lambda code: (-found[code], code))
            if found[code]
        }

    @property
    def spark(self) -> tuple[float | None, ...]:
        """The success rate of each of the last days; None where no message ended."""
        known = {day.age: day for day in self.trend or ()}
        return tuple(
            known[age].good / (known[age].good + known[age].lost) if age in known else None
            for age in range(SPARK_DAYS - 1, -1, -1)
        )


def together(routes: list[Route]) -> Route:
    """Return routes of one dimension, of which the last may be its others, as its others."""
    sums = {name: sum(getattr(route, name) for route in routes) for name in _SUMMED}
    known = [route.excess for route in routes if route.excess is not None]
    return msgspec.structs.replace(
        routes[0],
        **sums,
        **dict.fromkeys(("device_id", "sim", "value", "title", "carrier", "number", "trend")),
        excess=sum(known) if known else None,
        place=MOST + 1,
    )


MOST = 50
CODES = (8, 9, 10, 11, 12, 100, 101)
_SUMMED = (
    *("many", "outgoing", "good", "lost", "delivered", "open", "before_good", "before_lost"),
    *(f"code_{code}" for code in CODES),
)
DIMENSIONS = ("device", "sim", "country", "carrier", "customer", "newsletter")


def links_of(routes: list[Route]) -> tuple[str, ...]:
    """Return the place of each row; where two names look alike in one, the later has a number."""
    found: dict[str, None] = {}
    for route in routes:
        found[f"{route.link}-{route.place}" if route.link in found else route.link] = None
    return tuple(found)

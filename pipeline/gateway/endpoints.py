"""The parameters of each endpoint, as values."""

from dataclasses import dataclass

from pendulum import DateTime


@dataclass(frozen=True, slots=True)
class MessageQuery:
    """What to ask of `getallsms`; what is None is left out.

    Attributes:
        begin_at: first instant of the window; whether it is inside is the gateway's secret.
        end_at: last instant of the window; likewise.
        only_count: ask for the number of messages alone.
        zone: the zone (IANA) in which the bounds are written and the answer's dates are wanted.
    """

    begin_at: DateTime | None = None
    end_at: DateTime | None = None
    only_count: bool = False
    device_id: int | None = None
    status: int | None = None
    sim: int | None = None
    customer_id: int | None = None
    phone: str | None = None
    zone: str = "UTC"

    def parameters(self) -> dict[str, str]:
        """Return the form fields, without the token."""
        given: dict[str, object] = {
            "begindate": self._wall(self.begin_at),
            "enddate": self._wall(self.end_at),
            "device_id": self.device_id,
            "status": self.status,
            "sim": self.sim,
            "customerid": self.customer_id,
            "phone": self.phone,
            "onlycount": 1 if self.only_count else None,
            "timezone": self.zone,
        }
        return {name: str(value) for name, value in given.items() if value is not None}

    def _wall(self, instant: DateTime | None) -> str | None:
        return f"{instant.in_timezone(self.zone):%Y-%m-%d %H:%M:%S}" if instant else None

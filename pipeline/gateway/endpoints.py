"""The parameters of each endpoint, as values."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MessageQuery:
    """What to ask of `getallsms`; what is None is left out.

    Attributes:
        begin: first wall clock of the window (`YYYY-MM-DD HH:MM:SS`); in which zone it is read, and
            whether it is inside, is the gateway's secret.
        end: last wall clock of the window; likewise.
        only_count: ask for the number of messages alone.
        zone: the zone (IANA) that is sent as `timezone`; None sends none.
    """

    begin: str | None = None
    end: str | None = None
    only_count: bool = False
    device_id: int | None = None
    status: int | None = None
    sim: int | None = None
    customer_id: int | None = None
    phone: str | None = None
    is_descending: bool = False
    zone: str | None = "UTC"

    def parameters(self) -> dict[str, str]:
        """Return the form fields, without the token."""
        given: dict[str, object] = {
            "begindate": self.begin,
            "enddate": self.end,
            "device_id": self.device_id,
            "status": self.status,
            "sim": self.sim,
            "customerid": self.customer_id,
            "phone": self.phone,
            "onlycount": 1 if self.only_count else None,
            "orderbydesc": 1 if self.is_descending else None,
            "timezone": self.zone,
        }
        return {name: str(value) for name, value in given.items() if value is not None}

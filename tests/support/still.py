"""An emulator whose account is a world for benchmarks: the same messages, as they stand."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Self

from bench.world import NOW, World
from pipeline.emulator.account import Account
from pipeline.emulator.habits import Habits
from pipeline.emulator.reads import Reads
from pipeline.emulator.world import World as EmulatorWorld


@dataclass(frozen=True, slots=True)
class Still:
    """A message of the emulator that stays as it is."""

    message_id: int
    sendto: str
    body: str
    customer_id: int | None
    device_id: int
    sim: int
    is_urgent: bool
    created: int
    due: int | None
    newsletter: tuple[int, str, str] | None
    status: int
    sent: int | None

    def status_at(self, _: int) -> int:
        return self.status

    def sent_at(self, _: int) -> int | None:
        return self.sent

    def seen_at(self, _: int) -> Self:
        return self


def rows_of(world: World, rendition: str) -> dict[str, dict[str, Any]]:
    """Return the rows of a rendition, as any reader of JSON sees them."""
    text = (world.folder / rendition / "rows.json").read_text(encoding="ascii")
    return dict(json.loads(f"{{{text}}}"))


def reads_of(world: World, rendition: str) -> Reads:
    """Return an emulator of the same account."""
    messages = [still(row) for row in rows_of(world, rendition).values()]
    created, phones = [message.created for message in messages], world.facts.phone_list()
    copied = EmulatorWorld(NOW.int_timestamp, phones, messages, created)  # type: ignore[arg-type]
    return Reads(copied, Account(copied, Habits()), Habits())


def still(row: dict[str, Any]) -> Still:
    """Return a row as a message of the emulator."""
    paket = (row["paketid"], row["pakettitle"], row["paketbody"])
    return Still(
        message_id=row["id"],
        sendto=row["sendto"],
        body=row["body"],
        customer_id=row["customerid"],
        device_id=row["deviceid"],
        sim=row["sim"],
        is_urgent=row["urgent"] is True,
        created=epoch(row["created"]) or 0,
        due=epoch(row["timetosend"]),
        newsletter=None if row["paketid"] is None else paket,
        status=row["status"],
        sent=epoch(row["senttime"]),
    )


def epoch(date: dict[str, Any] | None) -> int | None:
    """Return the epoch seconds of a date in UTC."""
    if date is None:
        return None
    return int(datetime.fromisoformat(date["date"]).replace(tzinfo=UTC).timestamp())

"""One emulated gateway without a network: asked by name, its clock driven, in a test's hands."""

import json
from typing import Any

import pendulum

from pipeline.emulator.app import Gateway
from pipeline.emulator.faults import Faults
from pipeline.emulator.forms import Fields
from pipeline.emulator.habits import EMAIL, PASSWORD, TOKEN, Habits
from pipeline.emulator.log import CallLog
from pipeline.emulator.watch import EmulatorClock
from pipeline.emulator.world import World, make_world

# A multiple of every pause of the account's phones, so that they ask for work just then.
NOW = pendulum.datetime(2026, 11, 2, 12)
EPOCH = int(NOW.timestamp())
QUICK, SLOW, SILENT = 11231, 11248, 11350
SMS = {"sendto": "+33612345678", "body": "x", "device_id": QUICK}


class Asked:
    """A gateway with some habits and an account that is empty unless given, at NOW."""

    def __init__(self, world: World | None = None, **habits: Any) -> None:
        self.world = world or make_world(seed=3, messages=0, days=1, now=NOW, future_days=0)
        self.clock = EmulatorClock(NOW)
        self.habits = Habits(**habits)
        self.gateway = Gateway(self.world, self.clock, self.habits, Faults(), CallLog())

    def ask(self, endpoint: str, **fields: object) -> Any:
        """Return the JSON of an endpoint, asked with the token."""
        return json.loads(self.text(endpoint, **fields))

    def text(self, endpoint: str, **fields: object) -> str:
        """Return the answer of an endpoint as it came."""
        login = {"token": TOKEN, "email": EMAIL, "pass": PASSWORD}
        form: Fields = {**login, **{name: str(value) for name, value in fields.items()}}
        return bytes(self.gateway.respond(endpoint, form).body).decode()

    def send(self, count: int = 1, **fields: object) -> list[int]:
        """Send so many single messages and return their ids."""
        return [self.ask("addsms", **{**SMS, **fields})["sms_id"] for _ in range(count)]

    def batch(self, *items: dict[str, object]) -> Any:
        """Send a batch and return its answer."""
        data = json.dumps({"token": TOKEN, "smsdata": [{**SMS, **item} for item in items]})
        return self.ask("addalotofsms", datajson=data)

    def rows(self, **fields: object) -> dict[int, dict[str, Any]]:
        """Return the messages by their ids."""
        return {int(key): row for key, row in dict(self.ask("getallsms", **fields)["smss"]).items()}

    def statuses(self, seconds: int) -> dict[int, int]:
        """Return the status of each message so many seconds after NOW."""
        self.clock.set(NOW.add(seconds=seconds))
        return {key: row["status"] for key, row in self.rows().items()}

    def turn(self, device_id: int, action: str) -> None:
        """Switch a phone on or off."""
        now = int(self.clock.now().timestamp())
        self.gateway.account.write("phones", {"device_id": str(device_id), "action": action}, now)

    def tag(self, *phones: str, title: str = "t") -> int:
        """Save a tag with some contacts and return its id."""
        tag_id = int(self.ask("savetag", title=title)["tag_id"])
        for phone in phones:
            assert self.ask("savecontact", phone=phone, tag_id=tag_id, fullname="A")["error"] == 0
        return tag_id

    def newsletter(self, *tags: int, **fields: object) -> int:
        """Save a newsletter and return its id."""
        told = {"title": "n", "body": "b", "device_id": QUICK, "tags": ",".join(map(str, tags))}
        return int(self.ask("savepaket", **{**told, **fields})["paket_id"])

"""Answer what is asked about messages and phones, with the habits of one gateway."""

from dataclasses import replace
from zoneinfo import available_timezones

from pipeline.emulator.account import Account
from pipeline.emulator.forms import Fields, integer
from pipeline.emulator.habits import Habits
from pipeline.emulator.outbox import RefusedRequestError
from pipeline.emulator.render import Json, Renderer
from pipeline.emulator.select import heeded, select_messages
from pipeline.emulator.traffic import DAY, Message
from pipeline.emulator.window import BadDateError, without_dates
from pipeline.emulator.world import World

_NOTHING = '{"error":0,"message":"Ok"}'


class TooHeavyError(Exception):
    """An answer that this gateway breaks down under."""


class Reads:
    """The answers of the endpoints that change nothing."""

    def __init__(self, world: World, account: Account, habits: Habits) -> None:
        self._world = world
        self._account = account
        self._habits = habits
        self._zones = available_timezones()

    def messages(self, given: Fields, now: int) -> str:
        """Answer `getallsms`.

        Raises:
            RefusedRequestError: a bound or a zone is none.
            TooHeavyError: more rows than this gateway can bear.
        """
        fields, habits = heeded(given, self._habits), self._habits
        found = self._found(fields, now)
        renderer, shown = self._renderer(fields), found[: habits.row_cap]
        count = self._count(fields, found, len(shown), now)
        if integer(fields, "onlycount") == 1:
            return self._only_count(renderer, count)
        if habits.too_heavy_rows is not None and len(shown) > habits.too_heavy_rows:
            raise TooHeavyError
        rows = renderer.fitting((renderer.message(m, now) for m in shown), count or 0)
        if habits.counts == "capped":
            count = len(rows)
        if integer(fields, "orderbydesc") == 1:
            rows.reverse()
        return renderer.listing("smss", rows, count)

    def devices(self, fields: Fields, now: int) -> str:
        """Answer `getalldevices`."""
        renderer, phones = self._renderer(fields, of_devices=True), self._world.phones
        rows = (renderer.device(phone, now, self._world.epoch) for phone in phones)
        return renderer.listing("device", rows, len(phones))

    def status(self, fields: Fields, now: int) -> str:
        """Answer `getsmsstatus`; RefusedRequestError if there is no such message."""
        message = self._world.find(integer(fields, "sms_id") or 0, now)
        if message is None or message.created > now:
            raise RefusedRequestError("Sms not found")
        status, renderer = message.status_at(now), self._renderer(fields)
        return renderer.answer(
            "getsmsstatus",
            {
                "sms_id": message.message_id,
                "status": status,
                "status_description": renderer.title(status),
            },
        )

    def device_status(self, fields: Fields, now: int) -> str:
        """Answer `getdevicestatus`; RefusedRequestError if there is no such phone."""
        wanted = self._account.device(fields)
        phone = next(p for p in self._world.phones if p.device_id == wanted)
        seen = now - phone.silent_days * DAY
        seen -= seen % phone.delay_between_requests
        renderer = self._renderer(fields, of_devices=True)
        return renderer.answer(
            "getdevicestatus",
            {
                "online": now - seen <= self._habits.online_seconds,
                "device_id": phone.device_id,
                "lastseen": Json(renderer.date(seen)),
                "diffseconds": now - seen,
                "title": phone.title,
            },
        )

    def _renderer(self, fields: Fields, *, of_devices: bool = False) -> Renderer:
        asked, habits = fields.get("timezone", ""), self._habits
        usual = (of_devices and habits.device_zone) or habits.account_zone
        return Renderer(habits, asked if habits.obeys_zone and asked in self._zones else usual)

    def _found(self, fields: Fields, now: int) -> list[Message]:
        if fields.get("timezone") and fields["timezone"] not in self._zones:
            raise RefusedRequestError("Unknown timezone")
        try:
            return select_messages(self._world, fields, self._habits, now)
        except BadDateError as error:
            raise RefusedRequestError(f"Bad date: {error}") from None

    def _only_count(self, renderer: Renderer, count: int | None) -> str:
        if count is None:
            return _NOTHING
        listed = '"smss":[],' if self._habits.count_has_list else ""
        return f'{{"error":0,{listed}"count":{renderer.count(count)},"message":"Ok"}}'

    def _count(self, fields: Fields, found: list[Message], shown: int, now: int) -> int | None:
        match self._habits.counts:
            case "absent":
                return None
            case "capped":
                return shown
            case "deaf":
                free = replace(self._habits, needs_dates=False, longest_days=None)
                return len(select_messages(self._world, without_dates(fields), free, now))
            case "lying":
                return len(found) and len(found) + max(1, len(found) * 7 // 100)
            case "low":
                return sum(message.message_id % 10 != 0 for message in found)
            case _:
                return len(found)

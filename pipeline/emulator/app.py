"""The endpoints of the gateway over HTTP, with its habits and, if wanted, its faults."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from email.utils import formatdate
from random import Random
from zoneinfo import available_timezones

import pendulum
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from pipeline.emulator.account import Account, RefusedRequestError
from pipeline.emulator.forms import Fields, integer, read_fields
from pipeline.emulator.habits import EMAIL, PASSWORD, TOKEN, Habits
from pipeline.emulator.render import TITLES, Renderer, php_json
from pipeline.emulator.select import BadDateError, select_messages, without_dates
from pipeline.emulator.watch import EmulatorClock
from pipeline.emulator.world import World

_PAGE = "<!DOCTYPE html>\n<html><body><h1>{}</h1></body></html>"


class Gateway:
    """Answers the documented endpoints for one world."""

    def __init__(self, world: World, clock: EmulatorClock, habits: Habits) -> None:
        self._world = world
        self._clock = clock
        self._habits = habits
        self._account = Account(world)
        self._dice = Random(world.epoch)
        self._zones = available_timezones()
        self._answers: dict[str, Callable[[Fields, int], str]] = {
            "getallsms": self._messages,
            "getalldevices": self._devices,
            "getsmsstatus": self._status,
            "getdevicestatus": self._device_status,
            "addsms": lambda f, now: php_json(self._account.add_sms(f, now)),
            "savetag": lambda f, _: php_json(self._account.save_tag(f)),
            "savecontact": lambda f, _: php_json(self._account.save_contact(f)),
            "savepaket": lambda f, now: php_json(self._account.save_newsletter(f, now)),
        }

    def answer(self, name: str, fields: Fields) -> str | None:
        """Return the JSON that an endpoint gives; None if there is no such endpoint."""
        now = int(self._clock.now().timestamp())
        try:
            if name == "gettoken":
                self._check_login(fields)
                return php_json({"error": 0, "message": "OK", "token": TOKEN})
            if name == "smstosend":
                self._check_login(fields)
                return php_json(self._account.add_sms(fields, now))
            if name == "addalotofsms":
                return self._batch(fields, now)
            if name not in self._answers:
                return None
            _check_token(fields)
            return self._answers[name](fields, now)
        except RefusedRequestError as refusal:
            return php_json({"error": 1, "message": str(refusal)})

    def fault(self) -> Response | None:
        """Return a failing answer, as often as the habits say."""
        if self._dice.random() >= self._habits.fault_rate:
            return None
        refusal = php_json({"error": 1, "message": "Try again later"})
        return self._dice.choice(
            [
                Response(_PAGE.format("Internal error"), 500, media_type="text/html"),
                Response(_PAGE.format("Busy"), 503, {"retry-after": "0"}, "text/html"),
                Response(_PAGE.format("Maintenance"), 200, media_type="text/html"),
                Response('{"error":0,"smss":{"62000001":{"id":6200', media_type="application/json"),
                Response(refusal, media_type="application/json"),
            ]
        )

    def headers(self) -> dict[str, str]:
        """Return the headers that every answer carries: the emulated time."""
        return {"date": formatdate(self._clock.now().timestamp(), usegmt=True)}

    def _check_login(self, fields: Fields) -> None:
        if (fields.get("email"), fields.get("pass")) != (EMAIL, PASSWORD):
            raise RefusedRequestError("Login or password incorrect")

    def _renderer(self, fields: Fields) -> Renderer:
        asked = fields.get("timezone", "")
        obeyed = self._habits.obeys_zone and asked in self._zones
        return Renderer(self._habits, asked if obeyed else self._habits.account_zone)

    def _messages(self, fields: Fields, now: int) -> str:
        if fields.get("timezone") and fields["timezone"] not in self._zones:
            raise RefusedRequestError("Unknown timezone")
        try:
            found = select_messages(self._world, fields, self._habits, now)
        except BadDateError as error:
            raise RefusedRequestError(f"Bad date: {error}") from None
        renderer, cap = self._renderer(fields), self._habits.row_cap
        shown = found if cap is None else found[:cap]
        count = self._count(fields, len(found), len(shown), now)
        if integer(fields, "onlycount") == 1:
            if count is None:
                return '{"error":0,"message":"Ok"}'
            return f'{{"error":0,"count":{renderer.number(count)},"message":"Ok"}}'
        if integer(fields, "orderbydesc") == 1:
            shown = shown[::-1]
        return renderer.listing("smss", (renderer.message(m, now) for m in shown), count)

    def _count(self, fields: Fields, found: int, shown: int, now: int) -> int | None:
        match self._habits.counts:
            case "absent":
                return None
            case "capped":
                return shown
            case "deaf":
                free = replace(self._habits, needs_dates=False, longest_days=None)
                return len(select_messages(self._world, without_dates(fields), free, now))
            case _:
                return found

    def _devices(self, fields: Fields, now: int) -> str:
        renderer, phones = self._renderer(fields), self._world.phones
        rows = (renderer.device(phone, now, self._world.epoch) for phone in phones)
        return renderer.listing("device", rows, len(phones))

    def _status(self, fields: Fields, now: int) -> str:
        message = self._world.find(integer(fields, "sms_id") or 0, now)
        if message is None or message.created > now:
            raise RefusedRequestError("Sms not found")
        status = message.status_at(now)
        return php_json(
            {
                "error": 0,
                "sms_id": message.message_id,
                "status": status,
                "status_description": TITLES.get(status, "Unknown"),
                "message": "Ok",
            }
        )

    def _device_status(self, fields: Fields, now: int) -> str:
        wanted = integer(fields, "device_id")
        phone = next((p for p in self._world.phones if p.device_id == wanted), None)
        if phone is None:
            raise RefusedRequestError("Device not found")
        seen = now - phone.silent_days * 86_400
        seen -= seen % phone.delay_between_requests
        return (
            f'{{"online":{"false" if phone.silent_days else "true"},"error":0,"message":"OK",'
            f'"device_id":{phone.device_id},"lastseen":{self._renderer(fields).date(seen)},'
            f'"diffseconds":{now - seen},"title":{php_json(phone.title)}}}'
        )

    def _batch(self, fields: Fields, now: int) -> str:
        text = fields.get("datajson", "")
        try:
            return php_json(self._account.add_many(text, now))
        except (ValueError, AttributeError):
            raise RefusedRequestError("Parameter datajson is not valid") from None


def _check_token(fields: Fields) -> None:
    if fields.get("token") != TOKEN:
        raise RefusedRequestError("Token is not valid")


def create_app(world: World, clock: EmulatorClock, habits: Habits | None = None) -> Starlette:
    """Return the emulator as an ASGI application; its clock is driven at `/emulator/clock`."""
    gateway = Gateway(world, clock, habits or Habits())

    async def endpoint(request: Request) -> Response:
        fields = await _fields(request)
        fault = gateway.fault()
        if fault is not None:
            fault.headers.update(gateway.headers())
            return fault
        # In a thread: a large answer must not keep small ones waiting.
        text = await asyncio.to_thread(gateway.answer, request.path_params["name"], fields)
        if text is None:
            return Response(_PAGE.format("Not Found"), 404, gateway.headers(), "text/html")
        return Response(text, 200, gateway.headers(), "application/json")

    async def drive(request: Request) -> Response:
        fields = await _fields(request)
        if "now" in fields:
            clock.set(pendulum.DateTime.fromisoformat(fields["now"]))
        clock.advance(float(fields.get("advance", "0")))
        return Response(clock.now().isoformat(), media_type="text/plain")

    methods = ["GET", "POST"]
    return Starlette(
        routes=[
            Route("/getdata/{name}", endpoint, methods=methods),
            Route("/emulator/clock", drive, methods=methods),
        ]
    )


async def _fields(request: Request) -> Fields:
    content_type = request.headers.get("content-type", "")
    return read_fields(request.url.query, content_type, await request.body())

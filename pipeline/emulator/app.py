"""The endpoints of the gateway over HTTP, with its habits and, if wanted, its faults."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from email.utils import formatdate
from zoneinfo import available_timezones

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from pipeline.emulator.account import Account, RefusedRequestError
from pipeline.emulator.broken import JSON_TYPE, PAGE, broken
from pipeline.emulator.controls import control_routes, fields_of
from pipeline.emulator.faults import COMMON_KINDS, LOST_ON_THE_WAY, Faults
from pipeline.emulator.forms import Fields, integer
from pipeline.emulator.habits import EMAIL, PASSWORD, Habits
from pipeline.emulator.log import CallLog
from pipeline.emulator.render import TITLES, Renderer, php_json
from pipeline.emulator.select import heeded, select_messages
from pipeline.emulator.tokens import Tokens
from pipeline.emulator.traffic import Message
from pipeline.emulator.watch import EmulatorClock
from pipeline.emulator.window import BadDateError, without_dates
from pipeline.emulator.world import World

_DONE = '{"error":0,"message":"Ok"}'


class _TooHeavyError(Exception):
    """An answer that this gateway breaks down under."""


class Gateway:
    """Answers the documented endpoints for one world."""

    def __init__(
        self, world: World, clock: EmulatorClock, habits: Habits, faults: Faults, log: CallLog
    ) -> None:
        self._world = world
        self._clock = clock
        self._habits = habits
        self._faults = faults
        self._log = log
        self.account = Account(world)
        self._tokens = Tokens(habits.token_calls)
        self._zones = available_timezones()
        self._answers: dict[str, Callable[[Fields, int], str]] = {
            "getallsms": self._messages,
            "getalldevices": self._devices,
            "getsmsstatus": self._status,
            "getdevicestatus": self._device_status,
            "addsms": lambda f, now: php_json(self.account.add_sms(f, now)),
            "savetag": lambda f, _: php_json(self.account.save_tag(f)),
            "savecontact": lambda f, _: php_json(self.account.save_contact(f)),
            "savepaket": lambda f, now: php_json(self.account.save_newsletter(f, now)),
        }

    def respond(self, name: str, fields: Fields) -> Response:
        """Return the response of an endpoint: its answer, or the fault that it is time for."""
        self._log.add(name, fields)
        kind, text = self._faults.choose(name, fields), _DONE
        if kind is None or kind in LOST_ON_THE_WAY:
            try:
                answer = self._answer(name, fields)
            except _TooHeavyError:
                kind = self._habits.too_heavy_kind
            else:
                if answer is None:
                    return Response(PAGE.format("Not Found"), 404, media_type="text/html")
                text = answer
        return Response(text, media_type=JSON_TYPE) if kind is None else broken(kind, text)

    def headers(self) -> dict[str, str]:
        """Return the headers that every answer carries: the emulated time, where it is told."""
        if not self._habits.tells_date:
            return {}
        told = self._clock.now().timestamp() + self._habits.clock_skew
        return {"date": formatdate(told, usegmt=True)}

    def _answer(self, name: str, fields: Fields) -> str | None:
        """Return the JSON that an endpoint gives; None if there is no such endpoint."""
        now = int(self._clock.now().timestamp())
        try:
            if name == "gettoken":
                self._check_login(fields)
                return php_json({"error": 0, "message": "OK", "token": self._tokens.issue()})
            if name == "smstosend":
                self._check_login(fields)
                return php_json(self.account.add_sms(fields, now))
            if name == "addalotofsms":
                return self._batch(fields, now)
            if name not in self._answers:
                return None
            self._check_token(fields)
            return self._answers[name](fields, now)
        except RefusedRequestError as refusal:
            return php_json({"error": 1, "message": str(refusal)})

    def _check_login(self, fields: Fields) -> None:
        if (fields.get("email"), fields.get("pass")) != (EMAIL, PASSWORD):
            raise RefusedRequestError("Login or password incorrect")

    def _check_token(self, fields: Fields) -> None:
        if not self._tokens.accepts(fields.get("token", "")):
            raise RefusedRequestError("Token is not valid")

    def _renderer(self, fields: Fields) -> Renderer:
        asked = fields.get("timezone", "")
        obeyed = self._habits.obeys_zone and asked in self._zones
        return Renderer(self._habits, asked if obeyed else self._habits.account_zone)

    def _messages(self, given: Fields, now: int) -> str:
        fields, habits = heeded(given, self._habits), self._habits
        if fields.get("timezone") and fields["timezone"] not in self._zones:
            raise RefusedRequestError("Unknown timezone")
        try:
            found = select_messages(self._world, fields, habits, now)
        except BadDateError as error:
            raise RefusedRequestError(f"Bad date: {error}") from None
        renderer, shown = self._renderer(fields), found[: habits.row_cap]
        count = self._count(fields, found, len(shown), now)
        if integer(fields, "onlycount") == 1:
            if count is None:
                return _DONE
            return f'{{"error":0,"count":{renderer.count(count)},"message":"Ok"}}'
        if habits.too_heavy_rows is not None and len(shown) > habits.too_heavy_rows:
            raise _TooHeavyError
        rows = renderer.fitting((renderer.message(m, now) for m in shown), count or 0)
        if habits.counts == "capped":
            count = len(rows)
        if integer(fields, "orderbydesc") == 1:
            rows.reverse()
        return renderer.listing("smss", rows, count)

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
            return php_json(self.account.add_many(text, now))
        except (ValueError, AttributeError):
            raise RefusedRequestError("Parameter datajson is not valid") from None


def create_app(
    world: World, clock: EmulatorClock, habits: Habits | None = None, faults: Faults | None = None
) -> Starlette:
    """Return the emulator as an ASGI application, driven at `/emulator/...`.

    Its `state` holds the `world`, the `account`, the `faults` and the `log` of calls. Without a
    plan of faults it has one of the habits' `fault_rate`.
    """
    habits = habits or Habits()
    plan = faults or Faults(seed=world.epoch, rate=habits.fault_rate, kinds=COMMON_KINDS)
    log = CallLog()
    gateway = Gateway(world, clock, habits, plan, log)

    async def endpoint(request: Request) -> Response:
        fields = await fields_of(request)
        # In a thread: a large answer must not keep small ones waiting.
        response = await asyncio.to_thread(gateway.respond, request.path_params["name"], fields)
        response.headers.update(gateway.headers())
        return response

    served = Route("/getdata/{name}", endpoint, methods=["GET", "POST"])
    app = Starlette(routes=[served, *control_routes(world, clock, plan, log)])
    app.state.world, app.state.faults, app.state.log = world, plan, log
    app.state.account = gateway.account
    return app

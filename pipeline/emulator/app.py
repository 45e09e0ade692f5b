"""The endpoints of the gateway over HTTP, with its habits and, if wanted, its faults."""

import asyncio
from collections.abc import Callable
from email.utils import formatdate

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from pipeline.emulator.account import Account
from pipeline.emulator.broken import JSON_TYPE, PAGE, broken
from pipeline.emulator.controls import Desk, control_routes, fields_of
from pipeline.emulator.faults import COMMON_KINDS, LOST_ON_THE_WAY, Faults
from pipeline.emulator.forms import Fields, read_json
from pipeline.emulator.habits import EMAIL, PASSWORD, Habits
from pipeline.emulator.log import CallLog
from pipeline.emulator.outbox import RefusedRequestError
from pipeline.emulator.reads import Reads, TooHeavyError
from pipeline.emulator.render import Renderer, php_json
from pipeline.emulator.state import StateFile, replay
from pipeline.emulator.tokens import Tokens
from pipeline.emulator.watch import EmulatorClock
from pipeline.emulator.world import World

_DONE = '{"error":0,"message":"Ok"}'
_WRITES = frozenset({"addsms", "smstosend", "addalotofsms", "savetag", "savecontact", "savepaket"})
# These take an e-mail and a password instead of a token.
_LOGINS = frozenset({"gettoken", "smstosend"})


class Gateway:
    """Answers the documented endpoints for one world."""

    def __init__(
        self, world: World, clock: EmulatorClock, habits: Habits, faults: Faults, log: CallLog
    ) -> None:
        self._clock = clock
        self._habits = habits
        self._faults = faults
        self._log = log
        self.account = Account(world, habits)
        self._tokens = Tokens(habits.token_calls)
        self._renderer = Renderer(habits, habits.account_zone)
        reads = Reads(world, self.account, habits)
        self._reads: dict[str, Callable[[Fields, int], str]] = {
            "getallsms": reads.messages,
            "getalldevices": reads.devices,
            "getsmsstatus": reads.status,
            "getdevicestatus": reads.device_status,
        }

    def respond(self, name: str, fields: Fields) -> Response:
        """Return the response of an endpoint: its answer, or the fault that it is time for."""
        self._log.add(name, fields)
        kind, text = self._faults.choose(name, fields), _DONE
        if kind is None or kind in LOST_ON_THE_WAY:
            try:
                answer = self._answer(name, fields)
            except TooHeavyError:
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
        if name not in _WRITES and name not in self._reads and name != "gettoken":
            return None
        now = int(self._clock.now().timestamp())
        try:
            given = _batch(fields) if name == "addalotofsms" else fields
            self._check(name, given)
            if name == "gettoken":
                return self._renderer.answer(name, {"token": self._tokens.issue()})
            if name in _WRITES:
                return self._renderer.answer(name, self.account.write(name, given, now))
            self.account.work_until(now)
            return self._reads[name](fields, now)
        except RefusedRequestError as refusal:
            return php_json({"error": 1, "message": str(refusal)})

    def _check(self, name: str, fields: Fields) -> None:
        """Refuse a call with a login or a token that is not good."""
        if self._habits.takes_any_login:
            return
        if name in _LOGINS:
            if (fields.get("email"), fields.get("pass")) != (EMAIL, PASSWORD):
                raise RefusedRequestError("Login or password incorrect")
        elif not self._tokens.accepts(fields.get("token", "")):
            raise RefusedRequestError("Token is not valid")


def _batch(fields: Fields) -> Fields:
    """Return the token and the messages of a batch: in `datajson`, or as they are in JSON."""
    if "datajson" not in fields:
        return fields
    read = read_json(fields["datajson"].encode())
    return read if "smsdata" in read else fields


def create_app(
    world: World,
    clock: EmulatorClock,
    habits: Habits | None = None,
    faults: Faults | None = None,
    state: StateFile | None = None,
) -> Starlette:
    """Return the emulator as an ASGI application, driven at `/emulator/...`.

    Its `state` holds the `world`, the `account`, the `faults`, the `log` of calls and what was
    `kept`: the file, if there is one. Without a
    plan of faults it has one of the habits' `fault_rate`. With a file of state it goes on from
    there, and keeps there what is written.
    """
    habits = habits or Habits()
    plan = faults or Faults(seed=world.epoch, rate=habits.fault_rate, kinds=COMMON_KINDS)
    log = CallLog()
    gateway = Gateway(world, clock, habits, plan, log)
    if state is not None:
        replay(state, gateway.account, clock)

    async def endpoint(request: Request) -> Response:
        fields = await fields_of(request, takes_json=habits.takes_json)
        if habits.answer_seconds:
            await asyncio.sleep(habits.answer_seconds)
        # In a thread: a large answer must not keep small ones waiting.
        response = await asyncio.to_thread(gateway.respond, request.path_params["name"], fields)
        response.headers.update(gateway.headers())
        return response

    served = Route("/getdata/{name}", endpoint, methods=["GET", "POST"])
    desk = Desk(gateway.account, clock, plan, log)
    app = Starlette(routes=[served, *control_routes(desk)])
    app.state.world, app.state.faults, app.state.log = world, plan, log
    app.state.account, app.state.kept = gateway.account, state
    return app

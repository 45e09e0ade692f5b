"""The emulator's own endpoints: its clock, edits by hand, its phones, its faults, its log."""

from collections.abc import Callable
from datetime import datetime
from typing import cast

import pendulum
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from pipeline.emulator.account import Account
from pipeline.emulator.faults import ENDPOINTS, KINDS, FaultKind, Faults
from pipeline.emulator.forms import Fields, read_fields
from pipeline.emulator.log import CallLog
from pipeline.emulator.watch import EmulatorClock

_METHODS = ["GET", "POST"]
_Control = Callable[[Fields], Response]


async def fields_of(request: Request, *, takes_json: bool = True) -> Fields:
    """Return the fields of a request."""
    content_type = request.headers.get("content-type", "")
    body = await request.body()
    return read_fields(request.url.query, content_type, body, takes_json=takes_json)


class Desk:
    """What can be done to the emulator from outside; a ValueError or LookupError is no sense."""

    def __init__(
        self, account: Account, clock: EmulatorClock, faults: Faults, log: CallLog
    ) -> None:
        self._account = account
        self._clock = clock
        self._faults = faults
        self._log = log

    def drive(self, fields: Fields) -> Response:
        """Set, advance, hold or free the clock, and tell its time."""
        before = self._clock.now()
        told = fields.get("now")
        to = pendulum.instance(datetime.fromisoformat(told)) if told else before
        to = to.add(seconds=float(fields.get("advance", "0")))
        if to != before or fields.get("hold"):
            drive = {"from": before.isoformat(), "to": to.isoformat()}
            # What the phones do until then is done before the clock moves, maybe back.
            held = {"held": fields.get("hold", "")}
            self._account.write("clock", {**drive, **held}, _epoch(before))
            self._clock.set(to)
        if fields.get("hold"):
            self._clock.hold(is_held=fields["hold"] == "1")
        return Response(self._clock.now().isoformat(), media_type="text/plain")

    def edit(self, fields: Fields) -> Response:
        """Change a message as an operator does, and tell its id."""
        return JSONResponse(self._account.write("edit", fields, self._now()))

    def phones(self, fields: Fields) -> Response:
        """Switch a phone on or off, start a newsletter, and tell how much waits on each."""
        if fields.get("action") == "start":
            self._account.write("start", fields, self._now())
        elif fields:
            self._account.write("phones", fields, self._now())
        self._account.work_until(self._now())
        return JSONResponse(self._account.waiting())

    def change_faults(self, fields: Fields) -> Response:
        """Give the plan another rate, kinds and endpoints, and tell how much it has done."""
        endpoints = tuple(name for name in fields.get("endpoint", "").split(",") if name)
        if not ENDPOINTS.issuperset(endpoints):
            raise ValueError("no such endpoint")
        rate = float(fields.get("rate", "0"))
        if not 0 <= rate <= 1:
            raise ValueError("a rate is from 0 to 1")
        self._faults.change(rate, _kinds(fields), endpoints)
        return JSONResponse({"calls": self._faults.calls, "served": self._faults.served})

    def tell_account(self, _: Fields) -> Response:
        """Tell what clients have written."""
        account = self._account
        return JSONResponse(
            {
                "tags": account.tags,
                "contacts": {tag: len(phones) for tag, phones in account.contacts.items()},
                "newsletters": account.newsletters,
                "messages": len(account.world.added),
            }
        )

    def tell_log(self, _: Fields) -> Response:
        """Tell what was asked."""
        return JSONResponse({"total": self._log.total, "calls": self._log.calls()})

    def _now(self) -> int:
        return _epoch(self._clock.now())


def control_routes(desk: Desk) -> list[Route]:
    """Return the routes below `/emulator`; a request that makes no sense is answered by 400."""
    return [
        _route("clock", desk.drive),
        _route("edit", desk.edit, ["POST"]),
        _route("phones", desk.phones),
        _route("faults", desk.change_faults, ["POST"]),
        _route("account", desk.tell_account),
        _route("log", desk.tell_log),
    ]


def _route(name: str, control: _Control, methods: list[str] = _METHODS) -> Route:
    async def endpoint(request: Request) -> Response:
        try:
            return control(await fields_of(request))
        except (LookupError, ValueError, OverflowError) as error:
            return Response(str(error), 400, media_type="text/plain")

    return Route(f"/emulator/{name}", endpoint, methods=methods)


def _epoch(moment: pendulum.DateTime) -> int:
    return int(moment.timestamp())


def _kinds(fields: Fields) -> tuple[FaultKind, ...]:
    """Return the kinds of a comma list; all if there is none."""
    named = [kind.strip() for kind in fields.get("kinds", "").split(",") if kind.strip()]
    for kind in named:
        if kind not in KINDS:
            raise ValueError(f"{kind!r} is no kind of fault")
    return cast("tuple[FaultKind, ...]", tuple(named))

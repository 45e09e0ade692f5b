"""The emulator's own endpoints: its clock, edits by hand, its faults, what it was asked."""

from datetime import UTC, datetime
from typing import cast

import pendulum
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from pipeline.emulator.faults import KINDS, FaultKind, Faults
from pipeline.emulator.forms import Fields, integer, read_fields
from pipeline.emulator.log import CallLog
from pipeline.emulator.watch import EmulatorClock
from pipeline.emulator.world import World

_METHODS = ["GET", "POST"]


async def fields_of(request: Request) -> Fields:
    """Return the fields of a request."""
    content_type = request.headers.get("content-type", "")
    return read_fields(request.url.query, content_type, await request.body())


def control_routes(world: World, clock: EmulatorClock, faults: Faults, log: CallLog) -> list[Route]:
    """Return the routes below `/emulator`; a request that makes no sense is answered by 400."""

    async def drive(request: Request) -> Response:
        fields = await fields_of(request)
        if "now" in fields:
            clock.set(pendulum.DateTime.fromisoformat(fields["now"]))
        clock.advance(float(fields.get("advance", "0")))
        return Response(clock.now().isoformat(), media_type="text/plain")

    async def edit(request: Request) -> Response:
        try:
            edited = _edit(world, await fields_of(request), int(clock.now().timestamp()))
        except (LookupError, ValueError) as error:
            return Response(str(error), 400, media_type="text/plain")
        return JSONResponse({"id": edited})

    async def change_faults(request: Request) -> Response:
        fields = await fields_of(request)
        try:
            faults.change(float(fields.get("rate", "0")), _kinds(fields))
        except ValueError as error:
            return Response(str(error), 400, media_type="text/plain")
        return JSONResponse({"calls": faults.calls, "served": faults.served})

    async def tell_log(_: Request) -> Response:
        return JSONResponse({"total": log.total, "calls": log.calls()})

    return [
        Route("/emulator/clock", drive, methods=_METHODS),
        Route("/emulator/edit", edit, methods=["POST"]),
        Route("/emulator/faults", change_faults, methods=["POST"]),
        Route("/emulator/log", tell_log, methods=_METHODS),
    ]


def _edit(world: World, fields: Fields, now: int) -> int:
    """Do what an operator does and return the id; at the emulated instant, if not told when."""
    at = _instant(fields, "at")
    at = now if at is None else at
    action, message_id = fields.get("action", ""), integer(fields, "id") or 0
    match action:
        case "set_status":
            world.set_status(message_id, _needed(fields, "status"), at)
        case "delete":
            world.delete(message_id, at)
        case "restore":
            world.restore(message_id, at)
        case "resend":
            world.resend(message_id, at)
        case "move":
            device = _needed(fields, "device_id")
            world.move(message_id, device, at, sim=integer(fields, "sim"))
        case "insert":
            created, status = _instant(fields, "created"), integer(fields, "status")
            return world.insert(
                now if created is None else created,
                device_id=_needed(fields, "device_id"),
                sim=integer(fields, "sim") or 0,
                status=7 if status is None else status,
                due=_instant(fields, "due"),
                at=at,
            )
        case _:
            raise ValueError(f"{action!r} is no action")
    return message_id


def _needed(fields: Fields, name: str) -> int:
    value = integer(fields, name)
    if value is None:
        raise ValueError(f"the field {name} is needed")
    return value


def _instant(fields: Fields, name: str) -> int | None:
    """Return an instant given in epoch seconds or in ISO form, there in UTC if not told."""
    if not fields.get(name):
        return None
    seconds = integer(fields, name)
    if seconds is not None:
        return seconds
    moment = datetime.fromisoformat(fields[name])
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())


def _kinds(fields: Fields) -> tuple[FaultKind, ...]:
    """Return the kinds of a comma list; all if there is none."""
    named = [kind.strip() for kind in fields.get("kinds", "").split(",") if kind.strip()]
    for kind in named:
        if kind not in KINDS:
            raise ValueError(f"{kind!r} is no kind of fault")
    return cast("tuple[FaultKind, ...]", tuple(named))

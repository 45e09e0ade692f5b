"""The operator's desk: changes by hand, as posts ask for them."""

from datetime import UTC, datetime

from pipeline.emulator.forms import Fields, integer
from pipeline.emulator.world import World


def edit_by_hand(world: World, fields: Fields, now: int) -> int:
    """Do what an operator does and return the id; at the instant `now`, if not told when.

    Raises:
        LookupError, ValueError: no such message, no such action, or something is missing.
    """
    at = _instant(fields, "at")
    at = now if at is None else at
    action, message_id = fields.get("action", ""), integer(fields, "id") or 0
    match action:
        case "set_status":
            world.set_status(message_id, needed_number(fields, "status"), at)
        case "delete":
            world.delete(message_id, at)
        case "restore":
            world.restore(message_id, at)
        case "resend":
            world.resend(message_id, at)
        case "move":
            device = needed_number(fields, "device_id")
            world.move(message_id, device, at, sim=integer(fields, "sim"))
        case "insert":
            return _insert(world, fields, now, at)
        case _:
            raise ValueError(f"{action!r} is no action")
    return message_id


def needed_number(fields: Fields, name: str) -> int:
    """Return a field as a whole number; ValueError if it is none."""
    value = integer(fields, name)
    if value is None:
        raise ValueError(f"the field {name} is needed")
    return value


def _insert(world: World, fields: Fields, now: int, at: int) -> int:
    created, status = _instant(fields, "created"), integer(fields, "status")
    return world.insert(
        now if created is None else created,
        device_id=needed_number(fields, "device_id"),
        sim=integer(fields, "sim") or 0,
        status=7 if status is None else status,
        due=_instant(fields, "due"),
        at=at,
    )


def _instant(fields: Fields, name: str) -> int | None:
    """Return an instant given in epoch seconds or in ISO form, there in UTC if not told."""
    if not fields.get(name):
        return None
    seconds = integer(fields, name)
    if seconds is not None:
        return seconds
    moment = datetime.fromisoformat(fields[name])
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())

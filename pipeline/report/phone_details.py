"""What stands behind the row of a phone: its last days, its codes, its hours, its last failures."""

from datetime import datetime, timedelta

import msgspec

from pipeline.report.axes import day_ticks, zoomed_bottom
from pipeline.report.charts import Chart, Curve, Tick, line_paths, lone_points
from pipeline.report.formats import TOO_FEW, short_name
from pipeline.report.model import Block, Details, Text
from pipeline.report.names import failure_name, phone_name, slot_name
from pipeline.report.routes import DayOf, Route
from pipeline.report.source import Source
from pipeline.report.stats import Rate
from pipeline.report.tables import Column, Table
from pipeline.report.voice import Voice

_DAYS = 28
# So that the line of a phone without failures has an axis below it.
_ALMOST_ALL = 0.99


class PhoneDay(DayOf, frozen=True):
    """A day of a phone."""

    device_id: int | None


class PhoneHour(msgspec.Struct, frozen=True):
    """The messages of a phone that were due in an hour of the day."""

    device_id: int | None
    hour: int
    outgoing: int
    lost: int


class Failure(msgspec.Struct, frozen=True):
    """A message that failed or was undelivered."""

    device_id: int | None
    due_local: datetime
    sim: int | None
    recipient: str | None
    code: int
    label: str


QUERIES = ("phone_days", "phone_hours", "phone_failures")


def phone_details(route: Route, labels: dict[int, str], source: Source, voice: Voice) -> Details:
    """Return what opens behind the row of a phone."""
    mine = route.device_id
    days = [day for day in source.read("phone_days", PhoneDay) if day.device_id == mine]
    hours = [hour for hour in source.read("phone_hours", PhoneHour) if hour.device_id == mine]
    failures = [row for row in source.read("phone_failures", Failure) if row.device_id == mine]
    name, ident = phone_name(mine, route.title, voice), f"phone-{mine or 'none'}"
    blocks: list[Block] = [_chart(days, ident, name, source, voice)] if days else []
    if route.codes:
        blocks.append(Text(_codes(route, labels, voice)))
    if any(hour.outgoing >= TOO_FEW for hour in hours):
        blocks.append(Text(_hours(hours, voice)))
    if failures:
        blocks.append(_failures(failures, ident, name, voice))
    return Details(name, tuple(blocks), f"{ident}-more")


def _chart(days: list[PhoneDay], ident: str, name: str, source: Source, voice: Voice) -> Chart:
    """Return a small line: its ticks are few, for there are ten of them in a page."""
    known = {day.age: Rate(day.good, day.good + day.lost) for day in days}
    values = [known[age].value if age in known else None for age in range(_DAYS - 1, -1, -1)]
    bottom = zoomed_bottom([_ALMOST_ALL, *(value for value in values if value is not None)])
    last = source.asked.period.last
    total = Rate(sum(day.good for day in days), sum(day.good + day.lost for day in days))
    ticks = day_ticks([last - timedelta(days=_DAYS - 1 - place) for place in range(_DAYS)], voice)
    return Chart(
        ident=f"{ident}-days",
        title=voice.say("{phone}: success rate of the last 28 days", phone=name),
        finding=voice.say(
            "{rate} of {messages} messages that ended.", rate=total, messages=total.of
        )
        if total.of >= TOO_FEW
        else voice.say("Of the messages that ended, {rate} got through.", rate=total),
        description=voice.say(
            "Line over 28 days up to {day} on a scale from {bottom} to 100 %.",
            day=last,
            bottom=voice.whole_share(bottom),
        ),
        x_ticks=tuple(tick for tick in ticks if not tick.is_optional),
        y_ticks=(Tick(100, voice.whole_share(bottom)), Tick(0, voice.whole_share(1))),
        curves=(Curve("line", line_paths(values, bottom, 1)),),
        points=lone_points(values, bottom, 1),
        data=None,
    )


def _codes(route: Route, labels: dict[int, str], voice: Voice) -> str:
    parts = [
        voice.say(
            "{code}: {messages}",
            code=failure_name(code, labels.get(code), voice),
            messages=messages,
        )
        for code, messages in route.codes.items()
    ]
    return voice.say("Failures by code: {codes}.", codes=voice.listed(parts))


def _hours(hours: list[PhoneHour], voice: Voice) -> str:
    parts = [
        voice.say(
            "{hour}:00 {rate}",
            hour=f"{hour.hour:02}",
            rate=voice.share(Rate(hour.lost, hour.outgoing).value),
        )
        for hour in hours
        if hour.outgoing >= TOO_FEW
    ]
    return voice.say(
        "Failure rate by hour of the day, of hours with ten messages or more: {hours}.",
        hours=voice.listed(parts),
    )


def _failures(failures: list[Failure], ident: str, name: str, voice: Voice) -> Table:
    return Table(
        voice.say("{phone}: its last failures", phone=name),
        (
            Column(voice.say("Due"), "moment", "due"),
            Column(voice.say("SIM"), key="sim"),
            Column(voice.say("To"), key="recipient"),
            Column(voice.say("Code and meaning"), key="code"),
        ),
        tuple(
            (
                row.due_local,
                slot_name(row.sim, voice),
                short_name(row.recipient, "?") if row.recipient else None,
                failure_name(row.code, row.label, voice),
            )
            for row in failures
        ),
        ident=f"{ident}-failures",
    )

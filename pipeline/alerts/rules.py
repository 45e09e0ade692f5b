"""The rules of the settings: what each finds in the published snapshot."""

import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from pipeline.settings import Settings
from pipeline.values import printable
from pipeline.warehouse.snapshot import Snapshot, open_snapshot

if TYPE_CHECKING:
    from pipeline.report.voice import Voice

_HOUR = 3600
_SPACES = re.compile("[\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}]")
# A phone that is silent for longer was taken out of use.
_RETIRED_DAYS = 30

_SUCCESS = """
    with newest as (
        select outcome from messages
        where gone_at is null and outcome in ('delivered', 'sent', 'undelivered', 'failed')
        order by due_at desc, message_id desc
        limit $messages
    )
    select count(*) as ended, count(*) filter (outcome in ('delivered', 'sent')) as good from newest
"""
_SILENT = """
    select device_id, title, silent_for from device_health
    where silent_for between $least and $most
    order by device_id
"""
_NEWEST = """
    select
        (select max(created_at) from messages) as message,
        (select max(end_at) from coverage where is_proven) as proven
"""
_HOLES = """
    select count(*) as holes, min(begin_at) as begin_at
    from coverage where not is_proven and not is_tail
"""
_DOUBTS = "select coalesce(sum(in_doubt), 0)::bigint as doubts from contact_imports"
# A failure that was there when the message was first seen counts by when it was due.
_CODES = """
    select failure_code as code, count(*) as messages
    from messages cross join (select data_until - interval 1 day as begin_at from snapshot_info)
    where gone_at is null and list_contains($codes, failure_code)
        and (due_at > begin_at or (settled_at > begin_at and settled_at > first_seen_at))
    group by failure_code order by failure_code
"""


class Crossing(msgspec.Struct, frozen=True):
    """A threshold that is crossed: its rule, what makes it this one, and a sentence for people."""

    rule: str
    key: str
    sentence: str


class Rule(msgspec.Struct, frozen=True):
    """A rule that is set: its name and what it says, for people."""

    name: str
    words: str


def rules_of(settings: Settings) -> list[Rule]:
    """Return the rules that are set, in words; none by default."""
    low, silent, idle = (
        settings.alert_success_below,
        settings.alert_silent_hours,
        settings.alert_no_data_hours,
    )
    said = {
        "success": low and f"success below {low:.1%} over {settings.alert_success_messages:,}",
        "silent": silent and f"a phone silent for {silent:g} h",
        "no_data": idle and f"no data for {idle:g} h",
        "hole": settings.alert_holes and "a hole",
        "doubts": settings.alert_doubts and f"{settings.alert_doubts:,} contacts in doubt",
        "sending_doubts": settings.alert_sending_doubts
        and f"{settings.alert_sending_doubts:,} messages in doubt",
        "code": settings.alert_codes and f"code {', '.join(map(str, settings.alert_codes))} seen",
        "failure": settings.alert_failures and "a run that fails",
    }
    return [Rule(name, str(words)) for name, words in said.items() if words]


def crossings(settings: Settings, path: Path, now: datetime, voice: "Voice") -> list[Crossing]:
    """Return what is crossed in the snapshot at `path`; without one there are no data."""
    names = {rule.name for rule in rules_of(settings)} & {*_FINDERS}
    if not names:
        return []
    if not path.is_file():
        nothing = Crossing("no_data", "no_data", plain(voice.say("Nothing was ever published.")))
        return [nothing] if "no_data" in names else []
    with open_snapshot(path) as snapshot:
        snapshot.refuse_without("warnings")
        return [
            Crossing(name, key, plain(words))
            for name, find in _FINDERS.items()
            if name in names
            for key, words in find(_Asked(snapshot, settings, now, voice))
        ]


def plain(text: str) -> str:
    """Return a sentence with common spaces: it goes to pagers, subjects and programs."""
    return _SPACES.sub(" ", text)


class _Asked(NamedTuple):
    """What a rule looks at, and how it speaks."""

    snapshot: Snapshot
    settings: Settings
    now: datetime
    voice: "Voice"


_Found = Iterator[tuple[str, str]]


def _success(asked: _Asked) -> _Found:
    voice, least = asked.voice, asked.settings.alert_success_below or 0
    wanted = asked.settings.alert_success_messages
    found = asked.snapshot.plain(_SUCCESS, {"messages": wanted})[0]
    ended, good = found["ended"], found["good"]
    if ended >= wanted and good < least * ended:
        yield (
            "success",
            voice.say(
                "Of the newest {ended} messages {good} succeeded, {share}: less than {least}.",
                ended=ended,
                good=good,
                share=voice.share(good / ended),
                least=voice.share(least),
            ),
        )


def _silent(asked: _Asked) -> _Found:
    least = (asked.settings.alert_silent_hours or 0) * _HOUR
    bounds = {"least": least, "most": timedelta(days=_RETIRED_DAYS).total_seconds()}
    for row in asked.snapshot.plain(_SILENT, bounds):
        title = printable(" ".join((row["title"] or "").split()))
        yield (
            f"silent:{row['device_id']}",
            asked.voice.say(
                "Phone {phone} has given no sign of life for {elapsed}.",
                phone=f"{row['device_id']}{f' ({title})' if title else ''}",
                elapsed=asked.voice.seconds(row["silent_for"]),
            ),
        )


def _no_data(asked: _Asked) -> _Found:
    voice = asked.voice
    oldest = asked.now - timedelta(hours=asked.settings.alert_no_data_hours or 0)
    newest = asked.snapshot.plain(_NEWEST)[0]
    proven, message = newest["proven"], newest["message"]
    if proven is None:
        yield "no_data", voice.say("Nothing is proven yet.")
    elif proven < oldest:
        yield "no_data", voice.say("Nothing newer than {when} is proven.", when=minute(proven))
    elif message is None:
        yield "no_data", voice.say("There is no message at all.")
    elif message < oldest:
        yield (
            "no_data",
            voice.say("There is no message newer than {when}.", when=minute(message)),
        )


def _hole(asked: _Asked) -> _Found:
    found = asked.snapshot.plain(_HOLES)[0]
    if found["holes"]:
        yield (
            "hole",
            asked.voice.count(
                "{number} stretch of the history is not proven, from {when} on.",
                "{number} stretches of the history are not proven, the first from {when} on.",
                found["holes"],
                when=minute(found["begin_at"]),
            ),
        )


def _doubts(asked: _Asked) -> _Found:
    doubts = asked.snapshot.plain(_DOUBTS)[0]["doubts"]
    if doubts >= (asked.settings.alert_doubts or 1):
        yield (
            "doubts",
            asked.voice.count(
                "{number} contact is in doubt: sms24 contacts resolve.",
                "{number} contacts are in doubt: sms24 contacts resolve.",
                doubts,
            ),
        )


def _code(asked: _Asked) -> _Found:
    for row in asked.snapshot.plain(_CODES, {"codes": list(asked.settings.alert_codes)}):
        yield (
            f"code:{row['code']}",
            asked.voice.count(
                "Code {code} was seen on {number} message in the last 24 hours.",
                "Code {code} was seen on {number} messages in the last 24 hours.",
                row["messages"],
                code=str(row["code"]),
            ),
        )


def minute(value: datetime) -> str:
    """Return an instant to the minute, as any language reads it."""
    return f"{value:%Y-%m-%d %H:%M} UTC"


_FINDERS: dict[str, Callable[[_Asked], _Found]] = {
    "success": _success,
    "silent": _silent,
    "no_data": _no_data,
    "hole": _hole,
    "doubts": _doubts,
    "code": _code,
}

"""How far the numbers can be trusted, and where they come from."""

from datetime import date, datetime

import msgspec

from pipeline.report.formats import short_name
from pipeline.report.model import Block, Origin, Section, Text, Words
from pipeline.report.notices import Warned, proof
from pipeline.report.source import Source
from pipeline.report.tables import Column, Table
from pipeline.report.terms import state_word
from pipeline.report.voice import Voice

_QUERIES = ("origin", "quality", "holes", "unknown_statuses", "warnings", "last_runs")


class Quality(msgspec.Struct, frozen=True, kw_only=True):
    """What is odd about the messages of the period.

    Attributes:
        known_days: days of the period that the asked history holds at all.
        late: messages seen before the last run whose status that run found changed.
        impossible: those of them that changed in a way no message goes by itself.
    """

    outgoing: int
    unknown: int
    gone: int
    stuck: int
    ambiguous: int
    doubles: int
    late: int
    impossible: int
    privacy: str
    proven_by: str | None
    doubt: str | None
    known_days: int


class Hole(msgspec.Struct, frozen=True):
    """A stretch of the period that nothing proves."""

    begin_local: datetime
    end_local: datetime
    state: str
    messages: int


class UnknownStatus(msgspec.Struct, frozen=True):
    """A status that nobody has documented."""

    status: int | None
    title: str | None
    messages: int
    last_day: date


class Run(msgspec.Struct, frozen=True):
    """A run of sms24; the one that published the snapshot has no exit code yet."""

    run_id: str
    command: str
    started: datetime
    exit_code: int | None
    calls: int | None
    new_versions: int | None
    gone: int | None


def quality(source: Source, voice: Voice) -> Section:
    """Return what is proven, what is odd, and of which run it all is."""
    origin, found = source.read("origin", Origin)[0], source.read("quality", Quality)[0]
    blocks: list[Block] = [Text(proof(source, origin, voice))]
    holes = source.read("holes", Hole)
    if holes:
        blocks.append(hole_table(holes, voice))
    blocks.append(odd_table(found, voice))
    statuses = source.read("unknown_statuses", UnknownStatus)
    if statuses:
        blocks.append(status_table(statuses, voice))
    warned = source.read("warnings", Warned)
    if warned:
        blocks.append(warning_table(warned, voice))
    blocks += [run_table(source.read("last_runs", Run), voice), _provenance(origin, found, voice)]
    return Section("quality", voice.say("Data quality and provenance"), tuple(blocks), _QUERIES)


def hole_table(holes: list[Hole], voice: Voice) -> Table:
    """Return the stretches in which messages may be missing."""
    return Table(
        voice.say("Stretches that are not proven"),
        (
            Column(voice.say("From"), "moment", "begin"),
            Column(voice.say("To"), "moment", "end"),
            Column(voice.say("State"), key="state"),
            Column(voice.say("Messages held"), "number", "messages"),
        ),
        tuple(
            (hole.begin_local, hole.end_local, state_word(hole.state, voice), hole.messages)
            for hole in holes
        ),
        note=voice.say("A hole is a gap in the knowledge, not a day without messages."),
        ident="holes",
    )


def odd_table(found: Quality, voice: Voice) -> Table:
    """Return what is odd about the messages of the period, with its number of messages."""
    say = voice.say
    rows = (
        (
            say("Unknown status"),
            found.unknown,
            say("A status that nobody has documented: in the traffic, in no rate."),
        ),
        (
            say("Changed late"),
            found.late,
            say("Seen before the last run, and found in another status by it."),
        ),
        (
            say("Changed by hand"),
            found.impossible,
            say("Of those: in a way that no message goes by itself."),
        ),
        (say("Vanished"), found.gone, say("Gone at the gateway: kept, and in no other count.")),
        (say("Stuck"), found.stuck, say("Still open beyond the time in which messages settle.")),
        (
            say("Unclear time"),
            found.ambiguous,
            say("The hour that occurs twice, or a zone that does not tell its offset."),
        ),
        (say("Double"), found.doubles, say("Rows with the number of another message; 0 is right.")),
    )
    return Table(
        say("What is odd about the messages of this period"),
        (
            Column(say("What"), key="what"),
            Column(say("Messages"), "number", "messages"),
            Column(say("Meaning"), key="meaning"),
        ),
        rows,
        ident="odd",
    )


def status_table(statuses: list[UnknownStatus], voice: Voice) -> Table:
    """Return the statuses that nobody has documented, with the gateway's own words."""
    return Table(
        voice.say("Statuses that nobody has documented"),
        (
            Column(voice.say("Status"), key="status"),
            Column(voice.say("The gateway's words"), key="title"),
            Column(voice.say("Messages"), "number", "messages"),
            Column(voice.say("Last day"), "day", "last_day"),
        ),
        tuple(
            (
                voice.say("none") if row.status is None else str(row.status),
                short_name(row.title, voice.say("none")),
                row.messages,
                row.last_day,
            )
            for row in statuses
        ),
        ident="unknown_statuses",
    )


def warning_table(warned: list[Warned], voice: Voice) -> Table:
    """Return what the checks of the build found."""
    return Table(
        voice.say("What the checks found"),
        (Column(voice.say("Check"), key="check"), Column(voice.say("Rows"), "number", "rows")),
        tuple((voice.term(found.sentence), found.rows) for found in warned),
        note=voice.say("These are of the whole snapshot, not of this period alone."),
        ident="warnings",
    )


def run_table(runs: list[Run], voice: Voice) -> Table:
    """Return the last runs, the newest first."""
    return Table(
        voice.say("The last runs"),
        (
            Column(voice.say("Run"), key="run"),
            Column(voice.say("Started"), "moment", "started"),
            Column(voice.say("Command"), key="command"),
            Column(voice.say("Exit code"), "number", "exit_code"),
            Column(voice.say("Calls"), "number", "calls"),
            Column(voice.say("New or changed"), "number", "new_versions"),
            Column(voice.say("Vanished"), "number", "gone"),
        ),
        tuple(
            (
                run.run_id,
                run.started,
                run.command,
                run.exit_code,
                run.calls,
                run.new_versions,
                run.gone,
            )
            for run in runs
        ),
        note=voice.say("The run that made this snapshot has no exit code yet."),
        ident="runs",
    )


def _provenance(origin: Origin, found: Quality, voice: Voice) -> Words:
    say = voice.say
    shown = {
        "mask": say("masked: the first and the last figures"),
        "hash": say("not at all: only their keyed hashes are held"),
        "full": say("whole, as the privacy setting says"),
    }
    return Words(
        (
            (say("Snapshot"), say("built on {moment}", moment=origin.built_local)),
            (say("Data until"), voice.moment(origin.until_local)),
            (say("Run"), origin.run_id),
            (say("Version"), say("sms24 {version}", version=origin.version)),
            (say("Time zone"), origin.timezone),
            (say("Proven by"), state_word(found.proven_by, voice) or say("nothing yet")),
            (say("Numbers"), shown.get(found.privacy, found.privacy)),
        )
    )

"""The bar and the tables of the page of a contact import, with all words that are in them."""

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from pipeline.report.formats import short_name
from pipeline.report.import_facts import Import, Problem, Repair
from pipeline.report.tables import Column, Table
from pipeline.report.terms import left_out, state_word
from pipeline.report.voice import Voice

Local = Callable[[datetime | None], datetime | None]
_ROLES = {
    "saved": "delivered", "errors": "failed", "in_doubt": "undelivered",
    "unsent": "open", "skipped": "sent", "blank": "unknown",
}  # fmt: skip
_FILES = ("saved", "errors", "in_doubt", "skipped", "unsent", "name_changes")


class Part(NamedTuple):
    """A part of the bar: its colour, and where it stands, in percent of the width."""

    role: str
    x: float
    width: float
    word: str
    rows: int


def tables_of(found: Import, local: Local, voice: Voice) -> dict[str, Table]:
    """Return the tables of the page; `local` turns instants into times of the reporting zone."""
    return {
        "rows": _rows(found, voice),
        "skipped": _skipped(found, voice),
        "problems": _problems(found, voice),
        "repairs": _repairs(found, voice),
        "kinds": _kinds(found, voice),
        "doubts": _doubts(found, local, voice),
        "changes": _changes(found, voice),
        "files": _files(found, voice),
        "runs": _runs(found, local, voice),
    }


def bar_of(found: Import, voice: Voice) -> list[Part]:
    """Return the parts of the bar: where the rows of the list stand."""
    parts, at = [], 0.0
    for place, (word, _) in _places(voice).items():
        rows = found.rows[place]
        width = round(100 * rows / found.records, 3) if rows else 0.0
        if rows:
            parts.append(Part(_ROLES[place], round(at, 3), width, word, rows))
        at += width
    return parts


def _places(voice: Voice) -> dict[str, tuple[str, str]]:
    """Return where a row may stand: the word, and what it says."""
    say = voice.say
    return {
        "saved": (say("Saved"), say("at the gateway, each with its contact id")),
        "errors": (say("To mend"), say("rejected here or by the gateway")),
        "in_doubt": (say("In doubt"), say("sent, and nobody knows whether they arrived")),
        "unsent": (say("Waiting"), say("to be sent by the next run")),
        "skipped": (say("Left out"), say("not to be sent, for the reasons below")),
        "blank": (say("Blank"), say("nothing in the row")),
    }


def _rows(found: Import, voice: Voice) -> Table:
    say = voice.say
    told = [
        (word, found.rows[place], found.contacts.get(place), means)
        for place, (word, means) in _places(voice).items()
    ]
    total = (say("All"), found.records, sum(found.contacts.values()), say("rows of the file"))
    columns = [Column(say("What became of it")), Column(say("Rows"), "number")]
    columns += [Column(say("Contacts"), "number")] if found.is_expanded else []
    rows = (row if found.is_expanded else (*row[:2], row[3]) for row in (*told, total))
    return Table(
        say("Every row of the list, once"),
        (*columns, Column(say("What it means"))),
        tuple(rows),
    )


def _skipped(found: Import, voice: Voice) -> Table:
    say = voice.say
    meanings = left_out(voice)
    whys = sorted(found.skipped.items(), key=lambda item: -item[1])
    rows = tuple((meanings.get(why, why), count) for why, count in whys)
    columns = (Column(say("Why")), Column(say("Contacts"), "number"))
    return Table(say("Why they were left out"), columns, rows)


def _problems(found: Import, voice: Voice) -> Table:
    say = voice.say
    columns = (
        Column(say("Code")), Column(say("Problem")), Column(say("Rows"), "number"),
        Column(say("Lines")), Column(say("What to do")),
    )  # fmt: skip
    rows = tuple(
        (p.code, _told(p, voice), p.rows, _lines(p), voice.term(p.to_do)) for p in found.problems
    )
    return Table(say("Rows that a person may mend"), columns, rows)


def _told(problem: Problem, voice: Voice) -> str:
    what = voice.term(problem.what) or ""
    details = voice.listed(short_name(detail, "") for detail in problem.details if detail)
    return voice.say("{what}: {details}", what=what, details=details) if details else what


def _lines(problem: Problem) -> str:
    more = ", ..." if problem.rows > len(problem.lines) else ""
    return ", ".join(map(str, problem.lines)) + more


def _repairs(found: Import, voice: Voice) -> Table:
    say = voice.say
    columns = (
        Column(say("Code")), Column(say("Repair")), Column(say("Rows"), "number"),
        Column(say("Examples")),
    )  # fmt: skip
    rows = tuple(
        (repair.code, voice.term(repair.what), repair.rows, _examples(repair, voice))
        for repair in found.repairs
    )
    return Table(say("Repaired, guessed or odd, and sent"), columns, rows)


def _examples(repair: Repair, voice: Voice) -> str:
    arrow = "\N{RIGHTWARDS ARROW}"
    return voice.listed(
        voice.say(
            "line {line}: {change}",
            line=str(example.line),
            change=f"{short_name(example.before, '-')} {arrow} {short_name(example.after, '-')}",
        )
        for example in repair.examples
    )


def _kinds(found: Import, voice: Voice) -> Table:
    say = voice.say
    kinds = {
        "mobile": say("mobile"),
        "fixed_line": say("landline"),
        "fixed_line_or_mobile": say("landline or mobile"),
    }
    rows = tuple(
        (kind.country, kinds.get(kind.kind, kind.kind.replace("_", " ")), kind.contacts)
        for kind in found.countries
    )
    columns = (Column(say("Country")), Column(say("Line")), Column(say("Contacts"), "number"))
    return Table(say("Contacts to send, as planned"), columns, rows)


def _doubts(found: Import, local: Local, voice: Voice) -> Table:
    say = voice.say
    rows = tuple(
        (d.number, d.line, local(d.sent_at), short_name(d.why, say("no answer yet")))
        for d in found.in_doubt
    )
    columns = (
        Column(say("Number")), Column(say("Line"), "number"), Column(say("Sent"), "moment"),
        Column(say("Why")),
    )  # fmt: skip
    return Table(say("The first of them"), columns, rows)


def _changes(found: Import, voice: Voice) -> Table:
    say = voice.say
    rows = tuple(
        (c.number, c.line, short_name(c.old_name, "-"), short_name(c.new_name, "-"), c.contact_id)
        for c in found.name_changes
    )
    columns = (
        Column(say("Number")), Column(say("Line"), "number"), Column(say("Name at the gateway")),
        Column(say("Name in the list")), Column(say("Contact id")),
    )  # fmt: skip
    return Table(say("The first of them"), columns, rows)


def _files(found: Import, voice: Voice) -> Table:
    say = voice.say
    meanings = (
        say("every contact that is saved, with its id"),
        say("the rows to mend, in the columns of the list"),
        say("every contact in doubt, with what to do"),
        say("everybody who was left out, and why"),
        say("everybody who waits"),
        say("names to change by hand in the panel"),
    )
    rows = tuple(
        (f"{name}.csv", found.files[f"{name}.csv"], what)
        for name, what in zip(_FILES, meanings, strict=True)
    )
    columns = (Column(say("File")), Column(say("Lines"), "number"), Column(say("What")))
    return Table(say("What became of whom"), columns, rows)


def _runs(found: Import, local: Local, voice: Voice) -> Table:
    say = voice.say
    rows = tuple(
        (
            run.run,
            local(run.began),
            local(run.ended),
            state_word(run.state, voice),
            run.calls,
            run.rate,
        )
        for run in found.runs
    )
    columns = (
        Column(say("Run")), Column(say("Began"), "moment"), Column(say("Ended"), "moment"),
        Column(say("Ended as")), Column(say("Contacts answered"), "number"),
        Column(say("A second"), "number"),
    )  # fmt: skip
    return Table(say("Runs that worked on the plan"), columns, rows)

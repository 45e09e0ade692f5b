"""The bar and the tables of the page of a contact import, with all words that are in them."""

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from pipeline.report.formats import short_name
from pipeline.report.import_facts import Import, Problem, Repair
from pipeline.report.tables import Column, Table

Local = Callable[[datetime | None], datetime | None]
# Where a row may stand: the word, the colour of its bar, what it says.
_PLACES = {
    "saved": ("Saved", "delivered", "at the gateway, each with its contact id"),
    "errors": ("To mend", "failed", "rejected here or by the gateway"),
    "in_doubt": ("In doubt", "undelivered", "sent, and nobody knows whether they arrived"),
    "unsent": ("Waiting", "open", "to be sent by the next run"),
    "skipped": ("Left out", "sent", "not to be sent, for the reasons below"),
    "blank": ("Blank", "unknown", "nothing in the row"),
}
_SKIPPED = {
    "already_saved": "in this tag already",
    "dup_in_file": "the number stands further up in the file",
    "name_changed": "in this tag with another name, which stays",
    "in_doubt_before": "may be in this tag since an earlier load: nobody knows yet",
    "suppressed": "must not be written to",
    "not_allowed": "the country is not among those allowed",
    "dropped": "given up by a person while in doubt",
    "forgotten": "forgotten on demand",
}
_FILES = {
    "saved.csv": "every contact that is saved, with its id",
    "errors.csv": "the rows to mend, in the columns of the list",
    "in_doubt.csv": "every contact in doubt, with what to do",
    "skipped.csv": "everybody who was left out, and why",
    "unsent.csv": "everybody who waits",
    "name_changes.csv": "names to change by hand in the panel",
}


class Part(NamedTuple):
    """A part of the bar: its colour, and where it stands, in percent of the width."""

    role: str
    x: float
    width: float
    word: str
    rows: int


def tables_of(found: Import, local: Local) -> dict[str, Table]:
    """Return the tables of the page; `local` turns instants into times of the reporting zone."""
    return {
        "rows": _rows(found),
        "skipped": _skipped(found),
        "problems": _problems(found),
        "repairs": _repairs(found),
        "kinds": _kinds(found),
        "doubts": _doubts(found, local),
        "changes": _changes(found),
        "files": _files(found),
        "runs": _runs(found, local),
    }


def bar_of(found: Import) -> list[Part]:
    """Return the parts of the bar: where the rows of the list stand."""
    parts, at = [], 0.0
    for place, (word, role, _) in _PLACES.items():
        rows = found.rows[place]
        width = round(100 * rows / found.records, 3) if rows else 0.0
        if rows:
            parts.append(Part(role, round(at, 3), width, word, rows))
        at += width
    return parts


def _rows(found: Import) -> Table:
    told = [(w, found.rows[p], found.contacts.get(p), says) for p, (w, _, says) in _PLACES.items()]
    total = ("All", found.records, sum(found.contacts.values()), "rows of the file")
    columns = [Column("What became of it"), Column("Rows", "number"), Column("What it means")]
    if found.is_expanded:
        columns.insert(2, Column("Contacts", "number"))
        return Table("Every row of the list, once", tuple(columns), (*told, total))
    rows = tuple((word, rows, says) for word, rows, _, says in (*told, total))
    return Table("Every row of the list, once", tuple(columns), rows)


def _skipped(found: Import) -> Table:
    whys = sorted(found.skipped.items(), key=lambda item: -item[1])
    rows = tuple((_SKIPPED.get(why, why), count) for why, count in whys)
    return Table("Why they were left out", (Column("Why"), Column("Contacts", "number")), rows)


def _problems(found: Import) -> Table:
    columns = ("Code", "Problem", "Rows", "Lines", "What to do")
    rows = tuple((p.code, _told(p), p.rows, _lines(p), p.to_do) for p in found.problems)
    return Table("Rows that a person may mend", _columns(columns, numbers={"Rows"}), rows)


def _told(problem: Problem) -> str:
    details = "; ".join(short_name(detail, "") for detail in problem.details if detail)
    return f"{problem.what}: {details}" if details else problem.what


def _lines(problem: Problem) -> str:
    more = ", ..." if problem.rows > len(problem.lines) else ""
    return ", ".join(map(str, problem.lines)) + more


def _repairs(found: Import) -> Table:
    columns = ("Code", "Repair", "Rows", "Examples")
    rows = tuple((r.code, r.what, r.rows, _examples(r)) for r in found.repairs)
    return Table("Repaired, guessed or odd, and sent", _columns(columns, numbers={"Rows"}), rows)


def _examples(repair: Repair) -> str:
    arrow = "\N{RIGHTWARDS ARROW}"
    return "; ".join(
        f"line {e.line}: {short_name(e.before, '-')} {arrow} {short_name(e.after, '-')}"
        for e in repair.examples
    )


def _kinds(found: Import) -> Table:
    rows = tuple((k.country, k.kind.replace("_", " "), k.contacts) for k in found.countries)
    columns = _columns(("Country", "Line", "Contacts"), numbers={"Contacts"})
    return Table("Contacts to send, as planned", columns, rows)


def _doubts(found: Import, local: Local) -> Table:
    rows = tuple(
        (d.number, d.line, local(d.sent_at), short_name(d.why, "no answer yet"))
        for d in found.in_doubt
    )
    columns = (Column("Number"), Column("Line", "number"), Column("Sent", "moment"), Column("Why"))
    return Table("The first of them", columns, rows)


def _changes(found: Import) -> Table:
    rows = tuple(
        (c.number, c.line, short_name(c.old_name, "-"), short_name(c.new_name, "-"), c.contact_id)
        for c in found.name_changes
    )
    columns = ("Number", "Line", "Name at the gateway", "Name in the list", "Contact id")
    return Table("The first of them", _columns(columns, numbers={"Line"}), rows)


def _files(found: Import) -> Table:
    rows = tuple((name, found.files[name], what) for name, what in _FILES.items())
    columns = (Column("File"), Column("Lines", "number"), Column("What"))
    return Table("What became of whom", columns, rows)


def _runs(found: Import, local: Local) -> Table:
    rows = tuple(
        (
            run.run,
            local(run.began),
            local(run.ended),
            run.state.replace("_", " "),
            run.calls,
            run.rate,
        )
        for run in found.runs
    )
    columns = (
        Column("Run"), Column("Began", "moment"), Column("Ended", "moment"), Column("Ended as"),
        Column("Contacts answered", "number"), Column("A second", "number"),
    )  # fmt: skip
    return Table("Runs that worked on the plan", columns, rows)


def _columns(titles: tuple[str, ...], *, numbers: set[str]) -> tuple[Column, ...]:
    return tuple(Column(title, "number" if title in numbers else "text") for title in titles)

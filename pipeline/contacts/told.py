"""All that there is to tell of a plan, as plain values: for programs, and for reports later."""

from pipeline.contacts.codes import sentences
from pipeline.contacts.reading.shapes import SourceFacts
from pipeline.contacts.summary import Summary, Told, first_details, most_common
from pipeline.masks import masked_digits


def told(summary: Summary) -> dict[str, object]:
    """Return all that a screen shows, and what it cuts; numbers are masked here too."""
    tally, facts = summary.tally, summary.facts
    return {
        "plan": summary.plan_id,
        "tag": summary.tag,
        "makes_tag": summary.makes_tag,
        "folder": str(summary.folder),
        **told_of_file(facts),
        "profile": summary.profile,
        "columns": [
            {
                "position": column.position,
                "header": column.header,
                "use": use,
                "filled": round(column.filled, 4),
                "example": masked_digits(column.example),
            }
            for column, use in summary.columns
        ],
        "records": summary.records,
        "rows": dict(tally.rows),
        "contacts": dict(tally.contacts),
        "other_names": tally.other_names,
        "countries": [
            {"country": country, "kind": kind, "contacts": count}
            for (country, kind), count in tally.kinds.most_common()
        ],
        "repairs": [_repair(code, met) for code, met in most_common(tally.repairs)],
        "problems": [_problem(code, met) for code, met in most_common(tally.problems)],
        "mended": dict(tally.origins),
        "other_tags": dict(summary.other_tags),
        "in_doubt": summary.in_doubt,
        "errors": summary.errors,
        "calls": summary.calls,
    }


def told_of_file(facts: SourceFacts) -> dict[str, object]:
    """Return what the source is, under `file`."""
    return {
        "file": {
            "path": str(facts.path),
            "sha256": facts.sha256,
            "size": facts.size,
            "kind": facts.kind,
            "encoding": facts.encoding,
            "is_encoding_guessed": facts.is_encoding_guessed,
            "delimiter": facts.delimiter,
            "line_end": facts.line_end,
            "has_header": facts.has_header,
            "sheet": facts.sheet,
            "warnings": facts.warnings,
            "is_errors_file": facts.is_errors_file,
        }
    }


def _repair(code: str, met: Told) -> dict[str, object]:
    examples = [{"line": e.line, "before": e.before, "after": e.after} for e in met.examples]
    return {"code": code, "what": sentences()[code], "rows": met.count, "examples": examples}


def _problem(code: str, met: Told) -> dict[str, object]:
    return {
        "code": code,
        "what": sentences()[code],
        "rows": met.count,
        "lines": met.lines,
        "details": first_details(met),
    }

"""Write `docs/calls.md` from the figures that `make campaign-moving` kept.

Run it as `python tests/support/calls.py`.
"""

import json
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent.parent
_FIGURES = ROOT / "build" / "campaign" / "moving.jsonl"
_AGES = _FIGURES.with_name("age.jsonl")
_HEAD = """# What a run costs

Measured by `make campaign-moving` on the emulator: 3,000 messages over thirty days, traffic that
goes on for thirty more, a run every few hours, edits by hand of any age before each run. After
every run all statuses, deletions and inserts were right. An answer holds at most 100 messages here,
about one day, so that the figures show how the work is cut.

- *versions*: messages that were new or had changed; *gone*: messages that had vanished
- *rows asked*: answers with messages; *calls*: all calls, most of them counts of about 60 bytes
- *look-back*: the calls that reading the last seven days again would take, a count and the rows of
  each window; it finds nothing that is older

"""
_COLUMNS = {
    "run": "run",
    "at": "at (UTC)",
    "edits": "edits",
    "versions": "versions",
    "gone": "gone",
    "bodies": "rows asked",
    "calls": "calls",
    "late_calls": "late calls",
    "lookback_calls": "look-back",
}
_TAIL = """
Without edits, a run a day after the first load made {young} calls on 30 days of history and {old}
on 300. The calls of a run follow from what changed and what is unsettled, not from the age of the
account: counts are compared for the whole history and for four parts of it, whatever their length.
Each edit in old history costs the counts that narrow it down, and a run after a hundred edits makes
more of them. Where messages are few and answers may be large, the look-back has fewer calls than
this: it pays with edits and deletions that nobody ever sees.
"""


def table(rows: list[dict[str, Any]]) -> str:
    """Return rows as a table in Markdown."""
    lines = [" | ".join(_COLUMNS.values()), " | ".join("---" for _ in _COLUMNS)]
    lines += [" | ".join(str(row[name]) for name in _COLUMNS) for row in rows]
    return "".join(f"| {line} |\n" for line in lines)


def summary(rows: list[dict[str, Any]]) -> str:
    """Return the figures of all runs in a sentence."""
    calls = sorted(row["calls"] for row in rows)
    bodies = sorted(row["bodies"] for row in rows)
    edits = sum(row["edits"] for row in rows)
    return (
        f"{len(rows)} runs, {edits} edits. Calls: {calls[0]} to {calls[-1]}, median"
        f" {calls[len(calls) // 2]}. Answers with messages: {bodies[0]} to {bodies[-1]}, median"
        f" {bodies[len(bodies) // 2]}.\n\n"
    )


def main() -> None:
    """Read the figures of the last campaign and write the page."""
    lines = _FIGURES.read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line)[0] for line in lines]
    starts = [place for place, row in enumerate(rows) if row["run"] == 1]
    rows = rows[starts[-1] :]
    young, old = json.loads(_AGES.read_text(encoding="utf-8").splitlines()[-1])[0]
    text = _HEAD + summary(rows) + table(rows) + _TAIL.format(young=young, old=old)
    (ROOT / "docs" / "calls.md").write_text(text, encoding="utf-8")
    sys.stdout.write(summary(rows))


if __name__ == "__main__":
    main()

"""Whatever a file holds and a gateway answers, each contact stands in one file of the run."""

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.clock import HeldClock
from pipeline.contacts.reading.source import ReadingOptions
from pipeline.errors import UsageError
from pipeline.gateway.outcome import Verdict
from pipeline.ledger.ledger import open_ledger
from pipeline.ledger.store import statement
from support.contacts import options_of, plan_text
from support.ledger import START
from support.results import bench_of
from support.scripted import DOUBT, Scripted, outcome

HEAD = "phone,name\n"
NO = outcome(Verdict.REJECTED, "no")
NUMBERS = [f"+336123456{n}" for n in range(70, 82)]
CELLS = st.sampled_from(["", "x", "O6", '"', "=1", "Jean", "Zoé", "\t", *NUMBERS[:3]])
ROWS = st.tuples(st.lists(st.sampled_from(NUMBERS), max_size=3).map(" / ".join) | CELLS, CELLS)
OUTCOMES = st.sampled_from(
    [None, NO, DOUBT, outcome(Verdict.REJECTED, "\n<b>;'\","), outcome(Verdict.STOP)]
)


@settings(deadline=None, max_examples=60)
@given(
    rows=st.lists(ROWS, max_size=12),
    several=st.sampled_from(["all", "first"]),
    answers=st.dictionaries(st.sampled_from(NUMBERS), OUTCOMES),
    limit=st.none() | st.integers(1, 5),
    most_in_doubt=st.integers(1, 3),
)
def test_d07_every_contact_stands_in_one_file_whatever_happens(
    rows: list[tuple[str, str]],
    several: str,
    answers: dict[str, object],
    limit: int | None,
    most_in_doubt: int,
) -> None:
    """D07: for any file and any answers all sums hold, and no contact is in two files."""
    text = HEAD + "".join(f"{phone},{name}\n" for phone, name in rows)
    reading = ReadingOptions(delimiter=",", encoding="utf-8", has_header=True)
    with TemporaryDirectory() as folder:
        try:
            summary = plan_text(
                Path(folder), text, options=options_of(several=several), reading=reading
            )
        except UsageError:
            return
        bench = bench_of(summary, Scripted(answers.get))  # type: ignore[arg-type]
        done = bench.apply(limit=limit, most_in_doubt=most_in_doubt)
        said = bench.said()
        assert sum(said["rows"].values()) == said["records"] == summary.records
        found = {n: bench.rows(n) for n in ("saved", "in_doubt", "unsent")}
        numbers = [row["number"] for rows in found.values() for row in rows]
        assert len(set(numbers)) == len(numbers)
        assert [len(rows) for rows in found.values()] == [done.saved, done.in_doubt, done.unsent]
        assert {row["number"][1:] for row in found["saved"]} == set(bench.gateway.saved)


def test_a_lookup_of_many_reads_no_whole_tag(tmp_path: Path) -> None:
    """Each number that is looked up is one search by key, however many the tag has."""
    with open_ledger(tmp_path, HeldClock(START)) as ledger:
        plan = ledger._store.rows(f"explain query plan {statement('known')}", ("[]", 1))
    assert any("tag_id=? AND e164=?" in row["detail"] for row in plan)

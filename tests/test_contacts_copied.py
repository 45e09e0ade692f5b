"""What became of each import of contacts stands in the snapshot."""

from pathlib import Path

import pytest

from pipeline.gateway.outcome import Verdict
from support.contacts import Held, History, options_of
from support.imports import ImportBench
from support.scripted import DOUBT, outcome

ANNA, BOB, CARL, DORA = (f"+3361234567{n}" for n in range(4))
LIST = f"phone,name\n{ANNA},Anna\n{BOB},Bob\n{CARL},Carl\n{DORA},Dora\n"


@pytest.fixture
def bench(tmp_path: Path) -> ImportBench:
    """Give a data folder without messages."""
    return ImportBench(tmp_path)


def test_each_disposition_is_told(bench: ImportBench) -> None:
    """A row that was not to be sent has its disposition as state; blank lines have no row."""
    history = History(
        contacts={
            "+33612345680": Held("saved", "Emil"),
            "+33612345681": Held("saved", "Other"),
            "+33612345682": Held("in_doubt"),
            "+33612345683": Held("rejected", "Hugo"),
        },
        stopped={"+33612345684"},
    )
    text = (
        f"phone,name\n{ANNA},Anna\n,\nletters,Bob\n+14155552671,Carl\n{ANNA},Anna\n"
        "+33612345680,Emil\n+33612345681,Fanny\n+33612345682,Gil\n+33612345683,Hugo\n"
        "+33612345684,Ida\n"
    )
    summary = bench.plan(text, history, options_of(allowed=frozenset({"FR"})))
    bench.build()
    assert bench.states() == [
        (2, "pending", None),
        (4, "rejected", "E_PHONE_LETTERS"),
        (5, "not_allowed", "E_PHONE_REGION"),
        (6, "dup_in_file", "line 2"),
        (7, "already_saved", "contact 7, 2026-11-22"),
        (8, "name_changed", "contact 7, 2026-11-22"),
        (9, "in_doubt_before", "in_doubt"),
        (10, "rejected_before", "E_REJECTED_BEFORE"),
        (11, "suppressed", "test: STOP"),
    ]
    (found,) = bench.imports()
    assert found == {
        "import_id": summary.plan_id,
        "file_name": "contacts.csv",
        "tag": "T",
        "planned_at": bench.clock.now(),
        "applied_at": None,
        "rows": 9,
        "contacts": 9,
        "saved": 0,
        "pending": 1,
        "in_doubt": 0,
        "rejected": 1,
        "skipped": 7,
    }


def test_each_state_of_the_ledger_is_told(bench: ImportBench) -> None:
    """Who was to be sent has the ledger's state: saved, in doubt, rejected, dropped, or waits."""
    summary = bench.plan(LIST + "+33612345680,Emil\n+33612345681,Fanny\n")
    told = {
        BOB: DOUBT,
        CARL: outcome(Verdict.REJECTED, f"bad phone {CARL[1:]} (1)"),
        DORA: outcome(Verdict.IN_DOUBT, "half an answer"),
    }
    with bench.ledger() as ledger:
        ledger.suppression.add(["+33612345680"], reason="STOP", source="a person")
    bench.apply(summary, told.get)
    with bench.ledger() as ledger:
        tag = ledger.tags.find("T")
        assert tag is not None
        ledger.contacts.resolve(tag.id, [DORA], "drop", "a person said so")
    bench.build()
    assert bench.states() == [
        (2, "saved", None),
        (3, "in_doubt", "no whole answer"),
        (4, "rejected", "bad phone ***** (1)"),
        (5, "dropped", "a person said so"),
        (6, "suppressed", "STOP"),
        (7, "saved", None),
    ]
    (found,) = bench.imports()
    names = ("rows", "saved", "pending", "in_doubt", "rejected", "skipped")
    assert [found[name] for name in names] == [6, 2, 0, 1, 1, 2]
    assert found["applied_at"] is not None


def test_a_call_in_flight_is_pending(bench: ImportBench) -> None:
    """While a call waits for its answer its contact is pending, and the reason says so."""
    summary = bench.plan(LIST)
    seen = []

    def look(number: str) -> None:
        if number == BOB:
            bench.build()
            seen.extend(bench.states())

    bench.apply(summary, look)
    assert seen[:3] == [
        (2, "saved", None),
        (3, "pending", "sent, not answered yet"),
        (4, "pending", None),
    ]
    bench.build()
    assert {state for _, state, _ in bench.states()} == {"saved"}


def test_each_contact_of_a_row_is_told(bench: ImportBench) -> None:
    """With `--several all` a row of several contacts is as many rows, each with its state."""
    text = f"phone,name\n{ANNA},Anna\n{BOB} / {ANNA} / {CARL},Bob\n"
    summary = bench.plan(text, options=options_of(several="all"))
    bench.apply(summary, {CARL: DOUBT}.get)
    bench.build()
    found = bench.rows("select line, contact, state from contact_import_rows order by all")
    assert [tuple(row.values()) for row in found] == [
        (2, 1, "saved"),
        (3, 1, "saved"),
        (3, 2, "dup_in_file"),
        (3, 3, "in_doubt"),
    ]
    (made,) = bench.imports()
    names = ("rows", "contacts", "saved", "in_doubt", "skipped")
    assert [made[name] for name in names] == [2, 4, 2, 1, 1]


@pytest.mark.parametrize(
    ("privacy", "shown"), [("full", ANNA), ("mask", "+336*****70"), ("hash", None)]
)
def test_numbers_are_masked_by_the_setting(
    bench: ImportBench, privacy: str, shown: str | None
) -> None:
    """A number is shown as the privacy setting says, in the gateway's words too; its key stays."""
    bench.plan(LIST)
    bench.build()
    sql = "select recipient, recipient_key from contact_import_rows where line = 2"
    (before,) = bench.rows(sql)
    bench.changes["privacy"] = privacy
    bench.apply(bench.plan(LIST), lambda n: outcome(Verdict.REJECTED, f"no {n}"))
    bench.build()
    assert bench.rows(f"{sql} limit 1") == [{**before, "recipient": shown}]
    words = ANNA if privacy == "full" else "*****"
    assert (2, "rejected", f"no {words}") in bench.states()


def test_a_forgotten_number_is_nowhere(bench: ImportBench) -> None:
    """A number that is forgotten keeps its state and loses recipient and key, also afterwards."""
    bench.changes["privacy"] = "full"
    first = bench.plan(LIST)
    bench.apply(first, {BOB: DOUBT}.get)
    bench.build()
    gone = first.folder / "rows.parquet"
    gone.unlink()  # what is copied of it already must not stay either
    bench.plan(LIST)
    with bench.ledger() as ledger:
        assert ledger.contacts.forget(BOB) == 1
        tag = ledger.tags.find("T")
    bench.build()
    sql = "select state, recipient, recipient_key from contact_import_rows where line = 3"
    assert bench.rows(f"{sql} order by import_id = '{first.plan_id}'") == [
        {"state": state, "recipient": None, "recipient_key": None}
        for state in ("in_doubt_before", "in_doubt")
    ]
    with bench.ledger() as ledger:
        assert tag is not None
        assert ledger.contacts.resolve(tag.id, [BOB], "saved", "a person")
    bench.plan(LIST)
    bench.build()
    ordered = f"{sql} order by import_id = '{first.plan_id}', state"
    states = [row["state"] for row in bench.rows(ordered)]
    assert states == ["already_saved", "in_doubt_before", "in_doubt"]
    assert not bench.rows("from contact_import_rows where recipient = '+33612345671'")

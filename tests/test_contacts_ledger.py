"""The ledger of contacts: what it lets happen once, and what it remembers of it."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from pipeline.errors import BusyError, Sms24Error
from pipeline.ledger.aliases import alias_of
from pipeline.ledger.ledger import open_ledger
from pipeline.ledger.values import Answer, RunFacts
from pipeline.warehouse.keys import hash_key
from pipeline.warehouse.lock import writer_lock
from pipeline.warehouse.store import statement
from support.ledger import (
    ANNA,
    BOB,
    DOUBT,
    REFUSED,
    SAVED,
    UNSENT,
    Desk,
    Somebody,
    made_tag,
    opened_desk,
)
from support.loads import Listed, LoadBench, numbered
from support.scripted import DOUBT as DOUBTFUL
from support.scripted import Scripted


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """Open a ledger."""
    with opened_desk(tmp_path) as desk:
        yield desk


def test_what_is_saved_is_never_claimed_again(desk: Desk) -> None:
    """A claim is refused for whoever was sent, whatever came of it, with the reason."""
    desk.send(SAVED)
    claim = desk.ledger.contacts.claim
    assert claim(desk.tag.id, Somebody(), desk.run) == "already_saved"
    assert claim(desk.tag.id, Somebody(name="Ann"), desk.run) == "name_changed"
    bob = Somebody(BOB, "Bob")
    desk.send(DOUBT, bob)
    assert claim(desk.tag.id, bob, desk.run) == "in_doubt_before"
    known = desk.ledger.contacts.known(desk.tag.id, [ANNA, BOB, "+4915112345678"])
    assert {e: (k.state, k.contact_id, k.name) for e, k in known.items()} == {
        ANNA: ("saved", 123, "Anna"),
        BOB: ("in_doubt", None, "Bob"),
    }


def test_a_rejected_person_is_claimed_again_if_changed_or_asked(desk: Desk) -> None:
    """The gateway's refusal stands for the same row; another name or a person's wish lifts it."""
    desk.send(REFUSED)
    claim = desk.ledger.contacts.claim
    assert claim(desk.tag.id, Somebody(), desk.run) == "rejected_before"
    assert claim(desk.tag.id, Somebody(name="Ann"), desk.run) is None
    desk.ledger.contacts.settle(desk.tag.id, ANNA, REFUSED)
    again = Somebody(name="Ann")
    assert claim(desk.tag.id, again, desk.run, retries_rejected=True) is None


def test_a_person_that_was_surely_not_sent_waits(desk: Desk) -> None:
    """After an attempt that reached nobody the next claim is granted, and both are counted."""
    desk.send(UNSENT)
    assert desk.state() == "pending"
    desk.send(SAVED)
    rows = desk.ledger.contacts.attempts(desk.tag.id, ANNA)
    assert [(r["n"], r["outcome"], r["ms"]) for r in rows] == [
        (1, "unsent", None),
        (2, "saved", 40),
    ]


def test_only_what_was_sent_has_an_outcome(desk: Desk) -> None:
    """Settling who was not claimed stops everything: the ledger and the load disagree."""
    with pytest.raises(Sms24Error, match="another hand"):
        desk.ledger.contacts.settle(desk.tag.id, ANNA, SAVED)
    desk.send(SAVED)
    with pytest.raises(Sms24Error, match="another hand"):
        desk.ledger.contacts.settle(desk.tag.id, ANNA, DOUBT)


def test_d06_a_number_suppressed_after_the_plan_is_not_claimed(desk: Desk) -> None:
    """D06: suppression wins over everything until it is lifted, with a reason, and is kept."""
    assert desk.ledger.suppression.add([ANNA, ANNA], reason="STOP", source="inbound") == 1
    claim = desk.ledger.contacts.claim
    assert claim(desk.tag.id, Somebody(), desk.run) == "suppressed"
    assert desk.ledger.suppression.of([ANNA, BOB]) == {ANNA: "inbound: STOP"}
    assert desk.ledger.suppression.remove(ANNA, reason="asked to come back")
    assert claim(desk.tag.id, Somebody(), desk.run) is None
    kept = [(r["reason"], r["removed_reason"]) for r in desk.ledger.suppression.every()]
    assert kept == [("STOP", "asked to come back")]


@pytest.mark.parametrize(
    ("answer", "state"), [("saved", "saved"), ("resend", "pending"), ("drop", "dropped")]
)
def test_w16_doubt_is_left_by_a_person_alone(desk: Desk, answer: Answer, state: str) -> None:
    """W16: each answer has its state and is written down; who is not in doubt is left alone."""
    desk.send(DOUBT)
    desk.send(SAVED, Somebody(BOB, "Bob"))
    resolve = desk.ledger.contacts.resolve
    assert resolve(desk.tag.id, [ANNA, BOB], answer, "seen in the panel") == 1
    assert (desk.state(), desk.state(BOB)) == (state, "saved")
    assert resolve(desk.tag.id, [ANNA], answer, "again") == 0
    rows = desk.ledger.contacts.decisions(desk.tag.id)
    assert [(r["e164"], r["before"], r["after"], r["reason"]) for r in rows] == [
        (ANNA, "in_doubt", state, "seen in the panel")
    ]
    obstacle = desk.ledger.contacts.claim(desk.tag.id, Somebody(), desk.run)
    assert obstacle == {"saved": "already_saved", "pending": None, "dropped": "dropped"}[state]


def test_what_a_dead_process_sent_is_in_doubt(desk: Desk) -> None:
    """The next loader finds every call without an answer, puts it in doubt and writes it down."""
    desk.ledger.contacts.claim(desk.tag.id, Somebody(), desk.run)
    desk.ledger.tags.begin(desk.ledger.tags.plan("Prospects"))
    with desk.ledger.loading() as died:
        assert died == 2
    assert desk.state() == "in_doubt"
    attempt = desk.ledger.contacts.attempts(desk.tag.id, ANNA)[0]
    assert (attempt["outcome"], attempt["answered_at"]) == ("in_doubt", None)
    found = desk.ledger.tags.find("Prospects")
    assert found is not None
    assert found.state == "in_doubt"
    assert [run.state for run in desk.ledger.runs.of("p1")] == ["died"]


def test_w08_there_is_one_loader(desk: Desk, tmp_path: Path) -> None:
    """W08: the second loader is told so, exit 75, and changes nothing; a sync may run beside it."""
    with desk.ledger.loading(), open_ledger(tmp_path, desk.clock) as second:
        desk.ledger.contacts.claim(desk.tag.id, Somebody(), desk.run)
        with pytest.raises(BusyError) as caught, second.loading():
            pass
        assert caught.value.exit_code == 75
        assert desk.state() == "sent"
        with writer_lock(tmp_path):
            pass


def test_w15_a_clock_that_jumps_back_changes_no_order(desk: Desk) -> None:
    """W15: attempts and runs are in the order in which they were made, not in that of the time."""
    desk.send(UNSENT)
    desk.clock.sleep(-7200)
    desk.send(SAVED)
    later = desk.ledger.runs.begin(RunFacts(kind="apply", plan="p1"))
    rows = desk.ledger.contacts.attempts(desk.tag.id, ANNA)
    assert [row["outcome"] for row in rows] == ["unsent", "saved"]
    assert rows[0]["sent_at"] > rows[1]["sent_at"]
    assert [run.id for run in desk.ledger.runs.of("p1")] == [desk.run, later]


def test_a_title_has_one_tag(desk: Desk) -> None:
    """Case and blanks make no second tag; an abandoned one frees its title and keeps its id."""
    assert desk.ledger.tags.plan("  clients ") == desk.ledger.tags.find("CLIENTS") == desk.tag
    desk.ledger.tags.abandon(desk.tag, "rebuilt")
    fresh = desk.ledger.tags.plan("Clients")
    assert (fresh.state, fresh.id) == ("planned", desk.tag.id + 1)
    assert [tag.state for tag in desk.ledger.tags.every()] == ["abandoned", "planned"]
    holder = desk.ledger.tags.holder(8303, fresh)
    assert holder is not None
    assert holder.id == desk.tag.id


def test_d05_the_other_tags_of_a_number_are_known(desk: Desk) -> None:
    """D05: who is under another tag in use is told, with its title; an abandoned one is not."""
    desk.send(SAVED)
    other = made_tag(desk.ledger, "Prospects", 8304)
    assert desk.ledger.contacts.other_tags(other.id, [ANNA, BOB]) == {ANNA: ["Clients"]}
    assert desk.ledger.contacts.other_tags(desk.tag.id, [ANNA]) == {}
    assert desk.ledger.contacts.other_tags(None, [ANNA]) == {ANNA: ["Clients"]}
    desk.ledger.tags.abandon(desk.tag, "rebuilt")
    assert desk.ledger.contacts.other_tags(other.id, [ANNA]) == {}


def test_w18_a_forgotten_number_is_still_known(desk: Desk, tmp_path: Path) -> None:
    """W18: no byte of the number or name stays, and a later import still meets it."""
    desk.send(SAVED)
    desk.ledger.suppression.add([BOB], reason="STOP", source="inbound")
    assert desk.ledger.contacts.forget(ANNA) == 1
    desk.ledger.contacts.forget(BOB)
    claim = desk.ledger.contacts.claim
    assert claim(desk.tag.id, Somebody(), desk.run) == "already_saved"
    assert claim(desk.tag.id, Somebody(BOB, "Bob"), desk.run) == "suppressed"
    assert desk.state() == "saved"
    assert desk.ledger.suppression.of([BOB]) == {BOB: "inbound: STOP"}
    files = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert not [text for text in (ANNA, BOB, "Anna") if text.encode() in files]


def test_w17_a_tag_can_be_left_for_a_new_one(tmp_path: Path) -> None:
    """W17: 100 saved and 5 in doubt: 105 calls for the new tag; the old one is abandoned."""
    scripted, plan = Scripted(), Listed(numbered(105))
    scripted.answers = lambda _: DOUBTFUL if len(scripted.sent) % 21 == 0 else None
    bench = LoadBench(tmp_path, gateway=scripted)
    bench.apply(plan)
    assert bench.states(plan) == {"saved": 100, "in_doubt": 5}
    scripted.answers, before = lambda _: None, len(scripted.sent)
    with open_ledger(tmp_path, bench.clock) as ledger:
        old = ledger.tags.get(1)
        wanted = tuple(ledger.contacts.under(old.id, "saved", "in_doubt"))
        ledger.tags.abandon(old, "rebuilt")
    rebuilt = Listed(tuple(Somebody(known.e164, known.name) for known in wanted))
    assert bench.apply(rebuilt).saved == len(scripted.sent) - before == 105
    with bench.ledger() as ledger:
        states = [(tag.title, tag.state, tag.gateway_id) for tag in ledger.tags.every()]
    assert states == [("Clients", "abandoned", 8303), ("Clients", "saved", 8304)]


def test_a_hash_is_the_recipient_key_of_the_snapshot(desk: Desk) -> None:
    """What stands for a number in the ledger is what SQL publishes of it, so either is known."""
    alias = desk.ledger.aliases.made(ANNA)
    key = hash_key(desk.ledger.path.parent).reveal()
    with duckdb.connect() as connection:
        connection.execute(statement("0_raw/macros"))
        connection.execute("set variable hash_key = $key", {"key": key})
        row = connection.execute("select keyed($number)", {"number": ANNA}).fetchone()
    assert row is not None
    assert alias == alias_of(row[0])
    desk.ledger.suppression.add([alias], reason="STOP", source="inbound")
    assert desk.ledger.suppression.of([ANNA, BOB]) == {ANNA: "inbound: STOP"}
    assert desk.ledger.contacts.claim(desk.tag.id, Somebody(), desk.run) == "suppressed"

"""`sms24 send-bulk` and `outbox results`: planned, applied, and compared one to one."""

import csv
import json
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.clock import HeldClock, SystemClock
from pipeline.extract.plan import Asking
from pipeline.gateway.outcome import Verdict
from pipeline.run import Means, run_all
from pipeline.send.planned import load_bulk
from pipeline.warehouse.snapshot import open_snapshot
from support.account import Account, account_of_today
from support.ledger import ANNA, BOB
from support.scripted import outcome
from support.sends import Post, SendBench
from support.typist import Sender

TEXT = "Hello {{ first_name }}, table {{ table }}"
ROWS = (
    "First Name;Phone;Table",
    "Anna;06 12 34 56 78;12",
    "Zoê;07 66 66 66 66;7",
    '"{{ 7*7 }}";06 12 34 56 04;3',
    "Bad;12;4",
    "Anna;+33612345678;12",
    "",
    "Gap;06 12 34 56 05;",
    "Anna;+33612345678;13",
)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Account]:
    """Serve an account in the present, to all tests of the file."""
    with account_of_today(tmp_path_factory.mktemp("account")) as known:
        yield known


@pytest.fixture
def sender(
    served: Account,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> Sender:
    """Return somebody who types commands in a folder of their own."""
    return Sender(served, tmp_path, capsys, monkeypatch)


def planned(sender: Sender, *words: str, code: int = 5, text: str = TEXT) -> dict[str, object]:
    """Plan the list; returns what a program is told."""
    given = ("--device", sender.device, "--region", "FR", "--text", text, *words)
    found: dict[str, object] = sender.answer("send-bulk", sender.list(*ROWS), *given, code=code)
    return found


def test_a_plan_of_nothing_names_no_next_step(sender: Sender) -> None:
    """Where every row is rejected there is nothing to apply, only rows to mend."""
    name = sender.list("First Name;Phone", "Bad;12")
    assert sender.type("send-bulk", name, "--device", sender.device, "--text", "Hi") == 5
    assert "send-bulk rejects" in sender.said
    assert "apply" not in sender.said


def test_what_a_killed_planner_left_is_removed(sender: Sender) -> None:
    """The next plan removes a draft, with the numbers in it, that nobody works on any more."""
    draft = sender.settings.data_dir / "outbox" / ".2026-01-01T0000Z-000000.part"
    draft.mkdir(parents=True)
    (draft / "messages.csv").write_text("line,to,at,segments,body\n")
    plan = planned(sender)["plan"]
    assert [path.name for path in draft.parent.iterdir()] == [plan]


def test_every_row_ends_in_one_disposition(sender: Sender) -> None:
    """Ready, rejected, suppressed, repeated and blank rows add up; texts are counted as SMS."""
    sender.suppress("+33612345604")
    found = planned(sender)
    assert found["rows"] == {
        "ready": 3, "rejected": 2, "suppressed": 1, "dup_in_file": 1, "blank": 1,
    }  # fmt: skip
    assert (found["messages"], found["sms"], found["again"]) == (3, 3, 1)
    assert found["sizes"] == [
        {"encoding": "GSM-7", "segments": 1, "messages": 2},
        {"encoding": "UCS-2", "segments": 1, "messages": 1},
    ]
    codes = {p["code"]: p["lines"] for p in found["problems"]}  # type: ignore[attr-defined]
    assert codes == {"E_PHONE_INVALID": [5], "E_BODY_CELL": [8]}
    assert sender.known.calls()[sender.before :] == []
    assert not [text for text in (ANNA, "Anna", "{{") if text in sender.said]


def test_the_rejected_rows_can_be_mended(sender: Sender) -> None:
    """The errors file has the rows as they stood; mended it is planned like any list."""
    plan = str(planned(sender)["plan"])
    assert sender.type("send-bulk", "rejects", plan) == 0
    path = sender.folder / "guests.errors.csv"
    mended = path.read_text("utf-8-sig").replace("Bad;12;", "Bad;06 12 34 56 09;")
    path.write_text(mended, encoding="utf-8")
    given = ("--device", sender.device, "--region", "FR", "--text", TEXT)
    found = sender.answer("send-bulk", path.name, *given, code=5)
    assert found["rows"] == {"ready": 1, "rejected": 1, "blank": 0}


def test_a_plan_is_shown_and_sent_as_it_was_frozen(sender: Sender) -> None:
    """Without --yes nothing is called; with it each row's text goes out, as data, in batches."""
    plan = str(planned(sender, "--at", "2099-12-01 09:30")["plan"])
    assert sender.type("send-bulk", "apply", plan) == 0
    assert "4  to send, of 4 messages (4 SMS)" in sender.said
    assert sender.known.calls()[sender.before :] == []
    assert sender.type("send-bulk", "apply", plan, "--yes", "--batch", "2") == 0, sender.complained
    assert "4  saved" in sender.said
    assert [(m.sendto, m.body) for m in sender.sent()] == [
        (ANNA, "Hello Anna, table 12"),
        (BOB, "Hello Zoê, table 7"),
        ("+33612345604", "Hello {{ 7*7 }}, table 3"),
        (ANNA, "Hello Anna, table 13"),
    ]
    assert len({message.customer_id for message in sender.sent()}) == 4
    assert len({message.due for message in sender.sent()}) == 1
    assert len(sender.calls("addalotofsms")) == 3
    assert sender.type("send-bulk", "apply", plan, "--yes") == 0
    assert "4  already_sent" in sender.said
    assert len(sender.sent()) == 4


def test_who_is_suppressed_after_the_plan_is_left_out(sender: Sender) -> None:
    """D06 of messages: the list is looked at again when it is their turn."""
    plan = str(planned(sender)["plan"])
    sender.suppress(ANNA)
    found = sender.answer("send-bulk", "apply", plan, "--yes")
    assert (found["saved"], found["suppressed"]) == (2, 2)


@pytest.mark.parametrize("name", ["plan.json", "messages.csv"])
def test_a_plan_that_was_changed_is_refused(sender: Sender, name: str) -> None:
    """A plan or a list that says something else now is refused with 2, before any call."""
    plan = str(planned(sender)["plan"])
    path = sender.settings.data_dir / "outbox" / plan / name
    text = path.read_text("utf-8")
    path.write_text(text.replace("table", "chair"), encoding="utf-8")
    assert sender.type("send-bulk", "apply", plan, "--yes") == 2
    path.write_text(text, encoding="utf-8")
    sender.list(*ROWS, "More;06 12 34 56 10;1")
    assert sender.type("send-bulk", "apply", plan, "--yes") == 2
    assert "has changed" in sender.complained
    (sender.folder / "guests.csv").unlink()
    assert sender.type("send-bulk", "apply", plan) == 0
    assert sender.sent() == []
    assert sender.type("send-bulk", "apply", "2026-01-01T0000Z-abcdef", "--yes") == 2


def test_a_plan_whose_time_is_over_is_refused(
    sender: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A plan for a time that has passed would go out at once: it is refused."""
    plan = str(planned(sender, "--at", "2099-12-01 09:30")["plan"])
    late = SystemClock().now().set(year=2100)
    monkeypatch.setattr("pipeline.clock.SystemClock.now", lambda _: late)
    assert sender.type("send-bulk", "apply", plan, "--yes") == 2
    assert "is over (2099-12-01 08:30 UTC)" in sender.complained


@pytest.mark.parametrize(
    "words",
    [
        ("--text", "Hello {{ nobody }}"),
        ("--text", "Hello {{ first_name"),
        ("--text", "Hello", "--region", "XX"),
        ("--text", "Hello", "--phone", "Nothing"),
        ("--text-file", "missing.txt"),
    ],
)
def test_what_is_wrong_leaves_no_plan(sender: Sender, words: tuple[str, ...]) -> None:
    """A template, a column or an option that is wrong ends with 2, and no plan is left."""
    sender.list(*ROWS)
    given = ("--device", sender.device, "--region", "FR", *words)
    assert sender.type("send-bulk", "guests.csv", *given) == 2
    assert not list((sender.settings.data_dir / "outbox").glob("*"))


def test_a_bulk_of_a_thousand_reconciles_one_to_one(sender: Sender) -> None:
    """After sync every message of a bulk is found once, settled, by its own number."""
    rows = [f"P{n};+336{12_000_000 + n};{n}" for n in range(1000)]
    given = ("--device", sender.device, "--text", TEXT)
    plan = str(sender.answer("send-bulk", sender.list(ROWS[0], *rows), *given)["plan"])
    assert sender.answer("send-bulk", "apply", plan, "--yes")["saved"] == 1000
    assert len(sender.calls("addalotofsms")) == 21
    sender.known.clock.advance(7200)
    means = Means(clock=HeldClock(sender.known.clock.now()))
    run_all(sender.settings, Asking(), means)
    with open_snapshot(sender.settings.snapshot_path) as snapshot:
        (day,) = snapshot.rows("select sum(delivered) as delivered from delivery_daily")
    assert day["delivered"] >= 1000
    found = sender.answer("outbox", "results", plan)
    assert found["outcomes"] == {"delivered": 1000}
    assert (found["missing"], found["unexpected"], found["several"]) == (0, 0, 0)
    with Path(found["file"]).open(encoding="utf-8-sig", newline="") as stream:
        told = list(csv.DictReader(stream))
    assert len({row["message_id"] for row in told}) == 1000
    assert {row["state"] for row in told} == {"saved"}
    by_mine = {m.customer_id: m.message_id for m in sender.sent()}
    assert {int(row["customer_id"]): int(row["message_id"]) for row in told} == by_mine


def test_a_forgotten_person_is_in_no_plan_and_gets_nothing(sender: Sender) -> None:
    """Forgetting empties a person's messages; the plan stays whole and sends the others."""
    plan = str(planned(sender)["plan"])
    (sender.folder / "guests.csv").unlink()
    assert sender.answer("send-bulk", "apply", plan, "--yes", "--limit", "1")["saved"] == 1
    assert sender.type("contacts", "forget", ANNA, "--yes") == 0, sender.complained
    held = b"".join(
        path.read_bytes() for path in sender.settings.data_dir.rglob("*") if path.is_file()
    )
    assert not [text for text in (ANNA, "Anna") if text.encode() in held]
    assert [letter.to for letter in load_bulk(sender.settings.data_dir, plan).letters()] == [
        BOB, "+33612345604",
    ]  # fmt: skip
    found = sender.answer("send-bulk", "apply", plan, "--yes")
    assert (found["total"], found["saved"], found["unsent"]) == (2, 2, 0)
    assert len(sender.sent()) == 3


def test_a_refused_bulk_tells_its_words(tmp_path: Path) -> None:
    """What the gateway said is kept with each message that it refused."""
    bench = SendBench(tmp_path, Post(lambda _: outcome(Verdict.REJECTED, "No subscription")))
    bench.send()
    with bench.ledger() as ledger:
        sending = ledger.outbox.find("K1")
        assert sending is not None
        reasons = {sent.reason for sent in ledger.outbox.of(sending)}
    assert len(reasons) == 1
    assert "No subscription" in json.dumps(list(reasons))


@pytest.fixture
def private_umask() -> Iterator[None]:
    """Make what is made private, as the command does at its door."""
    before = os.umask(0o077)
    yield
    os.umask(before)


@pytest.mark.usefixtures("private_umask")
@pytest.mark.parametrize("first", ["send", "send-bulk", "webhook"])
def test_whatever_comes_first_the_data_folder_is_open_to_people(
    sender: Sender, first: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The folder in which people read the snapshot is 0755 also where a sending made it."""
    monkeypatch.setattr("pipeline.webhook.receiver.serve", lambda *_: None)
    given = {
        "send": ("--device", "7", "--to", ANNA, "--text", "x"),
        "send-bulk": (sender.list("Phone", ANNA), "--device", "7", "--text", "x"),
        "webhook": (),
    }
    assert sender.type(first, *given[first]) == 0, sender.complained
    modes = {p.name: stat.S_IMODE(p.stat().st_mode) for p in sender.settings.data_dir.iterdir()}
    assert stat.S_IMODE(sender.settings.data_dir.stat().st_mode) == 0o755
    assert set(modes.values()) <= {0o600, 0o700}

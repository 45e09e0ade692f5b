"""`sms24 send`: shown before it is sent, sent at most once, found again, said without numbers."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.clock import SystemClock
from pipeline.emulator.faults import FaultKind, Faults
from pipeline.emulator.forms import Fields
from pipeline.emulator.habits import EMAIL, PASSWORD
from pipeline.ledger.ledger import SENDERS_LOCK, open_ledger
from pipeline.warehouse.lock import writer_lock
from support.account import Account, account_of_today
from support.ledger import ANNA, BOB
from support.sends import Pile
from support.typist import Sender

TO = ("--to", ANNA, "--to", "07 66 66 66 66", "--region", "FR", "--text", "Ready — at 9")


class Faulty:
    """A rule of faults: the kind of the next call that sends; None for none."""

    kind: FaultKind | None = None
    takes: int = 1

    def rule(self, endpoint: str, _: Fields) -> FaultKind | None:
        """Return the fault of a call."""
        if endpoint not in {"addsms", "addalotofsms", "smstosend"} or not self.takes:
            return None
        self.takes -= self.kind is not None
        return self.kind


FAULTY = Faulty()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Account]:
    """Serve an account in the present, to all tests of the file."""
    folder = tmp_path_factory.mktemp("account")
    with account_of_today(folder, faults=Faults(rule=FAULTY.rule)) as known:
        yield known


@pytest.fixture
def sender(
    served: Account,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> Sender:
    """Return somebody who types commands in a folder of their own."""
    FAULTY.kind, FAULTY.takes = None, 1
    return Sender(served, tmp_path, capsys, monkeypatch)


def test_without_yes_nothing_is_called(sender: Sender) -> None:
    """What would be sent is shown, length, SMS, time and cost; no call is made, no number shown."""
    assert sender.send(*TO, "--at", "2099-12-01 09:30") == 0
    for words in (
        "+336****5678, +337****6666",
        "UCS-2, for — U+2014: 12 units, 1 SMS each",
        "2099-12-01 09:30 Europe/Paris (2099-12-01 08:30 UTC)",
        "2 SMS in all",
        "Nothing was sent",
    ):
        assert words in sender.said
    assert sender.known.calls()[sender.before :] == []
    found = sender.answer("send", "--device", sender.device, *TO)
    assert (found["is_dry_run"], found["messages"], found["sms"]) == (True, 2, 2)
    assert (found["encoding"], found["units"], found["segments"]) == ("UCS-2", 12, 1)
    assert ANNA not in sender.said


def test_with_yes_each_number_is_sent_once(sender: Sender) -> None:
    """Each number gets one call with a number of its own and the time in UTC; a key sends once."""
    words = (*TO, "--at", "2099-12-01 09:30", "--key", "ORDER-17", "--yes")
    assert sender.send(*words) == 0, sender.complained
    calls = sender.calls("addsms")
    assert [call["sendto"] for call in calls] == [ANNA, BOB]
    assert {call["timetosend"] for call in calls} == {"2099-12-01 08:30:00"}
    assert len({call["customerid"] for call in calls}) == 2
    assert "2  saved" in sender.said
    assert sender.send(*words) == 0
    assert "2  already_sent" in sender.said
    ids = [message.message_id for message in sender.sent()]
    assert sender.answer("send", "--device", sender.device, *words)["sms_ids"] == ids
    assert len(sender.sent()) == 2
    assert sender.send("--to", BOB, "--text", "Else", "--key", "ORDER-17", "--yes") == 2
    shown = sender.said + sender.complained
    assert not [n for n in (ANNA, BOB) if n in shown]
    assert sender.type("outbox", "status") == 0
    assert "ORDER-17" in sender.said


def test_what_was_sent_settles(sender: Sender) -> None:
    """A message is found by its id, and its status said with what it stands for."""
    found = sender.answer("send", "--device", sender.device, *TO, "--yes")
    rows = sender.answer("message-status", *map(str, found["sms_ids"]))
    assert [row["status"] for row in rows] == [1, 1]
    sender.known.clock.advance(60)
    rows = sender.answer("message-status", *map(str, found["sms_ids"]))
    assert [(row["status"], row["outcome"]) for row in rows] == [(7, "delivered")] * 2
    assert sender.answer("message-status", "1", code=3)[0]["error"]
    assert sender.type("message-status", str(found["sms_ids"][0])) == 0
    assert "delivered" in sender.said


def test_a_device_is_asked_for(sender: Sender) -> None:
    """`device-status` says whether a device answers; of an unknown one the refusal, exit 3."""
    (row,) = sender.answer("device-status", sender.device)
    assert row["online"] is True
    assert row["last_seen"].endswith("UTC")
    assert sender.type("device-status", sender.device, "5") == 3
    assert "5: The gateway refused the request" in sender.complained


def test_who_is_suppressed_is_left_out(sender: Sender) -> None:
    """Who must not be written to is told before, and gets nothing."""
    sender.suppress(ANNA)
    assert sender.send(*TO) == 0
    assert "1 must not be written to" in sender.said
    found = sender.answer("send", "--device", sender.device, *TO, "--yes")
    assert (found["saved"], found["suppressed"]) == (1, 1)
    assert [call["sendto"] for call in sender.calls("addsms")] == [BOB]


def test_without_a_token_the_password_goes_along(
    sender: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Smstosend is used where there is a password and no token, and then it warns."""
    monkeypatch.setenv("SMS24_EMAIL", EMAIL)
    monkeypatch.setenv("SMS24_PASSWORD", PASSWORD)
    assert sender.send(*TO, "--yes") == 0
    assert (len(sender.calls("addsms")), "password" in sender.complained) == (2, False)
    monkeypatch.setenv("SMS24_TOKEN", "")
    sender.answer("send", "--device", sender.device, *TO, "--yes")
    assert "The password goes along" in sender.complained
    assert len(sender.calls("smstosend")) == 2
    assert PASSWORD not in {value for call in sender.calls("smstosend") for value in call.values()}


@pytest.mark.parametrize(
    ("kind", "code", "state"),
    [("500", 5, "in_doubt"), ("truncated", 5, "in_doubt"), ("429-retry", 0, "saved")],
)
def test_a_fault_ends_in_its_exit_code(
    sender: Sender, kind: FaultKind, code: int, state: str
) -> None:
    """An unknown outcome is in doubt, exit 5; a busy gateway is asked again, and all is well."""
    FAULTY.kind = kind
    found = sender.answer("send", "--device", sender.device, *TO, "--key", kind, "--yes", code=code)
    assert found[state] >= 1
    assert found["saved"] + found["in_doubt"] == 2
    assert sender.type("outbox", "status") == code


def test_a_doubt_is_looked_for_in_the_gateways_list(sender: Sender) -> None:
    """What the list has is taken; what it does not have stays in doubt until somebody decides."""
    FAULTY.kind = "truncated"
    words = (*TO, "--key", "A", "--yes")
    assert sender.send(*words) == 5
    assert sender.send(*TO, "--key", "B", "--yes") == 2
    assert "in doubt" in sender.complained
    assert sender.answer("outbox", "resolve") == {"there: taken": 1, "not there": 0, "left": 0}
    assert sender.send(*words) == 0
    FAULTY.kind, FAULTY.takes = "500", 1
    other = ("--to", ANNA, "--text", "Two", "--key", "C", "--yes")
    assert sender.send(*other) == 5
    found = sender.answer("outbox", "resolve", code=5)
    assert (found["not there"], found["left"]) == (1, 1)
    FAULTY.kind = None
    assert sender.send(*other) == 5
    again = sender.answer("outbox", "resolve", "--resend-missing")
    assert again["left"] == 0
    assert sender.send(*other) == 0
    assert sorted(message.sendto for message in sender.sent()) == [ANNA, ANNA, BOB]


def test_a_time_that_the_gateway_cannot_be_told_leaves_no_doubt(
    sender: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An hour that the clocks of `send_zone` show twice is refused before anything is claimed."""
    twice = ("--at", "2099-10-25 02:30+01:00")
    bulk = (sender.list("Phone", ANNA), "--device", "7", "--text", "x", *twice)
    plan = sender.answer("send-bulk", *bulk)["plan"]
    monkeypatch.setenv("SMS24_SEND_ZONE", "Europe/Paris")
    assert sender.send(*TO, *twice) == 2
    assert sender.send(*TO, *twice, "--yes") == 2
    assert sender.type("send-bulk", *bulk) == 2
    assert sender.type("send-bulk", "apply", plan, "--yes") == 2
    assert sender.type("outbox", "status") == 0
    assert sender.calls("addsms") == []


def test_what_a_dead_process_was_sending_is_told_as_a_doubt(sender: Sender) -> None:
    """While a process holds the lock its message is on its way; without one it is in doubt."""
    pile = Pile(1, key="K")
    folder = sender.settings.data_dir
    with open_ledger(folder, SystemClock()) as ledger:
        sending = ledger.outbox.begin(pile.facts)
        ledger.outbox.claim(sending, list(pile.letters()))
        with writer_lock(folder, SENDERS_LOCK):
            (row,) = sender.answer("outbox", "status")["sendings"]
            assert (row["sending"], row["in_doubt"]) == (1, 0)
            assert sender.type("outbox", "status") == 0
            assert "sending" in sender.said
        (row,) = sender.answer("outbox", "status", code=5)["sendings"]
        assert (row["sending"], row["in_doubt"]) == (0, 1)


def test_what_is_missing_is_not_resent_where_nothing_proves_it(sender: Sender) -> None:
    """--resend-missing is refused where no message is known to be listed; a person decides."""
    FAULTY.kind = "500"
    words = ("--to", ANNA, "--text", "Alone", "--key", "A", "--yes")
    assert sender.send(*words) == 5
    assert sender.type("outbox", "resolve", "--resend-missing") == 2
    assert sender.type("outbox", "resolve", "--drop", "--number", BOB, "--yes") == 5
    assert sender.type("outbox", "resolve", "--drop", "--resend") == 2
    assert sender.type("outbox", "resolve", "A", "--drop", "--number", ANNA, "--yes") == 0
    assert sender.send(*words) == 0
    assert "1  dropped" in sender.said
    assert sender.sent() == []


@pytest.mark.parametrize(
    "words",
    [
        ("--to", "12", "--text", "x"),
        ("--to", ANNA),
        ("--to", ANNA, "--text", "x", "--text-file", "y"),
        ("--to", ANNA, "--text", " "),
        ("--to", ANNA, "--text", "x" * 2000),
        ("--to", ANNA, "--text", "x", "--at", "2020-01-01 09:00"),
        ("--to", ANNA, "--text", "x", "--key", "a b"),
        ("--to", ANNA, "--text-file", "missing.txt"),
        ("--to", ANNA, "--text", "x", "--sim", "9"),
        ("--to", "", "--text", "x"),
        ("--to", " , ", "--text", "x"),
    ],
)
def test_what_is_wrong_is_refused_before_any_call(sender: Sender, words: tuple[str, ...]) -> None:
    """A number, a text, a time or an option that is wrong ends with 2, and nothing is called."""
    assert sender.send(*words, "--yes") == 2
    assert sender.complained
    assert sender.known.calls()[sender.before :] == []


def test_a_byte_order_mark_is_no_part_of_a_text(sender: Sender) -> None:
    """What Windows puts before the text of a file does not make it UCS-2."""
    (sender.folder / "text.txt").write_bytes(b"\xef\xbb\xbfReady")
    path = str(sender.folder / "text.txt")
    found = sender.answer("send", "--device", sender.device, "--to", ANNA, "--text-file", path)
    assert (found["encoding"], found["units"]) == ("GSM-7", 5)


def test_a_refused_login_sends_nothing(sender: Sender, monkeypatch: pytest.MonkeyPatch) -> None:
    """A token that is refused ends with 3 before anything is written."""
    monkeypatch.setenv("SMS24_TOKEN", "wrong")
    assert sender.send(*TO, "--yes") == 3
    assert "wrong" not in sender.complained
    assert sender.sent() == []


def test_an_unreachable_gateway_sends_nothing(
    sender: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where nobody listens nothing is sent, exit 3 or 2, and nothing is in doubt."""
    monkeypatch.setenv("SMS24_BASE_URL", "http://127.0.0.1:9/getdata")
    monkeypatch.setattr("pipeline.clock.SystemClock.sleep", lambda *_: None)
    assert sender.send(*TO, "--yes") == 3
    assert sender.type("outbox", "status") == 0

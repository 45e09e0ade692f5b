"""`sms24 newsletter`: whom it reaches is known before it is sent, and a title is sent once."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.clock import HeldClock
from pipeline.emulator.faults import FaultKind, Faults
from pipeline.emulator.forms import Fields
from pipeline.ledger.ledger import open_ledger
from support.account import Account, account_of_today
from support.ledger import ANNA, BOB, START, Somebody
from support.typist import Sender

CARL = "+33612345670"


class Faulty:
    """A rule of faults: the kind of all calls that send a newsletter; None for none."""

    kind: FaultKind | None = None

    def rule(self, endpoint: str, _: Fields) -> FaultKind | None:
        """Return the fault of a call."""
        return self.kind if endpoint == "savepaket" else None


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
    """Return somebody with two tags that share a contact."""
    FAULTY.kind = None
    sender = Sender(served, tmp_path, capsys, monkeypatch)
    sender.tag("Clients", 8401, Somebody(ANNA, "Anna"), Somebody(BOB, "Bob"))
    sender.tag("Friends", 8402, Somebody(ANNA, "Anna"), Somebody(CARL, "Carl"))
    return sender


def words(sender: Sender, *tags: str, title: str = "Spring") -> tuple[str, ...]:
    """Return a command that sends a newsletter to tags."""
    named = [word for tag in tags for word in ("--tag", tag)]
    return ("newsletter", *named, "--title", title, "--text", "Hello", "--device", sender.device)


def test_it_is_shown_before_it_is_sent(sender: Sender) -> None:
    """People, SMS and cost are told by the ledger, and nothing is called."""
    found = sender.answer(*words(sender, "clients"))
    assert (found["is_dry_run"], found["people"], found["several"], found["sms"]) == (True, 2, 0, 2)
    assert sender.type(*words(sender, "Clients", "Friends")) == 0
    for said in ("3  people", "1  under more than one", "at most 4 SMS", "Nothing was sent"):
        assert said in sender.said
    assert sender.known.calls()[sender.before :] == []


def test_it_goes_to_the_tag_with_its_own_form_of_dates(sender: Sender) -> None:
    """`savepaket` gets the tag's id and the time in UTC as `DD.MM.YYYY`; all contacts get it."""
    found = sender.answer(*words(sender, "Clients"), "--at", "2099-12-01 09:30", "--yes")
    assert (found["verdict"], found["newsletter_id"] > 0) == ("saved", True)
    (call,) = sender.calls("savepaket")
    assert (call["tags"], call["time_to_send"]) == ("8401", "01.12.2099 08:30:00")
    assert sorted(message.sendto for message in sender.sent()) == [ANNA, BOB]
    due = {message.due for message in sender.sent()}
    assert due == {int(START.set(year=2099, month=12, day=1, hour=8, minute=30).timestamp())}


def test_a_title_is_sent_once(sender: Sender) -> None:
    """The same title again is refused with 2, whatever its case."""
    assert sender.type(*words(sender, "Clients"), "--yes") == 0
    assert sender.type(*words(sender, "Friends", title="SPRING"), "--yes") == 2
    assert "was sent on" in sender.complained
    assert len(sender.calls("savepaket")) == 1


def test_d05_who_is_under_two_tags_is_told_and_refused(sender: Sender) -> None:
    """D05: overlap between tags is counted in the ledger, and refused without --allow-overlap."""
    both = words(sender, "Clients", "Friends")
    assert sender.type(*both, "--yes") == 2
    assert "1 of these people are under more than one" in sender.complained
    assert sender.calls("savepaket") == []
    assert sender.type(*both, "--yes", "--allow-overlap") == 0
    assert sender.calls("savepaket")[0]["tags"] == "8401,8402"


def test_w17_an_abandoned_tag_is_refused(sender: Sender) -> None:
    """W17: a tag that was rebuilt is refused by name; so is one that nobody knows."""
    with open_ledger(sender.settings.data_dir, HeldClock(START)) as ledger:
        tag = ledger.tags.find("Friends")
        assert tag is not None
        ledger.tags.abandon(tag, "rebuilt as 'Friends 2'")
    assert sender.type(*words(sender, "Friends"), "--yes") == 2
    assert "was abandoned (rebuilt as 'Friends 2')" in sender.complained
    assert sender.type(*words(sender, "Nobody"), "--yes") == 2
    assert sender.calls("savepaket") == []
    assert sender.answer(*words(sender, "Clients"))["several"] == 0


def test_who_must_not_be_written_to_stops_it(sender: Sender) -> None:
    """A newsletter that would reach somebody suppressed, also by hash, is refused: there is no way
    to leave them out.
    """
    with open_ledger(sender.settings.data_dir, HeldClock(START)) as ledger:
        ledger.suppression.add([ledger.aliases.made(BOB)], reason="STOP", source="inbound")
    assert sender.type(*words(sender, "Clients")) == 0
    assert "1  must not be written to" in sender.said
    assert sender.type(*words(sender, "Clients"), "--yes") == 2
    assert "rebuild" in sender.complained
    assert sender.calls("savepaket") == []


def test_a_doubt_is_never_sent_again_by_itself(sender: Sender) -> None:
    """An unknown outcome is in doubt, exit 5; the title is refused until a person decides."""
    FAULTY.kind = "truncated"
    assert sender.type(*words(sender, "Clients"), "--yes") == 5
    FAULTY.kind = None
    assert sender.type(*words(sender, "Clients"), "--yes") == 2
    assert "in doubt" in sender.complained
    assert sender.type("outbox", "status") == 5
    sender.known.world.added.clear()
    assert sender.type("outbox", "resolve", "--newsletter", "Spring") == 5
    assert "stays in doubt" in sender.said
    found = sender.answer("outbox", "resolve", "--newsletter", "Spring", code=5)
    assert found == {"title": "Spring", "state": "in_doubt", "newsletter_id": None}
    assert sender.type("outbox", "resolve", "--newsletter", "Autumn") == 2
    assert sender.type("outbox", "resolve", "--newsletter", "Spring", "--assume-saved") == 0
    assert sender.type(*words(sender, "Clients"), "--yes") == 2
    assert len(sender.calls("savepaket")) == 1
    assert sender.type("outbox", "status") == 0


def test_a_newsletter_is_found_by_its_messages(sender: Sender) -> None:
    """A newsletter in doubt whose messages are in the gateway's list was taken, by its number."""
    FAULTY.kind = "truncated"
    assert sender.type(*words(sender, "Clients", title="Summer"), "--yes") == 5
    FAULTY.kind = None
    told = sender.answer("outbox", "resolve", "--newsletter", "Summer")
    assert told["state"] == "saved"
    (newsletter,) = sender.answer("outbox", "status")["newsletters"]
    numbers = {message.newsletter[0] for message in sender.sent() if message.newsletter}
    assert (newsletter["state"], {newsletter["gateway_id"]}) == ("saved", numbers)


def test_what_was_certainly_not_sent_may_be_sent(sender: Sender) -> None:
    """Where nothing was done, exit 3, the same command may be given again."""
    FAULTY.kind = "429-retry"
    assert sender.type(*words(sender, "Clients"), "--yes") == 3
    FAULTY.kind = None
    assert sender.type(*words(sender, "Clients"), "--yes") == 0
    assert len(sender.sent()) == 2


def test_a_refusal_frees_the_title(sender: Sender) -> None:
    """What the gateway refused is told, exit 5, and the title may be used again."""
    given = list(words(sender, "Clients"))
    given[-1] = "5"
    assert sender.type(*given, "--yes") == 5
    assert "Device not found" in sender.said
    assert sender.type(*words(sender, "Clients"), "--yes") == 0

"""`sms24 contacts resolve`: contacts in doubt leave it only by a person or by evidence."""

from pathlib import Path
from typing import Any

import pytest

from support.decide import Office
from support.ledger import ANNA, BOB
from support.loads import numbered

CARL, DORA, EMIL = "+33612345670", "+33612345671", "+33612345672"
DOUBTFUL = {ANNA: "Anna", BOB: "Bob", CARL: "Carl"}


@pytest.fixture
def office(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Office:
    """Return a folder whose tag has three contacts in doubt and two saved ones."""
    monkeypatch.chdir(tmp_path)
    office = Office(tmp_path, capsys)
    office.fill(DOUBTFUL, {DORA: "Dora", EMIL: "Emil"})
    return office


def state_of(office: Office, e164: str) -> tuple[str, int | None]:
    """Return the state and the gateway's id of a contact."""
    with office.desk() as desk:
        known = desk.ledger.contacts.known(desk.tag.id, [e164])[e164]
        return known.state, known.contact_id


def reasons(office: Office) -> list[str]:
    """Return why contacts were changed, oldest first."""
    with office.desk() as desk:
        return [row["reason"] for row in desk.ledger.contacts.decisions(desk.tag.id)]


def test_without_an_action_the_doubts_are_listed_masked(office: Office) -> None:
    """Who is in doubt, since when and why; numbers are whole only where that is asked."""
    code, said = office.call("resolve")
    assert code == 5
    assert "+336****5678" in said
    assert "read timeout" in said
    assert "2026-11-22 21:14" in said
    assert ANNA not in said
    assert ANNA in office.call("resolve", "--show-numbers")[1]
    found = office.answer("resolve", "--tag", "clients", code=5)["in_doubt"]
    assert [(row["tag"], row["name"]) for row in found] == [("Clients", None)] * 3


@pytest.mark.parametrize(
    ("action", "state", "count"),
    [("--assume-saved", "saved", 5), ("--resend", "pending", 3), ("--drop", "dropped", 3)],
)
def test_w16_a_person_says_what_they_are(
    office: Office, action: str, state: str, count: int
) -> None:
    """W16: all of a tag, or one number, become what was said; each change has a decision."""
    assert office.call("resolve", action, "--number", "06 12 34 56 78", "--region", "FR")[0] == 0
    assert state_of(office, ANNA)[0] == state
    assert office.states()["in_doubt"] == 2
    assert office.call("resolve", "--tag", "Clients", action, "--dry-run")[0] == 5
    assert office.states()["in_doubt"] == 2
    assert office.call("resolve", "--tag", "Clients", action)[0] == 0
    assert (office.states()["in_doubt"], office.states()[state]) == (0, count)
    assert len(reasons(office)) == 3
    assert reasons(office)[0].startswith("a person says")


def test_who_is_not_in_doubt_is_named_and_nothing_changes(office: Office) -> None:
    """A number that is not in doubt, a title that is no tag, two actions: exit 2, all as before."""
    for arguments in (
        ("--resend", "--number", ANNA, "--number", DORA),
        ("--resend", "--tag", "Nobody"),
        ("--resend", "--drop"),
        ("--assume-saved", "--resend-missing"),
    ):
        code, said = office.call("resolve", *arguments)
        assert code == 2, said
    assert office.states() == {"in_doubt": 3, "saved": 2}


def test_a_terminal_is_asked_once(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a terminal the count and the consequence are agreed to; no is no, --yes asks nothing."""
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    asked: list[str] = []
    monkeypatch.setattr("click.confirm", lambda text, **_: asked.append(text) or False)
    assert office.call("resolve", "--resend")[0] == 130
    assert asked == [
        "3 will be sent again by the next apply: who is at the gateway is there twice then. Go on?"
    ]
    assert office.states()["in_doubt"] == 3
    assert office.call("resolve", "--resend", "--yes")[0] == 0
    assert len(asked) == 1


def test_w16_a_list_of_the_panel_saves_whom_it_has(office: Office) -> None:
    """W16: who is in the list is saved, with the id of the panel; the others stay in doubt."""
    panel = office.folder / "panel.csv"
    panel.write_text(
        f"Contact ID;Phone;Name\n77;06 12 34 56 78;Anna\n1;{DORA};Dora\n2;{EMIL};Emil\n"
        f"3;{EMIL};Emil\n9;+33612345699;Zoe\n"
    )
    given = ("resolve", "--tag", "Clients", "--panel-csv", str(panel), "--region", "FR")
    found = office.answer(*given, "--dry-run", code=5)
    assert (found["saved"], found["in_doubt"], office.states()["in_doubt"]) == (1, 2, 3)
    found = office.answer(*given, code=5)
    assert (found["saved"], found["pending"], found["in_doubt"]) == (1, 0, 2)
    assert (found["twice"], found["lost"], found["strangers"]) == (["+336****5672"], 0, 1)
    assert state_of(office, ANNA) == ("saved", 77)
    assert "it is in the list panel.csv (SHA-256 " in reasons(office)[0]
    found = office.answer(*given, "--resend-missing", code=5)
    assert found["pending"] == 2
    assert office.states() == {"saved": 3, "pending": 2}


def test_a_list_with_gaps_resends_nobody(office: Office) -> None:
    """Nobody is resent by a list that lacks a saved contact, or has a row that cannot be read."""
    for text in (
        f"phone\n{ANNA}\n{DORA}\n",
        f"phone\n{DORA}\n{EMIL}\n06 XX XX\n",
        f"phone\n{DORA}9\n",
    ):
        panel = office.folder / "panel.csv"
        panel.write_text(text)
        code, said = office.call("resolve", "--panel-csv", str(panel), "--resend-missing")
        assert (code, "complete list" in said) == (2, True), said
    assert office.states() == {"in_doubt": 3, "saved": 2}


def sent(newsletter: int, *numbers: str, at: str = "2026-11-23 09:00:00Z") -> list[dict[str, Any]]:
    """Return messages of a newsletter."""
    return [{"newsletter_id": newsletter, "recipient": n, "created_at": at} for n in numbers]


def test_a_newsletter_shows_who_is_in_the_tag(office: Office) -> None:
    """Seen once is saved, twice is saved and told; who was not written to stays, or is resent."""
    messages = sent(7, ANNA, BOB, BOB, DORA, EMIL)
    office.publish([*messages, *sent(8, CARL)])
    found = office.answer("resolve", "--newsletter", "7", code=5)
    assert (found["saved"], found["in_doubt"], found["twice"]) == (2, 1, ["+337****6666"])
    assert office.states() == {"saved": 4, "in_doubt": 1}
    assert reasons(office)[0] == "it is in the 5 messages of newsletter 7"
    office.answer("resolve", "--newsletter", "7", "--resend-missing", code=5)
    assert state_of(office, CARL) == ("pending", None)


def test_a_newsletter_says_nothing_of_what_came_after_it_or_of_other_tags(office: Office) -> None:
    """Contacts that were sent later, and those of another tag too, stay in doubt either way."""
    office.publish(sent(7, ANNA, BOB, CARL, DORA, EMIL, at="2026-11-20 09:00:00Z"))
    assert office.answer("resolve", "--newsletter", "7", code=5)["unclear"] == 3
    office.publish(sent(7, ANNA, BOB, CARL, DORA, EMIL))
    with office.desk() as desk:
        other = desk.ledger.tags.adopt(desk.ledger.tags.plan("Friends"), 9)
        desk.ledger.contacts.claim(other.id, numbered(1, 12345678)[0], desk.run)
        desk.ledger.contacts.recover()
    found = office.answer("resolve", "--tag", "Clients", "--newsletter", "7", code=5)
    assert (found["saved"], found["unclear"]) == (2, 1)
    assert state_of(office, ANNA)[0] == "in_doubt"


def test_a_newsletter_whose_messages_are_not_proven_resends_nobody(office: Office) -> None:
    """Where history has a hole, or ends too soon after it, or it has nobody of the tag: exit 2."""
    for messages in (
        sent(7, DORA, EMIL, at="2026-11-24 23:30:00Z"),
        sent(7, "+33612345699"),
        sent(7, ANNA, DORA),
    ):
        office.publish(messages)
        code, said = office.call("resolve", "--newsletter", "7", "--resend-missing")
        assert (code, "complete list" in said) == (2, True), said
    assert office.call("resolve", "--newsletter", "70")[0] == 2
    assert office.states() == {"in_doubt": 3, "saved": 2}

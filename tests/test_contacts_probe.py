"""`sms24 contacts probe`: what the gateway does with contacts is found out once, and kept."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pipeline.contacts.probing import NOT_LOOKED, Probe, ProbeMeans
from pipeline.errors import GatewayError
from pipeline.gateway.outcome import Verdict
from support.account import Account, account
from support.decide import Office
from support.ledger import ANNA
from support.scripted import Scripted, outcome


@pytest.fixture
def office(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Office:
    """Return an empty folder."""
    monkeypatch.chdir(tmp_path)
    return Office(tmp_path, capsys)


@pytest.fixture
def known(tmp_path: Path, office: Office, monkeypatch: pytest.MonkeyPatch) -> Iterator[Account]:
    """Serve an account that the commands of the folder write to."""
    with account(tmp_path, messages=10, days=1) as known:
        monkeypatch.setenv("SMS24_BASE_URL", known.settings.base_url)
        assert known.settings.token is not None
        monkeypatch.setenv("SMS24_TOKEN", known.settings.token.reveal())
        monkeypatch.setenv("SMS24_DATA_DIR", str(office.data))
        yield known


class Upserting(Scripted):
    """A gateway that knows tags by title and contacts by number, and reads `tag_id` alone."""

    def save_tag(self, title: str) -> Any:
        """Make a tag, or give the id of the one there is."""
        if title not in self.titles:
            self.titles.append(title)
        return outcome(Verdict.SAVED, number=1 + self.titles.index(title))

    def save_contact(self, phone: str, tag_id: int, name: str) -> Any:
        """Save a contact, or give the id of the one there is; an odd one is rejected."""
        if len(phone) < 6 or not tag_id or not name or len(name) > 255:
            return outcome(Verdict.REJECTED, f"not {phone}")
        return outcome(Verdict.SAVED, number=100 + tag_id)


def probed(office: Office, writers: dict[str, Any], **means: Any) -> dict[str, str]:
    """Probe a gateway; returns what the ledger then has."""
    given = ProbeMeans(writers=writers, title="probe", phone=ANNA, **{"look": None, **means})
    with office.desk() as desk:
        probe = Probe(desk.ledger, given)
        probe.run()
        assert {kind: desk.ledger.notes.probe(kind) for kind in probe.found} == probe.found
        return probe.found


def test_the_emulator_is_probed_by_the_command(office: Office, known: Account) -> None:
    """Every call is made once, in the open; what comes is told, and kept without the number."""
    found = office.answer("probe", "--phone", ANNA, "--yes")
    assert found["tags"].startswith("sms24 probe 2")
    assert {kind: text for kind, text in found.items() if kind != "tags"} == {
        "same_tag": "another id",
        "same_contact": "another id",
        "server_dedupes": "no",
        "parameter_ctag_id": NOT_LOOKED,
        "parameter_tag_id": NOT_LOOKED,
        "invalid_phone": "saved: ok",
        "long_name": "saved: ok",
        "empty_name": "saved: ok",
        "bad_tag": "rejected: Tag not found",
    }
    calls = [call for call in known.calls() if call["endpoint"] == "savecontact"]
    assert [("ctag_id" in call, "tag_id" in call) for call in calls] == [
        *[(True, True)] * 2, (True, False), (False, True), *[(True, True)] * 4,
    ]  # fmt: skip
    assert ANNA.encode() not in b"".join(path.read_bytes() for path in office.data.iterdir())
    said = office.call("probe", "--phone", ANNA, "--yes")[1]
    assert "the same number in a tag twice gives" in said
    assert "not to be sent again before you have looked" in said


def test_nothing_is_called_before_a_person_agrees(office: Office, known: Account) -> None:
    """Without a terminal --yes is needed; a number that is none is refused first."""
    code, said = office.call("probe", "--phone", ANNA)
    assert (code, "nobody to ask" in said) == (2, True)
    assert office.call("probe", "--phone", "+331", "--yes")[0] == 2
    assert known.calls() == []


def test_a_gateway_that_knows_its_contacts_is_known_by_that(office: Office) -> None:
    """The same ids, and a person who looks: the ledger says that it is safe to send again."""
    writers = dict.fromkeys(("both", "ctag_id", "tag_id"), Upserting())
    asked: list[str] = []

    def look(title: str) -> bool:
        asked.append(title)
        return title.endswith(" tag_id")

    found = probed(office, writers, look=look)
    assert (found["same_tag"], found["same_contact"]) == ("the same id", "the same id")
    assert found["server_dedupes"] == "yes"
    assert found["parameter_tag_id"] == "works"
    assert found["parameter_ctag_id"] == "accepted, and not in the tag"
    assert asked == ["probe ctag_id", "probe tag_id"]
    assert found["long_name"] == "rejected: not +336****5678"
    office.fill({ANNA: "Anna"}, {})
    assert "--resend is safe" in office.call("resolve")[1]


def test_what_cannot_be_told_is_unknown(office: Office) -> None:
    """A second call that is refused or unanswered proves nothing about duplicates."""
    for verdict in (Verdict.REJECTED, Verdict.IN_DOUBT, Verdict.BUSY):
        gateway = Scripted()
        said = outcome(verdict, "no")
        gateway.answers = lambda _, g=gateway, o=said: o if len(g.sent) == 2 else None  # type: ignore[misc]
        found = probed(office, dict.fromkeys(("both", "ctag_id", "tag_id"), gateway))
        assert (found["server_dedupes"], found["same_contact"]) == ("unknown", f"{verdict}: no")


def test_a_gateway_that_turns_away_ends_the_probe(office: Office) -> None:
    """A refused login, or no tag, ends it with exit 3; what was called is noted."""
    for verdict in (Verdict.REFUSED_LOGIN, Verdict.IN_DOUBT):
        gateway = Scripted(tag_outcomes=[outcome(verdict, "bad token")])
        with pytest.raises(GatewayError, match="bad token"):
            probed(office, dict.fromkeys(("both", "ctag_id", "tag_id"), gateway))
        assert gateway.sent == []
    with office.desk() as desk:
        assert "bad token" in (desk.ledger.notes.probe("call") or "")

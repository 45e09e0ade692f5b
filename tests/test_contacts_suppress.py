"""`sms24 contacts suppress`: who is never to be sent, by number, by file, or because they asked."""

import json
from pathlib import Path
from typing import Any

import pytest

from pipeline.contacts.suppressing import checked_words, stop_words
from pipeline.errors import UsageError
from support.account import account
from support.decide import Office
from support.ledger import ANNA, BOB
from support.loads import Listed, LoadBench, Somebody
from support.scripted import Scripted

CARL = "+33612345670"


@pytest.fixture
def office(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Office:
    """Return an empty folder."""
    monkeypatch.chdir(tmp_path)
    return Office(tmp_path, capsys)


def sent(office: Office, *e164s: str) -> list[str]:
    """Apply a plan of some numbers that was made before; returns which of them were sent."""
    gateway = Scripted()
    plan = Listed(tuple(Somebody(e164, "Somebody") for e164 in e164s))
    LoadBench(office.data, gateway=gateway).apply(plan)
    return sorted(gateway.sent)


def answers(*said: tuple[str, str, str]) -> list[dict[str, Any]]:
    """Return incoming messages: number, word, day."""
    return [
        {
            "direction": "incoming",
            "recipient": number,
            "stop_word": word or None,
            "created_at": f"2026-11-{day} 10:00:00Z",
        }
        for number, word, day in said
    ]


def test_numbers_and_files_are_suppressed_and_bad_rows_told(office: Office) -> None:
    """All numbers of a row of a file count, in any spelling; a row without one ends in exit 5."""
    path = office.folder / "stop.csv"
    path.write_text("Nom;Tel domicile;Tel mobile\nA;01 23 45 67 89;07 66 66 66 66\nB;;06 XX\n")
    given = ("suppress", "add", "06 12 34 56 78", str(path), "--reason", "asked", "--region", "FR")
    found = office.answer(*given, code=5)
    assert (found["suppressed"], found["known"]) == (3, 0)
    assert [(p["line"], p["code"]) for p in found["problems"]] == [(3, "E_PHONE_LETTERS")]
    assert office.answer(*given, code=5)["known"] == 3
    assert sent(office, ANNA, BOB, CARL) == [CARL]
    code, said = office.call("suppress", "list")
    assert (code, "3 suppressed." in said, ANNA in said) == (0, True, False)
    rows = office.answer("suppress", "list", "--show-numbers")
    assert [(row["number"], row["source"]) for row in rows if row["number"] == BOB] == [
        (BOB, "stop.csv")
    ]


def test_what_is_neither_a_number_nor_a_file_suppresses_nothing(office: Office) -> None:
    """A text that cannot be read stops the command before anybody is suppressed."""
    for text, words in (("stop.csv", "does not exist"), ("12", "is no number")):
        code, said = office.call("suppress", "add", ANNA, text, "--reason", "asked")
        assert (code, words in said) == (2, True)
    assert office.answer("suppress", "list") == []
    assert office.call("suppress", "add", "06 12 34 56 78", "--reason", "asked")[0] == 2


def test_a_removal_is_kept_and_lets_the_number_be_sent(office: Office) -> None:
    """A number is free after its removal, which stays in the history with both reasons."""
    office.call("suppress", "add", ANNA, "--reason", "asked")
    assert sent(office, ANNA) == []
    assert office.call("suppress", "remove", ANNA, "--reason", "asked back")[0] == 0
    assert office.call("suppress", "remove", ANNA, "--reason", "asked back")[0] == 2
    assert sent(office, ANNA) == [ANNA]
    (row,) = office.answer("suppress", "list", "--all")
    assert (row["reason"], row["removed_reason"]) == ("asked", "asked back")
    assert "0 suppressed." in office.call("suppress", "list")[1]


def test_who_answered_stop_is_not_sent_though_the_plan_is_older(office: Office) -> None:
    """D06 by key: the snapshot has no number, and the number is known before its call."""
    office.publish(answers((ANNA, "stop", "20"), (BOB, "", "20"), (CARL, "arret", "21")))
    assert office.answer("suppress", "from-inbound", "--dry-run")["new"] == 2
    assert office.answer("suppress", "from-inbound", "--words", "ARRÊT")["new"] == 1
    found = office.answer("suppress", "from-inbound", "--since", "2026-11-20")
    assert (found["new"], found["known"]) == (1, 1)
    assert sent(office, ANNA, BOB, CARL) == [BOB]
    with office.desk() as desk:
        assert desk.ledger.suppression.of([ANNA, BOB]) == {
            ANNA: "inbound: answered 'stop' on 2026-11-20"
        }
    text = json.dumps(office.answer("suppress", "list", "--show-numbers"))
    assert ANNA not in text
    assert office.call("suppress", "remove", ANNA, "--reason", "asked back")[0] == 0
    assert sent(office, ANNA) == [ANNA]


def test_who_was_let_be_sent_again_stays_so_until_a_newer_message(office: Office) -> None:
    """An old STOP does not come back after a person lifted it; a new one counts again."""
    office.call("suppress", "add", ANNA, "--reason", "asked")
    office.call("suppress", "remove", ANNA, "--reason", "asked back")
    office.publish(answers((ANNA, "stop", "20")))
    found = office.answer("suppress", "from-inbound")
    assert (found["new"], found["lifted"]) == (0, 1)
    later = {"recipient": ANNA, "direction": "incoming", "stop_word": "stop"}
    office.publish([{**later, "created_at": "2126-11-20 10:00:00Z"}])
    assert office.answer("suppress", "from-inbound")["new"] == 1


def test_another_key_sends_nobody_who_asked_to_stop(office: Office) -> None:
    """Where `keys` is lost or another one, hashes know nobody: a load refuses to begin."""
    office.publish(answers((ANNA, "stop", "20")))
    office.call("suppress", "from-inbound")
    keys = office.data / "keys"
    before = keys.read_text()
    for text in ("", "0" * 64):
        keys.write_text(text) if text else keys.unlink()
        with pytest.raises(UsageError, match="would be sent"):
            sent(office, ANNA)
    keys.write_text(before)
    assert sent(office, ANNA, BOB) == [BOB]


def test_who_is_suppressed_and_in_a_tag_is_told(office: Office) -> None:
    """A number that a tag has already is named by the tag: a newsletter would reach it."""
    office.fill({}, {ANNA: "Anna"})
    office.publish(answers((ANNA, "stop", "20")))
    said = office.call("suppress", "from-inbound")[1]
    assert "1  of them in the tag 'Clients'" in said


def test_a_word_that_no_snapshot_looks_for_is_refused(office: Office) -> None:
    """Words are compared without case and accents; an unknown one is named with those known."""
    assert checked_words(["Arrêt", " STOP "]) == ("arret", "stop")
    assert checked_words([]) == stop_words()
    office.publish([])
    code, said = office.call("suppress", "from-inbound", "--words", "STOP,please")
    assert (code, "'please'" in said, "unsubscribe" in said) == (2, True, True)


def test_stop_is_found_in_what_a_run_publishes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, office: Office
) -> None:
    """From the gateway's answers to a refused call: the text stays private, the word is enough."""
    with account(tmp_path, messages=600, days=20) as known:
        known.run()
        stops = {m.sendto for m in known.world.messages if m.end == 5 and m.body == "STOP"}
        monkeypatch.setenv("SMS24_DATA_DIR", str(known.settings.data_dir))
        found = office.answer("suppress", "from-inbound")
        assert 0 < found["new"] <= len(stops)
        rows = known.rows("select distinct recipient_key from messages where stop_word = 'stop'")
        assert found["new"] == len(rows)
        e164 = next(number for number in sorted(stops) if number.startswith("+336"))
        with office.desk() as desk:
            assert desk.ledger.suppression.of([e164])

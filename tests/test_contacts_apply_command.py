"""`sms24 contacts apply` against the emulated gateway: whom it calls, what it says, how it ends."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.clock import SystemClock
from pipeline.emulator.faults import Faults
from pipeline.emulator.forms import Fields
from pipeline.emulator.habits import EMAIL, PASSWORD, TOKEN, Habits
from pipeline.ledger.ledger import look_into_ledger, open_ledger
from pipeline.settings import Settings
from pipeline.values import Secret
from support.account import Account, account
from support.fault_server import Act, fault_server, reply
from support.lists import Typist, people, set_environment

FIRST = "+33612000000"


@pytest.fixture
def known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Account]:
    """Serve an account; the environment has its settings."""
    with account(tmp_path, messages=20, days=2) as served:
        set_environment(monkeypatch, served.settings)
        yield served


@pytest.fixture
def typist(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Typist:
    """Return somebody who types commands."""
    return Typist(tmp_path, capsys)


def written(known: Account) -> list[str]:
    """Return the numbers of all calls that saved a contact, in order."""
    return [call["phone"] for call in known.calls() if call["endpoint"] == "savecontact"]


def test_d02_the_same_list_again_makes_no_call(known: Account, typist: Typist) -> None:
    """D02: applied again a plan makes no call at all, and a plan of the same list has none."""
    plan = typist.plan(people(100))
    assert typist.type("apply", plan) == 0
    assert "100  saved" in typist.said
    calls = len(known.calls())
    assert typist.type("apply", plan) == 0
    assert "100  already_saved" in typist.said
    assert "no call was made" in typist.said
    again = typist.planned(people(100))
    assert (again["rows"]["already_saved"], again["calls"]) == (100, 0)
    assert typist.type("apply", again["plan"]) == 0
    assert len(known.calls()) == calls
    assert len(written(known)) == len(set(written(known))) == 100


def test_d03_of_an_overlapping_list_only_the_new_are_called(known: Account, typist: Typist) -> None:
    """D03: of 500 old and 100 new people 100 are called, whichever way the list was planned."""
    typist.type("apply", typist.plan(people(500)))
    both = typist.planned(people(600))
    assert both["rows"] == {"already_saved": 500, "ready": 100, "blank": 0}
    assert typist.type("apply", both["plan"], "--json") == 0
    assert json.loads(typist.said)["saved"] == 100
    assert len(written(known)) == 600


def test_d04_d05_another_name_and_another_tag(known: Account, typist: Typist) -> None:
    """D04, D05: a new name makes no call and is told; under a second tag it is one call."""
    typist.type("apply", typist.plan(people(3)))
    renamed = typist.planned(["phone,name", f"{FIRST},Another name"])
    assert (renamed["rows"]["name_changed"], renamed["calls"]) == (1, 0)
    other = typist.planned(people(2), tag="Second")
    assert (other["other_tags"], other["calls"], other["makes_tag"]) == ({"T": 2}, 3, True)
    assert typist.type("apply", other["plan"]) == 0
    assert len(written(known)) == 5


def test_many_who_are_refused_alike_can_be_meant(
    tmp_path: Path, typist: Typist, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Seven people refused by the same words stop a load each time, until `--max-alike` lets it."""
    refused = Act(saves=False, reply=reply('{"error":1,"message":"No such prefix"}'))
    with fault_server(*[refused] * 12) as served:
        given = Settings(base_url=served.address, token=Secret(TOKEN), data_dir=tmp_path / "data")
        set_environment(monkeypatch, given)
        plan = typist.plan(people(10))
        assert typist.type("apply", plan, "--tag-id", "1", "--limit", "5") == 3
        assert "--max-alike" in typist.complained
        assert typist.type("apply", plan, "--max-alike", "8", "--json") == 5
    found = json.loads(typist.said)
    assert (found["rejected"], found["saved"]) == (7, 3)


def test_d06_who_is_suppressed_after_the_plan_is_not_called(known: Account, typist: Typist) -> None:
    """D06: suppressed between plan and apply is left out, and the next plan says why."""
    plan = typist.plan(people(10))
    with open_ledger(known.settings.data_dir, SystemClock()) as ledger:
        ledger.suppression.add([FIRST], reason="STOP", source="inbound")
    assert typist.type("apply", plan) == 0
    assert "1  suppressed" in typist.said
    assert FIRST not in written(known)
    assert typist.planned(people(10))["rows"] == {"suppressed": 1, "already_saved": 9, "blank": 0}


@pytest.mark.parametrize("what", ["file", "mapping", "plan", "contacts", "unknown"])
def test_r22_what_was_changed_is_refused(known: Account, typist: Typist, what: str) -> None:
    """R22: a file, mapping or plan that is not as it was frozen ends in 2; nothing is called."""
    plan = typist.plan(people(3))
    folder = known.settings.data_dir / "runs" / plan
    changed = {
        "file": (typist.folder / "list.csv", "Person", "Persona"),
        "mapping": (folder / "list.mapping.toml", '"name"', '"phone"'),
        "plan": (folder / "plan.json", '"tag": "T"', '"tag": "U"'),
        "contacts": (folder / "contacts.csv", "Person", "Persona"),
    }
    if what in changed:
        path, before, after = changed[what]
        path.write_text(path.read_text("utf-8").replace(before, after), encoding="utf-8")
    assert typist.type("apply", "2026-01-01T0000Z-abcdef" if what == "unknown" else plan) == 2
    assert len(typist.complained.splitlines()) == 2
    assert known.calls() == []


def test_r22_what_is_gone_or_only_commented_is_not_refused(known: Account, typist: Typist) -> None:
    """R22: a file that is gone, and a mapping with one more comment, change nothing."""
    plan = typist.plan(people(3))
    (typist.folder / "list.csv").unlink()
    with (known.settings.data_dir / "runs" / plan / "list.mapping.toml").open("a") as stream:
        stream.write("# looked at\n")
    assert typist.type("apply", plan) == 0


def test_w06_a_dead_token_marks_nobody_rejected(
    tmp_path: Path, typist: Typist, monkeypatch: pytest.MonkeyPatch
) -> None:
    """W06: it ends in 3 and says what to do; with a login it goes on to the end."""
    with account(tmp_path, messages=20, days=2, habits=Habits(token_calls=12)) as known:
        set_environment(monkeypatch, known.settings)
        plan = typist.plan(people(40))
        assert typist.type("apply", plan) == 3
        assert "refused the login" in typist.complained
        assert "rejected" not in typist.said
        monkeypatch.delenv("SMS24_TOKEN")
        monkeypatch.setenv("SMS24_EMAIL", EMAIL)
        monkeypatch.setenv("SMS24_PASSWORD", PASSWORD)
        assert typist.type("apply", plan) == 0
        assert len(known.written.saved) == 40


def test_a_login_that_is_refused_says_so(
    known: Account, typist: Typist, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A wrong password ends in 3, without a tag and without it on the screen."""
    plan = typist.plan(people(3))
    monkeypatch.delenv("SMS24_TOKEN")
    monkeypatch.setenv("SMS24_EMAIL", EMAIL)
    monkeypatch.setenv("SMS24_PASSWORD", "no-such-password")
    assert typist.type("apply", plan) == 3
    assert "incorrect" in typist.complained
    assert "no-such-password" not in typist.complained
    assert known.written.saved == {}


def test_another_account_is_refused(
    known: Account, tmp_path: Path, typist: Typist, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A login under which no known phone answers ends in 2; nothing is sent into that account."""
    typist.type("apply", typist.plan(people(3)))
    with account(tmp_path / "other", messages=20, days=2, seed=99) as other:
        for place, phone in enumerate(other.world.phones):
            object.__setattr__(phone, "device_id", 900 + place)
        monkeypatch.setenv("SMS24_BASE_URL", other.settings.base_url)
        assert typist.type("apply", typist.plan(people(5))) == 2
        assert "SMS24_DATA_DIR" in typist.complained
        assert [call["endpoint"] for call in other.calls()] == ["getalldevices"]


def test_a_folder_that_was_fetched_knows_its_account(
    known: Account, tmp_path: Path, typist: Typist, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The phones of the snapshot tell the account before anything was ever loaded."""
    known.run()
    with account(tmp_path / "other", messages=20, days=2, seed=99) as other:
        for place, phone in enumerate(other.world.phones):
            object.__setattr__(phone, "device_id", 900 + place)
        monkeypatch.setenv("SMS24_BASE_URL", other.settings.base_url)
        assert typist.type("apply", typist.plan(people(5))) == 2
    monkeypatch.setenv("SMS24_BASE_URL", known.settings.base_url)
    assert typist.type("apply", typist.plan(people(5))) == 0


def test_consents_are_kept_once_somebody_is_sent(known: Account, typist: Typist) -> None:
    """What a row says of consent is in the ledger after its call, not before, and once."""
    rows = ["phone,name,consent_date,consent_source"]
    rows += [f"{row},2026-05-01,fair" for row in people(3)[1:]]
    plan = typist.plan(rows)
    for limit, kept in ((1, 1), (5, 3)):
        typist.type("apply", plan, "--limit", str(limit))
        with look_into_ledger(known.settings.data_dir, SystemClock()) as ledger:
            consents = [tuple(row) for row in ledger.notes.consents()]
        assert len(consents) == kept
    assert consents[0] == (FIRST, "fair", "2026-05-01")


def test_without_a_terminal_nobody_is_asked(known: Account, typist: Typist) -> None:
    """Where there is no terminal the first contact is not asked about, also if told so."""
    assert typist.type("apply", typist.plan(people(3)), "--canary", "ask") == 0
    assert "nobody looks at its first contact" in typist.complained
    assert typist.type("apply", typist.plan(people(5))) == 0
    assert "nobody looks" not in typist.complained


@pytest.mark.parametrize(
    ("flags", "code", "calls"),
    [
        (("--canary", "first"), 0, 3),
        (("--canary", "own: +33 7 66 66 66 66"), 0, 4),
        (("--canary", "own:0766666666"), 2, 0),
        (("--canary", "maybe"), 2, 0),
        (("--limit", "2"), 0, 2),
        (("--rate", "0"), 2, 0),
        (("--tag-id", "4711"), 5, 3),
    ],
)
def test_an_option_is_obeyed_or_refused(
    known: Account, typist: Typist, flags: tuple[str, ...], code: int, calls: int
) -> None:
    """Each option works, or ends in 2 before any call; the gateway knows no tag 4711."""
    assert typist.type("apply", typist.plan(people(3)), *flags) == code
    assert len(written(known)) == calls


def test_a_plan_that_is_to_try_again_does(known: Account, typist: Typist) -> None:
    """Whom the gateway rejected is told with its words, and sent again by a plan made for that."""
    assert typist.type("apply", typist.plan(people(3)), "--tag-id", "4711") == 5
    assert "3: Tag not found" in typist.said
    assert typist.planned(people(3))["rows"]["rejected_before"] == 3
    again = typist.plan(people(3), "--retry-rejected")
    assert typist.type("apply", again) == 5
    assert len(written(known)) == 6


def test_an_address_of_something_else_is_told(
    known: Account, typist: Typist, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where no gateway answers it ends in 3, says that nothing was sent, and makes no tag."""
    monkeypatch.setenv("SMS24_BASE_URL", known.settings.base_url.replace("getdata", "nothing"))
    assert typist.type("apply", typist.plan(people(3))) == 3
    assert "Nothing was sent." in typist.complained
    assert written(known) == []


def test_doubts_and_refusals_end_in_5(
    tmp_path: Path, typist: Typist, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A contact in doubt is told with what to do, ends in 5, and stays in the next plan too."""

    def fails(endpoint: str, fields: Fields) -> str | None:
        return "500" if endpoint == "savecontact" and fields.get("phone") == FIRST else None

    with account(tmp_path, messages=20, days=2, faults=Faults(rule=fails)) as known:  # type: ignore[arg-type]
        set_environment(monkeypatch, known.settings)
        assert typist.type("apply", typist.plan(people(10)), "--canary", "skip") == 5
        assert "In doubt: 1, now HTTP 500." in typist.complained
        assert "sms24 contacts resolve" in typist.said
        again = typist.planned(people(10))
        assert (again["rows"]["in_doubt_before"], again["in_doubt"]) == (1, 1)

"""Applying a plan: whom it sends, whom it leaves alone, when it stops, and that it goes on."""

from pathlib import Path

import pytest

from pipeline.emulator.habits import EMAIL, PASSWORD, TOKEN, Habits
from pipeline.gateway.outcome import Verdict
from pipeline.ledger.ledger import open_ledger
from pipeline.ledger.values import Obstacle, Person
from pipeline.values import Secret
from support.account import account
from support.fault_server import Act, fault_server, reply
from support.ledger import ANNA, BOB, Somebody
from support.loads import Listed, LoadBench, numbered
from support.scripted import DOUBT, Heard, Scripted, outcome

HUNDRED = Listed(numbered(100))


@pytest.fixture
def scripted() -> Scripted:
    """Return a gateway that saves everybody."""
    return Scripted()


@pytest.fixture
def bench(tmp_path: Path, scripted: Scripted) -> LoadBench:
    """Return a data folder whose loads meet that gateway."""
    return LoadBench(tmp_path, gateway=scripted)


def test_d02_applied_twice_it_makes_no_call(bench: LoadBench, scripted: Scripted) -> None:
    """D02: the second time everybody is saved already, and the tag is known."""
    first, second = bench.apply(HUNDRED), bench.apply(HUNDRED)
    assert (first.saved, first.exit_code, first.unsent) == (100, 0, 0)
    assert second.counts() == {
        "total": 100, "saved": 0, "rejected": 0, "in_doubt": 0, "already_saved": 100, "unsent": 0,
    }  # fmt: skip
    assert (len(scripted.sent), scripted.titles) == (100, ["Clients"])
    known = bench.known(HUNDRED)
    assert {e164: k.contact_id for e164, k in known.items()} == scripted.ids


def test_d03_of_an_overlapping_list_only_the_new_are_sent(
    bench: LoadBench, scripted: Scripted
) -> None:
    """D03, D04: who is there is skipped, by a new name too; each skip is told."""
    skips: list[tuple[str, Obstacle]] = []

    def tell(person: Person, why: Obstacle) -> None:
        skips.append((person.e164, why))

    bench.apply(HUNDRED)
    bench.means["on_skip"] = tell
    changed = Somebody(HUNDRED.people[0].e164, "Another name")
    applied = bench.apply(Listed((changed, *numbered(20, 90))))
    assert (applied.saved, applied.skipped) == (10, {"already_saved": 10, "name_changed": 1})
    assert len(scripted.sent) == 110
    assert (len(skips), skips[0]) == (11, (changed.e164, "name_changed"))
    assert bench.known(HUNDRED)[changed.e164].name == "Person 0"


def test_d05_under_a_second_tag_a_number_is_sent_again(
    bench: LoadBench, scripted: Scripted
) -> None:
    """D05: a contact is a number under a tag: one call for each."""
    bench.apply(Listed((Somebody(),)))
    bench.apply(Listed((Somebody(),), tag="Prospects"))
    assert (scripted.sent, scripted.titles) == ([ANNA, ANNA], ["Clients", "Prospects"])


def test_nothing_to_send_makes_no_tag(bench: LoadBench, scripted: Scripted) -> None:
    """R19: an empty plan makes no call, no tag and no run."""
    assert bench.apply(Listed(())).counts()["total"] == 0
    assert scripted.titles == []


def test_d06_who_is_suppressed_meanwhile_is_not_sent(
    bench: LoadBench, scripted: Scripted, tmp_path: Path
) -> None:
    """D06: suppression after the plan is seen when a row is claimed."""
    with open_ledger(tmp_path, bench.clock) as ledger:
        ledger.suppression.add([HUNDRED.people[7].e164], reason="STOP", source="inbound")
    applied = bench.apply(HUNDRED)
    assert (applied.saved, applied.skipped, applied.exit_code) == (99, {"suppressed": 1}, 0)
    assert HUNDRED.people[7].e164 not in scripted.sent


def test_w05_an_outage_costs_what_was_in_flight(bench: LoadBench, scripted: Scripted) -> None:
    """W05: down for 60 s in the middle: at most four doubts, then it goes on by itself."""
    down: list[float] = []

    def is_down() -> bool:
        if not down and len(scripted.sent) > 30:
            down.append(bench.clock.monotonic())
        return bool(down) and bench.clock.monotonic() < down[0] + 60

    scripted.answers = lambda _: DOUBT if is_down() else None
    scripted.is_up = lambda: not is_down()
    applied = bench.apply(HUNDRED)
    assert 1 <= applied.in_doubt <= 4
    assert (applied.saved, applied.stop) == (100 - applied.in_doubt, None)
    assert applied.exit_code == 5
    assert bench.clock.monotonic() >= 60
    assert 3 <= scripted.polls <= 40


def test_an_outage_is_told_once(bench: LoadBench, scripted: Scripted) -> None:
    """Whoever watches hears of each doubt, and once that a gateway which is down is waited for."""
    heard = bench.means["progress"] = Heard()
    scripted.answers = lambda phone: (
        outcome(Verdict.UNSENT, "no connection")
        if bench.clock.monotonic() < 20
        else DOUBT
        if phone == HUNDRED.people[50].e164
        else None
    )
    bench.make_tag(HUNDRED)
    assert bench.apply(HUNDRED).in_doubt == 1
    assert heard.notes == [
        "The gateway gives no good answer: no connection. Waiting for it, up to 100 s.",
        "In doubt: 1, now no whole answer.",
    ]


def test_a_gateway_that_stays_down_ends_the_run(bench: LoadBench, scripted: Scripted) -> None:
    """After the patience is over the run stops, exit 3; later it goes on, doubts apart."""
    scripted.answers = lambda _: DOUBT if len(scripted.sent) > 30 else None
    scripted.is_up = lambda: False
    applied = bench.apply(HUNDRED)
    assert applied.stop is not None
    assert (applied.stop.kind, applied.exit_code) == ("unreachable", 3)
    doubts = applied.in_doubt
    scripted.answers, scripted.is_up = lambda _: None, lambda: True
    again = bench.apply(HUNDRED)
    assert (again.unsent, again.skipped["in_doubt_before"], again.exit_code) == (0, doubts, 5)
    assert bench.states(HUNDRED) == {"saved": 100 - doubts, "in_doubt": doubts}


def test_a_doubt_about_the_last_one_waits_for_nobody(bench: LoadBench, scripted: Scripted) -> None:
    """With nobody left to send, the run does not wait for the gateway to answer again."""
    scripted.answers = lambda _: DOUBT
    scripted.is_up = lambda: False
    applied = bench.apply(Listed(numbered(1)))
    assert (applied.in_doubt, applied.stop, applied.exit_code) == (1, None, 5)


def test_too_many_doubts_end_the_run(bench: LoadBench, scripted: Scripted) -> None:
    """`--max-in-doubt`: a gateway that answers reads, and no writes, is left after so many."""
    scripted.answers = lambda _: DOUBT
    applied = bench.apply(HUNDRED, most_in_doubt=6)
    assert applied.stop is not None
    assert (applied.stop.kind, applied.exit_code, applied.in_doubt) == ("doubts", 3, 6)
    assert len(scripted.sent) == 6


@pytest.mark.parametrize("has_login", [False, True])
def test_w06_a_token_that_dies(tmp_path: Path, has_login: bool) -> None:  # noqa: FBT001
    """W06: nobody is marked rejected; with a login it goes on by itself, else it stops, exit 3."""
    plan = Listed(numbered(40))
    with account(tmp_path / "a", messages=20, days=2, habits=Habits(token_calls=12)) as known:
        bench = LoadBench(tmp_path, known.settings.base_url)
        if has_login:
            bench.secrets = {"email": EMAIL, "password": Secret(PASSWORD)}
        applied = bench.apply(plan)
        if has_login:
            assert (applied.saved, applied.exit_code) == (40, 0)
            return
        assert applied.stop is not None
        assert (applied.stop.kind, applied.exit_code) == ("login", 3)
        assert bench.states(plan) == {"saved": 11, "pending": applied.stop and 1}
        bench.secrets = {"email": EMAIL, "password": Secret(PASSWORD)}
        again = bench.apply(plan)
        assert (again.saved, again.exit_code) == (29, 0)


def test_a_login_that_fails_twice_stops(bench: LoadBench, scripted: Scripted) -> None:
    """A new token that is refused as well is no reason to get a third one."""
    scripted.answers = lambda _: outcome(Verdict.REFUSED_LOGIN, "Token is not valid")
    scripted.logins = 5
    applied = bench.apply(HUNDRED)
    assert applied.stop is not None
    assert (applied.stop.kind, scripted.logins) == ("login", 4)
    assert bench.states(HUNDRED) == {"pending": 1}


def test_equal_refusals_in_a_row_count_for_nobody(bench: LoadBench, scripted: Scripted) -> None:
    """Five equal refusals stop the run, exit 3; those people wait, and why is written down."""
    refusal = outcome(Verdict.REJECTED, "Tag not found")
    scripted.answers = lambda _: refusal if len(scripted.sent) > 10 else None
    applied = bench.apply(HUNDRED)
    assert applied.stop is not None
    assert (applied.stop.kind, applied.exit_code, applied.rejected) == ("rejections", 3, 0)
    assert set(bench.states(HUNDRED)) == {"saved", "pending"}
    with bench.ledger() as ledger:
        assert len(ledger.contacts.decisions(1)) >= 5
    scripted.answers = lambda _: None
    assert bench.apply(HUNDRED).unsent == 0
    assert set(scripted.saved.values()) == {1}


def test_refusals_of_single_people_stand(bench: LoadBench, scripted: Scripted) -> None:
    """Who is refused by words of their own is rejected, exit 5, and not sent again unasked."""
    bad = {person.e164 for person in HUNDRED.people[::10]}
    refusal = outcome(Verdict.REJECTED, "Bad phone")
    scripted.answers = lambda phone: refusal if phone in bad else None
    applied = bench.apply(HUNDRED)
    assert (applied.saved, applied.rejected, applied.exit_code) == (90, 10, 5)
    assert bench.apply(HUNDRED).skipped == {"already_saved": 90, "rejected_before": 10}
    scripted.answers = lambda _: None
    assert bench.apply(HUNDRED, retries_rejected=True).saved == 10


def test_w11_one_id_for_two_numbers_is_an_alarm(tmp_path: Path) -> None:
    """W11: a contact id that another number has stops the run; the second number is in doubt."""
    same = Act(saves=True, reply=reply('{"error":0,"contact_id":123}'))
    plan = Listed((Somebody(), Somebody(BOB, "Bob")))
    heard = Heard()
    with fault_server(same, same) as served:
        bench = LoadBench(tmp_path, served.address)
        bench.means["progress"] = heard
        bench.make_tag(plan)
        applied = bench.apply(plan)
    assert "In doubt: 1, now the contact id is another number's." in heard.notes
    assert applied.stop is not None
    assert (applied.stop.kind, applied.exit_code) == ("alarm", 3)
    known = bench.known(plan)
    assert [(k.state, k.contact_id) for k in known.values()] == [("saved", 123), ("in_doubt", None)]


def test_a_limit_sends_so_many(bench: LoadBench, scripted: Scripted) -> None:
    """`--limit 10` sends ten, skips aside, and the next run goes on."""
    assert bench.apply(HUNDRED, limit=10).unsent == 90
    assert bench.apply(HUNDRED, limit=10).saved == 10
    assert len(scripted.sent) == 20


def test_w14_the_token_is_in_the_body_alone(tmp_path: Path) -> None:
    """W14: no address and no file of the ledger holds the token; the body has both tag names."""
    with fault_server() as served:
        bench = LoadBench(tmp_path, served.address)
        bench.apply(HUNDRED)
    assert not [line for line, _ in served.requests if TOKEN in line or "?" in line]
    forms = served.calls("savecontact")
    assert {(form["ctag_id"], form["tag_id"], form["token"]) for form in forms} == {
        ("8303", "8303", TOKEN)
    }
    assert [form["phone"] for form in forms] == [phone for _, phone in served.saved]
    assert not [path for path in tmp_path.iterdir() if TOKEN.encode() in path.read_bytes()]


def test_the_pace_is_kept(bench: LoadBench, scripted: Scripted) -> None:
    """`--rate 5` takes 20 seconds for 100 contacts, less the first."""
    bench.apply(HUNDRED, rate=5.0)
    assert 19 <= bench.clock.monotonic() <= 21

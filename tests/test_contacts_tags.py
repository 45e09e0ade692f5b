"""The tag of a plan is made once, in doubt a person decides; and its first contact."""

from pathlib import Path

import pytest

from pipeline.errors import UsageError
from pipeline.gateway.outcome import Outcome, Verdict
from support.ledger import ANNA, BOB
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


def test_w07_a_tag_in_doubt_stops_everything(bench: LoadBench, scripted: Scripted) -> None:
    """W07: exit 3 and no contact, also the next time; with the tag's id it goes on."""
    scripted.tag_outcomes = [DOUBT]
    for _ in range(2):
        applied = bench.apply(HUNDRED)
        assert applied.stop is not None
        assert (applied.stop.kind, applied.exit_code) == ("tag", 3)
        assert (scripted.sent, scripted.titles, applied.unsent) == ([], [], 100)
    assert bench.outcomes(HUNDRED, None) == ["in_doubt"]
    assert bench.apply(HUNDRED, tag_id=4711).saved == 100
    with pytest.raises(UsageError, match="4711"):
        bench.apply(HUNDRED, tag_id=4712)


def test_w07_a_tag_in_doubt_is_made_again_if_asked(bench: LoadBench, scripted: Scripted) -> None:
    """W07: a surplus tag, empty, harms nobody: a person may have it made again."""
    scripted.tag_outcomes = [DOUBT]
    bench.apply(HUNDRED)
    assert bench.apply(HUNDRED, makes_tag_again=True).saved == 100
    assert scripted.titles == ["Clients"]


@pytest.mark.parametrize(
    ("told", "kind"),
    [
        (outcome(Verdict.REJECTED, "Bad title"), "tag"),
        (outcome(Verdict.STOP, "HTTP 403"), "turned_away"),
        (outcome(Verdict.REFUSED_LOGIN, "Token is not valid"), "login"),
    ],
)
def test_a_tag_that_is_refused_is_not_made(
    bench: LoadBench, scripted: Scripted, told: Outcome, kind: str
) -> None:
    """A certain refusal stops the run, and the next run tries again."""
    scripted.tag_outcomes = [told]
    applied = bench.apply(HUNDRED)
    assert applied.stop is not None
    assert (applied.stop.kind, applied.exit_code, scripted.sent) == (kind, 3, [])
    assert bench.apply(HUNDRED).saved == 100


def test_a_busy_gateway_makes_the_tag_later(bench: LoadBench, scripted: Scripted) -> None:
    """Where it is certain that no tag was made, it is tried again, after a wait."""
    scripted.tag_outcomes = [
        outcome(Verdict.BUSY, wait_seconds=30),
        outcome(Verdict.UNSENT),
    ]
    assert bench.apply(HUNDRED).saved == 100
    assert bench.outcomes(HUNDRED, None) == ["busy", "unsent", "saved"]
    assert bench.clock.monotonic() >= 30


@pytest.mark.parametrize("title", ["", "  ", "a\nb", "x" * 256, "\u202eevil"])
def test_a_title_that_cannot_be_is_refused(
    bench: LoadBench, scripted: Scripted, title: str
) -> None:
    """Empty, long, or with control characters: exit 2, and nothing is called."""
    with pytest.raises(UsageError):
        bench.apply(Listed(HUNDRED.people, tag=title))
    assert scripted.titles == []


def test_where_nobody_can_be_asked_it_is_skipped_and_said(bench: LoadBench) -> None:
    """`skip` says that nobody looks, once for each new tag."""
    heard = bench.means["progress"] = Heard()
    bench.apply(HUNDRED)
    bench.apply(HUNDRED)
    assert [("nobody looks" in text) for text in heard.notes] == [True]


def test_a_person_looks_before_the_rest_is_sent(bench: LoadBench, scripted: Scripted) -> None:
    """`ask`: one contact, a question; no stops, exit 3; yes goes on, and is not asked again."""
    asked: list[int] = []
    bench.means["confirm"] = lambda _: asked.append(len(scripted.sent)) or len(asked) > 1
    applied = bench.apply(HUNDRED, canary="ask")
    assert applied.stop is not None
    assert (applied.stop.kind, applied.exit_code, applied.saved) == ("canary", 3, 1)
    assert bench.apply(HUNDRED, canary="ask").saved == 99
    bench.apply(Listed(numbered(3, 200)), canary="ask")
    assert asked == [1, 2]
    assert set(scripted.saved.values()) == {1}


@pytest.mark.parametrize("told", [DOUBT, outcome(Verdict.REJECTED, "Tag not found")])
def test_a_first_contact_that_is_not_saved_stops(
    bench: LoadBench, scripted: Scripted, told: object
) -> None:
    """`first`: alone, and unless it is saved nobody else is sent."""
    scripted.answers = lambda _: told  # type: ignore[assignment, return-value]
    applied = bench.apply(HUNDRED, canary="first")
    assert applied.stop is not None
    assert (applied.stop.kind, len(scripted.sent), applied.unsent) == ("canary", 1, 99)
    scripted.answers = lambda _: None
    again = bench.apply(HUNDRED, canary="first", limit=10)
    assert (again.saved, again.exit_code) == (10, 5)


def test_ones_own_number_goes_first(bench: LoadBench, scripted: Scripted) -> None:
    """`own:+33...`: that number is sent alone before the plan, and is counted apart from it."""
    applied = bench.apply(HUNDRED, canary=f"own:{ANNA}")
    assert (scripted.sent[0], len(scripted.sent)) == (ANNA, 101)
    assert (applied.total, applied.saved, applied.unsent) == (101, 101, 0)


def test_ones_own_number_may_be_there_already(bench: LoadBench, scripted: Scripted) -> None:
    """A number of one's own that the tag has is good; one that may not be sent stops all."""
    scripted.answers = lambda _: DOUBT
    bench.apply(Listed(numbered(0)), canary=f"own:{BOB}")
    assert bench.apply(HUNDRED, canary=f"own:{BOB}").in_doubt == 1
    scripted.answers = lambda _: None
    applied = bench.apply(HUNDRED, canary=f"own:{BOB}")
    assert applied.stop is not None
    assert (applied.stop.kind, len(scripted.sent)) == ("canary", 1)

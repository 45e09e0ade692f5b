"""Messages are sent at most once, whatever the gateway, the disk or the process does."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from pipeline.errors import UsageError
from pipeline.gateway.outcome import Outcome, Verdict
from pipeline.ledger.ledger import open_ledger
from support.scripted import DOUBT, outcome
from support.sends import FIRST, Pile, Post, SendBench, number

BULK = Pile(10, "bulk")


def always(verdict: Verdict, message: str = "said", **more: float) -> Callable[..., Outcome]:
    """Return a gateway with one answer."""
    return lambda _: outcome(verdict, message, **more)


def once(first: Outcome) -> Callable[[Sequence[str]], Outcome | None]:
    """Return a gateway that gives an answer once, and takes messages from then on."""
    left = [first]
    return lambda _: left.pop() if left else None


def test_each_message_goes_alone_and_gives_its_id(tmp_path: Path) -> None:
    """A command sends one message a call, keeps the gateway's ids, and a second time sends none."""
    bench = SendBench(tmp_path)
    done = bench.send()
    assert (done.saved, done.segments, done.exit_code, len(done.sms_ids)) == (10, 20, 0, 10)
    assert [len(call) for call in bench.gateway.calls] == [1] * 10
    again = bench.send()
    assert (again.saved, again.skipped, again.exit_code) == (0, {"already_sent": 10}, 0)
    assert set(bench.gateway.taken.values()) == {1}
    with bench.ledger() as ledger:
        sending = ledger.outbox.find("K1")
        assert sending is not None
        assert [sent.sms_id for sent in ledger.outbox.of(sending)] == done.sms_ids


def test_a_bulk_begins_with_one_message(tmp_path: Path) -> None:
    """The first message of a bulk goes alone, the others in batches, also after a limit."""
    bench = SendBench(tmp_path)
    assert bench.send(BULK, limit=5).unsent == 5
    assert [len(call) for call in bench.gateway.calls] == [1, 4]
    assert bench.send(BULK).saved == 5
    assert [len(call) for call in bench.gateway.calls] == [1, 4, 4, 1]
    assert set(bench.gateway.taken.values()) == {1}


def test_a_bulk_whose_first_message_is_refused_sends_no_other(tmp_path: Path) -> None:
    """A refusal of the first message ends the run, exit 3; the next run begins with the next."""
    bench = SendBench(tmp_path, Post(once(outcome(Verdict.REJECTED, "Device not found"))))
    done = bench.send(BULK)
    assert (done.stop and done.stop.kind, done.rejected, done.exit_code) == ("first", 1, 3)
    assert len(bench.gateway.calls) == 1
    assert bench.send(BULK).saved == 9


def test_a_batch_that_is_refused_is_in_doubt(tmp_path: Path) -> None:
    """Nobody documents whether a refused batch was taken in part: it is in doubt, and all stops."""
    bench = SendBench(tmp_path)
    bench.gateway.answers = lambda to: outcome(Verdict.REJECTED, "Limit") if len(to) > 1 else None
    done = bench.send(BULK)
    assert (done.stop and done.stop.kind, done.saved, done.in_doubt) == ("batch", 1, 4)
    assert bench.states() == {"saved": 1, "in_doubt": 4}
    bench.gateway.answers = lambda _: None
    again = bench.send(BULK)
    assert (again.saved, again.skipped, again.exit_code) == (
        5, {"already_sent": 1, "in_doubt_before": 4}, 5,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("verdict", "states", "stop"),
    [
        (Verdict.REJECTED, {"rejected": 1, "saved": 9}, None),
        (Verdict.IN_DOUBT, {"in_doubt": 1, "saved": 9}, None),
        (Verdict.UNSENT, {"saved": 10}, None),
        (Verdict.BUSY, {"saved": 10}, None),
        (Verdict.STOP, {"pending": 1}, "turned_away"),
        (Verdict.REFUSED_LOGIN, {"pending": 1}, "login"),
    ],
)
def test_what_an_outcome_makes_of_a_message(
    tmp_path: Path, verdict: Verdict, states: dict[str, int], stop: str | None
) -> None:
    """What is certain not to be done is done again; what is not certain is in doubt, for good."""
    bench = SendBench(tmp_path, Post(once(outcome(verdict))))
    done = bench.send()
    assert bench.states() == states
    assert (done.stop.kind if done.stop else None) == stop
    assert done.exit_code == (3 if stop else 5 if verdict in {"rejected", "in_doubt"} else 0)
    assert set(bench.gateway.taken.values()) <= {1}
    assert bench.send().unsent == 0


def test_a_token_is_fetched_again_once(tmp_path: Path) -> None:
    """A refused login is answered by a new token where there is one, and nothing is lost."""
    bench = SendBench(tmp_path, Post(once(outcome(Verdict.REFUSED_LOGIN)), logins=1))
    assert bench.send().saved == 10
    bench.gateway.answers = always(Verdict.REFUSED_LOGIN)
    assert bench.send(Pile(key="K2", first=FIRST + 100)).stop is not None


def test_equal_refusals_in_a_row_count_for_nobody(tmp_path: Path) -> None:
    """Five refusals in the same words end the run, exit 3, and the messages wait again."""
    bench = SendBench(tmp_path, Post(always(Verdict.REJECTED, "Subscription")))
    done = bench.send()
    assert (done.stop and done.stop.kind, done.rejected, done.unsent) == ("rejections", 0, 10)
    assert bench.states() == {"pending": 5}
    bench.gateway.answers = lambda _: None
    assert bench.send().saved == 10


def test_refusals_in_different_words_are_of_their_messages(tmp_path: Path) -> None:
    """Refusals that differ are kept, one by one, exit 5."""
    bench = SendBench(tmp_path, Post(lambda to: outcome(Verdict.REJECTED, f"bad {to}")))
    done = bench.send()
    assert (done.rejected, done.stop, done.exit_code) == (10, None, 5)


def test_doubts_end_a_run(tmp_path: Path) -> None:
    """Three calls of unknown outcome end the run, exit 3."""
    bench = SendBench(tmp_path, Post(lambda _: DOUBT))
    done = bench.send()
    assert (done.stop and done.stop.kind, done.in_doubt, done.exit_code) == ("doubts", 3, 3)


def test_after_a_doubt_the_gateway_must_answer_first(tmp_path: Path) -> None:
    """After a doubt nothing is sent until a read is answered; a long outage ends the run."""
    polls = iter([False, False, True])
    bench = SendBench(tmp_path, Post(once(DOUBT), lambda: next(polls)))
    assert (bench.send().saved, next(polls, None)) == (9, None)
    down = SendBench(tmp_path / "b", Post(once(DOUBT), lambda: False))
    done = down.send()
    assert (done.stop and done.stop.kind, len(down.gateway.calls)) == ("unreachable", 1)


def test_who_is_suppressed_is_left_out_when_it_is_their_turn(tmp_path: Path) -> None:
    """The list of those never to be sent is looked at right before each call, also by hash."""
    bench = SendBench(tmp_path)
    bench.suppress(number(3))
    with open_ledger(tmp_path, bench.clock) as ledger:
        hashed = ledger.aliases.made(number(5))
        ledger.suppression.add([hashed], reason="STOP", source="inbound")
    done = bench.send(BULK)
    assert (done.saved, done.skipped, done.exit_code) == (8, {"suppressed": 2}, 0)
    assert not {number(3), number(5)} & bench.gateway.taken.keys()


def test_a_key_is_of_one_sending(tmp_path: Path) -> None:
    """A key that was used for other messages is refused, and so are numbers that are taken."""
    bench = SendBench(tmp_path)
    bench.send()
    with pytest.raises(UsageError):
        bench.send(Pile(fingerprint="other"))
    with pytest.raises(UsageError):
        bench.send(Pile(key="K2", first=FIRST + 9))
    assert len(bench.gateway.calls) == 10


def test_the_same_text_in_doubt_is_not_sent_by_another_command(tmp_path: Path) -> None:
    """While a text to a number is in doubt, the same text to it is refused under any key."""
    bench = SendBench(tmp_path, Post(lambda to: DOUBT if to == [number(0)] else None))
    bench.send(Pile(1))
    with pytest.raises(UsageError):
        bench.send(Pile(2, key="K2", first=FIRST + 100))
    other = bench.send(Pile(2, key="K3", first=FIRST + 200, text="Else"))
    assert (other.saved, other.in_doubt) == (1, 1)


def test_a_message_by_password_goes_so(tmp_path: Path) -> None:
    """Single messages go without the token where that is asked."""
    bench = SendBench(tmp_path)
    bench.send(by_password=True)
    assert bench.gateway.by_password == 10

"""The gateway's faults: what a run does, says and ends with, and that nothing proven is lost."""

import gzip
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

import httpx
import pytest
from starlette.responses import Response

from pipeline.emulator.faults import FaultKind
from pipeline.emulator.habits import Habits
from pipeline.errors import GarbledError
from pipeline.gateway import wire
from support.account import Account
from support.bench import COUNT, Bench, always
from support.emulator import running_answers, running_emulator
from support.rows import documented
from support.stage import Blow, Stage, Strike, fetched_once, staged

FOR_GOOD = range(1, 1_000_000)
FROM_THE_MIDDLE = range(5, 1_000_000)
TWO_SINGLE_CALLS = {2, 7}
EMULATED: dict[str, FaultKind] = {
    "reset-mid-body": "reset",
    "truncated-json": "truncated",
    "garbage": "garbage",
    "429": "429",
    "429-retry-after": "429-retry",
    "503": "503",
    "503-retry-after": "503-retry",
    "500": "500",
    "html": "html",
    "empty-body": "empty",
    "error-1": "error1",
}
SKEWS = {
    "clock-ahead": Habits(clock_skew=5 * 3600),
    "clock-behind": Habits(clock_skew=-5 * 3600),
    "clock-absent": Habits(tells_date=False),
}


def to_a_closed_port(request: httpx.Request) -> None:
    """Send a request where nobody listens."""
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        request.url = request.url.copy_with(port=nobody.getsockname()[1])


def to_an_unknown_host(request: httpx.Request) -> None:
    """Send a request to a name that nothing has."""
    request.url = request.url.copy_with(host="gateway.invalid")


def by_tls(request: httpx.Request) -> None:
    """Speak TLS to a port that does not."""
    request.url = request.url.copy_with(scheme="https")


def too_late(request: httpx.Request) -> None:
    """Give no answer in time."""
    raise httpx.ReadTimeout("late", request=request)


BLOWS: dict[str, Blow] = {
    "connect-refused": to_a_closed_port,
    "dns": to_an_unknown_host,
    "tls": by_tls,
    "read-timeout": too_late,
}
FAULTS = [*BLOWS, *EMULATED, "gzip-bomb"]
TESTED = {*FAULTS, *SKEWS, "login-expires"}


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Account, Strike]]:
    """Serve an account that was fetched once."""
    with fetched_once(tmp_path_factory.mktemp("once")) as served:
        yield served


@pytest.fixture
def stage(
    once: tuple[Account, Strike],
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> Stage:
    """Return a copy of that account, a day and a half later; no name is looked up outside."""
    look_up = socket.getaddrinfo

    def here_only(host: str, *rest: object, **named: object) -> object:
        if host == "gateway.invalid":
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return look_up(host, *rest, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "getaddrinfo", here_only)
    return staged(once, tmp_path, capfd, monkeypatch)


@pytest.fixture
def bomb(monkeypatch: pytest.MonkeyPatch) -> Iterator[Blow]:
    """Serve a small answer that grows beyond what is accepted; the limits are small here."""
    monkeypatch.setattr(wire, "LARGEST_BODY", 2 << 20)
    monkeypatch.setattr(wire, "LARGEST_WORD", 1 << 20)
    packed = gzip.compress(b" " * (4 << 20))
    headers = {"content-encoding": "gzip"}
    with running_answers(lambda _: Response(packed, headers=headers)) as address:

        def blow(request: httpx.Request) -> None:
            request.url = request.url.copy_with(port=httpx.URL(address).port)

        yield blow


@pytest.fixture
def how(request: pytest.FixtureRequest, name: str) -> FaultKind | Blow:
    """Return the way in which a fault of the table strikes."""
    if name == "gzip-bomb":
        blow: Blow = request.getfixturevalue("bomb")
        return blow
    return BLOWS.get(name) or EMULATED[name]


@pytest.mark.parametrize("name", FAULTS)
def test_a_gateway_that_fails(stage: Stage, name: str, how: FaultKind | Blow) -> None:
    """At the first call nothing changes; in the middle what came is published; 3 both times."""
    row, before, proven = documented()[name], stage.snapshot(), stage.proven()
    stage.strike.start(how, FOR_GOOD)
    stage.run().told(row)
    assert stage.snapshot() == before
    stage.strike.start(how, FROM_THE_MIDDLE)
    stage.run().told(row)
    assert stage.snapshot() != before
    stage.assert_still_proven(proven)
    stage.strike.stop()
    stage.assert_mends(proven)


@pytest.mark.parametrize("name", [name for name in FAULTS if name != "error-1"])
def test_a_fault_that_passes_is_not_seen(stage: Stage, name: str, how: FaultKind | Blow) -> None:
    """Single calls that fail end in exit code 0, without a word, with every message right."""
    stage.strike.start(how, TWO_SINGLE_CALLS)
    stage.assert_good(stage.run(), stage.proven())
    assert stage.strike.struck == len(TWO_SINGLE_CALLS)


@pytest.mark.parametrize("number", [4, 7, 18, 24])
def test_a_refusal_that_passes_is_not_seen(stage: Stage, number: int) -> None:
    """A refusal after good answers is asked once more, and teaches nothing about periods."""
    before = stage.run_calls()
    stage.strike.start("error1", {number})
    stage.assert_good(stage.run(), stage.proven())
    assert stage.strike.struck == 1
    assert stage.run_calls() - before < 60


def test_an_unanswered_asking_takes_no_proof_away(stage: Stage) -> None:
    """What failed in the middle is proven afterwards, also where nobody asks for it again."""
    proven = stage.proven()
    stage.strike.start("500", FROM_THE_MIDDLE)
    assert stage.run().code == 3
    stage.strike.stop()
    stage.later(5 * 24)
    stage.assert_good(stage.run(), proven)


def test_a_login_that_expires(stage: Stage) -> None:
    """A token that runs out in the middle is fetched anew, once, and nobody hears of it."""
    proven, known = stage.proven(), stage.known
    with running_emulator(known.world, known.clock, Habits(token_calls=20)) as address:
        stage.monkeypatch.setenv("SMS24_BASE_URL", address)
        stage.log_in_by_password()
        ended = stage.run()
    assert ended.code == documented()["login-expires"].code
    stage.assert_good(ended, proven)
    asked = stage.strike.asked
    assert [asked.count("gettoken"), asked[0]] == [2, "gettoken"]
    assert len(asked) > 22


@pytest.mark.parametrize("name", SKEWS)
def test_clocks_that_differ(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """A gateway whose clock is hours off, or that tells none, is read whole each time."""
    with fetched_once(tmp_path / "once", SKEWS[name]) as served:
        stage = staged(served, tmp_path, capfd, monkeypatch)
        ended, proven = stage.run(), stage.proven()
        assert ended.code == documented()[name].code
        stage.assert_good(ended, proven)
        stage.assert_mends(proven)


def test_a_large_body_goes_to_disk_piece_by_piece(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A body that is too large was never in memory as a whole, and nothing of it stays."""
    assert wire.LARGEST_BODY == 1 << 30
    pieces: list[int] = []
    whole: Callable[..., Iterator[bytes]] = wire.Wire._bounded

    def noted(*given: object) -> Iterator[bytes]:
        for piece in whole(*given):
            pieces.append(len(piece))
            yield piece

    monkeypatch.setattr(wire.Wire, "_bounded", noted)
    monkeypatch.setattr(wire, "LARGEST_BODY", 4 << 20)
    large = Response(Random(1).randbytes(6 << 20))
    with running_answers(lambda _: large) as address:
        monkeypatch.setenv("SMS24_BASE_URL", address)
        assert "larger than 4 MiB" in stage.run().shown
    assert max(pieces) <= 1 << 17
    assert not list((stage.folder / "inbox").glob("*.body"))


def test_an_answer_without_rows_has_a_small_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """A count is held in memory, so that it may not be as large as a body."""
    assert wire.LARGEST_WORD == 1 << 26
    monkeypatch.setattr(wire, "LARGEST_WORD", 1 << 20)
    with pytest.raises(GarbledError, match="larger than 1 MiB"):
        Bench(always(" " * (2 << 20))).gateway.count_messages(COUNT)

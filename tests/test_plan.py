"""What a sync would ask is told from what is stored, without any call or change."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.cli.main import main
from pipeline.clock import SystemClock
from pipeline.emulator.habits import TOKEN
from pipeline.errors import UnprovenError
from pipeline.extract.plan import Asking, calls_for
from pipeline.run import plan_sync
from support.account import NOW, Account, account


@pytest.fixture
def known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Account]:
    """Serve an account that commands see, at the instant at which its clock stands."""
    monkeypatch.chdir(tmp_path)
    with account(tmp_path, messages=1000, window_rows=200) as served:
        monkeypatch.setattr(SystemClock, "now", lambda _: served.clock.now())
        monkeypatch.setattr(SystemClock, "sleep", lambda _, __: None)
        monkeypatch.setenv("SMS24_BASE_URL", served.settings.base_url)
        monkeypatch.setenv("SMS24_TOKEN", TOKEN)
        monkeypatch.setenv("SMS24_RATE", "100000")
        monkeypatch.setenv("SMS24_WINDOW_ROWS", "200")
        yield served


def everything_in(folder: Path) -> dict[Path, tuple[int, bytes]]:
    """Return every file with its time of change and its bytes."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in files}


def test_a_plan_makes_no_call_and_touches_nothing(known: Account) -> None:
    """Before and after a plan the gateway has the same log, and every file the same bytes."""
    assert main(["run"]) == 0
    known.clock.advance(20 * 3600)
    before, asked = everything_in(known.settings.data_dir), known.log.total
    assert main(["sync", "--plan"]) == 0
    assert known.log.total == asked
    assert everything_in(known.settings.data_dir) == before


def test_a_plan_of_nothing_makes_no_folder(known: Account) -> None:
    """Where nothing is stored the plan says so, and the data folder is not made."""
    assert main(["sync", "--plan"]) == 0
    assert not known.settings.data_dir.exists()
    assert plan_sync(known.settings, Asking(), known.means().clock) is None


def test_a_plan_tells_about_as_many_calls_as_the_run_then_makes(
    known: Account, capfd: pytest.CaptureFixture[str]
) -> None:
    """The calls that a plan expects are those of the run, give or take a third."""
    assert main(["run"]) == 0
    known.clock.advance(20 * 3600)
    capfd.readouterr()
    assert main(["sync", "--plan", "--json"]) == 0
    told = json.loads(capfd.readouterr().out)
    before = known.log.total
    assert main(["sync"]) == 0
    made = known.log.total - before
    assert made * 2 / 3 <= told["calls"] <= made * 3 / 2
    assert told["holes"] == []
    assert {window["why"] for window in told["windows"]} >= {"missing", "unsettled", "tail"}


def test_a_plan_names_the_holes(known: Account) -> None:
    """A stretch that no run ever read stands in the plan as a hole, once newer ones are proven."""
    known.run(Asking(until=NOW.subtract(days=20)))
    with pytest.raises(UnprovenError):
        known.run(Asking(since=NOW.subtract(days=5), until=NOW.subtract(days=1), again=True))
    preview = plan_sync(known.settings, Asking(), known.means().clock)
    assert preview is not None
    (hole,) = preview.holes
    assert (hole.begin_at, hole.end_at) == (NOW.subtract(days=20), NOW.subtract(days=5))


def test_calls_grow_with_messages_in_halves() -> None:
    """A window that fits costs a count and its rows; a larger one is counted down to halves."""
    assert [calls_for(n, 100) for n in (0, 1, 100, 101, 400)] == [1, 2, 2, 5, 11]


def test_doctor_says_the_habits_in_words(known: Account, capfd: pytest.CaptureFixture[str]) -> None:
    """Doctor tells each habit in a sentence with its evidence, and as JSON for programs."""
    assert main(["doctor"]) == 0
    said = capfd.readouterr().out
    assert "Counts are honest" in said
    assert "Bounds compare the time a message was created, in UTC, to the second." in said
    assert "The parameter timezone changes bounds and dates of answers." in said
    assert "begin inside, end inside" in said
    assert main(["doctor", "--json"]) == 0
    found = {trait["name"]: trait for trait in json.loads(capfd.readouterr().out)["traits"]}
    assert found["reading"]["value"] == "created UTC 1"
    assert all(trait["evidence"] for trait in found.values())

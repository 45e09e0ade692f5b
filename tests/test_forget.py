"""`sms24 forget`: no byte of a person stays, the figures do, and no reading brings them back."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pendulum
import pytest

from pipeline.cli.main import main
from pipeline.clock import HeldClock, SystemClock
from pipeline.errors import BusyError, UsageError
from pipeline.extract.plan import Asking
from pipeline.ledger.ledger import open_ledger
from pipeline.operate.forget import forget_everywhere
from pipeline.progress import SilentProgress
from pipeline.run import run_build
from pipeline.transform.phones import normalised, person_of
from pipeline.warehouse.events import EventSpool
from pipeline.warehouse.lock import writer_lock
from pipeline.warehouse.store import look_into_warehouse, open_warehouse
from support.account import NOW, Account, account
from support.kept import copy_of, dies_at, files_with, tables

ALIAS = "hmac:" + "0" * 32


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Account]:
    """Fetch a small account twice, with numbers in full and a push that names one."""
    folder = tmp_path_factory.mktemp("forget")
    with account(folder, messages=90, days=10, future_days=4, privacy="full") as known:
        known.run()
        spool = EventSpool(known.settings.data_dir / "inbox" / "events")
        spool.put("incoming", {"sms_id": 7, "from": {"phone": person(known)}}, NOW)
        known.clock.advance(30 * 3600)
        known.run()
        yield known


def person(known: Account) -> str:
    """Return the number that most messages were sent to."""
    sql = "select recipient, count(*) as n from messages where recipient like '+33%' group by all"
    return str(known.rows(f"{sql} order by n desc, recipient limit 1")[0]["recipient"])


def forget(known: Account, number: str) -> str:
    """Forget a number; returns its hash."""
    clock = HeldClock(known.clock.now())
    (told,) = forget_everywhere(known.settings, [number], clock=clock, progress=SilentProgress())
    return told.found.alias


def raw(known: Account, sql: str) -> list[dict[str, Any]]:
    """Ask the warehouse."""
    with look_into_warehouse(known.settings.warehouse_path) as warehouse:
        return warehouse.rows(sql)


def read_again(known: Account) -> None:
    """Read all of the history an hour later."""
    known.clock.advance(3600)
    known.run(Asking(since=pendulum.datetime(2026, 10, 1), again=True))


def anonymous(known: Account) -> dict[str, list[tuple[Any, ...]]]:
    """Return the tables without what people may read of numbers and texts."""
    found = tables(known.settings)
    names = [row["column_name"] for row in known.rows("describe messages")]
    hidden = {names.index("recipient"), names.index("body")}
    found["messages"] = [
        tuple(value for at, value in enumerate(row) if at not in hidden)
        for row in found["messages"]
    ]
    return found


def test_a_person_is_nowhere_and_every_figure_stays(lived: Account, tmp_path: Path) -> None:
    """No file has the number; tables differ in numbers and texts alone, also built anew."""
    known = copy_of(lived, tmp_path)
    number, before = person(known), anonymous(known)
    assert len(files_with(known.settings.data_dir, number[3:])) >= 1
    assert raw(known, "select redacted, payload from raw.events")[0]["redacted"] is None
    alias = forget(known, number)
    assert not files_with(known.settings.data_dir, number[3:])
    assert not raw(known, f"select 1 as n from raw.messages where payload like '%{number[3:]}%'")
    assert anonymous(known) == before
    run_build(known.settings, known.means(), full=True)
    assert anonymous(known) == before
    rows = known.rows(f"from messages where recipient_key = '{alias[5:]}'")
    assert {(row["recipient"], row["recipient_country"]) for row in rows} == {(None, "FR")}
    assert {row["body"].strip("*") for row in rows} <= {""}
    assert raw(known, "select payload from raw.events") == [{"payload": '{"sms_id":7}'}]


def test_no_reading_brings_a_person_back(lived: Account, tmp_path: Path) -> None:
    """All of it read again is no news; what is new of the person is landed without them."""
    known = copy_of(lived, tmp_path)
    number = person(known)
    alias = forget(known, number)
    held = raw(known, "select count(*) as n from raw.messages where redacted = 'person'")
    read_again(known)
    again = raw(known, "select count(*) as n from raw.messages where redacted = 'person'")
    assert again == held
    with open_warehouse(known.settings.warehouse_path) as warehouse:
        # As if other records had come before: each that is read now is a new version.
        warehouse.execute("update raw.message_heads set payload_hash = 0")
    spool = EventSpool(known.settings.data_dir / "inbox" / "events")
    spool.put("incoming", {"sms_id": 8, "phone": number}, NOW)
    read_again(known)
    more = raw(known, "select count(*) as n from raw.messages where redacted = 'person'")
    assert more[0]["n"] == 2 * held[0]["n"]
    assert not files_with(known.settings.data_dir, number[3:])
    assert not raw(known, f"select 1 as n from raw.messages where payload like '%{number[3:]}%'")
    assert raw(known, "select 1 as n from raw.events where redacted = 'person' and message_id = 8")
    assert known.rows(f"select 1 as n from messages where recipient_key = '{alias[5:]}'")


def test_a_kill_at_any_step_is_ended_by_the_same_command(lived: Account, tmp_path: Path) -> None:
    """Killed at each step, the same command forgets the rest, and figures are as before."""
    number, wanted = person(lived), anonymous(lived)
    now, steps = str(lived.clock.now()), 0
    for step in range(1, 9):
        known = copy_of(lived, tmp_path / str(step))
        if not dies_at(step, known.settings, now, number, privacy="full"):
            break
        steps += 1
        forget(known, number)
        assert anonymous(known) == wanted, step
        assert not files_with(known.settings.data_dir, number[3:]), step
    assert steps == 6


def test_another_key_is_found_out(lived: Account, tmp_path: Path) -> None:
    """With another file of keys nobody would be known again: the sync is refused, exit 2."""
    known = copy_of(lived, tmp_path)
    forget(known, person(known))
    (known.settings.data_dir / "keys").write_text("ab" * 32)
    with open_warehouse(known.settings.warehouse_path) as warehouse:
        warehouse.execute("update raw.message_heads set payload_hash = 0")
    with pytest.raises(UsageError, match="is not the one by which"):
        read_again(known)


def test_nothing_is_forgotten_while_a_run_works(lived: Account, tmp_path: Path) -> None:
    """A run that holds the folder is not disturbed, and neither is the ledger."""
    known = copy_of(lived, tmp_path)
    with writer_lock(known.settings.data_dir), pytest.raises(BusyError):
        forget(known, person(known))
    assert not raw(known, "from raw.forgotten")


def test_the_command_tells_what_had_the_number(
    lived: Account,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """It must be agreed to; it names hash and counts, and shows no number; twice finds nothing."""
    known = copy_of(lived, tmp_path)
    number = person(known)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SMS24_DATA_DIR", str(known.settings.data_dir))
    monkeypatch.setattr(SystemClock, "now", lambda _: known.clock.now())
    assert main(["forget", number]) == 2
    assert "nobody to ask" in capsys.readouterr().err
    assert main(["forget", number, "--yes", "--json"]) == 0
    said = capsys.readouterr()
    (told,) = json.loads(said.out)
    assert told["records"] > 1
    assert told["hash"].startswith("hmac:")
    assert number not in said.out + said.err
    assert main(["forget", number, "--yes"]) == 0
    assert "records 0" in capsys.readouterr().out
    with open_ledger(known.settings.data_dir, known.means().clock) as ledger:
        assert told["hash"] == ledger.aliases.made(number)


@pytest.mark.parametrize(
    ("e164", "text", "region", "is_known"),
    [
        ("+33612345678", "+33 6 12 34 56 78", "", True),
        ("+33612345678", "0033612345678", "US", True),
        ("+33612345678", "06 12 34 56 78", "FR", True),
        ("+33612345678", "612345678", "FR", True),
        ("+33612345678", "+33 (0)6 12 34 56 78", "", True),
        ("+33612345678", "٠٦١٢٣٤٥٦٧٨", "FR", True),
        ("+33612345678", "0612345678", "IT", False),
        ("+33612345678", "+49612345678", "", False),
        ("+390612345678", "06 1234 5678", "IT", True),
        ("+14165550123", "(416) 555-0123", "US", True),
        ("+999123456789", "+999 123 456 789", "", True),
    ],
)
def test_a_number_is_known_however_it_is_dialled(
    e164: str, text: str, region: str, *, is_known: bool, tmp_path: Path
) -> None:
    """At home and abroad, in any script; the same digits of another country are somebody else's."""
    found = person_of(e164, ALIAS)
    ways = {(each.digits, each.region) for each in found.spellings}
    with open_warehouse(tmp_path / "warehouse.duckdb") as warehouse:
        digits = warehouse.scalar("select dialled($text)", {"text": text})
    assert bool({(digits, ""), (digits, region)} & ways) is is_known


def test_a_hash_keeps_its_country() -> None:
    """What stands for a number is read as it is, with the country that the number had."""
    assert normalised(f"{ALIAS} FR", "US") == (ALIAS, "FR")
    assert normalised(ALIAS, "US") == (ALIAS, None)
    assert normalised("hmac:odd", "US") == (None, None)

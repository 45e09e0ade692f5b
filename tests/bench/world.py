"""Worlds for benchmarks: an account's answers rendered once, and what must come out of them.

    python tests/bench/world.py FOLDER --messages 1000000

DuckDB draws the messages, typed, and renders each as the emulator does by default, with dates in
UTC. A world has two renditions: `base`, and `changed`, a day later: four of ten changes are open
messages that have settled, most of them of the last three days, the rest are new messages. Each
rendition is a folder of three files:

- `rows.json`: the rows in order of creation, with commas between: a window is a slice of it;
- `messages.parquet`: the typed state of each message, with `start` and `size` of its row;
- `delivery_daily.parquet` (by day, phone and SIM) and `days.parquet` (by day): what is counted.

`world.json` tells what the world was made of and its two instants `now` and `changed_now`, which
do not depend on the day on which it is made. A folder that is whole is left alone; one that was
broken off is gone on with.

A fair daily run wants as many new messages a day as are usual: for five millions take 1,095 days.
"""

import argparse
import json
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

import duckdb
import pendulum
from pendulum import DateTime

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench.world_cast import PLANS, TEXTS, phones_of, shares_of
from pipeline.emulator.cast import HOSTILE, NEWSLETTER_TITLES, REPLIES, Phone
from pipeline.emulator.render import php_json
from pipeline.emulator.traffic import DAY
from pipeline.emulator.words import TITLES
from pipeline.emulator.world import FIRST_ID

HERE = Path(__file__).parent
# A week after the clocks of Europe went back.
NOW = pendulum.datetime(2026, 11, 2, 9, 30)
RENDITIONS = ("base", "changed")
# A number gets so many messages on average.
_MESSAGES_EACH = 8
_CHUNK = 200_000
_BLOCK = 4000
_BLOCKS = """
    select string_agg(row_text, ',' order by r) from shown group by r // $1 order by r // $1
"""


@dataclass(frozen=True, slots=True)
class Facts:
    """What a world is made of: new and settled messages are its `changes`."""

    messages: int
    days: int = 90
    phones: int = 10
    changes: int = 10_000
    form: int = 1

    @property
    def settling(self) -> int:
        """Messages that settle between the renditions."""
        return self.changes * 4 // 10

    @property
    def new(self) -> int:
        """Messages that are new in the second rendition."""
        return self.changes - self.settling

    def phone_list(self) -> tuple[Phone, ...]:
        """Return the account's phones: those of the emulator, then others with two SIMs."""
        return phones_of(self.phones)


@dataclass(frozen=True, slots=True)
class World:
    """A world that was made: its facts and where it is."""

    folder: Path
    facts: Facts

    def now(self, rendition: str) -> DateTime:
        """Return the instant of a rendition."""
        return NOW.add(days=RENDITIONS.index(rendition))


def make_world(
    folder: Path, messages: int, *, days: int = 90, phones: int = 10, changes: int = 10_000
) -> World:
    """Make a world, or what of it is not there yet; ValueError if the folder has another one."""
    facts, path = Facts(messages, days, phones, changes), folder / "world.json"
    folder.mkdir(parents=True, exist_ok=True)
    if path.exists():
        if open_world(folder).facts != facts:
            raise ValueError(f"{folder} holds another world")
    else:
        _make(folder, facts)
        instants = {"now": NOW.isoformat(), "changed_now": NOW.add(days=1).isoformat()}
        _written(path, json.dumps({**asdict(facts), **instants}))
    return World(folder, facts)


def open_world(folder: Path) -> World:
    """Return a world that was made; FileNotFoundError if it is not whole."""
    told = json.loads((folder / "world.json").read_text(encoding="utf-8"))
    return World(folder, Facts(**{name: told[name] for name in Facts.__dataclass_fields__}))


def _make(folder: Path, facts: Facts) -> None:
    limits = {"memory_limit": "3GB", "temp_directory": str(folder / "spilled")}
    with duckdb.connect(config=limits) as connection:
        connection.execute("set timezone = 'UTC'")
        _tell(connection, facts)
        _script(connection, "drawn")
        for rendition in RENDITIONS:
            to = folder / rendition
            if not to.exists():
                _render(connection, folder / f"{rendition}.part", is_changed=rendition != "base")
                (folder / f"{rendition}.part").rename(to)


def _render(connection: duckdb.DuckDBPyConnection, to: Path, *, is_changed: bool) -> None:
    """Write the three files of a rendition."""
    to.mkdir(exist_ok=True)
    connection.execute("set variable changed = $1", [is_changed])
    _script(connection, "state")
    (rows,) = connection.execute("select count(*) from state").fetchone() or (0,)
    with (to / "rows.json").open("wb") as file:
        for first in range(0, rows, _CHUNK):
            connection.execute("set variable first = $1", [first])
            connection.execute("set variable last = $1", [first + _CHUNK])
            _script(connection, "rows")
            for (block,) in connection.execute(_BLOCKS, [_BLOCK]).fetchall():
                file.write(b"," if file.tell() else b"")
                file.write(block.encode())
    _script(connection, "truth")
    for table, name in (("truth", "messages"), ("delivery_daily",) * 2, ("days",) * 2):
        connection.execute(f"copy {table} to '{to / name}.parquet' (format parquet)")


def _tell(connection: duckdb.DuckDBPyConnection, facts: Facts) -> None:
    """Give the SQL its variables and its small tables."""
    now, phones = NOW.int_timestamp, facts.phone_list()
    slots = shares_of(phones)
    values = {
        "now_at": now,
        "changed_at": now + DAY,
        "begin_at": now - facts.days * DAY,
        "messages": facts.messages,
        "new": facts.new,
        "settling": facts.settling,
        "first_id": FIRST_ID,
        "first_device": phones[0].device_id,
        "people": max(facts.messages // (_MESSAGES_EACH * len(PLANS)), 20),
        "slots": len(slots),
        "texts": [php_json(text) for text in (*TEXTS, *HOSTILE, *REPLIES)],
        "first_hostile": len(TEXTS),
        "hostile": len(HOSTILE),
        "first_reply": len(TEXTS) + len(HOSTILE),
        "replies": len(REPLIES),
        "letters": [php_json(text) for text in HOSTILE],
        "letter_titles": [php_json(title) for title in NEWSLETTER_TITLES],
    }
    for name, value in values.items():
        connection.execute(f"set variable {name} = $1", [value])
    _fill(connection, "slots(slot, place, device_id, sim, country)", slots)
    plans = [(c, prefix, digits, 10**digits) for c, (prefix, digits) in PLANS.items()]
    _fill(connection, "plans(country, prefix, digits, numbers)", plans)
    _fill(connection, "titles(status, title)", list(TITLES.items()))


def _fill(
    connection: duckdb.DuckDBPyConnection, table: str, rows: list[tuple[object, ...]]
) -> None:
    name, _, columns = table.partition("(")
    values = ", ".join("(" + ", ".join(map(_literal, row)) + ")" for row in rows)
    connection.execute(f"create or replace temp table {name} as from (values {values}) t({columns}")


def _literal(value: object) -> str:
    return f"'{value}'" if isinstance(value, str) else str(value)


def _script(connection: duckdb.DuckDBPyConnection, name: str) -> None:
    connection.execute((HERE / f"world_{name}.sql").read_text(encoding="utf-8"))


def _written(path: Path, text: str) -> None:
    part = path.with_suffix(".part")
    part.write_text(text, encoding="utf-8")
    part.rename(path)


def main() -> None:
    """Make a world, print where it is."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--messages", type=int, required=True)
    parser.add_argument("--days", type=int, default=90)
    parser.add_argument("--phones", type=int, default=10)
    parser.add_argument("--changes", type=int, default=10_000)
    given = parser.parse_args()
    world = make_world(
        given.folder, given.messages, days=given.days, phones=given.phones, changes=given.changes
    )
    sys.stdout.write(f"{world.folder}\n")


if __name__ == "__main__":
    main()

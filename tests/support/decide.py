"""A data folder with a ledger in which contacts wait for a person, and commands that decide."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipeline.cli.main import main
from pipeline.clock import HeldClock
from pipeline.ledger.ledger import open_ledger
from pipeline.ledger.values import RunFacts, Settled
from support.ledger import DOUBT, SAVED, START, Desk, Somebody, made_tag

# The tables of a snapshot that decisions read: messages of newsletters and senders.
_TABLES = """
create table messages (
    newsletter_id bigint, direction varchar, recipient varchar, recipient_key varchar,
    created_at timestamptz, stop_word varchar
);
create table coverage (begin_at timestamptz, end_at timestamptz, is_proven boolean);
insert into coverage values ('2026-11-01 00:00:00Z', '2026-11-25 00:00:00Z', true);
"""


@dataclass
class Office:
    """A folder with a data folder, in which commands are run."""

    folder: Path
    capture: pytest.CaptureFixture[str]

    @property
    def data(self) -> Path:
        """The data folder."""
        return self.folder / "data"

    def call(self, *arguments: str) -> tuple[int, str]:
        """Run `sms24 contacts ARGUMENTS`; returns the exit code and what was said."""
        code = main(["contacts", *arguments])
        said = self.capture.readouterr()
        return code, said.out + said.err

    def answer(self, *arguments: str, code: int = 0) -> Any:
        """Run it with `--json`; returns the answer."""
        found, said = self.call(*arguments, "--json")
        assert found == code, said
        return json.loads(said)

    @contextmanager
    def desk(self) -> Iterator[Desk]:
        """Open the ledger; the tag `Clients` is made if need be."""
        clock = HeldClock(START)
        with open_ledger(self.data, clock) as ledger:
            tag = ledger.tags.find("Clients") or made_tag(ledger)
            yield Desk(ledger, clock, tag, ledger.runs.begin(RunFacts(kind="apply", plan="p1")))

    def fill(self, doubtful: Mapping[str, str], saved: Mapping[str, str]) -> None:
        """Send people by number and name; of the first nobody knows what came of it."""
        with self.desk() as desk:
            for e164, name in doubtful.items():
                desk.send(DOUBT, Somebody(e164, name))
            for number, (e164, name) in enumerate(saved.items(), 1):
                settled = Settled(state="saved", outcome=SAVED.outcome, contact_id=number)
                desk.send(settled, Somebody(e164, name))

    def states(self, title: str = "Clients") -> Counter[str]:
        """Return how many contacts of a tag in use are in each state."""
        with self.desk() as desk:
            tag = desk.ledger.tags.find(title)
            return Counter(desk.ledger.contacts.counts(tag.id) if tag else {})

    def publish(self, messages: list[dict[str, Any]]) -> None:
        """Publish a snapshot of messages; the key of `recipient` is this folder's."""
        path = self.data / "analytics.duckdb"
        path.unlink(missing_ok=True)
        with self.desk() as desk, duckdb.connect(str(path)) as connection:
            connection.execute(_TABLES)
            for message in messages:
                key = desk.ledger.aliases.made(message["recipient"]).removeprefix("hmac:")
                row = {"direction": "outgoing", **message, "recipient_key": key}
                marks = ", ".join(f"${name}" for name in row)
                sql = f"insert into messages ({', '.join(row)}) values ({marks})"
                connection.execute(sql, row)

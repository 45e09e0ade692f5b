"""The runs: which process worked on which plan, and what it came to."""

import json
import os
import socket
import sqlite3
from collections.abc import Mapping
from dataclasses import asdict

from pipeline.ledger.store import Store
from pipeline.ledger.values import Run, RunFacts
from pipeline.logs import LOG
from pipeline.version import own_version


class Runs:
    """The table `run`; the number of a run grows, whatever the clock does."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def begin(self, facts: RunFacts) -> int:
        """Note that a run starts; returns its number."""
        row = {
            **asdict(facts),
            "tool_version": own_version(),
            "host": socket.gethostname(),
            "pid": os.getpid(),
            "started": self._store.now(),
            "state": "running",
        }
        number = self._store.insert("run", row)
        LOG.info("load %d of %s begins", number, facts.plan)
        return number

    def end(self, run: int, state: str, counts: Mapping[str, int]) -> None:
        """Note how a run ended: `done`, or what stopped it."""
        sql = "update run set ended = ?, state = ?, counts = ? where id = ?"
        self._store.change(sql, (self._store.now(), state, json.dumps(counts), run))
        LOG.info("load %d ends, %s: %s", run, state, dict(counts))

    def recover(self) -> None:
        """Note that the runs that have no end have died; for the holder of the loaders' lock."""
        self._store.change("update run set state = 'died' where state = 'running'")

    def of(self, plan: str) -> list[Run]:
        """Return the runs of a plan, oldest first."""
        sql = "select * from run where plan = ? order by id"
        return [_run(row) for row in self._store.rows(sql, (plan,))]

    def settled(self, plan: str) -> int:
        """Return how many contacts the runs of a plan have sent, and know the outcome of or doubt.

        Who was skipped is not among them.
        """
        sql = """
            select count(*)
            from contact
            where last_run in (select id from run where plan = ?)
                and state in ('saved', 'rejected', 'in_doubt')
        """
        return int(self._store.rows(sql, (plan,))[0][0])

    def last_answers(self, most: int, since: str) -> list[str]:
        """Return when the last calls of contacts were answered, since an instant, oldest first."""
        sql = """
            select answered_at
            from (select * from attempt order by id desc limit ?)
            where e164 is not null and answered_at >= ?
            order by id
        """
        return [row["answered_at"] for row in self._store.rows(sql, (most, since))]

    def every(self) -> list[Run]:
        """Return all runs, oldest first."""
        return [_run(row) for row in self._store.rows("select * from run order by id")]


def _run(row: sqlite3.Row) -> Run:
    return Run(**{name: row[name] for name in Run.__dataclass_fields__})

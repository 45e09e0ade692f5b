"""Random worlds, habits, faults, pauses and edits: what is called proven is complete and right."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from pipeline.emulator.faults import Faults
from pipeline.emulator.habits import Habits
from pipeline.errors import GatewayError
from support.account import Account, account

EXAMPLES = int(os.environ.get("SMS24_EXAMPLES", "8"))
ZONES = ["UTC", "Europe/Paris", "Asia/Kathmandu", "America/New_York", "Australia/Lord_Howe"]
HABITS = st.builds(
    Habits,
    date_type=st.sampled_from([1, 2, 3]),
    account_zone=st.sampled_from(ZONES),
    obeys_zone=st.booleans(),
    filters_in_zone=st.booleans(),
    filter_column=st.sampled_from(["created", "created", "due", "sent"]),
    begin_inside=st.booleans(),
    end_inside=st.booleans(),
    row_cap=st.sampled_from([None, None, 40, 100]),
    byte_cap=st.sampled_from([None, None, None, 30_000]),
    counts=st.sampled_from(
        ["honest", "honest", "capped", "deaf", "absent", "lying", "low", "text"]
    ),
    heeds_dates=st.sampled_from([True] * 7 + [False]),
    needs_dates=st.sampled_from([False, False, True]),
    longest_days=st.sampled_from([None, None, None, 31]),
    grain=st.sampled_from([1, 1, 1, 60, 86_400]),
    day_ends=st.sampled_from(["floor", "whole"]),
    hides_incoming=st.sampled_from([False, False, True]),
    hidden_sims=st.sampled_from([frozenset(), frozenset(), frozenset({1})]),
    ignores=st.sampled_from([frozenset(), frozenset(), frozenset({"sim", "orderbydesc"})]),
    numbers_as_text=st.booleans(),
    empty=st.sampled_from(["[]", "{}", "null"]),
    clock_skew=st.sampled_from([0.0, 0.0, 7200.0, -7200.0]),
    tells_date=st.sampled_from([True, True, False]),
).filter(lambda habits: not (habits.hidden_sims and "sim" in habits.ignores))  # shown to nobody
HONEST = st.builds(
    Habits,
    date_type=st.sampled_from([1, 3]),
    account_zone=st.sampled_from(ZONES),
    obeys_zone=st.booleans(),
    filters_in_zone=st.just(True),
    filter_column=st.sampled_from(["created", "due"]),
    begin_inside=st.booleans(),
    end_inside=st.booleans(),
    row_cap=st.sampled_from([None, 100]),
    numbers_as_text=st.booleans(),
    empty=st.sampled_from(["[]", "{}", "null", "absent"]),
)
PAUSES = st.lists(st.sampled_from([0, 1, 9, 30, 80]), min_size=1, max_size=2)


@dataclass
class Model:
    """An account beside what is true of it."""

    account: Account
    dice: Random

    def truth(self) -> dict[int, int]:
        """Return the status of every message that exists now."""
        now = self.account.clock.now()
        return {m.message_id: m.status for m in self.account.world.messages_at(now)}

    def held(self) -> dict[int, int]:
        """Return the status of every message that is published and not gone."""
        if not self.account.settings.snapshot_path.exists():
            return {}
        sql = "select message_id, status from messages where gone_at is null"
        return {row["message_id"]: row["status"] for row in self.account.rows(sql)}

    def edit(self, count: int) -> None:
        """Change some messages by hand, of any age, so that no two changes cancel out in counts.

        Within a round all are set to one status or deleted; what cancels out is the audit's.
        """
        world, now = self.account.world, int(self.account.clock.now().timestamp())
        status = self.dice.choice((7, 8, 9, 100))
        for message_id in self.dice.sample(sorted(self.truth()), count):
            if self.dice.random() < 0.3:
                world.delete(message_id, now)
            else:
                world.set_status(message_id, status, now)

    def wrong(self) -> set[int]:
        """Return the messages that are missing, of another status, or held though they are gone."""
        truth, held = self.truth(), self.held()
        return {i for i in truth.keys() | held.keys() if truth.get(i) != held.get(i)}

    def place_of(self, message_id: int, column: str) -> int | None:
        """Return the date of a message that its gateway compares bounds with."""
        found = self.account.world.find(message_id)
        assert found is not None
        if column == "sent":
            return found.sent_at(int(self.account.clock.now().timestamp()))
        return found.created if column == "created" else max(found.created, found.due or 0)

    def proven(self) -> list[tuple[float, float]]:
        """Return the stretches that coverage calls proven."""
        if not self.account.settings.snapshot_path.exists():
            return []
        rows = self.account.rows("select begin_at, end_at from coverage where is_proven")
        return [(row["begin_at"].timestamp(), row["end_at"].timestamp()) for row in rows]


def run(model: Model) -> bool:
    """Run once; returns whether it was green."""
    try:
        model.account.run()
    except GatewayError:
        return False
    return True


def wrong_in_proven(model: Model, column: str) -> set[int]:
    """Return the messages that are wrong although their time is called proven."""
    proven, wrong = model.proven(), model.wrong()
    places = {message_id: model.place_of(message_id, column) for message_id in wrong}
    return {
        message_id
        for message_id, at in places.items()
        if any(at is None or begin <= at < end for begin, end in proven)
    }


CAREFUL = settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.generate],  # a case takes seconds: shrinking it takes too many of them
    derandomize="SMS24_EXAMPLES" not in os.environ,
)


@contextmanager
def model_of(habits: Habits, seed: int, messages: int, **changes: Any) -> Iterator[Model]:
    """Serve a random account."""
    faults = Faults(seed=seed)
    faults.off()
    with (
        tempfile.TemporaryDirectory() as folder,
        account(
            Path(folder),
            messages=messages,
            days=12,
            seed=seed,
            habits=habits,
            faults=faults,
            **changes,
        ) as known,
    ):
        yield Model(known, Random(seed))


@CAREFUL
@given(HABITS, st.integers(1, 10**6), PAUSES, st.sampled_from([0.0, 0.0, 0.05, 0.3]))
def test_what_is_called_proven_is_right(
    habits: Habits, seed: int, pauses: list[int], fault_rate: float
) -> None:
    """Any habits, faults and pauses: nothing wrong lies in what a run calls proven."""
    with model_of(habits, seed, 150) as model:
        for hours in pauses:
            model.account.clock.advance(hours * 3600)
            model.account.faults.change(fault_rate)
            model.account.faults.on()
            run(model)
            model.account.faults.off()
            is_green = run(model)
            assert not is_green or model.wrong() == set()
            assert wrong_in_proven(model, habits.filter_column) == set()


@CAREFUL
@given(HONEST, st.integers(1, 10**6), PAUSES, st.sampled_from([0.0, 0.1]), st.integers(1, 20))
def test_an_honest_gateway_leaves_no_window_unproven(
    habits: Habits, seed: int, pauses: list[int], fault_rate: float, edits: int
) -> None:
    """Honest counts, edits by hand of any age: the next run without faults has all, all proven."""
    with model_of(habits, seed, 150, window_rows=40) as model:
        for hours in pauses:
            model.account.clock.advance(hours * 3600)
            model.account.faults.change(fault_rate)
            model.account.faults.on()
            run(model)
            model.account.faults.off()
            model.account.clock.advance(60)
            model.edit(edits)
            assert run(model)
            assert model.wrong() == set()
            open_ = "from coverage where not is_proven and not is_tail"
            assert model.account.rows(open_) == []

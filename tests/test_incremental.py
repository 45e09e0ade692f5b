"""What has changed is made anew, and nothing else; the whole made anew is the same."""

from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest

from pipeline.run import run_build
from support.account import Account, account
from support.campaign import rounds
from support.edits import Editor

RUNS = rounds(6, 50)
# Times and ids of runs, and what tells how a table was made.
OWN_TIMES = {"runs", "snapshot_info"}


def tables(known: Account) -> dict[str, list[tuple[Any, ...]]]:
    """Return the rows of every published table, in no order of their own."""
    names = known.rows("select table_name from duckdb_tables() where schema_name = 'main'")
    return {
        name: sorted(
            (tuple(row.values()) for row in known.rows(f'from "{name}"')),
            key=repr,
        )
        for name in sorted(row["table_name"] for row in names)
        if name not in OWN_TIMES
    }


def assert_same_when_built_anew(known: Account, patch: pytest.MonkeyPatch) -> None:
    """Compare the published tables with those of a full build in many parts."""
    found = tables(known)
    with patch.context() as context:
        context.setattr("pipeline.transform.scope.PART_ROWS", 170)
        run_build(known.settings, known.means(), full=True)
    expected = tables(known)
    assert found.keys() == expected.keys()
    for name, rows in expected.items():
        assert found[name] == rows, name


@pytest.fixture
def moving(tmp_path: Path) -> Iterator[Account]:
    """Serve an account of thirty days whose traffic goes on."""
    with account(tmp_path, messages=1500, days=30, future_days=40, window_rows=200) as known:
        yield known


def test_a_build_of_what_changed_is_a_full_build(
    moving: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After many runs over a moving, edited world every table is that of a build from raw."""
    random = Random(5)
    editor = Editor(moving.world, random)
    moving.run()
    for number in range(RUNS):
        moving.clock.advance(random.choice((600, 3600, 9 * 3600, 40 * 3600)))
        if number % 3 == 0:
            editor.draw(moving.clock.now(), 8)
        moving.run()
        if number % 5 == 4 or number == RUNS - 1:
            assert_same_when_built_anew(moving, monkeypatch)

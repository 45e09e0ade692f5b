"""Every recipe of the documentation runs as it stands, and finds what there is to find."""

import re
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from support.account import Account, account
from support.edits import Editor
from support.imports import ImportBench

PAGE = (Path(__file__).parent.parent / "docs" / "recipes.md").read_text(encoding="utf-8")
RECIPES = dict(re.findall(r"## \d+\. ([^\n]+)\n(?:(?!##).)*?```sql\n(.*?)```", PAGE, re.DOTALL))
# What this world has none of: no hole, no reading of the newest minutes that is proven.
MAY_BE_EMPTY = {
    "On which days did a phone's failures jump?",
    "Which phones need somebody to look at them?",
}


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Account]:
    """Serve a world that was edited by hand between two runs, and a list of contacts."""
    folder = tmp_path_factory.mktemp("recipes")
    with account(folder, messages=1500, days=45) as served:
        served.run()
        served.clock.advance(6 * 3600)
        Editor(served.world, Random(3)).draw(served.clock.now(), 12)
        served.run()
        load_contacts(folder, served)
        served.run()
        yield served


def load_contacts(folder: Path, known: Account) -> None:
    """Load a list of people who got messages, and of one whose number is none."""
    bench = ImportBench(folder)
    numbers = {m.recipient for m in known.world.messages_at(known.clock.now())}
    summary = bench.plan("phone,name\nletters,Jean\n" + "".join(f"{n},Jean\n" for n in numbers))
    assert bench.apply(summary).saved > 10


def test_there_are_twenty_eight() -> None:
    """The page has twenty-eight questions, each with its SQL."""
    assert len(RECIPES) == 28
    assert PAGE.count("\n## ") == 28


@pytest.mark.parametrize("question", RECIPES)
def test_a_recipe_runs(known: Account, question: str) -> None:
    """The SQL of a recipe is one select that the locked snapshot answers."""
    rows = known.rows(RECIPES[question])
    assert rows or question in MAY_BE_EMPTY

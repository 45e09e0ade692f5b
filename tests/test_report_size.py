"""How large a page is, and that what it leaves out is elsewhere."""

from collections.abc import Callable

import pytest

from pipeline.report.export.sheets import sheets
from pipeline.report.making import ask, make_report, render
from pipeline.report.model import Report
from pipeline.warehouse.snapshot import open_snapshot
from support.account import Account
from support.many import many
from support.pages import Page
from support.reported import reported

__all__ = ["reported"]
Make = Callable[[int, str], Report]


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize(("phones", "most"), [(10, 250_000), (500, 700_000)])
def test_a_page_is_small_enough_for_a_mail(
    report: Make, phones: int, most: int, language: str
) -> None:
    """With 60 customers and 40 newsletters, 10 phones take 250 KB at most, and 500 phones 700."""
    assert most / 3 < len(render(report(phones, language)).encode()) < most


def test_what_a_page_sums_up_exports_have_in_full(report: Make) -> None:
    """The page has 20 customers and all others in one row; the sums agree, and exports have 50."""
    said = report(10, "en")
    table = next(table for table in said.tables() if table.ident == "by_customer")
    assert table.short
    due = [sum(row[1] for row in rows) for rows in (table.rows, table.short.rows)]
    assert due[0] == due[1]
    assert (len(table.rows), len(table.short.rows)) == (51, 21)
    assert table.rows[:20] == table.short.rows[:20]
    assert (table.rows[-1][0], table.short.rows[-1][0]) == ("10 others", "40 others")
    exported = next(sheet for sheet in sheets(said) if sheet.name == "by_customer")
    assert len(exported.rows) == 51
    ids = {attrs.get("id") for _, attrs in Page(render(said)).tags}
    assert set(table.short.links) <= ids
    assert not {*table.links[20:50]} & ids


@pytest.fixture(scope="module")
def report(reported: Account, tmp_path_factory: pytest.TempPathFactory) -> Make:
    """Give the report on so many phones, in a language."""
    folder, small = tmp_path_factory.mktemp("many"), reported.settings.snapshot_path

    def make(phones: int, language: str) -> Report:
        path = folder / f"{phones}.duckdb"
        if not path.exists():
            many(small, path, messages=40_000, phones=phones)
        with open_snapshot(path) as snapshot:
            return make_report(snapshot, ask(snapshot, None, language))

    return make

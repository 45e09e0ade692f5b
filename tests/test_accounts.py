"""Several accounts in one go: each in turn, one line each, and one report across them."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pipeline.accounts import find_members, worst
from pipeline.cli.main import main
from pipeline.emulator.habits import TOKEN
from pipeline.errors import UsageError
from support.account import Account, account
from support.pages import Page


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Account]:
    """Serve a small account and fetch it once."""
    with account(tmp_path_factory.mktemp("accounts"), messages=120, days=4) as known:
        known.run()
        yield known


@pytest.fixture
def folder(served: Account, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a folder with a good account, one of another login, and one whose settings are wrong."""
    for name in [name for name in os.environ if name.startswith("SMS24_")]:
        monkeypatch.delenv(name)
    good = tmp_path / "a-good"
    good.mkdir()
    settings = f'base_url = "{served.settings.base_url}"\nrate = 1000\ntimezone = "Europe/Paris"\n'
    write(good / "sms24.toml", f'{settings}token = "{TOKEN}"\nreport_periods = "none"\n')
    write(tmp_path / "b-refused.toml", f'{settings}token = "wrong"\ndata_dir = "b"\n')
    write(tmp_path / "c-wrong.toml", "rate = -1\n")
    (tmp_path / "a-good" / "data").mkdir()
    os.link(served.settings.snapshot_path, good / "data" / "analytics.duckdb")
    return tmp_path


def write(path: Path, text: str) -> None:
    """Write a settings file that its owner alone may read."""
    path.write_text(text, encoding="utf-8")
    path.chmod(0o600)


def test_one_that_fails_stops_no_other(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Each account is run in turn, has one line, and the worst exit code is that of the whole."""
    (folder / "a-good").rename(folder / "d-good")
    assert main(["run", "--all-accounts", str(folder)]) == 2
    said = capfd.readouterr()
    lines = said.out.splitlines()
    assert [line.partition(",")[0] for line in lines] == [
        *("b-refused: exit 3", "c-wrong: exit 2", "d-good: exit 0")
    ]
    assert "Landed 1" in lines[2]
    assert "rate" in said.err
    assert TOKEN not in said.out + said.err


def test_a_report_across_accounts_has_a_row_for_each(
    folder: Path, served: Account, capfd: pytest.CaptureFixture[str]
) -> None:
    """Page and JSON hold each account's own figures, a link to its report, and what failed."""
    assert main(["report", "--all-accounts", str(folder), "--lang", "fr"]) == 2
    paths = [Path(line.split()[-1]) for line in capfd.readouterr().out.splitlines()]
    assert [path.suffix for path in paths] == [".html", ".json"]
    good, refused, wrong = json.loads(paths[1].read_bytes())["accounts"]
    (truth,) = served.rows(
        "select sum(outgoing) as messages, sum(delivered + sent) as hits, "
        "sum(delivered + sent + undelivered + failed) as ended from delivery_daily "
        f"where day <= date '{good['last']}'"
    )
    assert (good["name"], good["messages"], good["holes"]) == ("a-good", truth["messages"], 0)
    assert (good["success"]["hits"], good["success"]["of"]) == (truth["hits"], truth["ended"])
    low, high = good["success"]["interval"]
    assert low < good["success"]["rate"] < high
    assert good["headline"]
    assert good["data_until"].startswith("2026-11-02T10:25")
    assert (refused["exit_code"], wrong["exit_code"]) == (2, 2)
    assert refused["error"]
    page = Page(paths[0].read_text("utf-8"))
    (link,) = (a["href"] for tag, a in page.tags if tag == "a" and a["href"] != "#content")
    assert (paths[0].parent / str(link)).is_file()
    text = paths[0].read_text("utf-8")
    assert "Comptes" in text
    assert (refused["reason"], wrong["reason"]) == (
        "Rien n'a encore été publié.",
        "Un réglage ou un fichier est faux\N{NO-BREAK SPACE}: sms24 doctor dit lequel.",
    )
    assert wrong["reason"] in text
    assert refused["error"] not in text


def test_the_same_snapshots_are_the_same_overview(
    folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Written twice, page and JSON across accounts have the same bytes."""
    found: list[dict[str, bytes]] = []
    for _ in range(2):
        main(["report", "--all-accounts", str(folder)])
        found.append({path.name: path.read_bytes() for path in (folder / "reports").iterdir()})
    assert found[0] == found[1]
    assert len(found[0]) == 2


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--config", "x.toml", "run", "--all-accounts", "{}"], "--config names one account"),
        (["report", "--mail", "--all-accounts", "{}"], "--mail goes with one account"),
        (["report", "--device", "3", "--all-accounts", "{}"], "--device goes with one account"),
        (["report", "--lang", "xx", "--all-accounts", "{}"], "There is no language"),
    ],
)
def test_what_goes_with_one_account_is_refused(
    folder: Path, capfd: pytest.CaptureFixture[str], arguments: list[str], words: str
) -> None:
    """Options that mean one account end in exit code 2 before anything is done."""
    assert main([text.format(folder) for text in arguments]) == 2
    assert words in capfd.readouterr().err


@pytest.mark.parametrize(
    ("files", "environ", "words"),
    [
        ({}, {}, "holds no account"),
        ({"a.toml": "", "a/sms24.toml": ""}, {}, "are called a"),
        ({"a.toml": ""}, {"SMS24_TOKEN": "x"}, "SMS24_TOKEN is set"),
        ({"a.toml": ""}, {"SMS24_DATA_DIR": "x"}, "SMS24_DATA_DIR is set"),
    ],
)
def test_accounts_that_cannot_be_told_apart_are_refused(
    tmp_path: Path, files: dict[str, str], environ: dict[str, str], words: str
) -> None:
    """A folder without accounts, two of one name, and a login that would be of all are errors."""
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        write(tmp_path / name, text)
    with pytest.raises(UsageError, match=words):
        find_members(tmp_path, environ)


def test_two_accounts_never_share_a_folder(tmp_path: Path) -> None:
    """Both of two accounts with one data folder have an error; others have none."""
    for name, text in {"a": "", "b": "", "c": 'data_dir = "c"'}.items():
        write(tmp_path / f"{name}.toml", text)
    members = find_members(tmp_path, {"SMS24_RATE": "7"})
    assert [member.error is None for member in members] == [False, False, True]
    assert members[2].settings is not None
    assert members[2].settings.rate == 7


@pytest.mark.parametrize(
    ("codes", "expected"),
    [([], 0), ([0, 0], 0), ([6, 3], 3), ([3, 4], 4), ([0, 6], 6), ([75, 6, 5], 75), ([1, 4], 1)],
)
def test_the_worst_code_speaks_for_all(codes: list[int], expected: Any) -> None:
    """4 goes before 3 and 3 before 6."""
    assert worst(codes) == expected

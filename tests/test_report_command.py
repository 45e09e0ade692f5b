"""`sms24 report` and `sms24 run` as people start them: options, paths, exit codes."""

import stat
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from pipeline.cli.main import main
from pipeline.errors import UsageError
from pipeline.settings import Settings
from support.account import Account
from support.emulator import running_app
from support.mailbox import mailbox
from support.reported import reported
from support.shelves import beside

__all__ = ["reported"]


@pytest.fixture
def settings(reported: Account, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Give a folder with a snapshot, where the command works."""
    made = beside(reported, tmp_path)
    monkeypatch.setenv("SMS24_DATA_DIR", str(made.data_dir))
    return made


def test_paths_are_printed(
    settings: Settings, reported: Account, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each format's file or folder, named by kind, phone, days and language."""
    phone = reported.world.phones[0].device_id
    arguments = ["report", "--period", "last-week", "--device", str(phone)]
    assert main([*arguments, "--format", "html", "--format", "csv"]) == 0
    stem = settings.reports_path / f"delivery_device-{phone}_2026-10-26_2026-11-01_en"
    assert capsys.readouterr().out.split() == [
        *("Report:", f"{stem}.html", "Report:", f"{stem}.csv")
    ]
    assert (stem.with_name(f"{stem.name}.csv") / "success_by_day.csv").is_file()


def test_another_folder_holds_the_report_alone(settings: Settings, tmp_path: Path) -> None:
    """With --output nothing is listed, and nothing in the account's own folder is touched."""
    assert (
        main(["report", "--from", "2026-10-01", "--to", "2026-10-03", "--output", f"{tmp_path}/o"])
        == 0
    )
    assert [path.name for path in (tmp_path / "o").iterdir()] == [
        "delivery_2026-10-01_2026-10-03_en.html"
    ]
    assert not settings.reports_path.exists()


def test_a_folder_of_somebody_keeps_its_mode(settings: Settings, tmp_path: Path) -> None:
    """A folder that is there is written into and not opened up; the report can be read."""
    folder = tmp_path / "mine"
    folder.mkdir(mode=0o700)
    assert main(["report", "--period", "today", "--output", str(folder)]) == 0
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert [stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()] == [0o644]


def test_a_folder_that_cannot_be_made_is_no_bug(
    settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Below a file there is no folder: exit code 2, and it is named."""
    (tmp_path / "file").write_text("")
    assert main(["report", "--output", str(tmp_path / "file" / "below")]) == 2
    assert "below cannot be made" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--kind", "nothing"], "nothing"),
        (["--lang", "xx"], "xx"),
        (["--period", "fortnight"], "fortnight"),
        (["--period", "today", "--from", "2026-10-01", "--to", "2026-10-02"], "not both"),
        (["--from", "2026-10-01"], "both of its days"),
        (["--format", "doc"], "doc"),
        (["--mail"], "mail_host"),
        (["--eml"], "mail_from"),
        (["--webhook"], "webhook_url"),
    ],
)
def test_what_cannot_be_done_is_refused_at_once(
    settings: Settings, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    """A wrong option or a missing setting ends with 2, names it, and writes nothing."""
    assert main(["report", *arguments]) == 2
    assert said in capsys.readouterr().err
    assert not list(settings.data_dir.rglob("*.html"))


def test_a_mail_is_sent_and_written(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`--mail` gives the report to the server; `--eml` puts the same mail on the shelf."""
    with mailbox() as server:
        for name, value in {
            "HOST": "127.0.0.1", "PORT": str(server.port), "TLS": "none",
            "FROM": "sms24@example.com", "TO": "a@example.com, b@example.com",
        }.items():  # fmt: skip
            monkeypatch.setenv(f"SMS24_MAIL_{name}", value)
        assert main(["report", "--mail", "--eml", "--format", "xlsx"]) == 0
    said = capsys.readouterr().out
    assert "Sent to:  2 by 127.0.0.1" in said
    assert b"delivery_2026-10-06_2026-11-02_en.html" in server.mails[0]
    assert b"delivery_2026-10-06_2026-11-02_en.xlsx" in server.mails[0]
    index = (settings.reports_path / "index.html").read_text("utf-8")
    assert "delivery_2026-10-06_2026-11-02_en.eml" in index


def test_a_verdict_is_posted(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`--webhook` posts what the report came to, and says nothing of the address."""
    posted = []

    async def take(request: Request) -> Response:
        posted.append((request.headers["content-type"], await request.json()))
        return Response(status_code=204)

    with running_app(Starlette(routes=[Route("/key", take, methods=["POST"])])) as address:
        root = address.split("//")[1].split("/")[0]
        monkeypatch.setenv("SMS24_WEBHOOK_URL", f"http://{root}/key")
        assert main(["report", "--webhook", "--period", "yesterday"]) == 0
    [(kind, verdict)] = posted
    assert kind == "application/json"
    assert (verdict["first"], verdict["kind"]) == ("2026-11-01", "delivery")
    assert verdict["figures"]["outgoing"]["value"] > 0
    assert "key" not in capsys.readouterr().out.replace(str(settings.data_dir), "")


def test_a_server_that_refuses_ends_with_3(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The report is written all the same."""
    with mailbox(refuse_at="RCPT") as server:
        for name, value in {
            "HOST": "127.0.0.1", "PORT": str(server.port), "TLS": "none",
            "FROM": "sms24@example.com", "TO": "a@example.com",
        }.items():  # fmt: skip
            monkeypatch.setenv(f"SMS24_MAIL_{name}", value)
        assert main(["report", "--mail"]) == 3
    assert (settings.reports_path / "delivery_2026-10-06_2026-11-02_en.html").is_file()


def test_a_run_goes_on_past_a_report_that_cannot_be_written(
    reported: Account, tmp_path: Path
) -> None:
    """A report of one's own that fails is named at the end; the others are written."""
    own = tmp_path / "own"
    for name, text in {
        "reports/bad.toml": 'title = "Bad"\nsections = ["bad"]',
        "sections/bad.toml": 'title = "Bad"\nquery = "bad"\ncolumns = []',
        "queries/bad.sql": "select * from nowhere",
    }.items():
        (own / name).parent.mkdir(parents=True, exist_ok=True)
        (own / name).write_text(text)
    asked = {"report_periods": ("daily",), "report_kinds": ("bad", "delivery")}
    with pytest.raises(UsageError, match="nowhere"):
        reported.run(reports_dir=own, **asked)
    names = [path.name for path in reported.settings.reports_path.glob("*.html")]
    assert sorted(names) == ["delivery_2026-11-01_2026-11-01_en.html", "index.html"]

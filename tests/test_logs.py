"""The logs: a line for each thing that happened, with the run's name, and nobody's secret."""

import inspect
import json
import logging
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import httpx
import pendulum
import pytest

from pipeline import errors, logs
from pipeline.cli.main import main
from pipeline.clock import SystemClock
from pipeline.emulator.habits import TOKEN
from pipeline.values import Secret
from pipeline.veil import veiled, veiled_traceback
from support.account import Account, account

HIDDEN = "tok/SECRET+9"
NUMBER = "+33 6 12 34 56 78"
SPELLINGS = ("+33612345678", NUMBER, "06.12.34.56.78", "0033(0)612345678", "٠٦١٢٣٤٥٦٧٨")
MAIL = "anna@example.com"
TEXT = "Dear Anna, your result is positive"
LOGIN = "user:pw-SECRET-9"
ADDRESS = f"https://{LOGIN}@gateway.example/getdata?token={HIDDEN}#x"
LEAKS = (
    HIDDEN, "tok%2FSECRET%2B9", "SECRET", "612345678", "12 34 56", "34.56", "٤٥٦",
    "anna@", "Dear Anna", "result is positive",
)  # fmt: skip
FORMS = {"json": logs.JsonLines, "human": logs.HumanLines}


def ours() -> list[type[Exception]]:
    """Return every error that the product raises on purpose."""
    found = [kind for _, kind in inspect.getmembers(errors, inspect.isclass)]
    return [kind for kind in found if issubclass(kind, errors.Sms24Error)]


def of_httpx() -> list[type[Exception]]:
    """Return every error that httpx exports."""
    found = [getattr(httpx, name) for name in httpx.__all__]
    return [each for each in found if inspect.isclass(each) and issubclass(each, Exception)]


def made(kind: type[Exception]) -> Exception:
    """Return an error of a kind that says all that must not be told, as a library would."""
    said = f"{ADDRESS} {' '.join(SPELLINGS)} {MAIL} {HIDDEN}"
    quoted = said if issubclass(kind, errors.Sms24Error) else f"{said} could not read '{TEXT}'"
    request = httpx.Request("POST", ADDRESS, data={"token": HIDDEN, "sendto": NUMBER, "body": TEXT})
    if kind is httpx.HTTPStatusError:
        return kind(quoted, request=request, response=httpx.Response(500, request=request))
    if issubclass(kind, httpx.StreamError) and not kind.__init__.__code__.co_argcount > 1:
        return kind()
    return kind(quoted, request=request) if issubclass(kind, httpx.RequestError) else kind(quoted)


def raised(error: Exception, cause: Exception | None = None) -> Exception:
    """Return an error with the traceback of having been raised."""
    try:
        raise error from cause
    except type(error) as caught:
        return caught


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """Give a data folder that is logged into; one secret is known."""
    Secret(HIDDEN)
    yield tmp_path
    logs.stop()


def written(folder: Path) -> str:
    """Return all that was logged."""
    return "".join(path.read_text() for path in sorted((folder / "logs").glob("*.log")))


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("kind", [*ours(), *of_httpx()], ids=lambda kind: kind.__name__)
def test_no_error_takes_a_secret_into_the_log(
    folder: Path, kind: type[Exception], form: str
) -> None:
    """Whatever the client can raise is logged without secrets, numbers and texts, however told."""
    logs.start(folder, form, 0)
    error = raised(made(kind))
    log = logging.getLogger("httpx")
    log.error("failed: %s", error)
    log.error(error)
    log.error("again", exc_info=error)
    logs.keep_bug(raised(ValueError(f"wrapped '{TEXT}'"), error))
    found = written(folder)
    assert len(found.splitlines()) >= 4
    assert kind.__name__ in found
    assert not [leak for leak in LEAKS if leak in found]


@pytest.mark.parametrize("text", [*SPELLINGS, HIDDEN, MAIL, ADDRESS])
def test_a_secret_is_hidden_wherever_it_stands(folder: Path, text: str) -> None:
    """As an argument, in the sentence, in a mapping, from any logger, also of a library."""
    logs.start(folder, "json", 0)
    for name in ("sms24", "httpcore.http11", "urllib3", ""):
        log = logging.getLogger(name)
        log.error("told %s", text)
        log.error(f"told {text}")  # noqa: G004 - as a library does
        log.error("told %(it)s", {"it": text})
        log.error("told %r", {"it": [text]})
    found = written(folder)
    assert found.count("told") == 16
    assert not [leak for leak in (*LEAKS, text) if leak in found]


def test_what_is_no_secret_stays() -> None:
    """Moments, names of tables and amounts are told as they are; a bug's lines of code too."""
    for text in (
        "sync ends at 2026-11-02 09:30:12 UTC with exit code 3",
        "2026-11-02T09:30:12.123456+00:00",
        "1,234,567 rows of raw.messages in 12.5 s",
        "https://gateway.example/getdata/getallsms failed",
    ):
        assert veiled(text) == text
    told = veiled_traceback(raised(KeyError("no_such_column")))
    assert "builtins.KeyError: 'no_such_column'" in told
    assert "raise error from cause" in told


def test_lines_are_json_or_human_and_name_the_run(folder: Path) -> None:
    """Each line has moment, level, run and sentence in either form; a line break makes no line."""
    logs.start(folder, "json", 0)
    with logs.named_run("20261102T093000-abcd1234"):
        logs.LOG.info("begins\nhere")
    logs.LOG.warning("outside")
    first, second = [json.loads(line) for line in written(folder).splitlines()]
    assert (first["run_id"], first["says"], first["level"], first["from"]) == (
        "20261102T093000-abcd1234", "begins\nhere", "info", "sms24",
    )  # fmt: skip
    assert (second["run_id"].split("-")[0], second["level"]) == (str(os.getpid()), "warning")
    assert pendulum.parse(first["at"])
    logs.start(folder, "human", 0)
    with logs.named_run("r-1"):
        logs.LOG.info("begins\nhere")
    (line, rest) = written(folder).splitlines()[-2:]
    assert line.split(maxsplit=1)[1] == "INFO    r-1 begins"
    assert rest == "    here"


def test_logs_are_private_and_a_file_a_day(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Folder 0700, files 0600; another day or a full file is another file; old days go."""
    monkeypatch.setattr(logs, "_MOST_BYTES", 200)
    (folder / "logs").mkdir()
    kept = [folder / "logs" / name for name in ("sms24-2020-01-01.log", "other.log")]
    for path in kept:
        path.write_text("x")
    logs.start(folder, "json", 30)
    for _ in range(3):
        logs.LOG.info("something")
    names = sorted(path.name for path in (folder / "logs").iterdir())
    assert len(names) == 3
    assert names[0] == "other.log"
    assert names[1].endswith(".2.log")
    assert not kept[0].exists()
    assert stat.S_IMODE((folder / "logs").stat().st_mode) == 0o700
    assert {stat.S_IMODE((folder / "logs" / n).stat().st_mode) for n in names[1:]} == {0o600}


def test_a_log_that_cannot_be_written_stops_nothing(tmp_path: Path) -> None:
    """A file in the folder's place, a link in the file's, or no data folder raise nothing."""
    data = tmp_path / "data"
    logs.start(data, "json", 0)
    logs.LOG.info("before the folder")
    assert not data.exists()
    data.mkdir()
    (data / "logs").write_text("in the way")
    logs.LOG.info("lost")
    (data / "logs").unlink()
    logs.LOG.info("kept")
    assert "kept" in written(data)
    (path,) = (data / "logs").iterdir()
    path.unlink()
    path.symlink_to(tmp_path / "elsewhere")
    logs.LOG.info("led away")
    assert not (tmp_path / "elsewhere").exists()
    logs.stop()


def test_what_runs_by_itself_tells_warnings_on_the_screen(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Warnings, and nothing less, go to standard error as they go into the log."""
    logs.start(folder, "json", 0)
    logs.tell_screen_too()
    logging.getLogger("sms24.webhook").warning("A push of %s was not kept.", NUMBER)
    logs.LOG.info("quiet")
    shown = capsys.readouterr().err
    assert "A push of" in shown
    assert "12 34 56" not in shown
    assert "quiet" not in shown
    logs.stop()
    logs.LOG.warning("later")
    assert capsys.readouterr().err == ""


@pytest.fixture
def known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Account]:
    """Serve a tiny account to commands."""
    monkeypatch.setattr(SystemClock, "sleep", lambda self, seconds: None)
    monkeypatch.chdir(tmp_path)
    with account(tmp_path, messages=20, days=3) as served:
        monkeypatch.setenv("SMS24_BASE_URL", served.settings.base_url)
        monkeypatch.setenv("SMS24_TOKEN", TOKEN)
        monkeypatch.setenv("SMS24_REPORT_PERIODS", "none")
        yield served


def test_a_run_tells_how_it_began_and_ended(
    known: Account, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """The log has a run's two ends under its name in `runs`; a bug's traceback, and no secret."""
    assert main(["sync"]) == 0
    lines = [json.loads(line) for line in written(known.settings.data_dir).splitlines()]
    said = [line["says"] for line in lines]
    assert said == ["sync begins", "sync ends with exit code 0: done"]
    assert len({line["run_id"] for line in lines}) == 1

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError(f"{TOKEN} {NUMBER}")

    monkeypatch.setattr("pipeline.run.build", broken)
    capfd.readouterr()
    assert main(["build"]) == 1
    shown = capfd.readouterr().err.splitlines()
    assert len([line for line in shown if line.startswith("sms24: ")]) == 2
    found = written(known.settings.data_dir)
    assert "RuntimeError" in found
    assert "Traceback" in found
    assert TOKEN not in found
    assert "12 34 56" not in found
    assert known.settings.data_dir.name in shown[-1]

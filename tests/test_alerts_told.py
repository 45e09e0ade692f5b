"""Telling of alerts: each once until it is over, by each way, through crashes and refusals."""

import email
import json
import stat
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.policy import default
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import msgspec
import pytest

from pipeline.alerts import notices
from pipeline.alerts.notices import refuse_incomplete, tell
from pipeline.alerts.rules import Crossing
from pipeline.alerts.state import Alert, moved, read_alerts, write_alerts
from pipeline.clock import HeldClock
from pipeline.errors import TellingError, UsageError
from pipeline.settings import Settings
from pipeline.values import Secret
from support.account import NOW
from support.mailbox import mailbox

CLOCK = HeldClock(NOW)
START = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
SILENT = Crossing("silent", "silent:5", "Phone 5 is silent.")
HOLE = Crossing("hole", "hole", "A hole.")


class Desk:
    """Looks at what is crossed hour by hour; `told` is what a way took, `refuses` what fails."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch, *ways: str) -> None:
        self.settings = Settings(data_dir=folder, notify_by=ways)
        self.told: list[tuple[str, list[str]]] = []
        self.refuses: set[str] = set()
        self.hour = 0
        for way in ways:
            monkeypatch.setitem(notices._WAYS, way, self._way(way))

    def _way(self, way: str) -> Callable[..., None]:
        def take(alerts: list[Alert], *_: object) -> None:
            if way in self.refuses:
                raise TellingError("no")
            said = [f"{'over ' if alert.over_at else ''}{alert.key}" for alert in alerts]
            self.told.append((way, said))

        return take

    def look(self, *found: Crossing) -> list[tuple[str, list[str]]]:
        """Look an hour later; returns what was told."""
        self.told.clear()
        self.hour += 1
        now = START + timedelta(hours=self.hour)
        known = read_alerts(self.settings.data_dir)
        tell(moved(known, found, now, self.settings.notify_by), self.settings, CLOCK)
        return list(self.told)


def test_each_is_told_once_until_it_is_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A crossing is told once, its end once, and a crossing after that is a new one."""
    desk = Desk(tmp_path, monkeypatch, "mail")
    assert desk.look(SILENT) == [("mail", ["silent:5"])]
    assert desk.look(SILENT) == []
    assert desk.look(SILENT, HOLE) == [("mail", ["hole"])]
    assert desk.look(HOLE) == [("mail", ["over silent:5"])]
    assert desk.look(HOLE) == []
    assert desk.look(SILENT, HOLE) == [("mail", ["silent:5"])]


def test_a_way_that_refuses_is_tried_again_and_the_others_are_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What one way did not take it is told by the next run; who took it is not told again."""
    desk = Desk(tmp_path, monkeypatch, "mail", "webhook")
    desk.refuses = {"mail"}
    with pytest.raises(TellingError):
        desk.look(SILENT)
    assert desk.told == [("webhook", ["silent:5"])]
    desk.refuses = set()
    assert desk.look(SILENT) == [("mail", ["silent:5"])]


def test_what_was_told_to_nobody_ends_in_silence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An end is told only by the ways that told the start, and then forgotten."""
    desk = Desk(tmp_path, monkeypatch, "mail", "webhook")
    desk.refuses = {"mail"}
    with pytest.raises(TellingError):
        desk.look(SILENT)
    assert desk.look() == [("webhook", ["over silent:5"])]
    assert desk.look() == []
    assert read_alerts(tmp_path) == []


def test_a_crash_repeats_one_notice_word_for_word(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed between telling and keeping it, the next run tells the very same notice again."""
    settings = Settings(data_dir=tmp_path, notify_by=("mail",))
    said: list[dict[str, Any]] = []
    keep = notices.write_alerts

    def take(alerts: list[Alert], *_: object) -> None:
        said.append(notices.notice_of(alerts, settings))
        monkeypatch.setattr(notices, "write_alerts", die)

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setitem(notices._WAYS, "mail", take)
    with pytest.raises(KeyboardInterrupt):
        tell(moved([], [SILENT], START, ("mail",)), settings, CLOCK)
    monkeypatch.setattr(notices, "write_alerts", keep)
    later = moved(read_alerts(tmp_path), [SILENT], START + timedelta(hours=1), ("mail",))
    with pytest.raises(KeyboardInterrupt):
        tell(later, settings, CLOCK)
    assert said[0] == said[1]
    assert said[0]["crossed"][0]["since"] == "2026-11-02T09:30:00Z"


@pytest.mark.parametrize("text", [b"", b"{", b'{"format": 99, "alerts": []}', b"\xff"])
def test_a_damaged_file_of_alerts_tells_again(tmp_path: Path, text: bytes) -> None:
    """What cannot be read is as if nothing had been told; the file is private."""
    (tmp_path / "alerts.json").write_bytes(text)
    assert read_alerts(tmp_path) == []
    write_alerts(tmp_path, moved([], [HOLE], START, ()))
    assert [alert.key for alert in read_alerts(tmp_path)] == ["hole"]
    assert stat.S_IMODE((tmp_path / "alerts.json").stat().st_mode) == 0o600


def test_a_mail_says_what_is_new(tmp_path: Path) -> None:
    """The mail holds the sentences, and nothing in one becomes a line of its head or of HTML."""
    with mailbox() as server:
        settings = Settings(
            data_dir=tmp_path,
            notify_by=("mail",),
            mail_host="127.0.0.1",
            mail_port=server.port,
            mail_tls="none",
            mail_from="sms24@example.com",
            mail_to=("a@example.com",),
        )
        hostile = Crossing("silent", "silent:5", "Phone 5 (<b>\nBcc: x@example.com) is silent.")
        tell(moved([], [hostile], START, ("mail",)), settings, CLOCK)
    found = email.message_from_bytes(server.mails[0], policy=default)
    assert found["Bcc"] is None
    assert found["Subject"].startswith("sms24: Phone 5 (<b>")
    assert "<b>" not in found.get_body(("html",)).get_content()  # type: ignore[union-attr]
    assert "Since 2026-11-02 09:30 UTC" in found.get_body(("plain",)).get_content()  # type: ignore[union-attr]


def test_a_command_reads_the_notice_without_a_shell_or_a_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The program gets its arguments as they are, the notice as JSON, and none of our variables."""
    monkeypatch.setenv("SMS24_TOKEN", "tok-SECRET")
    script = tmp_path / "page.py"
    script.write_text(
        "import json, os, sys\n"
        "kept = [sys.argv[1], json.load(sys.stdin), sorted(os.environ)]\n"
        f"json.dump(kept, open({str(tmp_path / 'kept.json')!r}, 'w'))\n"
    )
    command = (sys.executable, str(script), "$(touch x); `id`")
    settings = Settings(data_dir=tmp_path, notify_by=("command",), notify_command=command)
    tell(moved([], [HOLE], START, ("command",)), settings, CLOCK)
    argument, notice, names = json.loads((tmp_path / "kept.json").read_text())
    assert argument == "$(touch x); `id`"
    assert notice["crossed"][0]["sentence"] == "A hole."
    assert not [name for name in names if name.startswith("SMS24_")]


def test_a_webhook_gets_a_notice_under_an_id_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is posted is the notice; the same notice has the same id, another one another."""
    got: list[httpx.Request] = []

    def take(_: httpx.HTTPTransport, request: httpx.Request) -> httpx.Response:
        request.read()
        got.append(request)
        return httpx.Response(204)

    monkeypatch.setattr(httpx.HTTPTransport, "handle_request", take)
    url = Secret("https://hooks.example.com/x")
    settings = Settings(data_dir=tmp_path, notify_by=("webhook",), webhook_url=url)
    for found in (SILENT, SILENT, HOLE):
        tell(moved([], [found], START, ("webhook",)), settings, CLOCK)
    assert json.loads(got[0].content)["crossed"][0]["key"] == "silent:5"
    ids = [request.headers["Idempotency-Key"] for request in got]
    assert ids[0] == ids[1] != ids[2]


@pytest.mark.parametrize(
    ("command", "words"),
    [(("/nowhere/page",), "cannot be started"), ((sys.executable, "-c", "exit(3)"), "code 3")],
)
def test_a_command_that_fails_is_told(tmp_path: Path, command: tuple[str, ...], words: str) -> None:
    """A program that is not there, or ends with another code than 0, did not take the notice."""
    settings = Settings(data_dir=tmp_path, notify_by=("command",), notify_command=command)
    with pytest.raises(TellingError, match=words):
        tell(moved([], [HOLE], START, ("command",)), settings, CLOCK)


@pytest.mark.parametrize(("is_known", "is_taken"), [(True, True), (False, True), (True, False)])
def test_apprise_tells_the_rest_of_the_world(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, is_known: bool, is_taken: bool
) -> None:
    """Each address goes to apprise; one that it does not know or serve is an error without it."""
    said: list[str] = []

    class Service:
        def add(self, url: str) -> bool:
            said.append(url)
            return is_known

        def notify(self, title: str, body: str) -> bool:
            said.append(title)
            return is_taken

    fake = ModuleType("apprise")
    fake.Apprise = Service  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "apprise", fake)
    urls = (Secret("ntfy://SECRET"),)
    settings = Settings(data_dir=tmp_path, notify_by=("apprise",), notify_urls=urls)
    alerts = moved([], [HOLE], START, ("apprise",))
    if is_known and is_taken:
        tell(alerts, settings, CLOCK)
        assert said == ["ntfy://SECRET", "sms24: A hole."]
        return
    with pytest.raises((UsageError, TellingError)) as raised:
        tell(alerts, settings, CLOCK)
    assert "SECRET" not in f"{raised.value} {raised.value.advice}"


@pytest.mark.parametrize("way", ["mail", "webhook", "command", "apprise"])
def test_a_way_that_lacks_something_is_refused_at_once(way: str) -> None:
    """A way of telling without what it needs is a usage error before the run begins."""
    with pytest.raises(UsageError, match=f"Notices by {way} need"):
        refuse_incomplete(Settings(notify_by=(way,)))


def test_a_notice_is_in_the_language_of_reports(tmp_path: Path) -> None:
    """Mails, titles and JSON follow `report_language`; a language nobody speaks is English."""
    alerts = moved([], [HOLE, SILENT], START, ())
    settings = Settings(data_dir=tmp_path, report_language="fr")
    voice = notices.voice_of(settings)
    assert notices.title_of(alerts, voice) == "sms24: A hole. (et 1 autre)"
    text = notices.text_of(alerts, settings, voice)
    assert text.startswith("Nouveau : A hole. Depuis le 2026-11-02 09:30 UTC.\n")
    assert f"Dossier de données : {tmp_path}" in text
    assert notices.notice_of(alerts, settings)["language"] == "fr"
    over = [msgspec.structs.replace(alert, over_at=START) for alert in alerts]
    assert notices.text_of(over, settings, voice).startswith("Terminé : A hole.")
    assert notices.voice_of(Settings(report_language="xx")).words.language == "en"

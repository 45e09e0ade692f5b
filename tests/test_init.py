"""`sms24 init`: from nothing to a login that works, with no secret where others could read it."""

import io
import re
import stat
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pipeline.cli import init as command
from pipeline.cli.main import main
from pipeline.emulator.habits import EMAIL, PASSWORD, TOKEN
from pipeline.operate.setup import Answers, settings_text
from pipeline.settings import load, load_settings
from pipeline.values import Secret
from support.account import Account, account


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Account]:
    """Serve a small account; none of the tests fetches its messages."""
    with account(tmp_path_factory.mktemp("init"), messages=10, days=2) as served:
        yield served


@pytest.fixture
def type_in(known: Account, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    """Return what runs `sms24 init ...` in an empty folder, with this on standard input."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SMS24_BASE_URL", known.settings.base_url)

    def run(*words: str, stdin: str = "") -> int:
        monkeypatch.setattr(sys, "stdin", io.StringIO(stdin))
        return main(["init", *words])

    return run


def mode_of(path: Path) -> int:
    """Return a file's mode."""
    return stat.S_IMODE(path.stat().st_mode)


def test_a_token_from_standard_input_is_kept_apart(
    type_in: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Flags and a token on standard input give settings that log in, with the token 0600 apart."""
    flags = ("--email", EMAIL, "--timezone", "Europe/Paris", "--folder", "state", "--token-stdin")
    assert type_in(*flags, stdin=f"{TOKEN}\n") == 0
    said = capsys.readouterr()
    assert TOKEN not in said.out + said.err + (tmp_path / "sms24.toml").read_text()
    assert "Next: sms24 run" in said.out
    assert mode_of(tmp_path / "sms24.secrets.toml") == 0o600
    settings = load_settings({}, folder=tmp_path)
    assert (settings.token, settings.email) == (Secret(TOKEN), EMAIL)
    assert (settings.timezone, settings.data_dir) == ("Europe/Paris", tmp_path / "state")
    assert mode_of(tmp_path / "state") == 0o755


def test_a_password_may_come_from_the_environment(
    type_in: Callable[..., int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """E-mail and password from variables are tried and kept, without a question."""
    monkeypatch.setenv("SMS24_EMAIL", EMAIL)
    monkeypatch.setenv("SMS24_PASSWORD", PASSWORD)
    assert type_in() == 0
    assert load_settings({}, folder=tmp_path).password == Secret(PASSWORD)


def test_a_person_is_asked(
    type_in: Callable[..., int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a terminal what no flag says is asked, a secret without showing it."""
    monkeypatch.setattr(command, "_is_terminal", lambda: True)
    given = {"Token": "", "E-mail": EMAIL, "Password": PASSWORD, "Time": "UTC", "Folder": "here"}
    hidden: list[str] = []

    def answer(question: str, **how: object) -> str:
        word = question.split(maxsplit=1)[0]
        hidden.extend([word] if how.get("hide_input") else [])
        return given[word]

    monkeypatch.setattr(command.click, "prompt", answer)
    assert type_in() == 0
    assert hidden == ["Token", "Password"]
    assert load_settings({}, folder=tmp_path).data_dir == tmp_path / "here"


def test_a_login_that_fails_writes_nothing(
    type_in: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A token that the gateway refuses ends with 3, and the folder stays as it was."""
    assert type_in("--token-stdin", stdin="wrong-SECRET\n") == 3
    assert list(tmp_path.iterdir()) == []
    assert "wrong-SECRET" not in capsys.readouterr().err


def test_without_a_login_it_says_how_to_give_one(
    type_in: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where nobody can be asked and nothing is given it ends with 2."""
    assert type_in() == 2
    assert "SMS24_TOKEN" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["sms24.toml", "sms24.secrets.toml"])
def test_nothing_is_written_over(type_in: Callable[..., int], tmp_path: Path, name: str) -> None:
    """What is there already stays as it is; with --force it is kept beside the new one."""
    (tmp_path / name).write_text("# mine")
    assert type_in("--token-stdin", stdin=TOKEN) == 2
    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert type_in("--token-stdin", "--force", stdin=TOKEN) == 0
    assert (tmp_path / f"{name}.old1").read_text() == "# mine"
    assert load_settings({}, folder=tmp_path).token == Secret(TOKEN)


def test_the_keyring_keeps_it_where_asked(
    type_in: Callable[..., int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With --keyring no file holds the secret, and the settings find it again."""
    kept: dict[str, str] = {}
    monkeypatch.setattr(
        "pipeline.vault.put_into_keyring",
        lambda who, key, secret: kept.update({f"{who}/{key}": secret.reveal()}),
    )
    monkeypatch.setattr(
        "pipeline.vault.keyring_secrets", lambda who: {"token": kept[f"{who}/token"]}
    )
    assert type_in("--email", EMAIL, "--keyring", "--token-stdin", stdin=TOKEN) == 0
    assert not (tmp_path / "sms24.secrets.toml").exists()
    loaded = load({}, folder=tmp_path)
    assert (loaded.settings.token, loaded.sources["token"]) == (Secret(TOKEN), "the keyring")


@pytest.mark.parametrize("is_usual", [True, False])
def test_every_comment_of_the_settings_is_one_to_take_up(tmp_path: Path, *, is_usual: bool) -> None:
    """The settings are read as written, and with every line that is a comment taken up."""
    address = "https://smsgateway24.com/getdata" if is_usual else "https://gw.example.com"
    answers = Answers('q"\\@example.com', None, None, "UTC", "da ta", address)
    text = settings_text(answers)
    (tmp_path / "sms24.toml").write_text(text)
    settings = load_settings({}, folder=tmp_path)
    assert (settings.email, settings.base_url) == ('q"\\@example.com', address)
    (tmp_path / "sms24.toml").write_text(
        re.sub(r"^# (\w+ = |\[)", r"\1", text, flags=re.MULTILINE).replace("keyring = true", "")
    )
    taken = load_settings({}, folder=tmp_path)
    assert (taken.alert_codes, taken.notify_by, taken.mail_port) == ((100, 101), ("mail",), 587)
    assert (tmp_path / "sms24.toml").read_text().count("\n# ") < text.count("\n# ") - 20


def test_a_zone_that_nobody_knows_is_asked_for_again(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A slip in the name of the zone costs that answer alone, and says what is expected."""
    answers = iter(["Europe/Pariss", "Europe/Paris"])
    monkeypatch.setattr(command, "_is_terminal", lambda: True)
    monkeypatch.setattr(command.click.termui, "visible_prompt_func", lambda _: next(answers))
    assert command._asked_zone("UTC") == "Europe/Paris"
    assert "an IANA time zone is expected" in capsys.readouterr().out

"""The settings: where they come from, what wins, what is refused and how it is said."""

import re
from pathlib import Path

import pendulum
import pytest

from pipeline.errors import UsageError
from pipeline.settings import Settings, load_settings


def settings_file(folder: Path, text: str, mode: int = 0o600) -> Path:
    """Write sms24.toml into a folder."""
    path = folder / "sms24.toml"
    path.write_text(text)
    path.chmod(mode)
    return path


def test_nothing_is_needed(tmp_path: Path) -> None:
    """Without file and variables the defaults hold, and the data lie in the current folder."""
    settings = load_settings({}, folder=tmp_path)
    assert (settings.timezone, settings.data_dir) == ("UTC", tmp_path / "data")
    assert not settings.has_login


def test_a_variable_beats_the_file_and_an_empty_one_is_unset(tmp_path: Path) -> None:
    """Each key is overridden by its variable, unless that is empty."""
    settings_file(tmp_path, 'timezone = "Europe/Paris"\nconcurrency = 2\n')
    environ = {"SMS24_TIMEZONE": "Australia/Sydney", "SMS24_CONCURRENCY": ""}
    settings = load_settings(environ, folder=tmp_path)
    assert (settings.timezone, settings.concurrency) == ("Australia/Sydney", 2)


def test_the_data_folder_is_relative_to_the_file(tmp_path: Path) -> None:
    """A relative data folder belongs beside the settings file that was named."""
    (tmp_path / "etc").mkdir()
    path = settings_file(tmp_path / "etc", 'data_dir = "state"')
    settings = load_settings({"SMS24_CONFIG": str(path)}, folder=tmp_path)
    assert settings.data_dir == tmp_path / "etc" / "state"


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-01-31", pendulum.datetime(2026, 1, 31)),
        ("2026-01-31T06:00:00+02:00", pendulum.datetime(2026, 1, 31, 4)),
        ("2026-01-31T06:00:00Z", pendulum.datetime(2026, 1, 31, 6)),
    ],
)
def test_since_is_an_instant(tmp_path: Path, text: str, instant: pendulum.DateTime) -> None:
    """A day is its midnight in UTC; an instant is itself."""
    assert load_settings({"SMS24_SINCE": text}, folder=tmp_path).since == instant


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TIMEZONE", "Mars/Base"),
        ("CONCURRENCY", "0"),
        ("CONCURRENCY", "many"),
        ("RATE", "nan"),
        ("RATE", "-1"),
        ("SINCE", "yesterday"),
        ("BASE_URL", "ftp://example.com"),
        ("BASE_URL", "https://user:pw@example.com"),
        ("BASE_URL", "https://example.com/?token=x"),
        ("PRIVACY", "none"),
    ],
)
def test_a_bad_value_is_refused_by_its_name(tmp_path: Path, name: str, value: str) -> None:
    """A value that cannot be is a usage error that names the key."""
    with pytest.raises(UsageError, match=name.lower()):
        load_settings({f"SMS24_{name}": value}, folder=tmp_path)


def test_a_secret_that_others_may_read_is_refused(tmp_path: Path) -> None:
    """A file with a token needs mode 0600; the sentence does not show the token."""
    settings_file(tmp_path, 'token = "tok-SECRET"', 0o644)
    with pytest.raises(UsageError, match="others may read") as caught:
        load_settings({}, folder=tmp_path)
    assert "tok-SECRET" not in str(caught.value)
    settings_file(tmp_path, 'token = "tok-SECRET"', 0o600)
    settings = load_settings({}, folder=tmp_path)
    assert settings.has_login
    assert "tok-SECRET" not in repr(settings)


@pytest.mark.parametrize(
    ("text", "words"),
    [("token = ", "TOML"), ("tocken = 'x'", "unknown key"), ("rate = []", "rate")],
)
def test_a_bad_file_is_explained(tmp_path: Path, text: str, words: str) -> None:
    """A file that is no TOML, or has a key that nobody knows, is a usage error that says so."""
    settings_file(tmp_path, text)
    with pytest.raises(UsageError, match=words):
        load_settings({}, folder=tmp_path)


def test_a_named_file_must_exist(tmp_path: Path) -> None:
    """A settings file that was named and is not there is a usage error."""
    with pytest.raises(UsageError, match="cannot be read"):
        load_settings({}, config=tmp_path / "no.toml", folder=tmp_path)


def test_the_guide_lists_every_setting() -> None:
    """The table of `docs/operate.md` names each key, and no other one."""
    guide = (Path(__file__).parent.parent / "docs" / "operate.md").read_text("utf-8")
    table = guide.partition("## Settings")[2].partition("\n## ")[0]
    rows = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    named = [key for row in rows for key in re.findall(r"`(\w+)`", row)]
    assert sorted(named) == sorted(Settings.__dataclass_fields__)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("daily, weekly", ("daily", "weekly")),
        ("daily", ("daily",)),
        ("none", ()),
    ],
)
def test_a_list_may_be_one_text(tmp_path: Path, text: str, names: tuple[str, ...]) -> None:
    """Names stand in a variable with commas; `none` is an empty list."""
    settings = load_settings({"SMS24_REPORT_PERIODS": text}, folder=tmp_path)
    assert settings.report_periods == names


def test_a_list_and_a_table_of_the_file(tmp_path: Path) -> None:
    """A list of the file is a list, `[mail] host` is `mail_host`, a path belongs beside it."""
    text = 'report_periods = []\nreports_dir = "own"\n[mail]\nhost = "mail.example.com"\n'
    settings_file(tmp_path, text)
    settings = load_settings({}, folder=tmp_path)
    assert (settings.report_periods, settings.mail_host) == ((), "mail.example.com")
    assert settings.reports_dir == tmp_path / "own"


@pytest.mark.parametrize("value", ["ftp://hunter2", "hunter2", "   "])
def test_an_address_of_a_webhook_that_is_none_is_not_shown(tmp_path: Path, value: str) -> None:
    """A refused secret is told by its key alone."""
    with pytest.raises(UsageError) as refused:
        load_settings({"SMS24_WEBHOOK_URL": value}, folder=tmp_path)
    assert "hunter2" not in f"{refused.value} {refused.value.advice} {refused.value.__cause__}"


@pytest.mark.parametrize("key", ["mail_password", "webhook_url"])
def test_a_file_with_such_a_secret_is_its_owners_alone(tmp_path: Path, key: str) -> None:
    """The login of mail and the address of a webhook are secrets, and never show themselves."""
    path = settings_file(tmp_path, f'{key} = "https://example.com/hunter2"', mode=0o644)
    with pytest.raises(UsageError, match="secret"):
        load_settings({}, folder=tmp_path)
    path.chmod(0o600)
    assert "hunter2" not in repr(load_settings({}, folder=tmp_path))

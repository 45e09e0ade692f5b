"""Secrets apart from the settings: which source wins, who may read it, and where each came from."""

import sys
from pathlib import Path
from types import ModuleType

import pytest

from pipeline.errors import UsageError
from pipeline.settings import load
from pipeline.values import Secret


def written(path: Path, text: str, mode: int = 0o600) -> Path:
    """Write a file with a mode."""
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    path.chmod(mode)
    return path


def test_a_file_of_secrets_beside_the_settings_is_read(tmp_path: Path) -> None:
    """A token in `sms24.secrets.toml` beside the settings is the token, and its file is named."""
    written(tmp_path / "sms24.toml", 'email = "a@example.com"', 0o644)
    written(tmp_path / "sms24.secrets.toml", 'token = "from-file"')
    loaded = load({}, folder=tmp_path)
    assert loaded.settings.token == Secret("from-file")
    assert loaded.sources == {"email": "sms24.toml", "token": "sms24.secrets.toml"}


def test_a_variable_beats_the_file_of_secrets(tmp_path: Path) -> None:
    """A variable wins over the file of secrets."""
    written(tmp_path / "sms24.toml", "")
    written(tmp_path / "sms24.secrets.toml", 'token = "from-file"')
    loaded = load({"SMS24_TOKEN": "from-environment"}, folder=tmp_path)
    assert loaded.settings.token == Secret("from-environment")
    assert loaded.sources["token"] == "SMS24_TOKEN"


def test_a_credential_of_systemd_beats_the_file(tmp_path: Path) -> None:
    """In a service the file that systemd hands over is read, and the other is not even opened."""
    written(tmp_path / "sms24.toml", "")
    written(tmp_path / "sms24.secrets.toml", 'token = "from-file"', 0o000)
    written(tmp_path / "handed" / "sms24.secrets.toml", 'token = "handed"', 0o400)
    environ = {"CREDENTIALS_DIRECTORY": str(tmp_path / "handed")}
    assert load(environ, folder=tmp_path).settings.token == Secret("handed")


@pytest.mark.parametrize(
    ("text", "mode", "words"),
    [
        ('token = "tok-SECRET"', 0o640, "others may read it"),
        ('timezone = "UTC"', 0o600, "has a key that is none: timezone"),
        ('token = "tok-SECRET', 0o600, "not valid TOML"),
    ],
)
def test_a_bad_file_of_secrets_is_refused(tmp_path: Path, text: str, mode: int, words: str) -> None:
    """A file of secrets is its owner's alone and holds nothing else; no sentence shows a secret."""
    written(tmp_path / "sms24.toml", "")
    written(tmp_path / "sms24.secrets.toml", text, mode)
    with pytest.raises(UsageError, match=words) as raised:
        load({}, folder=tmp_path)
    assert "tok-SECRET" not in f"{raised.value} {raised.value.advice}"


def test_the_keyring_is_asked_where_there_is_no_other_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With `keyring = true` the secret of the account comes from there, unless another wins."""
    fake = ModuleType("keyring")
    fake.errors = ModuleType("keyring.errors")  # type: ignore[attr-defined]
    fake.errors.KeyringError = RuntimeError  # type: ignore[attr-defined]
    kept = {("sms24", "a@example.com/password"): "kept"}
    fake.get_password = lambda *place: kept.get(place)  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "keyring", fake)
    monkeypatch.setitem(sys.modules, "keyring.errors", fake.errors)
    written(tmp_path / "sms24.toml", 'email = "a@example.com"\nkeyring = true\n')
    loaded = load({}, folder=tmp_path)
    assert (loaded.settings.password, loaded.sources["password"]) == (Secret("kept"), "the keyring")
    assert load({"SMS24_TOKEN": "t"}, folder=tmp_path).settings.password is None


def test_a_keyring_without_its_library_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the library of the keyring the sentence names the extra."""
    monkeypatch.setitem(sys.modules, "keyring", None)
    written(tmp_path / "sms24.toml", "keyring = true")
    with pytest.raises(UsageError) as raised:
        load({}, folder=tmp_path)
    assert "sms24[keyring]" in raised.value.advice

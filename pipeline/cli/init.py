"""`sms24 init`: set up an account in a few questions."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from pipeline.operate.setup import Answers
    from pipeline.values import Secret


@click.command()
@click.option("--email", metavar="ADDRESS", help="The account's e-mail; with a token not needed.")
@click.option("--timezone", metavar="ZONE", help="What a day is (IANA), such as Europe/Paris.")
@click.option("--folder", metavar="DIR", help="Where data and reports go; data unless given.")
@click.option("--token-stdin", "given", flag_value="token", help="Read the token from stdin.")
@click.option("--password-stdin", "given", flag_value="password", help="Read the password there.")
@click.option("--keyring", is_flag=True, help="Keep the secret in the system's keyring.")
@click.option("--force", is_flag=True, help="Set settings aside that are there already.")
@click.pass_context
def init(  # noqa: PLR0913 - one argument per flag
    context: click.Context,
    *,
    email: str | None,
    timezone: str | None,
    folder: str | None,
    given: str | None,
    keyring: bool,
    force: bool,
) -> None:
    """Set up an account: asks, tries the login, writes sms24.toml and, apart, the secret.

    The token or password comes from a prompt, standard input, SMS24_TOKEN or SMS24_PASSWORD.
    """
    from pipeline.clock import SystemClock  # noqa: PLC0415 - `--help` needs none of it
    from pipeline.operate.setup import refuse_present, set_up, try_login  # noqa: PLC0415

    config = context.obj if isinstance(context.obj, Path) else _settings_path()
    place, name = config.absolute().parent, config.name
    if not force:
        refuse_present(place, name, is_in_keyring=keyring)
    answers = _answers(_Given(email, timezone, folder, given, keyring))
    phones = try_login(answers, SystemClock())
    click.echo(f"The login opens the account: {phones:,} phones.")
    for line in set_up(answers, place, name):
        click.echo(line)
    flag = f" --config {config}" if isinstance(context.obj, Path) else ""
    click.echo(f"\nNext: sms24{flag} run        fetch everything, build, report")
    click.echo(f"Then: sms24{flag} schedule   what to install so that it runs by itself")


class _Given:
    """What the flags say."""

    def __init__(
        self,
        email: str | None,
        timezone: str | None,
        folder: str | None,
        secret: str | None,
        keyring: bool,  # noqa: FBT001
    ) -> None:
        self.email = email or os.environ.get("SMS24_EMAIL") or None
        self.timezone = timezone or os.environ.get("SMS24_TIMEZONE") or None
        self.folder = folder or os.environ.get("SMS24_DATA_DIR") or None
        self.secret = secret
        self.keyring = keyring


def _answers(given: _Given) -> "Answers":
    from pipeline.keys import parsed  # noqa: PLC0415
    from pipeline.operate.machine import machine_zone  # noqa: PLC0415
    from pipeline.operate.setup import Answers  # noqa: PLC0415
    from pipeline.settings import Settings  # noqa: PLC0415

    email = given.email
    token = _secret("token", given, "Token (on the profile page; empty: by e-mail and password)")
    password = None
    if token is None:
        email = email or _asked("E-mail")
        password = _secret("password", given, "Password")
    zone = given.timezone or _asked_zone(machine_zone())
    folder = given.folder or _asked("Folder for data and reports", "data") or "data"
    address = os.environ.get("SMS24_BASE_URL") or Settings().base_url
    return Answers(
        email=email,
        token=token,
        password=password,
        timezone=parsed("timezone", zone, "--timezone"),
        data_dir=folder,
        base_url=parsed("base_url", address, "SMS24_BASE_URL"),
        is_in_keyring=given.keyring,
    )


def _secret(key: str, given: _Given, question: str) -> "Secret | None":
    from pipeline.values import Secret  # noqa: PLC0415

    text = os.environ.get(f"SMS24_{key.upper()}", "")
    if given.secret is not None:
        text = sys.stdin.readline() if given.secret == key else ""
    elif not text and _is_terminal():
        text = click.prompt(question, default="", show_default=False, hide_input=True)
    return Secret(text.strip()) if text.strip() else None


def _asked(question: str, usual: str = "") -> str | None:
    """Return what a person answers; without one, what is usual."""
    if not _is_terminal():
        return usual or None
    return str(click.prompt(question, default=usual, show_default=bool(usual))) or None


def _asked_zone(usual: str) -> str:
    """Return the zone that a person names; one that nobody knows is asked for again."""
    if not _is_terminal():
        return usual
    from pipeline.parsing import zone  # noqa: PLC0415

    def checked(text: str) -> str:
        try:
            return zone(text)
        except ValueError as error:
            raise click.UsageError(str(error)) from None

    return str(click.prompt("Time zone of the reports", default=usual, value_proc=checked))


def _is_terminal() -> bool:
    return sys.stdin.isatty()


def _settings_path() -> Path:
    from pipeline.keys import SETTINGS_FILE  # noqa: PLC0415

    return Path(os.environ.get("SMS24_CONFIG") or SETTINGS_FILE)

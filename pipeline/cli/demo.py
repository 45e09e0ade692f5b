"""`sms24 demo`: an emulated gateway, a list of contacts and the real `sms24 run` against it."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from pipeline.cli.aside import tell
from pipeline.errors import Sms24Error, UsageError

_MARK = ".sms24-demo"
_LIST = "clients.csv"
_DECIDE = 5  # a person has something to decide: the two rows that are wrong
# Made-up people, as Excel in France saves them: cp1252, semicolons.
_CLIENTS = """\
Prénom;Nom;Mobile;Ville
Élodie;Lefèvre;06 12 34 56 01;Lille
François;Bélanger;06 12 34 56 02;Lyon
Zoé;N'Diaye;0612345603;Paris
Noël;Müller;+33 6 12 34 56 04;Strasbourg
Anaïs;Crépin;0033 6 12 34 56 05;Nantes
Jérôme;Œuvrard;06.12.34.56.06;Rennes
Inès;Garcia;06-12-34-56-07;Toulouse
Hélène;d'Arcy;06 12 34 56 08;Nice
Loïc;Le Goff;06 12 34 56 09;Brest
Maëlle;Faÿ;612345610;Dijon
Cédric;Bœuf;06 12 34 56 11;Reims
Agnès;Châtel;06 12 34 56 12;Metz
Rémi;Trop Court;06 12 34;Nîmes
Céline;Fixe;01 99 00 12 34;Tours
"""
_QUESTIONS = {
    "How did each phone do?": """
        select device_id, sum(outgoing) as outgoing, sum(delivered + sent) as good,
        sum(failed + undelivered) as bad
        from delivery_daily group by device_id order by bad desc""",
    "Why do messages fail, and what comes first?": """
        select code, label, messages, worst_device_id, first_action
        from failure_codes order by messages desc""",
    "Which days were the worst?": """
        select day, sum(outgoing) as outgoing,
        sum(undelivered + failed) / sum(outgoing) as failure_rate
        from delivery_daily group by day order by failure_rate desc limit 10""",
}


@click.command()
@click.option(
    "--dir",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("sms24-demo"),
    show_default=True,
    help="The demo's own folder; made anew each time.",
)
@click.option("--messages", default=50_000, show_default=True)
@click.option("--days", default=90, show_default=True)
@click.option("--seed", default=1, show_default=True)
def demo(folder: Path, messages: int, days: int, seed: int) -> None:
    """Emulator, contact import, run and report, in a folder of its own."""
    folder = folder.resolve()
    _make_anew(folder)
    tell(f"Starting a gateway with {messages:,} messages of {days} days ...")
    options = ("--messages", str(messages), "--days", str(days), "--seed", str(seed))
    with _emulator(options) as (address, token):
        environ = {key: value for key, value in os.environ.items() if not key.startswith("SMS24_")}
        environ |= {
            "SMS24_BASE_URL": address,
            "SMS24_TOKEN": token,
            "SMS24_DATA_DIR": str(folder),
            "SMS24_TIMEZONE": "Europe/Paris",
            "SMS24_RATE": "1000",
            "SMS24_CONTACTS_RATE": "1000",
        }
        _load_contacts(folder, environ)
        _do(environ, folder, "run")
    _show_questions(folder)


def _load_contacts(folder: Path, environ: dict[str, str]) -> None:
    """Plan and send a list of twelve good rows and two that are wrong."""
    tell("\nLoading a list of contacts ...")
    (folder / _LIST).write_bytes(_CLIENTS.replace("\n", "\r\n").encode("cp1252"))
    plan = ("contacts", "plan", _LIST, "--tag", "Clients", "--region", "FR", "--json")
    said = _do(environ, folder, *plan, ends=(0, _DECIDE), is_shown=False)
    apply = ("contacts", "apply", json.loads(said)["plan"], "--canary", "skip")
    _do(environ, folder, *apply, ends=(0, _DECIDE))
    tell("")


def _do(
    environ: dict[str, str],
    folder: Path,
    *arguments: str,
    ends: tuple[int, ...] = (0,),
    is_shown: bool = True,
) -> str:
    """Run a command to its end and return what it said, unless it is shown."""
    ended = subprocess.run(  # noqa: S603 - our own command
        _sms24(*arguments),
        env=environ,
        cwd=folder,
        check=False,
        text=True,
        stdout=None if is_shown else subprocess.PIPE,
    )
    if ended.returncode not in ends:
        what = " ".join(arguments[:2])
        raise Sms24Error(f"sms24 {what} of the demo ended with exit code {ended.returncode}.")
    return ended.stdout or ""


def _sms24(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "pipeline", *arguments]


def _make_anew(folder: Path) -> None:
    """Empty the demo's folder; refuses one that a demo did not make."""
    if folder.exists() and any(folder.iterdir()):
        if not (folder / _MARK).is_file():
            raise UsageError(
                f"The folder {folder} is not empty and no demo made it.",
                advice="Name another one with --dir.",
            )
        shutil.rmtree(folder)
    folder.mkdir(mode=0o755, parents=True, exist_ok=True)
    folder.chmod(0o755)
    (folder / _MARK).touch()


@contextmanager
def _emulator(options: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Run an emulator as a process of its own; gives its address and token."""
    command = _sms24("emulator", *options)
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 - our own command
        try:
            lines = process.stdout
            address = lines.readline().strip().rpartition(" ")[2] if lines else ""
            token = lines.readline().strip().rpartition(" ")[2] if lines else ""
            if not address:
                raise Sms24Error("The emulator did not start.")
            yield address, token
        finally:
            process.send_signal(signal.SIGTERM)


def _show_questions(folder: Path) -> None:
    # Typed as it stands, also where the command is not on the PATH.
    command = "sms24" if shutil.which("sms24") else str(Path(sys.argv[0]).resolve())
    click.echo("\nThree questions to ask it:")
    for question, sql in _QUESTIONS.items():
        line = " ".join(sql.split())
        click.echo(f'\n  # {question}\n  SMS24_DATA_DIR={folder} {command} query "{line}"')

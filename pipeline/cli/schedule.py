"""`sms24 schedule`: what to install so that `sms24 run` starts by itself."""

import getpass
import os
import shlex
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli.aside import tell
from pipeline.cli.console import loaded_of

if TYPE_CHECKING:
    from pipeline.operate.schedule import Job
    from pipeline.settings import Loaded

_STEPS = {
    "systemd": "sudo cp {files} /etc/systemd/system/ && sudo systemctl enable --now {names}",
    "cron": "(crontab -l 2>/dev/null; cat {files}) | crontab -",
    "launchd": "cp {files} ~/Library/LaunchAgents/ && for each in {names}; do"
    " launchctl bootstrap gui/$(id -u) ~/Library/LaunchAgents/$each; done",
}
_STARTED = {"systemd": ".timer", "cron": ".crontab", "launchd": ".plist"}


@click.command()
@click.option("--systemd", "kind", flag_value="systemd", help="A service and a timer (Linux).")
@click.option("--cron", "kind", flag_value="cron", help="A line of a crontab.")
@click.option("--launchd", "kind", flag_value="launchd", help="A property list (macOS).")
@click.option(
    "--with",
    "more",
    type=click.Choice(["prune", "backup"]),
    multiple=True,
    help="Each Sunday too: prune, backup. Repeatable.",
)
@click.option("--name", default="sms24", show_default=True, help="Of the units; one per account.")
@click.option("--to", type=click.Path(path_type=Path), help="Write the files into this folder.")
@click.pass_context
def schedule(
    context: click.Context, kind: str | None, more: tuple[str, ...], name: str, to: Path | None
) -> None:
    """Print what to install so that `sms24 run` starts by itself; nothing is installed."""
    from pipeline.clock import SystemClock  # noqa: PLC0415 - `--help` needs none of it

    loaded = loaded_of(context)
    job = _job(loaded, name)
    kind = kind or ("launchd" if sys.platform == "darwin" else "systemd")
    files = _files(kind, _jobs(job, more))
    if to is None:
        for file, text in files.items():
            head = f"# {file}\n" if len(files) > 1 else ""
            click.echo(f"{head}{text}", nl=text[-1:] != "\n")
    else:
        _write(to, files)
    for text in (*_cautions(loaded, more), *_odd(job, SystemClock().now())):
        tell(f"Note: {text}")
    if to is None:
        tell(f"Write the files: sms24 schedule --{kind} --to .")
    step = _STEPS[kind].format(
        files=" ".join(shlex.quote(str((to or Path()) / file)) for file in files),
        names=" ".join(file for file in files if file.endswith(_STARTED[kind])),
    )
    tell(f"Then install: {step}")


def _job(loaded: "Loaded", name: str) -> "Job":
    from pipeline.operate.schedule import Job  # noqa: PLC0415
    from pipeline.timetable import timetable_of  # noqa: PLC0415

    settings = loaded.settings
    config = ("--config", str(loaded.path.resolve())) if loaded.path else ()
    return Job(
        program=(*_program(), *config),
        folder=(loaded.path.resolve().parent if loaded.path else Path.cwd()),
        data_dir=settings.data_dir.resolve(),
        secrets=loaded.secrets_path,
        timetable=settings.schedule or timetable_of("hourly"),
        zone=settings.timezone,
        user=getpass.getuser(),
        prints_pdf="pdf" in settings.report_formats,
        name=name,
    )


def _program() -> tuple[str, ...]:
    beside = Path(sys.executable).parent / "sms24"
    found = str(beside) if os.access(beside, os.X_OK) else shutil.which("sms24")
    return (found,) if found else (sys.executable, "-m", "pipeline")


def _jobs(job: "Job", more: tuple[str, ...]) -> "list[Job]":
    from pipeline.operate.schedule import weekly_of  # noqa: PLC0415

    return [job, *(weekly_of(job, name) for name in dict.fromkeys(more))]


def _files(kind: str, jobs: "list[Job]") -> dict[str, str]:
    from pipeline.operate import schedule as made  # noqa: PLC0415
    from pipeline.operate.machine import machine_zone, minutes_ahead  # noqa: PLC0415

    if kind == "systemd":
        units = [(job.name, made.service_of(job), made.timer_of(job)) for job in jobs]
        return {
            f"{name}.{part}": text
            for name, service, timer in units
            for part, text in (("service", service), ("timer", timer))
        }
    zone = machine_zone(jobs[0].zone)
    shift = minutes_ahead(zone, jobs[0].zone)
    if kind == "cron":
        lines = [made.crontab_of(job, zone, shift) for job in jobs]
        return {f"{jobs[0].name}.crontab": "".join(lines)}
    return {f"{job.label}.plist": made.plist_of(job, zone, shift).decode() for job in jobs}


def _write(folder: Path, files: dict[str, str]) -> None:
    from pipeline.errors import UsageError  # noqa: PLC0415

    for name, text in files.items():
        path = folder / name
        if path.exists() and path.read_text("utf-8") != text:
            raise UsageError(f"{path} is there already.", advice="Move it away, or print instead.")
    for name, text in files.items():
        try:
            (folder / name).write_text(text, encoding="utf-8")
        except OSError as error:
            raise UsageError(f"{folder / name} cannot be written ({error.strerror}).") from None
        (folder / name).chmod(0o644)
        click.echo(folder / name)


def _cautions(loaded: "Loaded", more: tuple[str, ...]) -> list[str]:
    """Return what a job that starts by itself would miss."""
    found = []
    settings = loaded.settings
    if not settings.has_login:
        found.append("There is no login: the job would end with 2 each time. Run: sms24 init")
    if "prune" in more and not (settings.keep_versions_months or settings.keep_body_days):
        found.append(
            "Neither keep_body_days nor keep_versions_months is set: prune has little to do."
        )
    for key, source in loaded.sources.items():
        if source.startswith("SMS24_"):
            found.append(f"{source} is set in this shell alone; put {key} into a file: sms24 init.")
        if source == "the keyring":
            found.append("The keyring is closed while nobody is logged in; a file never is.")
    if loaded.settings.data_dir.resolve().is_relative_to("/tmp"):  # noqa: S108 - to warn of it
        found.append("Services have a /tmp of their own, and it is emptied: move the data folder.")
    if not loaded.settings.data_dir.is_dir():
        found.append(f"The folder {loaded.settings.data_dir} must exist: sms24 init makes it.")
    return sorted(set(found))


def _odd(job: "Job", now: "object") -> list[str]:
    from pendulum import DateTime  # noqa: PLC0415

    days = job.timetable.odd_days(now, job.zone) if isinstance(now, DateTime) else []
    if not days:
        return []
    said = f"On {' and '.join(days)} the clocks of {job.zone} leave that time out or show it twice"
    return [f"{said}: one run may be left out or doubled, which does no harm."]

"""What to install so that `sms24 run` starts by itself: units of systemd, a crontab line, a plist.

A time of day is one of the reporting zone, through every change of clocks. systemd is told the
zone; cron and launchd know the machine's alone, so where it is another one they start the job each
hour, and it goes on in the right one.
"""

import plistlib
import re
import shlex
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.errors import UsageError
from pipeline.timetable import Timetable, timetable_of

_LABEL = "com.smsgateway24"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,60}")
_HOUR = 60


@dataclass(frozen=True, slots=True)
class Job:
    """What shall start, when, and for whom.

    Attributes:
        program: the command and its arguments before `command`; the first is an absolute path.
        folder: where it starts.
        data_dir: what it may write.
        secrets: the file of secrets; None where there is none.
        timetable: when, on the clocks of `zone`.
        user: who runs it.
        prints_pdf: whether a browser is started, which makes name spaces of its own.
        name: what the units are called; one per account.
        command: what is started: `run`, or another job with its options.
        does: what that is, for people.
        on_sundays: whether it is started on Sundays alone.
    """

    program: tuple[str, ...]
    folder: Path
    data_dir: Path
    secrets: Path | None
    timetable: Timetable
    zone: str
    user: str
    prints_pdf: bool = False
    name: str = "sms24"
    command: tuple[str, ...] = ("run",)
    does: str = "fetch, build and report"
    on_sundays: bool = False

    @property
    def words(self) -> tuple[str, ...]:
        """The command with all its arguments."""
        return (*self.program, *self.command)

    @property
    def when(self) -> str:
        """When it starts, for people."""
        days = str(self.timetable)
        return days.replace("daily", "Sundays") if self.on_sundays else days

    @property
    def label(self) -> str:
        """The name by which launchd knows it."""
        return f"{_LABEL}.{self.name}"

    def refuse_odd(self) -> None:
        """Raise UsageError for a name or a path that no file of a schedule can hold."""
        if not _NAME.fullmatch(self.name):
            raise UsageError(
                f"{self.name!r} is no name for a unit.", advice="Use letters, digits, - and _."
            )
        texts = (*self.program, str(self.folder), str(self.data_dir), str(self.secrets or ""))
        if not all(text.isprintable() for text in texts):
            raise UsageError(
                "A path holds a line break or another sign that no schedule can hold.",
                advice="Rename that folder.",
            )


# Weekly jobs wait for a run: at their minute few start, and all of them end before an hour is over.
_WEEKLY = {
    "prune": (("prune", "--wait", "3600"), "05:37", "take away what need not be kept"),
    "backup": (("backup", "--wait", "3600", "--keep", "8"), "06:37", "back up"),
}
WEEKLY = tuple(_WEEKLY)


def weekly_of(job: Job, name: str) -> Job:
    """Return the weekly job `prune` or `backup` beside a job that runs."""
    command, time, does = _WEEKLY[name]
    return replace(
        job,
        name=f"{job.name}-{name}",
        command=command,
        does=does,
        timetable=timetable_of(f"daily {time}"),
        on_sundays=True,
        prints_pdf=False,
    )


_SERVICE = """\
[Unit]
Description=sms24: {does}
Documentation=https://smsgateway24.com
Wants=network-online.target
After=network-online.target

[Service]
Type=oneshot
User={user}
WorkingDirectory={folder}
ExecStart={command}
# 75: another sms24 worked in the folder; the next start does what is left.
SuccessExitStatus=75
TimeoutStartSec=12h
UMask=0077
{credential}ReadWritePaths={data_dir}
ProtectSystem=strict
ProtectHome=read-only
PrivateTmp=true
PrivateDevices=true
NoNewPrivileges=true
CapabilityBoundingSet=
AmbientCapabilities=
ProtectClock=true
ProtectControlGroups=true
ProtectHostname=true
ProtectKernelLogs=true
ProtectKernelModules=true
ProtectKernelTunables=true
ProtectProc=invisible
RemoveIPC=true
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
{namespaces}RestrictRealtime=true
RestrictSUIDSGID=true
LockPersonality=true
SystemCallArchitectures=native
SystemCallFilter=@system-service
Nice=10
"""
_TIMER = """\
[Unit]
Description=sms24: {when}, on the clocks of {zone}

[Timer]
OnCalendar={calendar}
# A start that was missed while the machine was off is made up for.
Persistent=true
RandomizedDelaySec=60

[Install]
WantedBy=timers.target
"""


def service_of(job: Job) -> str:
    """Return the unit `NAME.service`: as a user of its own, with nothing to write but the data."""
    job.refuse_odd()
    credential = f"LoadCredential=sms24.secrets.toml:{_plain(job.secrets)}\n" if job.secrets else ""
    return _SERVICE.format(
        does=job.does,
        user=job.user,
        folder=_plain(job.folder),
        command=" ".join(_argument(word) for word in job.words),
        credential=credential,
        data_dir=_argument(str(job.data_dir), in_command=False),
        namespaces="" if job.prints_pdf else "RestrictNamespaces=true\n",
    )


def timer_of(job: Job) -> str:
    """Return the unit `NAME.timer`; its times are those of the job's zone."""
    job.refuse_odd()
    days = "Sun " if job.on_sundays else ""
    calendar = f"{days}{calendar_of(job.timetable, job.zone)}"
    return _TIMER.format(when=job.when, zone=job.zone, calendar=calendar)


def calendar_of(timetable: Timetable, zone: str) -> str:
    """Return a timetable in the words of systemd."""
    hour = "*" if timetable.hour is None else f"{timetable.hour:02d}"
    minutes = ",".join(f"{minute:02d}" for minute in timetable.minutes)
    return f"*-*-* {hour}:{minutes}:00 {zone}"


def crontab_of(job: Job, machine_zone: str, shift: int) -> str:
    """Return the line of a crontab, under a comment.

    Args:
        job: what shall start.
        machine_zone: the zone whose clocks cron follows.
        shift: by how many minutes these are ahead of the job's zone, as far as minutes of an hour
            go; 0 nearly everywhere.
    """
    job.refuse_odd()
    hour, minutes = _on_machine(job, machine_zone, shift)
    when = f"{','.join(map(str, minutes))} {'*' if hour is None else hour} * * {_sunday(job, hour)}"
    guard = _guard(job) + " && " if _needs_guard(job, machine_zone) else ""
    command = f"cd {shlex.quote(str(job.folder))} && {_shell(job)}"
    line = f"{guard}{{ {command} 2>&1 | logger -t {job.name}; }}"
    comment = f"# sms24: {job.when}, on the clocks of {job.zone}; this machine's: {machine_zone}"
    # To cron an unescaped percent sign ends the line.
    return f"{comment}\n{when} {line.replace('%', chr(92) + '%')}\n"


def plist_of(job: Job, machine_zone: str, shift: int) -> bytes:
    """Return the property list of a launchd agent; arguments as for `crontab_of`."""
    job.refuse_odd()
    hour, minutes = _on_machine(job, machine_zone, shift)
    daily = {} if hour is None else {"Hour": hour}
    if _sunday(job, hour) == "0":
        daily["Weekday"] = 0
    arguments = list(job.words)
    if _needs_guard(job, machine_zone):
        arguments = ["/bin/sh", "-c", f"{_guard(job)} || exit 0; exec {_shell(job)}"]
    return plistlib.dumps(
        {
            "Label": job.label,
            "ProgramArguments": arguments,
            "WorkingDirectory": str(job.folder),
            "StartCalendarInterval": [{**daily, "Minute": minute} for minute in minutes],
            "ProcessType": "Background",
            "LowPriorityIO": True,
            "Umask": 0o077,
        }
    )


def _on_machine(job: Job, machine_zone: str, shift: int) -> tuple[int | None, list[int]]:
    hour = None if _needs_guard(job, machine_zone) else job.timetable.hour
    return hour, sorted((minute + shift) % _HOUR for minute in job.timetable.minutes)


def _needs_guard(job: Job, machine_zone: str) -> bool:
    return job.timetable.hour is not None and machine_zone != job.zone


def _sunday(job: Job, hour: int | None) -> str:
    """Return the day of the week for cron; none where a guard asks the zone, whose day it is."""
    return "0" if job.on_sundays and hour is not None else "*"


def _guard(job: Job) -> str:
    asked, wanted = "%H", f"{job.timetable.hour or 0:02d}"
    if job.on_sundays:
        asked, wanted = "%u%H", f"7{wanted}"
    return f'[ "$(TZ={shlex.quote(job.zone)} date +{asked})" = {wanted} ]'


def _shell(job: Job) -> str:
    return shlex.join(job.words)


def _plain(path: Path | None) -> str:
    """Return a path as a unit takes it: a percent sign would stand for something else."""
    return str(path).replace("%", "%%")


def _argument(word: str, *, in_command: bool = True) -> str:
    """Return a word between the quotes of a unit."""
    text = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")
    return f'"{text.replace("$", "$$") if in_command else text}"'

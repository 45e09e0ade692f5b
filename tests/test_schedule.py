"""What `sms24 schedule` prints: taken by its reader, started as meant, in any zone."""

import plistlib
import shlex
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from pipeline.cli.main import main
from pipeline.errors import UsageError
from pipeline.operate import machine
from pipeline.operate.machine import schedules
from pipeline.operate.schedule import (
    WEEKLY,
    Job,
    calendar_of,
    crontab_of,
    plist_of,
    service_of,
    timer_of,
    weekly_of,
)
from pipeline.timetable import timetable_of

HARD = ("ProtectSystem=strict", "NoNewPrivileges=true", "PrivateTmp=true", "UMask=0077")
needs_systemd = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="there is no systemd"
)


def job_in(folder: Path, timetable: str = "hourly", zone: str = "Europe/Paris") -> Job:
    """Return a job whose folder has blanks and signs that mean something to its readers."""
    odd = folder / 'a b %h $HOME "q"'
    odd.mkdir(exist_ok=True)
    return Job(
        program=(sys.executable, "-m", "pipeline", "--config", str(odd / "sms24.toml")),
        folder=folder,
        data_dir=odd,
        secrets=folder / "sms24.secrets.toml",
        timetable=timetable_of(timetable),
        zone=zone,
        user="daemon",
    )


def test_the_service_is_hardened(tmp_path: Path) -> None:
    """The service writes the data alone, gains nothing, and gets its secrets from systemd."""
    lines = service_of(job_in(tmp_path)).splitlines()
    assert set(HARD) <= set(lines)
    assert f"LoadCredential=sms24.secrets.toml:{tmp_path}/sms24.secrets.toml" in lines
    assert f'ReadWritePaths="{tmp_path}/a b %%h $HOME \\"q\\""' in lines
    assert "SuccessExitStatus=75" in lines
    assert "RestrictNamespaces=true" in lines
    assert "RestrictNamespaces" not in service_of(replace(job_in(tmp_path), prints_pdf=True))
    assert "LoadCredential" not in service_of(replace(job_in(tmp_path), secrets=None))


@needs_systemd
def test_systemd_takes_the_units(tmp_path: Path) -> None:
    """`systemd-analyze verify` has nothing to say about either unit, for any timetable."""
    runs = [job_in(tmp_path, text) for text in ("hourly", "every 15 minutes", "daily 02:30")]
    for job in (*runs, *(weekly_of(runs[0], name) for name in WEEKLY)):
        (tmp_path / "sms24.service").write_text(service_of(job))
        (tmp_path / "sms24.timer").write_text(timer_of(job))
        units = [str(tmp_path / name) for name in ("sms24.service", "sms24.timer")]
        done = subprocess.run(
            ["systemd-analyze", "verify", "--man=no", *units],
            capture_output=True,
            text=True,
            check=False,
        )
        said = [line for line in done.stderr.splitlines() if "sms24" in line]
        assert (done.returncode, said) == (0, [])


@needs_systemd
def test_systemd_calls_the_service_safe(tmp_path: Path) -> None:
    """The exposure that systemd counts for the service is below three of ten."""
    path = tmp_path / "sms24.service"
    path.write_text(service_of(job_in(tmp_path)))
    command = ["systemd-analyze", "security", "--offline=true", "--threshold=30", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("timetable", "calendar"),
    [
        ("hourly at 20", "*-*-* *:20:00 Europe/Paris"),
        ("every 30 minutes", "*-*-* *:00,30:00 Europe/Paris"),
        ("daily 06:20", "*-*-* 06:20:00 Europe/Paris"),
    ],
)
def test_the_timer_names_its_zone(timetable: str, calendar: str) -> None:
    """The timer of systemd is told the zone, so that a change of its clocks moves the job along."""
    assert calendar_of(timetable_of(timetable), "Europe/Paris") == calendar


@pytest.mark.parametrize(
    ("timetable", "clocks", "shift", "head"),
    [
        ("hourly", "Europe/Paris", 0, "7 * * * * { "),
        ("every 20 minutes", "Asia/Kolkata", 30, "10,30,50 * * * * { "),
        ("daily 06:20", "Europe/Paris", 0, "20 6 * * * { "),
        ("daily 06:20", "UTC", 0, '20 * * * * [ "$(TZ=Europe/Paris date +\\%H)" = 06 ] && { '),
    ],
)
def test_the_crontab_line(
    tmp_path: Path, timetable: str, clocks: str, shift: int, head: str
) -> None:
    """The line starts at the machine's minute; in another zone each hour asks whether it is it."""
    comment, line = crontab_of(job_in(tmp_path, timetable), clocks, shift).splitlines()
    assert comment.startswith("# sms24: ")
    assert line.startswith(head)
    assert line.count("%") == line.count("\\%")


def test_the_shell_of_cron_reads_the_line_as_it_was_meant(tmp_path: Path) -> None:
    """What cron hands to its shell, once it took away its own signs, has our words whole."""
    job = job_in(tmp_path)
    _, line = crontab_of(job, "Europe/Paris", 0).splitlines()
    command = line.partition("{ ")[2].replace("\\%", "%").partition(" 2>&1")[0]
    assert shlex.split(command) == ["cd", str(tmp_path), "&&", *job.program, "run"]


@pytest.mark.parametrize("clocks", ["Europe/Paris", "UTC"])
def test_the_plist_is_one(tmp_path: Path, clocks: str) -> None:
    """The list of launchd reads back: our words, at the minute; elsewhere behind the question."""
    job = job_in(tmp_path, "daily 06:20")
    found = plistlib.loads(plist_of(job, clocks, 0))
    if clocks == job.zone:
        assert found["ProgramArguments"] == [*job.program, "run"]
        assert found["StartCalendarInterval"] == [{"Hour": 6, "Minute": 20}]
    else:
        assert found["ProgramArguments"][:2] == ["/bin/sh", "-c"]
        script = found["ProgramArguments"][2]
        assert script.startswith('[ "$(TZ=Europe/Paris date +%H)" = 06 ] || exit 0; exec ')
        assert shlex.split(script.partition("exec ")[2]) == [*job.program, "run"]
        assert found["StartCalendarInterval"] == [{"Minute": 20}]


def test_the_question_of_the_hour_is_one(tmp_path: Path) -> None:
    """The guard before a daily job is true in its hour of the zone and in no other."""
    script = plistlib.loads(plist_of(job_in(tmp_path, "daily 06:20", "UTC"), "X", 0))
    guard = script["ProgramArguments"][2].partition(" || ")[0]
    for hour, code in (("06", 0), ("07", 1)):
        fake = tmp_path / "date"
        fake.write_text(f"#!/bin/sh\n[ $TZ = UTC ] && [ $1 = +%H ] && echo {hour}\n")
        fake.chmod(0o755)
        environ = {"PATH": f"{tmp_path}:/usr/bin:/bin"}
        assert subprocess.run(["/bin/sh", "-c", guard], env=environ, check=False).returncode == code


def test_a_path_with_a_line_break_is_refused(tmp_path: Path) -> None:
    """No path can add a line to a unit or a crontab."""
    job = replace(job_in(tmp_path), data_dir=tmp_path / "a\nUser=root")
    for make in (lambda: service_of(job), lambda: crontab_of(job, "UTC", 0)):
        with pytest.raises(UsageError, match="line break"):
            make()


def test_zones_with_the_same_clocks_are_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine on Etc/UTC needs no question of the hour for a job in UTC; one in Paris does."""
    own = SimpleNamespace(name="Etc/UTC")
    monkeypatch.setattr(machine, "get_local_timezone", lambda: own)
    assert machine.machine_zone("UTC") == "UTC"
    assert machine.machine_zone("Europe/London") == "Etc/UTC"
    assert machine.minutes_ahead("Asia/Kolkata", "Europe/Paris") == 30


def test_what_is_installed_is_found(tmp_path: Path) -> None:
    """A unit, a line of a crontab and a list of launchd that start a run are found, no others."""
    units, home = tmp_path / "etc/systemd/system", tmp_path / "home"
    units.mkdir(parents=True)
    (tmp_path / "etc/cron.d").mkdir()
    (home / "Library/LaunchAgents").mkdir(parents=True)
    assert schedules(tmp_path, home) == []
    job = job_in(tmp_path)
    job = replace(job, program=("/usr/bin/sms24", *job.program[3:]))
    (units / "other.service").write_text("[Service]\nExecStart=/bin/true\n")
    (units / "sms24.service").write_text(service_of(job))
    (tmp_path / "etc/cron.d/sms24").write_text(crontab_of(job, "UTC", 0))
    (tmp_path / "etc/crontab").write_text("# 7 * * * * sms24 run\n")
    (home / "Library/LaunchAgents/x.plist").write_bytes(plist_of(job, "Europe/Paris", 0))
    found = schedules(tmp_path, home)
    assert [each.kind for each in found] == ["systemd", "cron", "launchd"]
    assert not found[0].is_on  # there is no timer beside it


@pytest.mark.parametrize("name", ["", "../x", "a b", "a\nb", "x" * 99])
def test_a_name_is_one_of_a_unit(tmp_path: Path, name: str) -> None:
    """A name that could be a path, or another line, is refused."""
    with pytest.raises(UsageError, match="no name for a unit"):
        timer_of(replace(job_in(tmp_path), name=name))


@pytest.mark.parametrize(
    ("flag", "names"),
    [("--systemd", ["sms24.service", "sms24.timer"]), ("--cron", ["sms24.crontab"])],
)
def test_the_command_prints_or_writes_and_installs_nothing(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    flag: str,
    names: list[str],
) -> None:
    """Files are what was printed; another file of that name is never replaced; secrets stay out."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SMS24_TOKEN", "tok-SECRET")
    (tmp_path / "out").mkdir()
    assert main(["schedule", flag]) == 0
    printed = capsys.readouterr()
    assert "SMS24_TOKEN is set in this shell alone" in printed.err
    assert main(["schedule", flag, "--to", "out"]) == 0
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == names
    for name in names:
        assert (tmp_path / "out" / name).read_text() in printed.out
    assert "tok-SECRET" not in printed.out + printed.err
    (tmp_path / "out" / names[0]).write_text("mine")
    assert main(["schedule", flag, "--to", "out"]) == 2
    assert (tmp_path / "out" / names[0]).read_text() == "mine"


def test_weekly_jobs_are_those_of_the_zones_sunday(tmp_path: Path) -> None:
    """Prune and backup start on Sundays of the zone, each with its own words and name."""
    prune, backup = (weekly_of(job_in(tmp_path), name) for name in WEEKLY)
    assert (prune.label, backup.name) == ("com.smsgateway24.sms24-prune", "sms24-backup")
    assert "OnCalendar=Sun *-*-* 05:37:00 Europe/Paris\n" in timer_of(prune)
    assert '"prune" "--wait" "3600"\n' in service_of(prune)
    assert '"backup" "--wait" "3600" "--keep" "8"\n' in service_of(backup)
    line = crontab_of(backup, "Europe/Paris", 0).splitlines()[1]
    assert line.startswith("37 6 * * 0 { cd ")
    assert "backup --wait 3600 --keep 8 2>&1 | logger -t sms24-backup" in line
    far = crontab_of(prune, "UTC", 0).splitlines()[1]
    assert far.startswith('37 * * * * [ "$(TZ=Europe/Paris date +\\%u\\%H)" = 705 ] && { ')
    found = plistlib.loads(plist_of(prune, "Europe/Paris", 0))
    assert found["StartCalendarInterval"] == [{"Hour": 5, "Weekday": 0, "Minute": 37}]
    assert found["ProgramArguments"][-3:] == ["prune", "--wait", "3600"]
    script = plistlib.loads(plist_of(prune, "UTC", 0))["ProgramArguments"][2]
    assert script.startswith('[ "$(TZ=Europe/Paris date +%u%H)" = 705 ] || exit 0; exec ')


@pytest.mark.parametrize(
    ("flag", "names"),
    [
        ("--systemd", [f"sms24{name}{part}" for name in ("", "-backup", "-prune")
                       for part in (".service", ".timer")]),
        ("--cron", ["sms24.crontab"]),
        ("--launchd", [f"com.smsgateway24.sms24{name}.plist"
                       for name in ("", "-backup", "-prune")]),
    ],
)  # fmt: skip
def test_weekly_jobs_come_with_the_run(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    flag: str,
    names: list[str],
) -> None:
    """`--with` writes them beside the run; what is to be installed names every file."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "out").mkdir()
    given = ["schedule", flag, "--with", "prune", "--with", "backup", "--to", "out"]
    assert main(given) == 0
    said = capsys.readouterr().err
    assert "prune has little to do" in said
    assert "There is no login" in said
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == sorted(names)
    install = said.partition("Then install: ")[2]
    assert not [name for name in names if f"out/{name}" not in install]
    if flag == "--cron":
        lines = (tmp_path / "out/sms24.crontab").read_text().splitlines()
        assert len([line for line in lines if not line.startswith("#")]) == 3

"""`sms24 doctor`: whether all is well, line by line, with what to do where it is not."""

import json
from typing import TYPE_CHECKING

import click

from pipeline.cli.console import loaded_of

if TYPE_CHECKING:
    from pipeline.operate.finding import Finding
    from pipeline.settings import Loaded
    from pipeline.warehouse.asked import Trait

_LABEL = 8
_AREA = 13


@click.command()
@click.option("--offline", is_flag=True, help="Make no call; look at this machine alone.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.pass_context
def doctor(context: click.Context, *, offline: bool, as_json: bool) -> int:
    """Look at settings, files, schedule and login; measure the gateway's habits anew.

    About a hundred small calls. Ends with 0 if nothing is broken, 3 if the gateway is, else 2.
    """
    from pipeline.operate.finding import exit_code_of  # noqa: PLC0415 - `--help` needs none of it

    loaded = loaded_of(context)
    findings = _here(loaded)
    traits: list[Trait] = []
    if not offline and loaded.settings.has_login:
        found, traits = _gateway(loaded)
        findings += found
    if as_json:
        click.echo(_json(loaded, findings, traits))
    else:
        _show(findings, traits)
    return exit_code_of(findings)


def _here(loaded: "Loaded") -> "list[Finding]":
    from pipeline import journal  # noqa: PLC0415
    from pipeline.clock import SystemClock, plain  # noqa: PLC0415
    from pipeline.operate import (  # noqa: PLC0415
        data,
        files,
        leftovers,
        machine,
        setting_lines,
        surroundings,
    )

    settings, now = loaded.settings, plain(SystemClock().now())
    entries = journal.entries(settings.data_dir)
    return [
        *setting_lines.settings_lines(loaded),
        surroundings.versions(),
        *files.permissions(loaded),
        files.disk(settings.data_dir),
        *data.databases(settings, now),
        *leftovers.leftovers(settings),
        *surroundings.schedule(settings, machine.schedules()),
        surroundings.last_run(settings, entries, now),
    ]


def _gateway(loaded: "Loaded") -> "tuple[list[Finding], list[Trait]]":
    from pipeline.clock import SystemClock  # noqa: PLC0415
    from pipeline.errors import BusyError, Sms24Error  # noqa: PLC0415
    from pipeline.operate.finding import broken, look, ok  # noqa: PLC0415
    from pipeline.operate.login import login  # noqa: PLC0415
    from pipeline.run import Means, run_doctor  # noqa: PLC0415

    findings = login(loaded.settings, SystemClock())
    if findings[0].state == "broken":
        return findings, []
    try:
        traits = run_doctor(loaded.settings, Means())
    except BusyError as error:
        return [*findings, look("habits", f"Not measured: {error}", error.advice, 75)], []
    except Sms24Error as error:
        return [*findings, broken("habits", str(error), error.advice, error.exit_code)], []
    return [*findings, ok("habits", f"{len(traits)} of the gateway's were measured:")], traits


def _show(findings: "list[Finding]", traits: "list[Trait]") -> None:
    from pipeline.cli.habit_words import words_of  # noqa: PLC0415
    from pipeline.values import printable  # noqa: PLC0415

    for finding in findings:
        lead = f"{finding.state:<{_LABEL}}{finding.area:<{_AREA}}"
        click.echo(f"{lead}{printable(finding.text)}")
        if finding.advice:
            click.echo(f"{'':<{_LABEL + _AREA}}-> {printable(finding.advice)}")
    for trait in traits:
        click.echo(f"\n{trait.name:<16} {words_of(trait)}")
        click.echo(f"{'':<16} measured {trait.measured_at:%Y-%m-%d %H:%M} UTC: {trait.evidence}")


def _json(loaded: "Loaded", findings: "list[Finding]", traits: "list[Trait]") -> str:
    import msgspec  # noqa: PLC0415

    from pipeline.cli.habit_words import plain_trait  # noqa: PLC0415
    from pipeline.operate.setting_lines import shown_settings  # noqa: PLC0415

    given = shown_settings(loaded).items()
    found = {
        "findings": msgspec.to_builtins(findings),
        "settings": {key: {"value": value, "source": source} for key, (value, source) in given},
        "traits": [plain_trait(trait) for trait in traits],
    }
    return json.dumps(found, indent=2)

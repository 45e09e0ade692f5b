"""`--all-accounts`: the accounts of a folder in turn; one that fails stops no other."""

import io
import os
from collections.abc import Sequence
from contextlib import redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.accounts import Member, find_members, worst
from pipeline.cli.aside import tell
from pipeline.cli.main import main
from pipeline.errors import UsageError

if TYPE_CHECKING:
    from pipeline.report.writing import Wish

_INTERRUPTED = 130
_WORDS = {
    0: "done",
    1: "a bug",
    2: "wrong settings, or not its data folder",
    3: "the gateway failed, or history is unproven",
    4: "a check failed, nothing was published",
    5: "a person must decide something",
    6: "a threshold was crossed",
    75: "another sms24 works in its folder",
    130: "interrupted",
}


def run_accounts(context: click.Context, folder: Path, arguments: Sequence[str]) -> int:
    """Run each account and say in a line how it went; returns the worst exit code.

    Args:
        context: of the call; another settings file is refused.
        folder: holds the settings files.
        arguments: more for each run, such as `--since`.
    """
    codes: list[int] = []
    for member in _members(context, folder):
        tell(f"{member.name} ...")
        code, said = _run(member, arguments)
        codes.append(code)
        tell(f"{member.name}: exit {code}, {_WORDS.get(code, 'failed')}{said}", is_result=True)
        if code == _INTERRUPTED:
            break
    return worst(codes)


def report_accounts(context: click.Context, folder: Path, wish: "Wish", output: Path | None) -> int:
    """Write a report of each account and one across them; returns the worst exit code.

    Args:
        context: of the call; another settings file is refused.
        folder: holds the settings files.
        wish: what is reported; without a language, in that of the first account.
        output: where the page goes; None for `reports` in the folder.
    """
    from pipeline.report.accounts import write_overview  # noqa: PLC0415 - a run needs none of it

    made = write_overview(_members(context, folder), wish, output or folder / "reports")
    for row in made.rows:
        if row.error:
            tell(f"sms24: {row.name}: {row.error}")
    for path in made.paths:
        click.echo(f"Report:   {path}")
    return worst([row.exit_code for row in made.rows])


def _members(context: click.Context, folder: Path) -> tuple[Member, ...]:
    if context.obj is not None:
        raise UsageError(
            "--config names one account, --all-accounts many.", advice="Leave out one of the two."
        )
    return find_members(folder, os.environ)


def _run(member: Member, arguments: Sequence[str]) -> tuple[int, str]:
    if member.error is not None:
        tell(f"sms24: {member.error}")
        tell(f"sms24: {member.error.advice}")
        return member.error.exit_code, ""
    said = io.StringIO()
    with redirect_stdout(said):
        code = main(["--config", str(member.config), "run", *arguments])
    first = said.getvalue().partition("\n")[0]
    return code, f". {first}" if first and code == 0 else ""

"""Every command with its options, as the page `docs/commands.md` has them.

Run as a module, it renews the page: `make commands`.
"""

from collections.abc import Iterator
from pathlib import Path

import click

from pipeline.cli.main import app

PAGE = Path(__file__).parent.parent.parent / "docs" / "commands.md"
HEAD = """\
# The commands

Every command with its options; `sms24 COMMAND --help` says the same. The page is made from the
code by `make commands`. Exit codes and settings are in [operating](operate.md).
"""


def commands() -> Iterator[tuple[str, click.Command]]:
    """Give each command by its whole name, groups before what is in them."""
    yield from _inside("sms24", app)


def page() -> str:
    """Return the page."""
    return "\n".join([HEAD, *(_said(name, command) for name, command in commands())])


def options(command: click.Command) -> list[click.Option]:
    """Return the options of a command, without `--help`."""
    return [one for one in command.params if isinstance(one, click.Option)]


def _inside(name: str, command: click.Command) -> Iterator[tuple[str, click.Command]]:
    yield name, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for inner in command.list_commands(context):
            found = command.get_command(context, inner)
            assert found is not None, inner
            yield from _inside(f"{name} {inner}", found)


def _said(name: str, command: click.Command) -> str:
    context = click.Context(command, info_name=name)
    usage = " ".join(command.collect_usage_pieces(context))
    lines = [f"## {name}\n", f"`{name} {usage}`\n", _plain(command.help or "") + "\n"]
    rows = [_row(option, context) for option in options(command)]
    if rows:
        lines += ["| option | what |", "|---|---|", *rows, ""]
    return "\n".join(lines)


def _row(option: click.Option, context: click.Context) -> str:
    names, text = option.get_help_record(context) or ("", "")
    return f"| `{_cell(names)}` | {_cell(text)} |"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _plain(text: str) -> str:
    return "\n\n".join(" ".join(part.split()) for part in text.replace("\b", "").split("\n\n"))


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")

"""The door: commands are found by name and imported when called; errors become exit codes here."""

import os
import sys
from contextlib import suppress
from pathlib import Path

import click

from pipeline.cli.lazy import LazyGroup
from pipeline.errors import Sms24Error, is_disk_full

COMMANDS = {
    "backup": ("pipeline.cli.backup", "Copy what cannot be fetched or built again."),
    "build": ("pipeline.cli.jobs", "Run the SQL and the checks, publish the snapshot."),
    "completion": ("pipeline.cli.completion", "What lets a shell complete commands."),
    "contacts": ("pipeline.cli.contacts", "Load a list of contacts: plan, then apply."),
    "demo": ("pipeline.cli.demo", "Emulator, contact import, run and report, in one go."),
    "device-status": ("pipeline.cli.message_status", "Whether devices answer, now."),
    "doctor": ("pipeline.cli.doctor", "Check the login, measure the gateway's habits."),
    "emulator": ("pipeline.cli.emulator", "The gateway's documented API on loopback."),
    "export": ("pipeline.cli.export", "Write the tables as Parquet, for other engines."),
    "forget": ("pipeline.cli.forget", "A person's number out of everything that is kept here."),
    "init": ("pipeline.cli.init", "Set up an account: questions, login, settings."),
    "message-status": ("pipeline.cli.message_status", "What became of messages, by id, now."),
    "models": ("pipeline.cli.models", "The tables, what they are made from, their columns."),
    "newsletter": ("pipeline.cli.newsletter", "One text to all contacts of some tags."),
    "outbox": ("pipeline.cli.outbox", "What was sent; what is in doubt, and what then."),
    "prune": ("pipeline.cli.prune", "Take away what need not be kept; the figures stay."),
    "query": ("pipeline.cli.query", "Ask the snapshot one select, read-only."),
    "report": ("pipeline.cli.report", "A report of the snapshot: page, tables, mail."),
    "restore": ("pipeline.cli.backup", "Put a backup back, after comparing hashes."),
    "run": ("pipeline.cli.jobs", "Sync, build and report: the scheduled job."),
    "schedule": ("pipeline.cli.schedule", "What to install so that runs start by themselves."),
    "send": ("pipeline.cli.send", "One text to one or more numbers; shown first."),
    "send-bulk": ("pipeline.cli.send_bulk", "A text of its own for each row of a list."),
    "shell": ("pipeline.cli.shell", "The duckdb command line on the snapshot, read-only."),
    "status": ("pipeline.cli.status", "Freshness, holes, warnings, the last runs."),
    "sync": ("pipeline.cli.jobs", "Fetch messages and devices, and land them."),
    "webhook": ("pipeline.cli.webhook", "Receive what the gateway pushes."),
}


@click.group(
    cls=LazyGroup, places=COMMANDS, context_settings={"help_option_names": ["-h", "--help"]}
)
@click.option(
    "--config",
    type=click.Path(path_type=Path),
    help="The settings file; sms24.toml in this folder unless named.",
)
@click.version_option(package_name="sms24", prog_name="sms24")
@click.pass_context
def app(context: click.Context, config: Path | None) -> None:
    """Delivery rates and failure codes of an SmsGateway24 account, right and complete."""
    context.obj = config


def entry() -> None:
    """Run the command line and leave with the exit code of the design."""
    os.umask(0o077)  # state is private; what people read is opened up where it is written
    # What polars frees is the system's again at once: between batches it would keep 70 MB of it.
    # A Python that has loaded polars leaves its own words here for whom it starts.
    os.environ["_RJEM_MALLOC_CONF"] = "dirty_decay_ms:0,muzzy_decay_ms:0"
    code = main(sys.argv[1:])
    for stream in (sys.stdout, sys.stderr):
        with suppress(BrokenPipeError):
            stream.flush()
    # Threads that still wait for an answer of the gateway must not hold an interrupted run.
    os._exit(code)


def main(arguments: list[str]) -> int:
    """Run one command and return its exit code; the only place that catches everything."""
    try:
        return _call(arguments)
    finally:
        if logs := sys.modules.get("pipeline.logs"):
            logs.stop()


def _call(arguments: list[str]) -> int:  # noqa: PLR0911 - one line per exit code
    try:
        ended = app.main(arguments, prog_name="sms24", standalone_mode=False)
    except click.exceptions.Exit as exit_:
        return exit_.exit_code
    except click.ClickException as error:
        error.show()
        return 2
    except (KeyboardInterrupt, click.Abort):
        _say("Interrupted. Run the command again: a run goes on where it stopped.")
        return 130
    except (BrokenPipeError, SystemExit):  # click leaves where nobody reads on
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Sms24Error as error:
        _log(error)
        _say(str(error), error.advice)
        return error.exit_code
    except Exception as error:  # noqa: BLE001 - the one door that a bug may reach
        _say(*_explain_bug(error))
        return 1
    return ended if isinstance(ended, int) else 0  # what a command gave to `exit`


def _log(error: Sms24Error) -> None:
    from pipeline.logs import LOG  # noqa: PLC0415 - a healthy start needs it not

    LOG.warning("exit code %d: %s", error.exit_code, error)


def _explain_bug(error: Exception) -> tuple[str, str]:
    import tempfile  # noqa: PLC0415 - a healthy start needs none of it

    from pipeline import logs  # noqa: PLC0415
    from pipeline.veil import veiled_traceback  # noqa: PLC0415

    if is_disk_full(error):
        return "The disk is full.", "Free some space, then run the command again."
    path = logs.keep_bug(error)
    if path is None:
        with tempfile.NamedTemporaryFile(
            "w", prefix="sms24-", suffix=".log", delete=False, encoding="utf-8"
        ) as log:
            log.write(veiled_traceback(error))
        path = Path(log.name)
    return f"A bug stopped sms24 ({type(error).__name__}).", f"The traceback is in {path}."


def _say(*sentences: str) -> None:
    from pipeline.cli.aside import tell  # noqa: PLC0415 - a healthy start needs it not

    for sentence in filter(None, sentences):
        tell(f"sms24: {sentence}")

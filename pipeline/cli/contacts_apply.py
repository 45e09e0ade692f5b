"""`sms24 contacts apply`: send exactly what a plan says, each contact at most once."""

import re
import sys
from typing import TYPE_CHECKING, TypedDict, Unpack

import click

from pipeline.cli.console import BarProgress, closed, make_slow_progress, settings_of
from pipeline.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from pipeline.contacts.applied import ApplyOptions
    from pipeline.contacts.frozen import Plan
    from pipeline.ledger.ledger import Ledger
    from pipeline.progress import Progress
    from pipeline.settings import Settings

_OWN = re.compile(r"own:\+[1-9]\d{6,14}")


class _Options(TypedDict):
    rate: float | None
    max_in_doubt: int
    max_alike: int
    canary: str
    tag_id: int | None
    create_tag_again: bool
    retry_rejected: bool
    limit: int | None
    as_json: bool


@click.command()
@click.argument("plan_id", metavar="PLAN")
@click.option("--rate", type=click.FloatRange(0.01), help="Contacts a second at the most. [5]")
@click.option(
    "--max-in-doubt",
    type=click.IntRange(1),
    default=20,
    show_default=True,
    help="So many unknown outcomes end it.",
)
@click.option(
    "--max-alike",
    type=click.IntRange(1),
    default=5,
    show_default=True,
    help="So many equal refusals in a row end it, and count for nobody.",
)
@click.option(
    "--canary",
    metavar="HOW",
    default="ask",
    help="The first contact of a new tag: ask (send it, and ask whether it is there), first (send"
    " it alone), own:+33... (send this number alone), skip. Without a terminal ask is skip. [ask]",
)
@click.option("--tag-id", type=click.IntRange(1), help="The tag's number in the panel.")
@click.option("--create-tag-again", is_flag=True, help="Make a tag again that is in doubt.")
@click.option("--retry-rejected", is_flag=True, help="Send again whom the gateway rejected.")
@click.option("--limit", type=click.IntRange(1), help="Send no more than so many now.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.pass_context
def apply(context: click.Context, plan_id: str, **options: Unpack[_Options]) -> None:
    """Send the contacts of PLAN, each at most once; applied again, it goes on.

    Whoever is saved, in doubt or suppressed by then is left out. Ctrl-C waits for the answers in
    flight; a second one leaves those contacts in doubt.

    Exit code 0: all are there; 5: some were rejected or are in doubt; 3: it stopped, and why is
    told; 2: the plan, the file or an option is wrong; 75: another load works; 130: interrupted.
    """
    from pipeline.cli.contacts_applied import tell, told_of  # noqa: PLC0415 - `--help`
    from pipeline.clock import SystemClock  # noqa: PLC0415
    from pipeline.contacts.applied import ApplyMeans  # noqa: PLC0415
    from pipeline.contacts.frozen import load_plan  # noqa: PLC0415
    from pipeline.contacts.loading import load_contacts, refuse_changes  # noqa: PLC0415
    from pipeline.importing import Reader, write_results  # noqa: PLC0415
    from pipeline.ledger.ledger import open_ledger  # noqa: PLC0415
    from pipeline.tally import StoppedError  # noqa: PLC0415

    settings, clock = settings_of(context), SystemClock()
    asked, reader = _asked(options, settings), Reader(settings.timezone, settings.report_language)
    plan = load_plan(settings.data_dir, plan_id)
    refuse_changes(plan)
    progress = make_slow_progress(clock)
    means = ApplyMeans(clock=clock, progress=progress, confirm=_confirm(progress))
    begun = clock.monotonic()
    with open_ledger(settings.data_dir, clock) as ledger:
        try:
            applied = load_contacts(plan, ledger, settings, asked, means)
        except KeyboardInterrupt:
            closed(progress)
            write_results(plan, ledger, clock=clock, reader=reader)
            _refuse_doubts(plan, ledger)
            raise
        finally:
            closed(progress)
        seconds = clock.monotonic() - begun
        folder = write_results(
            plan, ledger, clock=clock, run=applied.run, stop=applied.stop, reader=reader
        )
        told = told_of(plan, applied, ledger, seconds, folder)
    tell(told, as_json=options["as_json"])
    if applied.stop is not None:
        raise StoppedError.of(applied.stop)
    context.exit(applied.exit_code)


def _refuse_doubts(plan: "Plan", ledger: "Ledger") -> None:
    """Say what became of the calls in flight, where there were any at the second signal."""
    from pipeline.tally import StoppedError  # noqa: PLC0415

    tag = ledger.tags.find(plan.tag)
    in_flight = ledger.contacts.counts(tag.id).get("sent", 0) if tag else 0
    if in_flight:
        raise StoppedError(
            "interrupted",
            f"Interrupted; calls whose outcome nobody knows: {in_flight}.",
            "Those contacts are in doubt. Apply the plan again: it goes on with the others.",
        ) from None


def _asked(options: _Options, settings: "Settings") -> "ApplyOptions":
    from pipeline.contacts.applied import ApplyOptions  # noqa: PLC0415

    canary = "".join(options["canary"].split())
    if canary not in {"ask", "first", "skip"} and not _OWN.fullmatch(canary):
        raise UsageError(
            f"--canary cannot be {options['canary']!r}",
            advice="Say ask, first, skip, or own: and a whole number: own:+33612345678.",
        )
    return ApplyOptions(
        rate=options["rate"] or settings.contacts_rate,
        most_in_doubt=options["max_in_doubt"],
        most_alike=options["max_alike"],
        limit=options["limit"],
        canary="skip" if canary == "ask" and not _is_terminal() else canary,
        tag_id=options["tag_id"],
        makes_tag_again=options["create_tag_again"],
        retries_rejected=options["retry_rejected"],
    )


def _is_terminal() -> bool:
    return sys.stdin.isatty() and sys.stderr.isatty()


def _confirm(progress: "Progress") -> "Callable[[str], bool] | None":
    """Return what asks a person; None where there is no terminal."""
    if not _is_terminal() or not isinstance(progress, BarProgress):
        return None
    from pipeline.tally import StoppedError  # noqa: PLC0415

    def ask(question: str) -> bool:
        with progress.held():
            try:
                return click.confirm(question, err=True)
            except click.Abort:
                raise StoppedError(
                    "interrupted",
                    "Interrupted before the question was answered.",
                    "Apply the plan again: it sends the next contact, and asks again.",
                ) from None

    return ask

"""`sms24 contacts status`: how it stands with contacts, on one screen."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from pipeline.cli.console import duration, settings_of

if TYPE_CHECKING:
    from pipeline.contacts.status import ContactsStatus, LoadStatus

_MOST_TAGS, _MOST_PLANS = 10, 5
_STATES = ("saved", "rejected", "in_doubt", "pending", "dropped")
_ENDS = {
    "running": "runs",
    "done": "done",
    "died": "its process died",
    "interrupted": "interrupted",
    "login": "the login was refused",
    "turned_away": "the gateway turned the calls away",
    "unreachable": "the gateway did not answer",
    "doubts": "too many unknown outcomes",
    "rejections": "the gateway refused all alike",
    "alarm": "one contact id for two numbers",
    "canary": "the first contact was not found good",
    "tag": "the tag is not there",
}


@click.command()
@click.argument("plan_id", metavar="[PLAN]", required=False)
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.pass_context
def status(context: click.Context, plan_id: str | None, *, as_json: bool) -> None:
    """Tell how it stands with loads, tags and plans, or with PLAN; also while a load runs."""
    from pipeline.clock import SystemClock  # noqa: PLC0415 - `--help` needs none of it
    from pipeline.contacts.status import contacts_status  # noqa: PLC0415
    from pipeline.ledger.ledger import look_into_ledger  # noqa: PLC0415

    settings, clock = settings_of(context), SystemClock()
    with look_into_ledger(settings.data_dir, clock) as ledger:
        found = contacts_status(settings.data_dir, ledger, clock, plan_id)
    if as_json:
        click.echo(json.dumps(_plain(found), indent=2, ensure_ascii=False))
        return
    from pipeline.cli.lines import cut, screen_width  # noqa: PLC0415

    width = screen_width()
    for line in (*_load(found.load), *_tags(found), *_plans(found), *_rest(found)):
        click.echo(cut(line, width))


def _load(load: "LoadStatus | None") -> Iterator[str]:
    if load is None:
        yield "Load        none yet"
        return
    run = load.run
    where = f"plan {run.plan}" + (f" for the tag {load.tag}" if load.tag else "")
    if load.is_running:
        yield f"Load        runs since {_moment(run.started)}, process {run.pid}"
    else:
        ended = _moment(run.ended or run.started)
        yield f"Load        none runs now; the last, {ended}: {_ENDS.get(load.state, load.state)}"
    yield f"            {where}"
    of = "" if load.total is None else f" of {load.total:,}"
    rate = "" if load.rate is None else f"; {load.rate:.1f} a second"
    left = "" if load.seconds_left is None else f", {duration(load.seconds_left)} left"
    yield f"            {load.done:,}{of} sent{rate}{left}"


def _tags(found: "ContactsStatus") -> Iterator[str]:
    if not found.tags:
        yield "Tags        none yet"
        return
    yield "\nTags"
    yield "".join(f"{head:>10}" for head in (*_STATES, "number")) + "  title"
    for tag, counts in found.tags[-_MOST_TAGS:]:
        cells = (*(f"{counts.get(state, 0):,}" for state in _STATES), tag.gateway_id or "-")
        state = "" if tag.state == "saved" else f" ({tag.state.replace('_', ' ')})"
        yield "".join(f"{cell:>10}" for cell in cells) + f"  {tag.title}{state}"
    if len(found.tags) > _MOST_TAGS:
        yield f"            and {len(found.tags) - _MOST_TAGS:,} older ones (--json has all)"
    yield ""


def _plans(found: "ContactsStatus") -> Iterator[str]:
    label = "Plans"
    for plan in found.plans[:_MOST_PLANS]:
        done = "not applied" if plan.state is None else _ENDS.get(plan.state, plan.state)
        yield f"{label:<12}{plan.id}  {plan.unsent:,} of {plan.total:,} to send, {done}: {plan.tag}"
        label = ""
    if len(found.plans) > _MOST_PLANS:
        yield f"            and {len(found.plans) - _MOST_PLANS:,} older ones (--json has all)"
    if not found.plans:
        yield "Plans       none waits"


def _rest(found: "ContactsStatus") -> Iterator[str]:
    advice = " (sms24 contacts resolve)" if found.in_doubt else ""
    yield f"In doubt    {found.in_doubt:,}{advice}"
    yield f"Suppressed  {found.suppressed:,}"
    probes = {kind: told for kind, told in found.probes.items() if kind != "account"}
    for kind, (result, at) in probes.items():
        yield f"Probe       {kind}: {result} ({_moment(at)})"


def _moment(text: str) -> str:
    return f"{text[:16].replace('T', ' ')} UTC"


def _plain(found: "ContactsStatus") -> dict[str, object]:
    load = found.load
    return {
        "load": None
        if load is None
        else {
            "plan": load.run.plan,
            "tag": load.tag,
            "is_running": load.is_running,
            "state": load.state,
            "pid": load.run.pid,
            "started": load.run.started,
            "ended": load.run.ended,
            "done": load.done,
            "total": load.total,
            "rate": load.rate,
            "eta_seconds": load.seconds_left,
        },
        "tags": [
            {"title": tag.title, "tag_id": tag.gateway_id, "state": tag.state, "contacts": counts}
            for tag, counts in found.tags
        ],
        "in_doubt": found.in_doubt,
        "plans": [asdict(plan) for plan in found.plans],
        "suppressed": found.suppressed,
        "probes": {
            kind: {"result": result, "at": at} for kind, (result, at) in found.probes.items()
        },
    }

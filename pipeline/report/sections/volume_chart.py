"""How many messages were due over time, by what became of them."""

from collections.abc import Sequence

from pipeline.report.axes import count_ticks
from pipeline.report.charts import Chart, round_top, stacked_bars
from pipeline.report.counts import Counts
from pipeline.report.sections.stepwise import (
    hatches,
    marks,
    step_cell,
    step_column,
    step_name,
    step_ticks,
)
from pipeline.report.source import Source
from pipeline.report.steps import Step, grain_of
from pipeline.report.tables import Column, Table
from pipeline.report.voice import Voice


def outcomes(voice: Voice) -> dict[str, str]:
    """Return the word for each outcome, in the order of their stacks."""
    return {
        "delivered": voice.say("delivered"),
        "sent": voice.say("sent, no receipt"),
        "undelivered": voice.say("undelivered"),
        "failed": voice.say("failed"),
        "open": voice.say("still open"),
        "unknown": voice.say("unknown status"),
    }


def volume_chart(source: Source, steps: Sequence[Step], voice: Voice) -> Chart:
    """Return the messages of each step as stacked bars by outcome."""
    total = sum((step.counts for step in steps), Counts())
    shown = {name: text for name, text in outcomes(voice).items() if getattr(total, name)}
    busiest = max(steps, key=lambda step: step.counts.outgoing)
    top = round_top(busiest.counts.outgoing)
    last = steps[-1]
    return Chart(
        ident="volume",
        title=_title(source, voice),
        finding=_finding(total.outgoing, busiest, source, voice),
        description=voice.say(
            "{count} stacked bars on a scale from 0 to {top}. The last, {step}: {messages} "
            "messages.",
            count=len(steps),
            top=int(top),
            step=step_name(source, last, voice),
            messages=last.counts.outgoing,
        ),
        x_ticks=step_ticks(source, steps, voice),
        y_ticks=count_ticks(top, voice),
        legend=tuple(shown.items()),
        bars=stacked_bars(
            [[(name, getattr(step.counts, name)) for name in shown] for step in steps], top
        ),
        marks=marks(source, steps),
        hatches=hatches(steps),
        data=Table(
            _title(source, voice),
            (
                step_column(source, voice),
                Column(voice.say("All"), "number", "outgoing"),
                *(Column(text.capitalize(), "number", name) for name, text in shown.items()),
            ),
            tuple(
                (
                    step_cell(source, step),
                    step.counts.outgoing,
                    *(getattr(step.counts, name) for name in shown),
                )
                for step in steps
            ),
            ident=f"messages_by_{grain_of(source.asked)}",
        ),
    )


def _finding(messages: int, busiest: Step, source: Source, voice: Voice) -> str:
    return voice.count(
        "One message in all, on {step}.",
        "{number} messages in all; the most came on {step}: {most}.",
        messages,
        step=step_name(source, busiest, voice),
        most=busiest.counts.outgoing,
    )


def _title(source: Source, voice: Voice) -> str:
    return {
        "hour": voice.say("Outgoing messages per hour and outcome"),
        "day": voice.say("Outgoing messages per day and outcome"),
        "week": voice.say("Outgoing messages per week and outcome"),
    }[grain_of(source.asked)]

"""What moved the success rate since the compared period: performance, or the mix of traffic."""

from pipeline.report.cells import Cell, cell_name, dimension_name
from pipeline.report.elapsed import elapsed, moved_parts
from pipeline.report.model import Block, Section, Text
from pipeline.report.source import Source
from pipeline.report.split import Part
from pipeline.report.stats import Change, change_of
from pipeline.report.tables import Column, Table
from pipeline.report.traffic import titles
from pipeline.report.voice import Voice

_MOST = 5


def moved(source: Source, voice: Voice) -> Section:
    """Return the split of the change, and who added the most to it."""
    blocks = _blocks(source, voice)
    names = ("elapsed", "parts")
    return Section("moved", voice.say("What moved the success rate"), blocks, names)


def _blocks(source: Source, voice: Voice) -> tuple[Block, ...]:
    both = source.once(elapsed)
    change = change_of(both.now.success, both.before.success)
    if change.difference is None:
        nothing = voice.say(
            "One of the two periods has no message whose fate is known, so no change can be split."
        )
        return (Text(nothing, "empty"),)
    parts = source.once(moved_parts)
    if not parts:
        nothing = voice.say("All traffic took one route, so the change cannot be split.")
        return (Text(nothing, "empty"),)
    return (
        Text(_summary(change, parts, voice)),
        _split_table(parts, voice),
        *(_top_table(source, name, found, voice) for name, found in parts.items()),
    )


def _summary(change: Change, parts: dict[str, list[Part[Cell]]], voice: Voice) -> str:
    name, found = next(iter(parts.items()))
    values = {
        "change": voice.points(change.difference),
        "performance": voice.points(sum(part.performance for part in found)),
        "mix": voice.points(sum(part.mix for part in found)),
        "dimension": dimension_name(name, voice),
    }
    if not change.is_told:
        return voice.say(
            "The success rate moved by {change}, no more than chance explains ({dimension}: "
            "performance {performance}, mix {mix}).",
            **values,
        )
    return voice.say(
        "The success rate moved by {change} ({dimension}: performance {performance}, mix {mix}).",
        **values,
    )


def _split_table(parts: dict[str, list[Part[Cell]]], voice: Voice) -> Table:
    return Table(
        voice.say("The change of the success rate in points, split by what traffic is sorted by"),
        (
            Column(voice.say("Sorted by"), key="dimension"),
            Column(voice.say("Performance"), "points", "performance"),
            Column(voice.say("Mix"), "points", "mix"),
            Column(voice.say("Change"), "points", "change"),
        ),
        tuple(
            (
                dimension_name(name, voice),
                sum(part.performance for part in found),
                sum(part.mix for part in found),
                sum(part.effect for part in found),
            )
            for name, found in parts.items()
        ),
        note=voice.say(
            "Performance: the same traffic fared better or worse. Mix: traffic shifted to better "
            "or weaker routes. The two sum up to the change."
        ),
        ident="moved",
    )


def _top_table(source: Source, name: str, parts: list[Part[Cell]], voice: Voice) -> Table:
    called = source.once(titles)
    return Table(
        voice.say("What moved it most: {dimension}", dimension=dimension_name(name, voice)),
        (
            Column(dimension_name(name, voice), key="name"),
            Column(voice.say("Success before"), "rate", "success_before"),
            Column(voice.say("Success now"), "rate", "success_now"),
            Column(voice.say("Share before"), "share", "share_before"),
            Column(voice.say("Share now"), "share", "share_now"),
            Column(voice.say("Performance"), "points", "performance"),
            Column(voice.say("Mix"), "points", "mix"),
            Column(voice.say("Together"), "points", "together"),
        ),
        tuple(
            (
                cell_name(part.key, called, voice),
                part.before,
                part.after,
                part.share_before,
                part.share_after,
                part.performance,
                part.mix,
                part.effect,
            )
            for part in parts[:_MOST]
        ),
        ident=f"moved_{name}",
    )

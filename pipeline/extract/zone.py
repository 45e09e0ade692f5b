"""Measure how the gateway reads bounds: on which date, in which zone, to which grain."""

from dataclasses import dataclass, field
from itertools import pairwise

import pendulum
from pendulum import DateTime

from pipeline.extract.questions import Questions
from pipeline.extract.samples import Sampler
from pipeline.gateway.reading import UNKNOWN, Reading, folds
from pipeline.gateway.traits import (
    Hypothesis,
    Sample,
    instant_that_parts,
    preferred,
    switches,
    zones_that_fit,
)
from pipeline.values import Window
from pipeline.warehouse.raw import RawStore

_MOST_PROBES = 16
_MOST_DATES = 12
_YEARS = 2
_HOUR = 3600
# What a text may be away from the instant that it means.
_MARGIN = 15 * _HOUR
_REACH = 20 * 24 * _HOUR
# Messages that mostly tell one offset from another.
_ENOUGH = 12
# No account has it by chance: +05:45.
_FOREIGN = "Asia/Kathmandu"
_FOREIGN_SECONDS = 20_700


@dataclass(slots=True)
class ZoneFound:
    """What was measured: the reading, and findings as (name, value, evidence)."""

    reading: Reading
    findings: list[tuple[str, str, str]] = field(default_factory=list)


class ZoneSurvey:
    """Tells by small windows around known messages how bounds are read.

    Args:
        questions: asks with bounds written as UTC.
    """

    def __init__(self, questions: Questions, sampler: Sampler, raw: RawStore) -> None:
        self._questions = questions
        self._sampler = sampler
        self._raw = raw

    def measure(self, now: DateTime, near: DateTime | None = None) -> ZoneFound:
        """Return how bounds are read; the unknown reading where the messages cannot tell.

        Messages of the time `near` are to speak, too.
        """
        sample = self._sampler.newest(now)
        if sample is None or not sample.times:
            return _unknown("no message tells")
        sample, known = self._told(now, sample)
        other = self._sampler.around(near) if near is not None else None
        if other is not None:
            possible = set(other.hypotheses())
            known = self._settled(other, [k for k in known if k in possible])
        best = preferred(known)
        if best is None:
            return _unknown("no reading explains what came")
        offsets = {k.offset for k in known if (k.column, k.grain) == (best.column, best.grain)}
        if len(offsets) > 1:
            return _unknown(f"{len(offsets)} zones explain what came")
        by_instant, zones = self._zones(now, sample, best)
        if not zones:
            return _unknown(f"no zone has the offsets {sorted(set(by_instant.values()))}")
        own = self._raw.answer_zones(sample.times)
        answer_zone = own[0] if len(own) == 1 and folds(own[0]) else None
        reading = Reading(best.column, zones[0], best.grain, answer_zone=answer_zone)
        evidence = ", ".join(
            f"{offset / 3600:+g} h on {pendulum.from_timestamp(at):%Y-%m-%d}"
            for at, offset in sorted(by_instant.items())
        )
        found = ZoneFound(reading, [("reading", reading.name, evidence)])
        found.findings.append(("answer_zone", answer_zone or "", f"dates are written in {own}"))
        found.findings.append(self._ends(sample, best))
        found.findings.append(self._effect_of_zone(sample, best))
        return found

    def _told(self, now: DateTime, sample: Sample) -> tuple[Sample, list[Hypothesis]]:
        """Return the sample that tells how bounds are read, and the hypotheses left by it.

        Where clocks may have changed among the newest messages, no one offset explains them to
        the second: then others are looked at.
        """
        known = self._settled(sample, sample.hypotheses())
        best = preferred(known)
        if best is not None and best.grain == 1:
            return sample, known
        calm = self._calm(now, sample)
        if calm is None:
            return sample, known
        left = self._settled(calm, calm.hypotheses())
        finer = preferred(left)
        if finer is None or (best is not None and finer.grain >= best.grain):
            return sample, known
        return calm, left

    def _calm(self, now: DateTime, sample: Sample) -> Sample | None:
        """Return messages between which no zone changes its clocks; None if none does anyway."""
        latest = int(now.timestamp())
        changes = switches(sample.begin - _MARGIN, latest)
        if not changes:
            return None
        earlier = switches(sample.begin - _REACH, sample.begin - _MARGIN)
        first = earlier[-1] if earlier else sample.begin - _REACH
        edges = [first, *changes, latest + 2 * _MARGIN]
        best: Sample | None = None
        for begin, end in reversed(list(pairwise(edges))):
            found = self._sampler.within(begin + _MARGIN, end - _MARGIN)
            if found is not None and (best is None or len(found.times) > len(best.times)):
                best = found
            if best is not None and len(best.times) >= _ENOUGH:
                break
        return best

    def _settled(self, sample: Sample, known: list[Hypothesis]) -> list[Hypothesis]:
        """Return the hypotheses that are left when no probe parts them further."""
        for _ in range(_MOST_PROBES):
            cut = sample.best_cut(known)
            if cut is None:
                break
            known = sample.surviving(known, cut, self._sampler.found_from(cut, sample.end))
        return known

    def _zones(
        self, now: DateTime, sample: Sample, best: Hypothesis
    ) -> tuple[dict[int, int], list[str]]:
        """Return offsets by instant, and the zones that have them, the likeliest first.

        Messages of other dates are looked at while zones are left that differ there.
        """
        likely = self._zones_of_answers(sample)
        offsets = {_middle(sample, best.column): best.offset}
        fortnights = [now.subtract(days=14 * n) for n in range(26 * _YEARS)]
        instants = [int(date.timestamp()) for date in fortnights]
        zones = zones_that_fit(offsets, likely)
        for _ in range(_MOST_DATES):
            at = instant_that_parts(zones, instants)
            if at is None:
                break
            if not self._sampler.has_history_before(pendulum.from_timestamp(at)):
                instants = [instant for instant in instants if instant > at]
                continue
            instants.remove(at)
            offsets |= self._offset_near(at, best)
            zones = zones_that_fit(offsets, likely)
        return offsets, zones

    def _offset_near(self, at: int, best: Hypothesis) -> dict[int, int]:
        """Return the offset at about an instant, by the instant of a message; none if unknown."""
        calm = min(
            (abs(at - change) for change in switches(at - _REACH, at + _REACH)), default=_REACH
        )
        sample = self._sampler.around(pendulum.from_timestamp(at), max(calm - _MARGIN, _HOUR))
        if sample is None or not sample.times:
            return {}
        known = [k for k in sample.hypotheses([best.column]) if k.grain == best.grain]
        offsets = {k.offset for k in self._settled(sample, known)}
        return {_middle(sample, best.column): offsets.pop()} if len(offsets) == 1 else {}

    def _zones_of_answers(self, sample: Sample) -> list[str]:
        """Return the zones in which dates are written: as asked, and without asking."""
        window = Window(*(pendulum.from_timestamp(at) for at in (sample.begin, sample.end)))
        body = self._questions.fetched(self._questions.exact(window, zone=None), {}, None)
        plain = self._questions.zones_in(body)
        self._questions.drop([body])
        return [*self._raw.answer_zones(sample.times), *plain]

    def _ends(self, sample: Sample, best: Hypothesis) -> tuple[str, str, str]:
        """Tell whether the ends of a window are inside, by a message with nobody beside it."""
        times = {i: (row[best.column] or 0) for i, row in sample.times.items()}
        taken = sorted(times.values())
        for message_id, at in times.items():
            beside = [other for other in taken if 0 < abs(other - at) <= 2 * best.grain]
            text = at + best.offset
            if beside or taken.count(at) > 1 or text % best.grain:
                continue
            step = 2 * best.grain
            begin = message_id in self._sampler.found_from(text, text + step)
            end = message_id in self._sampler.found_from(text - step, text)
            words = ("outside", "inside")
            said = f"begin {words[begin]}, end {words[end]}"
            return ("ends", said, "two windows beside one message")
        return ("ends", "unknown", "no message stands alone")

    def _effect_of_zone(self, sample: Sample, best: Hypothesis) -> tuple[str, str, str]:
        """Tell what `timezone` changes, by asking in a zone that no account has by chance."""
        last = max(sample.times, key=lambda i: sample.times[i][best.column] or 0)
        text = (sample.times[last][best.column] or 0) + best.offset
        after = pendulum.from_timestamp(text + 2 * best.grain)
        early = pendulum.from_timestamp(text - _FOREIGN_SECONDS)
        end = pendulum.from_timestamp(sample.end)
        # Read in a zone ahead, the window begins earlier, and the last message is inside.
        changes_bounds = last in self._sampler.found(Window(after, end), zone=_FOREIGN)
        query = self._questions.exact(Window(early, end), zone=_FOREIGN)
        body = self._questions.fetched(query, {}, None)
        changes_dates = bool({_FOREIGN, "+05:45"} & set(self._questions.zones_in(body)))
        self._questions.drop([body])
        effects = {"bounds": changes_bounds, "dates of answers": changes_dates}
        said = [word for word, is_so in effects.items() if is_so]
        return ("timezone", " and ".join(said) or "nothing", f"asked in {_FOREIGN}")


def _unknown(evidence: str) -> ZoneFound:
    return ZoneFound(UNKNOWN, [("reading", "unknown", evidence)])


def _middle(sample: Sample, column: str) -> int:
    times = sorted(row[column] or 0 for row in sample.times.values())
    return times[len(times) // 2]

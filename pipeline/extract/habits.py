"""What is known of the gateway's habits: measured once, kept with its evidence, measured again."""

import math
from dataclasses import replace
from pathlib import Path

from pendulum import DateTime

from pipeline.errors import GatewayError
from pipeline.extract.landing import Lander
from pipeline.extract.questions import Questions
from pipeline.extract.samples import Sampler
from pipeline.extract.survey import (
    CountTrait,
    survey_counts,
    survey_hidden,
    survey_left_out,
    total_leaves_out,
)
from pipeline.extract.windows import BEGINNING
from pipeline.extract.zone import ZoneSurvey
from pipeline.gateway.reading import UNKNOWN, Reading, read_name
from pipeline.statuses import INCOMING_STATUS
from pipeline.values import Window
from pipeline.warehouse.asked import Trait
from pipeline.warehouse.raw import RawStore

_COUNTS_DAYS = 7
_READING_DAYS = 30
_UNKNOWN_DAYS = 1
_CONTRADICTED = "contradicted"


class HabitBook:
    """The habits of one account's gateway, measured where they are unknown, old or contradicted.

    Args:
        questions: asks with bounds written as UTC.
        scratch: where a body may be written that is not kept.

    Attributes:
        floor: where the account's history begins; nothing before it is looked at.
    """

    def __init__(
        self,
        questions: Questions,
        lander: Lander,
        raw: RawStore,
        scratch: Path,
        *,
        window_rows: int,
    ) -> None:
        self._questions = questions
        self._lander = lander
        self._raw = raw
        self._scratch = scratch
        self._window_rows = window_rows
        self.floor = BEGINNING

    def counts(self, history: Window, total: int | None, *, again: bool = False) -> CountTrait:
        """Return what counts are worth; measured again where the account has outgrown the trust."""
        known = self._known_counts()
        if known is not None and not again and self._is_enough(known, total):
            return known
        try:
            return self._measured_counts(history)
        except GatewayError:
            if known is None:
                raise
            return known

    def reading(
        self, counts: CountTrait, *, again: bool = False, near: DateTime | None = None
    ) -> Reading:
        """Return how bounds are read; the unknown reading where nothing tells.

        Messages of the time `near` are looked at, too: there a reading was contradicted.
        """
        known = self._raw.trait("reading")
        if known is not None and not again:
            days = _UNKNOWN_DAYS if known.value == UNKNOWN.name else _READING_DAYS
            if self._is_fresh(known, days):
                return self.known_reading()
        try:
            return self._measured_reading(counts, near)
        except GatewayError:
            if known is None:
                raise
            return self.known_reading()

    def known_reading(self) -> Reading:
        """Return the reading that was measured last, without asking."""
        return stored_reading(self._raw)

    def contradict_counts(self, evidence: str) -> None:
        """Note that what was measured of counts is contradicted: they are measured again."""
        self._keep("counts", _CONTRADICTED, None, evidence)

    def doubt(self, evidence: str) -> None:
        """Note that what was measured of the reading is contradicted: it is measured again."""
        self._keep("reading", UNKNOWN.name, None, evidence)

    def keep_limits(self, cap: float, too_long: float) -> None:
        """Keep what was learnt of the gateway's limits while it was asked."""
        if cap < self.cap():
            self._keep("cap", f"{cap:g} rows", int(cap), "an answer shorter than its count, twice")
        if too_long < self.too_long():
            days = too_long / 86_400
            self._keep("longest period", f"below {days:g} days", int(too_long), "a refusal")

    def cap(self) -> float:
        """Return the rows at which answers are cut short; infinite if they are not."""
        return self._limit("cap")

    def too_long(self) -> float:
        """Return the seconds from which on a window is refused; infinite if none is."""
        return self._limit("longest period")

    def _limit(self, name: str) -> float:
        """Return a limit that was met lately; infinite if none was."""
        known = self._raw.trait(name)
        is_met = known is not None and self._is_fresh(known, _COUNTS_DAYS)
        return known.number if known and known.number and is_met else math.inf

    def _known_counts(self) -> CountTrait | None:
        traits = {trait.name: trait for trait in self._raw.traits()}
        names = ("counts", "hidden statuses", "hidden sims")
        known, statuses, sims = (traits.get(name) for name in names)
        if known is None or statuses is None or sims is None:
            return None
        if known.value == _CONTRADICTED or not self._is_fresh(known, _COUNTS_DAYS):
            return None
        total, heeded = traits.get("total"), traits.get("status filter")
        return CountTrait(
            known.value,
            known.number or 0,
            known.evidence,
            _numbers(statuses),
            _numbers(sims),
            is_total_true=total is None or total.value == "whole",
            heeds_status=heeded is None or heeded.value == "heeded",
        )

    def _is_enough(self, known: CountTrait, total: int | None) -> bool:
        is_far = known.trusted >= self._window_rows or (total or 0) <= 2 * known.trusted
        return known.kind != "honest" or is_far

    def _measured_counts(self, history: Window) -> CountTrait:
        found = survey_counts(self._questions.gateway, history, self._scratch)
        if found.is_usable or found.kind == "deaf":
            found = survey_hidden(self._questions.gateway, history, found)
        if found.kind == "honest":
            leaves_out = total_leaves_out(self._questions.gateway, history)
            found = replace(found, is_total_true=not leaves_out)
        if found.kind != "unfiltered":
            found = self._checked(found)
        self._keep("counts", found.kind, found.trusted, found.evidence)
        total = "whole" if found.is_total_true else "leaves out"
        self._keep("total", total, None, "a count without dates against the widest window")
        heeded = "heeded" if found.heeds_status else "not heeded"
        self._keep("status filter", heeded, None, "the count of a status that no message has")
        evidence = "parts compared with the whole"
        self._keep("hidden statuses", _text(found.hidden_statuses), None, evidence)
        self._keep("hidden sims", _text(found.hidden_sims), None, evidence)
        if found.longest is not None:
            self.keep_limits(math.inf, found.longest + 1)
        return found

    def _checked(self, found: CountTrait) -> CountTrait:
        """Return the trait after a look at the rows of a small window."""
        sampler = self._sampler(found)
        sample = sampler.newest(self._questions.now())
        if sampler.is_lying:
            found = replace(found, kind="lying", trusted=0)
        if found.kind in {"absent", "lying"}:
            found = survey_left_out(self._questions, sample, found)
        elif len(found.hidden_statuses) > 1:
            # Sums do not tell which of them it is: rows do.
            told = survey_left_out(self._questions, sample, found).hidden_statuses
            found = replace(found, hidden_statuses=told or found.hidden_statuses)
        seen = self._raw.statuses(sample.times) if sample else set()
        if found.kind in {"honest", "deaf"} or INCOMING_STATUS in seen:
            return found
        # Incoming messages are the likeliest to be left out, and nothing here shows one.
        hidden = dict.fromkeys((*found.hidden_statuses, INCOMING_STATUS))
        return replace(found, hidden_statuses=tuple(hidden))

    def _measured_reading(self, counts: CountTrait, near: DateTime | None) -> Reading:
        if counts.kind == "unfiltered":
            self._keep("reading", UNKNOWN.name, None, "dates are not heeded")
            return UNKNOWN
        survey = ZoneSurvey(self._questions, self._sampler(counts), self._raw)
        found = survey.measure(self._questions.now(), near)
        for name, value, evidence in found.findings:
            self._keep(name, value, None, evidence)
        return found.reading

    def _sampler(self, counts: CountTrait) -> Sampler:
        return Sampler(
            self._questions,
            self._lander,
            self._raw,
            has_counts=counts.is_usable,
            floor=self.floor,
            longest=min(self.too_long(), counts.longest or math.inf),
        )

    def _is_fresh(self, trait: Trait, days: int) -> bool:
        return trait.measured_at > self._questions.now().subtract(days=days)

    def _keep(self, name: str, value: str, number: int | None, evidence: str) -> None:
        self._raw.add_trait(Trait(name, value, number, evidence, self._questions.now()))


def stored_reading(raw: RawStore) -> Reading:
    """Return the reading that was measured last; the unknown one if none was."""
    traits = {trait.name: trait for trait in raw.traits()}
    known, zone = traits.get("reading"), traits.get("answer_zone")
    return read_name(known.value, (zone.value if zone else "") or None) if known else UNKNOWN


def _numbers(trait: Trait) -> tuple[int, ...]:
    return tuple(int(text) for text in trait.value.split())


def _text(numbers: tuple[int, ...]) -> str:
    return " ".join(str(number) for number in numbers)

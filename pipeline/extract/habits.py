"""What is known of the gateway's habits: measured once, kept with its evidence, measured again."""

from dataclasses import replace
from pathlib import Path

from pendulum import DateTime

from pipeline.clock import Clock
from pipeline.extract.survey import CountTrait, survey_counts, survey_hidden, survey_zone
from pipeline.gateway.client import Gateway
from pipeline.gateway.traits import KnownTimes
from pipeline.values import Window
from pipeline.warehouse.raw import RawStore, Trait

_COUNTS_DAYS = 7
_ZONE_DAYS = 30
_UNKNOWN_ZONE_DAYS = 1


class HabitBook:
    """The habits of one account's gateway, measured where they are unknown or old."""

    def __init__(
        self, gateway: Gateway, raw: RawStore, clock: Clock, scratch: Path, *, window_rows: int
    ) -> None:
        self._gateway = gateway
        self._raw = raw
        self._clock = clock
        self._scratch = scratch
        self._window_rows = window_rows

    def counts(self, history: Window, total: int | None) -> CountTrait:
        """Return what counts are worth; measured again where the account has outgrown the trust."""
        known, hidden = self._raw.trait("counts"), self._raw.trait("hidden")
        if known is not None and hidden is not None and self._is_fresh(known, _COUNTS_DAYS):
            statuses = tuple(int(text) for text in hidden.value.split())
            trait = CountTrait(known.value, known.number or 0, known.evidence, statuses)
            is_enough = trait.trusted >= self._window_rows or (total or 0) <= 2 * trait.trusted
            if trait.kind != "honest" or is_enough:
                return trait
        found = survey_counts(self._gateway, history, self._scratch)
        found = replace(found, hidden=survey_hidden(self._gateway, history, found.kind))
        self._keep("counts", found.kind, found.trusted, found.evidence)
        hidden_text = " ".join(str(status) for status in found.hidden)
        self._keep("hidden", hidden_text, None, "sum over statuses less the count without one")
        return found

    def measure_zone(self) -> None:
        """Measure the zone of the bounds where it is unknown or was measured long ago."""
        known = self._raw.trait("filter_zone")
        if known is not None:
            days = _ZONE_DAYS if known.value == "UTC" else _UNKNOWN_ZONE_DAYS
            if self._is_fresh(known, days):
                return
        times = self._raw.known_times()
        if times.get("created"):
            zone, evidence = survey_zone(self._gateway, KnownTimes(times))
            self._keep("filter_zone", zone, None, evidence)

    def _is_fresh(self, trait: Trait, days: int) -> bool:
        return trait.measured_at > self._now().subtract(days=days)

    def _keep(self, name: str, value: str, number: int | None, evidence: str) -> None:
        self._raw.add_trait(Trait(name, value, number, evidence, self._now()))

    def _now(self) -> DateTime:
        return self._clock.now()

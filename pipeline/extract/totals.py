"""Compare all that is held with all that the gateway counts, where it offers such a total."""

from pipeline.errors import RefusedError
from pipeline.extract.questions import Filters
from pipeline.extract.survey import TOTAL_KINDS
from pipeline.extract.team import Team
from pipeline.statuses import KNOWN_STATUSES
from pipeline.warehouse.held import HeldCounts
from pipeline.warehouse.raw import RawStore


class Totals:
    """Counts without dates, before and after the newest messages are fetched.

    A history with a floor has no total: the gateway counts what is before it, too.
    """

    def __init__(self, team: Team, held: HeldCounts, raw: RawStore, *, has_floor: bool) -> None:
        self._team = team
        self._has_floor = has_floor
        self._held = held
        self._raw = raw
        self._before: int | None = None
        self._after: int | None = None

    def begin(self) -> None:
        """Count everything, just before the newest messages are fetched."""
        self._before = self._count()

    def end(self) -> None:
        """Count everything again, just afterwards; what came meanwhile explains a difference."""
        self._after = self._count()

    def proven_by(self) -> str:
        """Return by what the history is proven, in words."""
        return "windows only" if self._after is None else "counts and totals"

    def doubt(self, *, is_explained: bool) -> str:
        """Say why messages may be missing that no window lacks; nothing if none may.

        A total that is not reached is no cause for doubt where known holes explain it.
        """
        held = self._raw.held()
        if self._before is not None and self._after is not None:
            least, most = sorted((self._before, self._after))
            if is_explained:
                return ""
            if held < least:
                return f"The gateway counts {least} messages and only {held} came."
            if held > most:
                return f"The gateway counts {most} messages and {held} are held."
            return ""
        return self._doubt_without_total(held)

    def _doubt_without_total(self, held: int) -> str:
        reading = self._team.questions.reading
        if reading.is_nullable:
            return "The gateway tells no total, and messages without a date are in no window."
        if held and not reading.is_known and not self._held.holds_unsent():
            return (
                "The gateway tells no total, and every message that came has a sent time: "
                "those that were never sent may be missing."
            )
        return ""

    def _count(self) -> int | None:
        """Return the total; None where the gateway has none that can be trusted."""
        counts = self._team.counts
        if counts.kind not in TOTAL_KINDS or not counts.is_total_true or self._has_floor:
            return None
        try:
            return sum(self._team.questions.count(None, question) for question in self._whole())
        except RefusedError:
            return None

    def _whole(self) -> list[Filters]:
        """Return questions that together count everything, whatever a plain one leaves out."""
        counts = self._team.counts
        statuses: list[dict[str, int]] = [{}]
        if counts.hidden_statuses:
            held = (s for s in self._held.by_status_alone() if s is not None)
            statuses = [{"status": status} for status in sorted({*KNOWN_STATUSES, *held})]
        sims: list[dict[str, int]] = [{}, *({"sim": sim} for sim in counts.hidden_sims)]
        return [{**status, **sim} for status in statuses for sim in sims]

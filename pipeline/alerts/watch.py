"""At the end of a run: look what is crossed, tell people once, end with 6 if all else went well."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from pipeline.alerts.notices import refuse_incomplete, tell
from pipeline.alerts.rules import Crossing, crossings, rules_of
from pipeline.alerts.state import moved, read_alerts
from pipeline.clock import Clock, plain
from pipeline.errors import Sms24Error, ThresholdError
from pipeline.progress import Progress
from pipeline.settings import Settings


@contextmanager
def watched(settings: Settings, clock: Clock, progress: Progress) -> Iterator[None]:
    """Watch a run; nothing happens where no rule is set, and none was.

    A run that failed is told of too, and ends as it failed; one that was interrupted is not looked
    at.

    Raises:
        UsageError: at once, if a way of telling lacks what it needs.
        ThresholdError: at the end, if something is crossed and nothing else went wrong.
        TellingError: a way did not take a notice, and nothing else went wrong.
    """
    refuse_incomplete(settings)
    is_done = False
    try:
        yield
        is_done = True
    finally:
        error = sys.exception()
        if not is_done and isinstance(error, Exception):
            _look_after_failure(error, settings, clock, progress)
    _look(settings, clock, [])


def _look_after_failure(
    error: Exception, settings: Settings, clock: Clock, progress: Progress
) -> None:
    said = str(error) if isinstance(error, Sms24Error) else "A bug stopped it; the log has it."
    failed = [Crossing("failure", "failure", f"A run failed: {said}")]
    try:
        _look(settings, clock, failed if settings.alert_failures else [])
    except ThresholdError:
        return
    except (Sms24Error, OSError) as trouble:
        progress.note(f"Nobody was told: {trouble}")


def _look(settings: Settings, clock: Clock, more: list[Crossing]) -> None:
    known = read_alerts(settings.data_dir)
    if not known and not rules_of(settings):
        return
    now = plain(clock.now())
    found = [*crossings(settings, settings.snapshot_path, now), *more]
    tell(moved(known, found, now, settings.notify_by), settings, clock)
    if found:
        others = f" ({len(found) - 1} more)" if found[1:] else ""
        raise ThresholdError(f"A threshold was crossed: {found[0].sentence}{others}")

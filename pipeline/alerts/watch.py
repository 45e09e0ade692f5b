"""At the end of a run: look what is crossed, tell people once, end with 6 if all else went well."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from pipeline.alerts.notices import refuse_incomplete, tell, voice_of
from pipeline.alerts.outbox import sending_doubts
from pipeline.alerts.rules import Crossing, crossings, rules_of
from pipeline.alerts.rules import plain as one_spaced
from pipeline.alerts.state import moved, read_alerts
from pipeline.clock import Clock, plain
from pipeline.errors import Sms24Error, ThresholdError
from pipeline.progress import Progress
from pipeline.report.error_words import reason_of
from pipeline.report.voice import Voice
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
    _look(settings, clock)


def _look_after_failure(
    error: Exception, settings: Settings, clock: Clock, progress: Progress
) -> None:
    try:
        _look(settings, clock, error)
    except ThresholdError:
        return
    except (Sms24Error, OSError) as trouble:
        progress.note(f"Nobody was told: {trouble}")


def _look(settings: Settings, clock: Clock, error: Exception | None = None) -> None:
    known = read_alerts(settings.data_dir)
    if not known and not rules_of(settings):
        return
    now, voice = plain(clock.now()), voice_of(settings)
    found = [
        *crossings(settings, settings.snapshot_path, now, voice),
        *sending_doubts(settings, clock, voice),
        *_failure(error, settings, voice),
    ]
    tell(moved(known, found, now, settings.notify_by), settings, clock)
    if found:
        others = f" ({len(found) - 1} more)" if found[1:] else ""
        raise ThresholdError(f"A threshold was crossed: {found[0].sentence}{others}")


def _failure(error: Exception | None, settings: Settings, voice: Voice) -> Iterator[Crossing]:
    if error is not None and settings.alert_failures:
        words = voice.say("A run failed: {reason}", reason=reason_of(error, voice))
        yield Crossing("failure", "failure", one_spaced(words))

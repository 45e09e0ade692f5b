"""Those who fetch under one reading of bounds: questions, a method of proof, a fetcher."""

import math
from collections.abc import Iterable

from pipeline.extract.ask import Asker, Job, Limits, Method
from pipeline.extract.counted import CountedMethod
from pipeline.extract.fetching import Fetcher
from pipeline.extract.habits import HabitBook
from pipeline.extract.landing import Lander
from pipeline.extract.questions import Questions
from pipeline.extract.survey import CountTrait
from pipeline.extract.uncounted import UncountedMethod, Usual
from pipeline.progress import Progress
from pipeline.settings import Settings
from pipeline.values import Window


class Team:
    """Fetches windows under one reading, with one way to prove them, within limits once learnt.

    Attributes:
        asked: the windows that were asked so far.
        unreconciled: windows that were read and still hold something else than is counted.
    """

    def __init__(
        self,
        questions: Questions,
        counts: CountTrait,
        lander: Lander,
        progress: Progress,
        settings: Settings,
        *,
        book: HabitBook,
    ) -> None:
        raw = lander.raw
        self.questions = questions
        self.counts = counts
        self.limits = Limits(settings.window_rows, book.too_long())
        if not math.isinf(book.cap()):
            self.limits.cut_at(int(book.cap()))
        self.asked: list[Window] = []
        self.unreconciled = 0
        method: Method
        if counts.is_usable:
            values = raw.values()
            values["device_id"] = tuple(sorted({*values["device_id"], *raw.device_ids()}))
            method = CountedMethod(questions, self.limits, counts=counts, values=values)
        else:
            method = UncountedMethod(
                questions, self.limits, variants=counts.variants, usual=Usual(*raw.usual())
            )
        asker = Asker(questions, method, self.limits, questions.clock)
        self.fetcher = Fetcher(asker, lander, progress, concurrency=settings.concurrency)

    def fetch(self, jobs: Iterable[Job]) -> None:
        """Ask for every job, and land what comes."""
        jobs = list(jobs)
        self.asked += [job.window for job in jobs if job.window and not job.is_tail]
        self.fetcher.fetch(jobs)

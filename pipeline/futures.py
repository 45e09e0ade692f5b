"""Work of other threads: waited for so that Ctrl-C is seen at once, or done beside one's own."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from typing import TypeVar

T = TypeVar("T")
_STEP_SECONDS = 0.1


def wait_for_first(futures: Iterable[Future[T]]) -> tuple[set[Future[T]], set[Future[T]]]:
    """Return the futures that are done, at least one if there is any, and those that are not.

    It waits in steps: polars' own handler of SIGINT restarts a wait without an end (2.1.0).
    """
    waiting = set(futures)
    while True:
        done, pending = wait(waiting, timeout=_STEP_SECONDS, return_when=FIRST_COMPLETED)
        if done or not waiting:
            return done, pending


@contextmanager
def beside(work: Callable[[], object]) -> Iterator[None]:
    """Do some work while what is inside is done; at the end both are, and its error is raised."""
    with ThreadPoolExecutor(1, thread_name_prefix="beside") as pool:
        future = pool.submit(work)
        yield
        wait_for_first([future])
    future.result()

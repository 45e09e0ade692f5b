"""Let Ctrl-C end a statement: DuckDB's `execute` does not look for signals (measured on 2.0.0)."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from functools import cache
from typing import TypeVar

import duckdb

from pipeline.futures import wait_for_first

T = TypeVar("T")
_AGAIN_SECONDS = 0.05


def interruptible(connection: duckdb.DuckDBPyConnection, work: Callable[[], T]) -> T:
    """Return what `work` on a connection gives; KeyboardInterrupt stops it first, then goes on."""
    future = _pool().submit(work)
    try:
        wait_for_first([future])
    except KeyboardInterrupt:
        # Each statement forgets an interrupt that came before it, so one call may be too early.
        while not future.done():
            connection.interrupt()
            wait([future], timeout=_AGAIN_SECONDS)
        raise
    return future.result()


@cache
def _pool() -> ThreadPoolExecutor:
    """Return threads that stay: starting one takes longer than most statements."""
    return ThreadPoolExecutor(thread_name_prefix="duckdb")

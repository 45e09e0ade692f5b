"""Ctrl-C during a load: the first asks it to end well, the second ends it at once."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType, TracebackType
from typing import Any, Self

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Interrupting:
    """Catches SIGINT and SIGTERM while it is entered, in the main thread; elsewhere nothing.

    Attributes:
        is_asked: whether the load is to end; a second signal raises KeyboardInterrupt.
    """

    def __init__(self) -> None:
        self.is_asked = False
        self._before: dict[signal.Signals, Any] = {}

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            self._before = {number: signal.signal(number, self._ask) for number in _SIGNALS}
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)
        self._before = {}

    @contextmanager
    def lifted(self) -> Iterator[None]:
        """Let signals act as before; while a person is asked, say."""
        self.__exit__(None, None, None)
        try:
            yield
        finally:
            self.__enter__()

    def _ask(self, _number: int, _frame: FrameType | None) -> None:
        if self.is_asked:
            raise KeyboardInterrupt
        self.is_asked = True

"""What a run of `sms24` spends its processor time on: `spent.py INSTANT ARGUMENTS...`.

    python tests/bench/spent.py 2026-11-02T09:30:00+00:00 run

Says as JSON, on its last line, the seconds of processor by statement (the file of `sql/` that it
comes from) and by what is done in Python. What other threads do meanwhile counts, too: together it
is a little more than all there is.
"""

import json
import os
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.held_run import hold
from pipeline.cli.main import entry
from pipeline.extract import landing
from pipeline.gateway import decode
from pipeline.gateway.wire import Wire
from pipeline.paths import resource_folder
from pipeline.transform import build, core
from pipeline.warehouse import inbox
from pipeline.warehouse.store import Warehouse

_SPENT: defaultdict[str, float] = defaultdict(float)
_PYTHON = (
    *((decode, "decode_messages"), (landing, "decode_messages"), (inbox, "lay")),
    *((core, "look_up"), (Wire, "post"), (build, "copy_published")),
)


def watch() -> None:
    """Count from here on."""
    heads = {head: name for name, head in _heads()}
    for method in ("execute", "script", "frame", "plain", "scalar", "append"):
        _wrap(Warehouse, method, lambda sql, h=heads: _named(sql, h), time.process_time)
    for module, name in _PYTHON:
        _wrap(module, name, lambda _, n=name: n, time.thread_time)
    _wrap_commits()


def _heads() -> Iterator[tuple[str, str]]:
    root = resource_folder("sql")
    for path in sorted(Path(root).rglob("*.sql")):
        name = path.relative_to(root).with_suffix("").as_posix()
        yield name, path.read_text(encoding="utf-8").partition("\n")[0]


def _named(sql: str, heads: dict[str, str]) -> str:
    other = "checkpoint" if sql.startswith("checkpoint") else "other statements"
    return next((name for head, name in heads.items() if head in sql), other)


def _wrap(owner: Any, name: str, called: Callable[[str], str], clock: Callable[[], float]) -> None:
    done = getattr(owner, name)

    def counted(*given: Any, **more: Any) -> Any:
        began = clock()
        try:
            return done(*given, **more)
        finally:
            _SPENT[called(given[1] if isinstance(owner, type) else "")] += clock() - began

    setattr(owner, name, counted)


def _wrap_commits() -> None:
    transaction = Warehouse.transaction

    @contextmanager
    def counted(self: Warehouse) -> Iterator[None]:
        began = 0.0
        with transaction(self):
            yield
            began = time.process_time()
        _SPENT["commit"] += time.process_time() - began

    Warehouse.transaction = counted  # type: ignore[method-assign]


def _tell(leave: Callable[[int], None], code: int) -> None:
    print(json.dumps({"all": time.process_time(), **_SPENT}), flush=True)
    leave(code)


if __name__ == "__main__":
    hold(sys.argv.pop(1))
    _SPENT["imports"] = time.process_time()
    watch()
    os._exit = lambda code, leave=os._exit: _tell(leave, code)  # type: ignore[assignment]
    entry()

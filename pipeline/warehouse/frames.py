"""Lay the records of bodies side by side in Parquet files, which DuckDB reads without a loop."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from pipeline.values import CallRecord

if TYPE_CHECKING:
    import polars as pl

# Records of this many bytes go into one file: it bounds what is in memory at once.
_FILE_BYTES = 16_000_000


class Buffer(Protocol):
    """A record's JSON: bytes, or a view into a body."""

    def __buffer__(self, flags: int, /) -> memoryview:
        """Return the bytes."""


@dataclass(frozen=True, slots=True)
class Records:
    """The records of one body: ids beside each record's JSON as received."""

    call: CallRecord
    records: Sequence[tuple[int, Buffer]]


def write_frames(askings: Iterable[Iterable[Records]], folder: Path, name: str) -> list[Path]:
    """Write the records of askings, numbered from 0, into files of bounded size; returns them."""
    paths: list[Path] = []
    for number, bodies in enumerate(askings):
        for body in bodies:
            for records in _chunks(body.records):
                path = folder / f"{name}-{len(paths)}.parquet.part"
                _frame(records, body.call, number).write_parquet(path, compression="uncompressed")
                paths.append(path)
    return paths


def _chunks(records: Sequence[tuple[int, Buffer]]) -> Iterator[list[tuple[int, Buffer]]]:
    chunk: list[tuple[int, Buffer]] = []
    size = 0
    for record in records:
        chunk.append(record)
        size += len(memoryview(record[1]))
        if size >= _FILE_BYTES:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk


def _frame(records: Sequence[tuple[int, Buffer]], call: CallRecord, asking: int) -> "pl.DataFrame":
    """Return one chunk; bytes that are no UTF-8 are replaced."""
    import polars as pl  # noqa: PLC0415 - only who lands pays for polars

    return pl.DataFrame(
        {
            "message_id": [message_id for message_id, _ in records],
            "payload": [str(record, "utf-8", "replace") for _, record in records],
        },
        schema={"message_id": pl.Int64, "payload": pl.String},
    ).with_columns(
        pl.lit(asking, pl.Int32).alias("asking"),
        pl.lit(call.call_id, pl.String).alias("call_id"),
        pl.lit(call.asked_at, pl.Datetime("us", "UTC")).alias("asked_at"),
        pl.lit(call.answered_at, pl.Datetime("us", "UTC")).alias("answered_at"),
    )

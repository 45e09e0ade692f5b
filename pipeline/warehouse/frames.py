"""Lay the records of a body into Parquet files, which DuckDB reads without a loop."""

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from pipeline.values import CallRecord
from pipeline.warehouse.shapes import Field, Shapes

if TYPE_CHECKING:
    import polars as pl

# Records of this many bytes go into one file: it bounds what is in memory at once.
_FILE_BYTES = 16_000_000
# One at a time, for the same reason.
_LAYING = threading.Lock()


class Buffer(Protocol):
    """A record's JSON: bytes, or a view into a body."""

    def __buffer__(self, flags: int, /) -> memoryview:
        """Return the bytes."""


@dataclass(frozen=True, slots=True)
class Laid:
    """The records of one body, laid into files: ids beside each record's JSON as received.

    Attributes:
        fields: at least the fields that the records have; None where that could not be told.
    """

    call: CallRecord
    rows: int
    paths: tuple[Path, ...]
    fields: frozenset[Field] | None

    def clear(self) -> None:
        """Remove the files."""
        for path in self.paths:
            path.unlink(missing_ok=True)


def lay(
    call: CallRecord,
    records: Sequence[tuple[int, Buffer]],
    folder: Path,
    name: str,
    *,
    shapes: Shapes,
) -> Laid:
    """Write the records of a body into files of bounded size, `NAME.0.parquet.part` and so on."""
    paths: list[Path] = []
    fields: frozenset[Field] | None = frozenset()
    with _LAYING:
        for number, chunk in enumerate(_chunks(records, call.bytes)):
            path = folder / f"{name}.{number}.parquet.part"
            # Bytes that are no UTF-8 are replaced.
            payloads = [str(record, "utf-8", "replace") for _, record in chunk]
            # All of them, since the start: those of the last chunk are those of the whole body.
            fields = shapes.fields_of(payloads) if fields is not None else None
            frame = _frame([message_id for message_id, _ in chunk], payloads, call)
            frame.write_parquet(path, compression="uncompressed", statistics=False)
            paths.append(path)
    return Laid(call, len(records), tuple(paths), fields)


def _chunks(
    records: Sequence[tuple[int, Buffer]], size_at_most: int
) -> Iterator[Sequence[tuple[int, Buffer]]]:
    if records and size_at_most < _FILE_BYTES:
        yield records
        return
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


def _frame(ids: list[int], payloads: list[str], call: CallRecord) -> "pl.DataFrame":
    import polars as pl  # noqa: PLC0415 - only who lands pays for polars

    return pl.DataFrame(
        {"message_id": ids, "payload": payloads},
        schema={"message_id": pl.Int64, "payload": pl.String},
    ).with_columns(
        pl.lit(call.call_id, pl.String).alias("call_id"),
        pl.lit(call.asked_at, pl.Datetime("us", "UTC")).alias("asked_at"),
        pl.lit(call.answered_at, pl.Datetime("us", "UTC")).alias("answered_at"),
    )

"""An answer as CSV, JSON, Parquet or XLSX: to standard output, or as a file that is whole."""

import contextlib
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import IO

from pipeline.cli.sheet import write_sheet
from pipeline.errors import UsageError, is_disk_full
from pipeline.values import printable
from pipeline.warehouse.answer import Answer


class Export:
    """An answer in a form: `csv`, `json`, `parquet` or `xlsx`; `zone` is that of its instants."""

    def __init__(self, answer: Answer, form: str, zone: str, *, is_exact: bool = False) -> None:
        self._answer = answer
        self._form = form
        self._zone = zone
        self._is_exact = is_exact

    def save(self, out: Path) -> None:
        """Write the file `out`, at once or not at all."""
        with _whole(out) as stream:
            if self._is_text:
                stream.writelines(piece.encode() for piece in self._pieces())
            else:
                self._write(stream)

    def print(self) -> None:
        """Write to standard output; on a terminal nothing in a text steers it."""
        output = sys.stdout.buffer
        if self._is_text:
            pieces = self._pieces()
            shown = map(printable, pieces) if sys.stdout.isatty() else pieces
            output.writelines(piece.encode() for piece in shown)
        elif sys.stdout.isatty():
            raise UsageError(f"A screen cannot show {self._form}.", advice="Name a file: --out.")
        else:
            buffer = BytesIO()  # polars wants a file that knows where it is
            self._write(buffer)
            output.write(buffer.getbuffer())

    @property
    def _is_text(self) -> bool:
        return self._form in {"csv", "json"}

    def _pieces(self) -> Iterator[str]:
        if self._form == "csv":
            for line in self._answer.csv_lines(is_exact=self._is_exact):
                yield f"{line}\n"
            return
        lead = "["
        for line in self._answer.json_lines():
            yield f"{lead}{line}"
            lead = ",\n"
        yield "[]\n" if lead == "[" else "]\n"

    def _write(self, stream: IO[bytes]) -> None:
        if self._form == "parquet":
            self._answer.frame().write_parquet(stream)
        else:
            buffer = BytesIO()  # a workbook that cannot end its file complains beside the error
            write_sheet(self._answer, self._zone, buffer)
            stream.write(buffer.getbuffer())


@contextmanager
def _whole(out: Path) -> Iterator[IO[bytes]]:
    """Give a file that takes the place of `out` once it is whole; a device is written directly."""
    target = out.resolve()
    part = None
    try:
        if out.exists() and not out.is_file():
            with out.open("wb") as stream:
                yield stream
            return
        with tempfile.NamedTemporaryFile(
            dir=target.parent, prefix=f".{target.name}.", suffix=".part", delete=False
        ) as file:
            part = Path(file.name)
            yield file
        part.replace(target)
    except OSError as error:
        if is_disk_full(error) or isinstance(error, BrokenPipeError):
            raise
        raise UsageError(f"{out} cannot be written: {error.strerror or error}.") from None
    finally:
        if part is not None:
            with contextlib.suppress(FileNotFoundError):
                part.unlink()

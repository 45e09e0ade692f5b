"""Find the encoding of a file, and cut it into physical lines without holding it whole."""

import codecs
import io
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from pipeline.errors import UsageError

OpenBytes = Callable[[], BinaryIO]

# A line longer than this is cut short: the record reader refuses it, and memory stays flat.
MOST_LINE = 1_000_000
LONE = re.compile("[\ud800-\udfff]")  # what a byte becomes that is no text
_CHUNK = 1 << 18
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_FALLBACK = "cp1252"


@dataclass(frozen=True, slots=True)
class Encoding:
    """How a file's bytes become text.

    Attributes:
        is_guessed: it is the fallback that nobody asked for.
        has_bad_bytes: some are no text in this encoding; they are read as lone surrogates.
        has_nul: NUL or Ctrl-Z was found; both are left out of the text.
    """

    name: str
    is_guessed: bool = False
    has_bad_bytes: bool = False
    has_nul: bool = False


def detect(open_bytes: OpenBytes, asked: str | None) -> Encoding:
    """Return the encoding: by byte order mark, by NULs, UTF-8, else what was asked for or cp1252.

    A file with more lines in good UTF-8 beyond ASCII than bad ones is UTF-8 with bad lines.

    Raises:
        UsageError: Python has no encoding of the name that was asked for.
    """
    fallback = _known(asked) if asked else _FALLBACK
    with open_bytes() as stream:
        head = stream.read(400)
    marked = next((name for mark, name in _MARKS if head.startswith(mark)), None) or _by_nuls(head)
    found = _surveyed(open_bytes, marked or "utf-8", is_guessed=False)
    if marked or not found.has_bad_bytes or (not asked and _is_mostly_utf8(open_bytes)):
        return found
    return _surveyed(open_bytes, fallback, is_guessed=not asked)


def line_batches(open_bytes: OpenBytes, encoding: str) -> Iterator[list[str]]:
    """Yield the physical lines with their ends, some thousands at a time.

    Lines end in CRLF, LF or CR alone; U+2028 and the like are data.
    """
    carry = ""
    for chunk in _chunks(open_bytes, encoding):
        lines = list(io.StringIO(carry[: MOST_LINE + 1] + _without_nul(chunk), newline=""))
        carry = lines.pop() if lines else ""
        if lines:
            yield lines
    if carry:
        yield [carry]


def _known(name: str) -> str:
    try:
        codecs.getincrementaldecoder(name)
        "".encode(name)
    except (LookupError, UnicodeError):
        raise UsageError(
            f"there is no encoding called {name!r}",
            advice="Use a name such as cp1252, cp1250, mac_roman, cp850 or utf-8.",
        ) from None
    return name


def _by_nuls(head: bytes) -> str | None:
    """Return UTF-16 in the byte order of the NULs, where every fifth character has one."""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    least = len(head) / 10
    if odd > least and even * 10 <= odd:
        return "utf-16-le"
    return "utf-16-be" if even > least and odd * 10 <= even else None


def _surveyed(open_bytes: OpenBytes, name: str, *, is_guessed: bool) -> Encoding:
    has_bad = has_nul = False
    for chunk in _chunks(open_bytes, name):
        has_bad = has_bad or (not chunk.isascii() and LONE.search(chunk) is not None)
        has_nul = has_nul or "\0" in chunk or "\x1a" in chunk
    return Encoding(name, is_guessed=is_guessed, has_bad_bytes=has_bad, has_nul=has_nul)


def _is_mostly_utf8(open_bytes: OpenBytes) -> bool:
    good = bad = 0
    with open_bytes() as stream:
        while line := stream.readline(_CHUNK):
            if not line.isascii():
                is_good = LONE.search(line.decode("utf-8", "surrogateescape")) is None
                good, bad = good + is_good, bad + (not is_good)
    return good >= bad > 0


def _chunks(open_bytes: OpenBytes, encoding: str) -> Iterator[str]:
    """Yield the text piece by piece, without its byte order mark."""
    pieces = _decoded(open_bytes, encoding)
    for first in pieces:
        yield first.lstrip("\ufeff")
        break
    yield from pieces


def _decoded(open_bytes: OpenBytes, encoding: str) -> Iterator[str]:
    errors = "surrogatepass" if encoding.startswith("utf-16") else "surrogateescape"
    decoder = codecs.getincrementaldecoder(encoding)(errors)
    try:
        with open_bytes() as stream:
            while data := stream.read(_CHUNK):
                yield decoder.decode(data)
    except UnicodeError:
        raise UsageError(
            f"the file cannot be read as {encoding}",
            advice="Name its encoding with --encoding, or save it as CSV UTF-8.",
        ) from None
    try:
        yield decoder.decode(b"", final=True)
    except UnicodeError:
        yield "\udcff"  # the file ends within a character


def _without_nul(text: str) -> str:
    return text.replace("\0", "").replace("\x1a", "")


def line_end_of(lines: Iterable[str]) -> str:
    """Return what most of the lines end in: `CRLF`, `LF` or `CR`; empty where none does."""
    ends = {"CRLF": 0, "LF": 0, "CR": 0}
    for line in lines:
        if line.endswith(("\r", "\n")):
            ends["CRLF" if line.endswith("\r\n") else "LF" if line[-1] == "\n" else "CR"] += 1
    most = max(ends, key=lambda end: ends[end])
    return most if ends[most] else ""

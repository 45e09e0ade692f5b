"""How many SMS a text is: GSM 03.38 with its extension table, else UCS-2.

A text of 160 septets, or of 70 UTF-16 units, is one SMS. A longer one is cut into parts of 153 or
67: each carries a header of six bytes. Neither an extended character nor a surrogate pair is cut.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Encoding = Literal["GSM-7", "UCS-2"]

# The tables are those of 3GPP TS 23.038, 6.2.1.
BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENDED = frozenset("\f^{}\\[~]|€")
_ONE_GSM, _PART_GSM = 160, 153
_ONE_UCS, _PART_UCS = 70, 67
_LAST_BMP = 0xFFFF


@dataclass(frozen=True, slots=True)
class Segments:
    """How a text goes over the air.

    Attributes:
        encoding: `GSM-7` where all characters are in its tables, else `UCS-2`.
        units: septets, of which an extended character takes two; or UTF-16 units.
        count: SMS that are sent, and paid for.
        odd: the characters for whose sake it is UCS-2, each once, in order.
    """

    encoding: Encoding
    units: int
    count: int
    odd: str = ""


def segments_of(text: str) -> Segments:
    """Return how a text goes over the air."""
    odd = "".join(dict.fromkeys(c for c in text if c not in BASIC and c not in EXTENDED))
    if odd:
        widths = [2 if ord(c) > _LAST_BMP else 1 for c in text]
        return Segments("UCS-2", sum(widths), _parts(widths, _ONE_UCS, _PART_UCS), odd)
    widths = [2 if c in EXTENDED else 1 for c in text]
    return Segments("GSM-7", sum(widths), _parts(widths, _ONE_GSM, _PART_GSM))


def _parts(widths: Iterable[int], one: int, part: int) -> int:
    """Return how many parts characters of these widths fill, none of them cut."""
    widths = list(widths)
    if sum(widths) <= one:
        return 1
    count, room = 1, part
    for width in widths:
        if width > room:
            count, room = count + 1, part
        room -= width
    return count

"""What libphonenumber makes of the numbers that messages were sent to."""

from pathlib import Path
from typing import TYPE_CHECKING

import phonenumbers

from pipeline.warehouse.store import Warehouse, statement

if TYPE_CHECKING:
    import polars as pl


def unknown_recipients(warehouse: Warehouse) -> "pl.DataFrame":
    """Return the spellings, with a default region, that no earlier build has looked up."""
    return warehouse.frame(statement("lookups/recipients_missing"))


def look_up(warehouse: Warehouse, missing: "pl.DataFrame", scratch: Path) -> None:
    """Keep what libphonenumber makes of the columns `sendto` and `region` of a frame.

    A file that DuckDB reads lies in the private folder `scratch` meanwhile.
    """
    import polars as pl  # noqa: PLC0415 - only a build pays for polars

    if missing.is_empty():
        return
    found = [normalised(sendto, region) for sendto, region in missing.iter_rows()]
    names = {"e164": pl.String, "country": pl.String}
    frame = missing.hstack(pl.DataFrame(found, schema=names, orient="row"))
    scratch.mkdir(mode=0o700, parents=True, exist_ok=True)
    warehouse.append_frame("lookup.recipients", frame, scratch)


def normalised(text: str, region: str) -> tuple[str | None, str | None]:
    """Return a number in E.164 and its country; (None, None) where it is none.

    Args:
        text: the number as the gateway holds it; names of senders and short codes are no numbers.
        region: the country to take where the number has none (ISO 3166), or an empty text.
    """
    if any(character.isalpha() or character in "*#" for character in text):
        return None, None  # libphonenumber reads letters as keys of a telephone
    try:
        number = phonenumbers.parse(text, region or None)
    except phonenumbers.NumberParseException:
        return None, None
    if not phonenumbers.is_valid_number(number):
        return None, None
    e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    country = phonenumbers.region_code_for_number(number)
    return e164, country if country and country.isalpha() else None

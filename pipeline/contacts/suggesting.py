"""What an invalid number may have been meant as; people decide, nothing is applied by itself."""

import re

from pipeline.contacts.library import Reading, read

# Plans that changed, and mobiles overseas that are dialled in France as if they were of France.
_CHANGES = (
    (re.compile(r"\+521(\d{10})"), (r"+52\1",)),  # Mexico, 2019: no 1 before mobiles
    (re.compile(r"\+229(\d{8})"), (r"+22901\1",)),  # Benin, 2024: 01 before all
    (re.compile(r"\+33((?:639|69[0-7])\d{6})"), (r"+262\1", r"+590\1", r"+594\1", r"+596\1")),
)


def suggestion_for(invalid: Reading) -> Reading | None:
    """Return the only mobile that the number may stand for, or None."""
    found = [
        reading
        for pattern, meant in _CHANGES
        if (match := pattern.fullmatch(invalid.e164))
        for reading in (read(match.expand(text), None) for text in meant)
        if reading.is_mobile
    ]
    return found[0] if len(found) == 1 else None

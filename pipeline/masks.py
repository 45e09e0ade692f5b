"""Telephone numbers as screens and logs may show them."""

_HEAD, _TAIL = 4, 4
_FEWEST = 7


def masked(e164: str) -> str:
    """Return `+336****5678` for `+33612345678`."""
    return f"{e164[:_HEAD]}****{e164[-_TAIL:]}"


def masked_digits(text: str) -> str:
    """Return a text whose digits, where they may be a number, are masked but three and four.

    What stands between them is kept: `06 1* ** 56 78`.
    """
    digits = [at for at, character in enumerate(text) if character.isdecimal()]
    if len(digits) < _FEWEST:
        return text
    hidden = set(digits[_HEAD - 1 : -_TAIL])
    return "".join("*" if at in hidden else character for at, character in enumerate(text))

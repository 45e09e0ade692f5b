"""What libphonenumber makes of the numbers that messages were sent to."""

import phonenumbers


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

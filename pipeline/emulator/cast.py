"""The made-up account: its phones and SIMs, its texts, the numbers it writes to."""

from dataclasses import dataclass
from random import Random

HOSTILE = (
    "<script>alert('sms24')</script>",
    "\"quotes\" & <b>tags</b> 'and' /slashes\\",
    "\u202eright to left\u202c \u05e9\u05dc\u05d5\u05dd",
    "emoji \U0001f4f1\U0001f1eb\U0001f1f7 \u2603",
    "=cmd|' /C calc'!A0",
    "{{ 7 * 7 }} {% raw %} ${jndi:x}",
    "x" * 1600,
    "line one\nline two\ttab",
)
BODIES = (
    "Hello! Thank you for your order {n}.",
    "Your code is {n}. Do not tell it to anybody.",
    "Reminder: your appointment is tomorrow at 10:{n}.",
    "Votre colis {n} sera livr\u00e9 aujourd'hui.",
    "Ihre Lieferung {n} ist unterwegs. Gr\u00fc\u00dfe!",
    "Invoice {n} is due. See https://example.com/i/{n}",
)
REPLIES = ("STOP", "Thanks!", "Ok merci", "Who is this?", "\U0001f44d")
NEWSLETTER_TITLES = ("Spring offers", "Opening hours", HOSTILE[0], "Nouvelle adresse", HOSTILE[2])
# Calling code with the first digits of mobile numbers, and how many digits follow.
_PLANS = {
    "fr": ("+336", 8),
    "de": ("+491575", 7),
    "gb": ("+447400", 6),
    "au": ("+61412", 6),
    "es": ("+34612", 6),
}


@dataclass(frozen=True, slots=True)
class Sim:
    """A SIM as `siminfo` shows it."""

    slot: int
    country: str
    carrier: str
    number: str
    icc_id: str


@dataclass(frozen=True, slots=True)
class Phone:
    """A device as `getalldevices` shows it; `silent_days` since it last asked for work."""

    device_id: int
    title: str
    sims: tuple[Sim, ...]
    imei: str
    app_version: str
    delay_between_requests: int
    delay_between_sms: int | None
    silent_days: int = 0


_MODELS = (
    ("Lille 1", (("fr", "Orange F"), ("fr", "SFR"))),
    ("Lille 2", (("fr", "Bouygues Telecom"),)),
    ("SM-A515F", (("fr", "Free"), ("fr", "Orange F"))),
    (HOSTILE[0], (("de", "Telekom.de"), ("de", "o2 - de"))),
    ("Berlin \U0001f4f1", (("de", "Vodafone.de"),)),
    (HOSTILE[2], (("gb", "EE"), ("gb", "O2 - UK"))),
    ("Sydney office", (("au", "Telstra"),)),
    (HOSTILE[6], (("es", "Movistar"),)),
)


def make_phones(random: Random) -> tuple[Phone, ...]:
    """Return the eight phones of the account, with twelve SIMs in five countries."""
    return tuple(
        Phone(
            device_id=11231 + 17 * place,
            title=title,
            sims=tuple(
                Sim(slot, country, carrier, number_of(country, random), _digits(random, 19))
                for slot, (country, carrier) in enumerate(sims)
            ),
            imei="null" if place == 1 else _digits(random, 15),
            app_version=("12.1.21", "12.1.19", "12.0.3")[place % 3],
            delay_between_requests=(10, 1, 30)[place % 3],
            delay_between_sms=(None, 5)[place % 2],
            silent_days=3 if place == 7 else 0,
        )
        for place, (title, sims) in enumerate(_MODELS)
    )


def number_of(country: str, random: Random) -> str:
    """Return a made-up mobile number of a country, in E.164."""
    prefix, digits = _PLANS[country]
    return prefix + _digits(random, digits)


def _digits(random: Random, count: int) -> str:
    return str(random.randrange(10**count)).zfill(count)

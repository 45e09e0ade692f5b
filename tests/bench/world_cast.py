"""Who is in a world for benchmarks: its phones with their shares of the traffic, its texts."""

from random import Random

from pipeline.emulator.cast import BODIES, Phone, Sim, make_phones

# Calling code with the first digits of mobile numbers, and how many digits follow.
PLANS = {
    "fr": ("+336", 8),
    "de": ("+491575", 7),
    "gb": ("+447400", 6),
    "au": ("+61412", 6),
    "es": ("+34612", 6),
}
# Beside the short ones of the emulator, so that a message takes as many bytes as real ones do.
_LONGER = (
    """Dear customer, your order {n} has left our warehouse today. The courier will come tomorrow
    between 9:00 and 12:00. If nobody is at home, reply to this message with another day.""",
    """Bonjour, votre rendez-vous n\u00b0 {n} est confirm\u00e9 pour jeudi \u00e0 14:30. Pour le
    d\u00e9placer ou l'annuler, appelez-nous, ou r\u00e9pondez simplement \u00e0 ce message. Merci
    de votre confiance, \u00e0 bient\u00f4t.""",
    """Guten Tag! Ihre Rechnung {n} liegt bereit: https://example.com/rechnung/{n}. Bitte zahlen Sie
    bis zum Monatsende. Fragen beantworten wir gern unter dieser Nummer. Viele Gr\u00fc\u00dfe!""",
    """Su pedido {n} est\u00e1 listo para recoger en nuestra tienda del centro, de lunes a viernes
    de 10:00 a 20:00. Traiga este mensaje y un documento. Lo guardamos siete d\u00edas. Gracias.""",
    """Alert {n}: the temperature of unit 4 has been above its limit for more than 15 minutes. The
    last reading was 9.4 degrees. Open https://example.com/alarms/{n} to confirm it.""",
)
TEXTS = (*BODIES, *(" ".join(text.split()) for text in _LONGER))


def phones_of(count: int) -> tuple[Phone, ...]:
    """Return so many phones: those of the emulator, then others with two SIMs each."""
    known = make_phones(Random(1))[:count]
    return known + tuple(_phone(place) for place in range(len(known), count))


def shares_of(phones: tuple[Phone, ...]) -> list[tuple[int, int, int, int, str]]:
    """Return equal shares of the traffic: number, place of the phone, its id, slot, country.

    The first phones have more of them than others, and of each the first SIM has most.
    """
    shares = [
        (place, phone.device_id, sim.slot, sim.country)
        for place, phone in enumerate(phones)
        for _ in range(max(9 - place, 2))
        for sim in (phone.sims[0],) * 7 + (phone.sims[-1],) * 3
    ]
    return [(number, *share) for number, share in enumerate(shares)]


def _phone(place: int) -> Phone:
    sims = tuple(
        Sim(slot, country, carrier, f"{PLANS[country][0]}{place:0{PLANS[country][1]}}", "0" * 19)
        for slot, (country, carrier) in enumerate((("fr", "SFR"), ("de", "Telekom.de")))
    )
    return Phone(11231 + 17 * place, f"Phone {place + 1}", sims, f"86{place:013}", "12.1.21", 10, 5)

"""The table of phone cells P01-P35: what each becomes, with a region and rules."""

from dataclasses import dataclass

from pipeline.contacts.values import Number, PhoneRules, Phones, Problem

JEAN = Number("+33612345678", "FR", "mobile")
HANS = Number("+4915112345678", "DE", "mobile")
OTHER = Number("+33766666666", "FR", "mobile")


@dataclass(frozen=True)
class Case:
    """One variant of a cell of the table; the id begins with the id of its row."""

    id: str
    cell: str
    region: str | None
    expected: Phones
    rules: tuple[tuple[str, object], ...] = ()

    @property
    def phone_rules(self) -> PhoneRules:
        """The rules of the case."""
        return PhoneRules(region=self.region, **dict(self.rules))


def taken(number: Number, *warnings: str, others: tuple[Number, ...] = ()) -> Phones:
    """Return what a cell becomes whose number is taken."""
    return Phones(numbers=(number,), warnings=warnings, others=others)


def refused(code: str, detail: str = "", suggestion: str | None = None) -> Phones:
    """Return what a cell becomes that has no number to send to."""
    return Phones(problem=Problem(code, detail), suggestion=suggestion)


def _same(name: str, region: str | None, expected: Phones, cells: dict[str, str]) -> list[Case]:
    return [Case(f"{name}-{key}", cell, region, expected) for key, cell in cells.items()]


_GLUED = refused("E_PHONE_INVALID", "TOO_LONG: two numbers glued together?")
_EXT = refused("E_PHONE_EXT", "an extension")
_MASKED = refused("E_PHONE_MASKED", "digits are missing")
_MULTI = taken(JEAN, "W_MULTI", others=(OTHER,))
_LANDLINES = (("landlines", True),)

CASES = [
    *_same(
        "P01",
        "FR",
        taken(JEAN),
        {
            "bare": "0612345678",
            "spaces": "06 12 34 56 78",
            "dots": "06.12.34.56.78",
            "hyphens": "06-12-34-56-78 ",
        },
    ),
    *_same(
        "P02",
        None,
        taken(JEAN),
        {
            "zero": "+33 (0)6 12 34 56 78",
            "trunk": "+33 06 12 34 56 78",
            "00": "0033612345678",
            "00-zero": "0033 (0)6 12 34 56 78",
            "00-spaces": "00 33 6 12 34 56 78",
        },
    ),
    Case("P02-FR", "+33 (0)6 12 34 56 78", "FR", taken(JEAN)),
    *_same(
        "P03",
        None,
        taken(JEAN),
        {
            "two": "++33612345678",
            "space": "+ 33612345678",
            "country-in-brackets": "+(33)612345678",
            "brackets": "(+33) 612345678",
            "full-width": "\uff0b33612345678",
        },
    ),
    *_same(
        "P04",
        "FR",
        taken(JEAN, "W_PLUS_GUESSED"),
        {"bare": "33612345678", "brackets": "(33) 6 12 34 56 78"},
    ),
    Case("P05", "33612345678", None, refused("E_PHONE_NO_REGION")),
    Case("P06", "612345678", "FR", taken(JEAN, "W_TRUNK_GUESSED")),
    Case(
        "P07",
        "212612345678",
        "FR",
        refused("E_PHONE_NO_PLUS", "would be +212... (MA)", "+212 6 12 34 56 78"),
    ),
    Case(
        "P07-allowed",
        "212612345678",
        "FR",
        taken(Number("+212612345678", "MA", "mobile"), "W_PLUS_GUESSED"),
        (("allowed", frozenset({"FR", "MA"})),),
    ),
    Case("P08", "4915112345678", "DE", taken(HANS, "W_PLUS_GUESSED")),
    *_same("P09", "DE", taken(HANS), {"zero": "+49 (0) 151 / 1234-5678", "slash": "0151/12345678"}),
    *_same("P10", "US", taken(JEAN), {"00": "0033612345678", "011": "011 33 6 12 34 56 78"}),
    *_same(
        "P11",
        None,
        taken(JEAN),
        {
            "embedding": "\u202a+33\u00a06\u202f12\u202f34\u202f56\u202f78\u202c",
            "marks": "\u200e+336\u200f1234\ufeff56\u00ad78",
        },
    ),
    Case("P11-FR", "\u202a06\u00a012\u202f34\u200e56\u00ad78\u202c", "FR", taken(JEAN)),
    Case("P12-arabic", "٠٦١٢٣٤٥٦٧٨", "MA", taken(Number("+212612345678", "MA", "mobile"))),
    Case("P12-plus", "+٢١٢٦٦١٢٣٤٥٦٧", None, taken(Number("+212661234567", "MA", "mobile"))),
    Case("P12-persian", "۰۹۱۲۳۴۵۶۷۸۹", "IR", taken(Number("+989123456789", "IR", "mobile"))),
    Case("P12-full-width", "".join(chr(0xFF10 + int(d)) for d in "0612345678"), "FR", taken(JEAN)),
    *_same(
        "P13",
        "FR",
        taken(JEAN, "W_EXCEL_WRAP"),
        {"quoted": '="0612345678"', "formula": "=+33612345678", "apostrophe": "'0612345678"},
    ),
    Case("P13-quotes", '"0612345678"', "FR", taken(JEAN)),
    Case("P14-point", "4.91512E+12", "DE", refused("E_PHONE_SCI", "7 digits lost")),
    Case("P14-comma", "4,91512E+12", None, refused("E_PHONE_SCI", "7 digits lost")),
    Case("P14-five", "3.36123E+10", "FR", refused("E_PHONE_SCI", "5 digits lost")),
    Case("P15", "4.915112345678E+12", "DE", taken(HANS, "W_SCI_RESTORED", "W_PLUS_GUESSED")),
    Case("P16-full", "33612345678.0", "FR", taken(JEAN, "W_FLOAT", "W_PLUS_GUESSED")),
    Case("P16-point", "0612345678.0", "FR", taken(JEAN, "W_FLOAT")),
    Case("P16-comma", "612345678,00", "FR", taken(JEAN, "W_FLOAT", "W_TRUNK_GUESSED")),
    *_same(
        "P17",
        "FR",
        _MULTI,
        {
            "colons": "+33612345678 ::: +33766666666",
            "semicolon": "+33612345678;+33766666666",
            "comma": "+33612345678, +33766666666",
            "slash": "+33612345678 / +33766666666",
            "ou": "+33612345678 ou +33766666666",
            "newline": "+33612345678\n+33766666666",
        },
    ),
    Case(
        "P17-all",
        "+33612345678;+33766666666",
        "FR",
        Phones(numbers=(JEAN, OTHER), warnings=("W_MULTI",)),
        (("several", "all"),),
    ),
    Case("P18", "01 23 45 67 89 ::: 06 12 34 56 78", "FR", taken(JEAN, "W_MULTI")),
    Case("P19", "+33612345678; +33 6 12 34 56 78", None, taken(JEAN)),
    *_same("P20", "FR", _GLUED, {"bare": "06123456780766666666", "space": "0612345678 0766666666"}),
    *_same(
        "P21",
        None,
        _EXT,
        {
            "ext": "+33612345678 ext. 12",
            "x": "+33612345678x12",
            "hash": "+33612345678#12",
            "uri": "+33612345678;ext=5",
            "poste": "+33612345678 poste 12",
            "pauses": "+33612345678,,123#",
        },
    ),
    *[
        Case(f"P22-{key}", cell, "FR", refused("E_PHONE_LETTERS", f'the letter "{letter}"'))
        for key, cell, letter in [
            ("vanity", "1-800-FLOWERS", "F"),
            ("mask", "+33 6 XX XX XX XX", "X"),
            ("O", "O612345678", "O"),
            ("l", "06l2345678", "l"),
            ("name", "+33612345678 Jean", "J"),
        ]
    ],
    *_same("P23", "FR", _MASKED, {"question": "0612345678?", "star": "0612345678*"}),
    *_same(
        "P24",
        None,
        refused("E_PHONE_EMPTY"),
        {
            "nothing": "",
            "na": "n/a",
            "hyphen": "-",
            "0": "0",
            "00": "00",
            "null": "null",
            "plus": "+",
            "excel": "#N/A",
        },
    ),
    *_same(
        "P25",
        "FR",
        refused("E_PHONE_INVALID", "TOO_SHORT"),
        {"3615": "3615", "17": "17", "spaces": "36 46", "plus": "+3312345678"},
    ),
    Case("P25-long", "+336123456789", "FR", refused("E_PHONE_INVALID", "TOO_LONG")),
    Case("P26-FR", "0123456789", "FR", refused("E_PHONE_LANDLINE", "FR")),
    Case("P26-IT", "+390212345678", None, refused("E_PHONE_LANDLINE", "IT")),
    Case("P26-DE", "069/1234567", "DE", refused("E_PHONE_LANDLINE", "DE")),
    Case(
        "P26-allowed",
        "0123456789",
        "FR",
        taken(Number("+33123456789", "FR", "fixed"), "W_LANDLINE"),
        _LANDLINES,
    ),
    Case("P27-premium", "0890123456", "FR", refused("E_PHONE_TYPE", "PREMIUM_RATE")),
    Case("P27-free", "0800 123 456", "FR", refused("E_PHONE_TYPE", "TOLL_FREE")),
    Case("P27-world", "+979123456789", "FR", refused("E_PHONE_TYPE", "PREMIUM_RATE")),
    Case("P28-mobile", "+39 333 1234567", None, taken(Number("+393331234567", "IT", "mobile"))),
    Case("P28-zero-lost", "+39212345678", None, refused("E_PHONE_INVALID", "BAD_RANGE")),
    Case(
        "P29-MX",
        "+52 1 55 1234 5678",
        None,
        refused("E_PHONE_INVALID", "TOO_LONG, would be +52... (MX)", "+52 55 1234 5678"),
    ),
    Case(
        "P29-BJ",
        "+22997000000",
        None,
        refused("E_PHONE_INVALID", "TOO_SHORT, would be +229... (BJ)", "+229 01 97 00 00 00"),
    ),
    Case(
        "P30-FR",
        "0692123456",
        "FR",
        refused("E_PHONE_INVALID", "BAD_RANGE, would be +262... (RE)", "+262 692 12 34 56"),
    ),
    Case("P30-RE", "0692123456", "RE", taken(Number("+262692123456", "RE", "mobile"))),
    Case(
        "P30-GP",
        "+33690001234",
        None,
        refused("E_PHONE_INVALID", "BAD_RANGE, would be +590... (GP)", "+590 690 00 12 34"),
    ),
    Case("P31", "#31#0612345678", "FR", taken(JEAN, "W_CLIR")),
    *_same(
        "P32",
        None,
        taken(JEAN, "W_LABEL"),
        {
            "mobile": "Mobile: +33612345678",
            "whatsapp": "whatsapp:+33612345678",
            "tel": "tel:+33612345678",
        },
    ),
    Case("P32-comment", "+33612345678 (maman)", None, taken(JEAN, "W_COMMENT")),
    Case("P33", "+999123456", None, refused("E_PHONE_INVALID", "unknown country code")),
    Case(
        "P34",
        "+14155552671",
        None,
        refused("E_PHONE_REGION", "US"),
        (("allowed", frozenset({"FR", "BE"})),),
    ),
    Case("P35", "+44 7700 900123", None, refused("E_PHONE_INVALID", "BAD_RANGE")),
    Case(
        "P35-forced",
        "+44 7700 900123",
        None,
        taken(Number("+447700900123", "GB", "forced")),
        (("forced", frozenset({"+447700900123"})),),
    ),
]

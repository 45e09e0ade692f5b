"""What a person may say of a plan, checked before anything is read."""

import re
import unicodedata
from dataclasses import dataclass, field, replace

from pipeline.contacts.names import TOO_LONG
from pipeline.contacts.values import NameRules, PhoneRules
from pipeline.errors import UsageError

SEVERAL = ("first-mobile", "all", "first")
FORMULA = ("reject", "keep", "strip")
_E164 = re.compile(r"\+[1-9]\d{6,14}")


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanOptions:
    """How the rows of a file become contacts.

    Attributes:
        require_consent: a row without consent is rejected.
        retry_rejected: contacts that the gateway rejected before are tried again.
    """

    phones: PhoneRules = field(default_factory=PhoneRules)
    names: NameRules = field(default_factory=NameRules)
    require_consent: bool = False
    retry_rejected: bool = False


def checked_options(options: PlanOptions) -> PlanOptions:
    """Return options with regions in capitals and numbers without blanks.

    Raises:
        UsageError: a region, a number or a word means nothing.
    """
    phones, names = options.phones, options.names
    _one_of("--several", phones.several, SEVERAL)
    _one_of("--formula", names.formula, FORMULA)
    if not names.empty.strip() or len(names.empty) > TOO_LONG or not names.empty.isprintable():
        raise UsageError(
            f"--empty-name cannot be {names.empty!r}",
            advice=f"Say phone, reject, or a name of at most {TOO_LONG} characters.",
        )
    forced = frozenset("".join(number.split()) for number in phones.forced)
    for number in forced:
        if not _E164.fullmatch(number):
            raise UsageError(
                "a number of --force-number is not whole",
                advice="Write it with its plus and country: +33612345678.",
            )
    region = None if phones.region is None else _region("--region", phones.region)
    allowed = frozenset(_region("--allow-countries", code) for code in phones.allowed)
    return replace(options, phones=replace(phones, region=region, allowed=allowed, forced=forced))


def checked_title(text: str) -> str:
    """Return the title of a tag, trimmed and composed; UsageError where it cannot be one."""
    title = unicodedata.normalize("NFC", text).strip()
    if not title or len(title) > TOO_LONG or not title.isprintable():
        raise UsageError(
            f"{text[:50]!r} cannot be the title of a tag",
            advice=f"Give --tag 1 to {TOO_LONG} characters that can be seen.",
        )
    return title


def _region(flag: str, text: str) -> str:
    from pipeline.contacts.library import REGIONS  # noqa: PLC0415 - it loads all countries' data

    code = text.strip().upper()
    if code not in REGIONS:
        raise UsageError(
            f"{flag}: there is no country {text!r}",
            advice="Use two letters of ISO 3166: FR, DE, or GB for the United Kingdom.",
        )
    return code


def _one_of(flag: str, value: str, known: tuple[str, ...]) -> None:
    if value not in known:
        raise UsageError(f"{flag} cannot be {value!r}", advice=f"Say {', '.join(known)}.")

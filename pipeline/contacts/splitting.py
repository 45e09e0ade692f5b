"""Rules 5 to 7 of a phone cell: several numbers apart, words around them off, the rest refused."""

import re

from pipeline.contacts.values import Problem

# The fewest digits on either side of a slash or comma that make two numbers: 0151/12345678 is one.
_WHOLE = 8
# The fewest digits before an extension; what has fewer is masked or spelled out.
_BEFORE_EXTENSION = 7
_WORDS = r"extension|extn|ext|poste|durchwahl|anexo|ramal|interno"
_SEPARATOR = re.compile(
    rf"(?::::|[\n\t;|]|, |\s(?:ou|or|oder|et|und|y|&)\s)(?! ?(?:{_WORDS})\b)", re.IGNORECASE
)
_SLASH = re.compile(r"[/,]")
_EXTENSION = re.compile(
    rf"(?:(?<![^\W\d_])(?:{_WORDS}|x)\.?|#|,,) ?[:=]? ?\d{{1,7}}#?$", re.IGNORECASE
)
_LABEL = re.compile(r"([^\W\d_](?:[^\W\d_]|[ .'/-]){0,29}):/{0,2} ?")
_KNOWN_LABEL = re.compile(
    r"(?:tele?|tél|tele?phone|téléphone|phone|mobile?|mob|portable|gsm|cell|handy|whatsapp|fax)"
    r"\b[. ]*(?=[+(\d])|[☎☏✆📞📱] ?",
    re.IGNORECASE,
)
_NEVER = re.compile(r"fax|t[ée]l[ée]copie|pager", re.IGNORECASE)
_COMMENT = re.compile(r" ?[(\[]([^()\[\]]*)[)\]]$")
_HIDDEN_CALLER = re.compile(r"^[#*]31# ?")
_CODE = re.compile(r"[*#]{1,2}\d")
_EMPTY_WORDS = frozenset(
    {"n/a", "na", "n.a.", "none", "null", "nil", "nan", "unknown", "inconnu", "aucun", "keine"}
    | {"#n/a", "#null!", "#ref!", "#value!", "#name?", "#num!", "#div/0!"}
)
_SIGNS = frozenset("+0123456789 ()-./")


def split(text: str) -> list[str]:
    """Return the parts of a cell that may each be a number, without blank ones."""
    parts = [half for part in _SEPARATOR.split(text) for half in _halves(part)]
    return [part.strip() for part in parts if not is_empty(part.strip())]


def is_empty(part: str) -> bool:
    """Whether a text is one of the ways of saying that there is no number."""
    if any(character.isalpha() for character in part):
        return part.casefold() in _EMPTY_WORDS
    return not any(character in "123456789" for character in part)


def _halves(part: str) -> list[str]:
    """Split at a slash or a comma that has a whole number on either side."""
    pieces = _SLASH.split(part)
    left = _digits(part)
    found: list[str] = []
    begin = end = before = 0
    for piece in pieces[:-1]:
        count = _digits(piece)
        before += count
        left -= count
        end += len(piece) + 1
        if before >= _WHOLE and left >= _WHOLE:
            found.append(part[begin : end - 1])
            begin, before = end, 0
    return [*found, part[begin:]]


def _digits(text: str) -> int:
    return sum(map(text.count, "0123456789"))


def without_words(part: str) -> tuple[str, list[str], Problem | None]:
    """Return a part without label, comment and #31#; the warnings; the problem of a fax."""
    label = _LABEL.match(part) or _KNOWN_LABEL.match(part)
    warnings = []
    said = ""
    if label:
        said = label.group()
        part = part[label.end() :]
        warnings.append("W_LABEL")
    comment = _COMMENT.search(part)
    if comment and _is_words(comment.group(1)):
        said += comment.group()
        part = part[: comment.start()]
        warnings.append("W_COMMENT")
    bare = _HIDDEN_CALLER.sub("", part)
    if bare != part:
        warnings.append("W_CLIR")
    is_fax = _NEVER.search(said)
    return bare, warnings, Problem("E_PHONE_TYPE", "FAX") if is_fax else None


def _is_words(text: str) -> bool:
    """Whether a bracket holds words; (O) and (XX) may stand for digits."""
    letters = {character for character in text.casefold() if character.isalpha()}
    return len(letters) > 1 and not any(character.isdigit() for character in text)


def refusal(part: str) -> Problem | None:
    """Return why a part is not a number at all: libphonenumber would make one of it."""
    extension = _EXTENSION.search(part)
    if extension and _digits(part[: extension.start()]) >= _BEFORE_EXTENSION:
        return Problem("E_PHONE_EXT", "an extension")
    letters = [character for character in part if character.isalpha()]
    if letters:
        return Problem("E_PHONE_LETTERS", f'the letter "{letters[0]}"')
    if _CODE.match(part):
        return Problem("E_PHONE_CODE", "a code to dial")
    if any(character in "?*#" for character in part):
        return Problem("E_PHONE_MASKED", "digits are missing")
    for character in part:
        if character not in _SIGNS:
            return Problem("E_PHONE_SIGNS", f'the sign "{_shown(character)}"')
    return None


def _shown(character: str) -> str:
    return character if character.isprintable() else f"U+{ord(character):04X}"

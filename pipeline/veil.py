"""What a log may say: a text without secrets, numbers and other people's words.

Everything that is written passes through here, so that nobody has to think of it where they log.
"""

import re
import traceback
from collections.abc import Iterator

from pipeline.errors import Sms24Error
from pipeline.masks import masked_digits
from pipeline.values import Secret, printable

_MOMENT = r"(?<!\d)\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?)?(?:\+\d\d:\d\d|Z)?(?!\d)"
_NUMBER = r"[+(]*\d(?:[ \N{NO-BREAK SPACE}()./_-]{0,3}\d){6,}"
_DIGITS = re.compile(f"({_MOMENT})|({_NUMBER})")
_MAIL = re.compile(r"[\w.+%-]+@(?=[\w-]+\.)")
# Addresses carry secrets behind their question mark, and before an @.
_QUERY = re.compile(r"(https?://[^\s?#'\"]*)[?#][^\s'\"]*")
_LOGIN = re.compile(r"(https?://)[^\s/@'\"]+@")
# What a library quotes may be a person's text; names of our own code and tables are told.
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"|`[^`]*`")
_NAME = re.compile(r"['\"`][a-z_][a-z0-9_.]{0,60}['\"`]")


def veiled(text: str) -> str:
    """Return a text with secrets, mail addresses and numbers masked; it steers no terminal."""
    text = _LOGIN.sub(r"\1***@", _QUERY.sub(r"\1?***", Secret.hidden(text)))
    return printable(_DIGITS.sub(_masked, _MAIL.sub("***@", text)))


def _masked(found: re.Match[str]) -> str:
    return found[1] or masked_digits(found[2])


def veiled_traceback(error: BaseException) -> str:
    """Return a traceback with our own lines of code, and messages in which nobody is quoted."""
    return veiled("".join(_told(error)))


def _told(error: BaseException) -> Iterator[str]:
    seen: list[BaseException] = []
    chain: BaseException | None = error
    while chain is not None and chain not in seen:
        seen.append(chain)
        is_hidden = chain.__suppress_context__ and chain.__cause__ is None
        chain = None if is_hidden else chain.__cause__ or chain.__context__
    for each in reversed(seen):
        yield "Traceback (most recent call last):\n"
        yield from traceback.format_tb(each.__traceback__)
        yield f"{type(each).__module__}.{type(each).__qualname__}: {words_of(each)}\n"


def words_of(error: BaseException) -> str:
    """Return what an error says; of one that is not ours, without what it quotes."""
    if isinstance(error, Sms24Error):
        return veiled(str(error))
    return veiled(_QUOTED.sub(_unquoted, str(error)))


def _unquoted(found: re.Match[str]) -> str:
    return found[0] if _NAME.fullmatch(found[0]) else f"{found[0][0]}...{found[0][-1]}"

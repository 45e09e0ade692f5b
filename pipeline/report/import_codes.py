"""What the reasons of contact imports mean: the sentences that the import itself has for them."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from pipeline.report.formats import short_name
from pipeline.report.voice import Voice


def reason_words(reason: str, voice: Voice) -> str:
    """Return a reason in words with its code behind: a code of the import, else a text as it is."""
    sentence = _sentences().get(reason)
    if sentence is None:
        return short_name(voice.term(reason), "?")
    return f"{voice.term(sentence)} ({reason})"


@cache
def _sentences() -> Mapping[str, str]:
    # Rooms do not import one another, but this is a table.
    return tomllib.loads(files("pipeline").joinpath("contacts/codes.toml").read_text("utf-8"))

"""What the codes of problems and repairs mean in words (`codes.toml`), what to do (`todo.toml`)."""

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from pipeline.contacts.values import Problem

_CAPITALS = re.compile(r"\b[A-Z]{3,}(?:_[A-Z]+)*\b")


@cache
def sentences() -> Mapping[str, str]:
    """Return the sentence of each code, without a full stop."""
    return _table("codes.toml")


@cache
def what_to_do() -> Mapping[str, str]:
    """Return what to do about each problem, a sentence with its full stop."""
    return _table("todo.toml")


def explained(problem: Problem) -> str:
    """Return a problem in words: `A spreadsheet has cut digits of the number: 7 digits lost`."""
    sentence = sentences()[problem.code]
    return f"{sentence}: {in_words(problem.detail)}" if problem.detail else sentence


def in_words(detail: str) -> str:
    """Return a detail without the capitals of libphonenumber: `too short` for TOO_SHORT."""
    return _CAPITALS.sub(lambda found: found[0].lower().replace("_", " "), detail)


def _table(name: str) -> Mapping[str, str]:
    return tomllib.loads(files("pipeline.contacts").joinpath(name).read_text("utf-8"))

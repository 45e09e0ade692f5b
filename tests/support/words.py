"""Everything that reports say, gathered from code, templates and our tables, and its catalogue.

Run as a module, it renews the catalogues in place: `make words`.
"""

import ast
import csv
import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po
from jinja2.ext import babel_extract

from pipeline.contacts.codes import sentences, what_to_do
from pipeline.paths import resource_folder
from pipeline.transform.checks import find_checks, sentence_of

ROOT = Path(__file__).parent.parent.parent
# How many of the first arguments of a call are texts.
SPOKEN = {"say": 1, "word": 1, "gettext": 1, "count": 2, "ngettext": 2}
MARKED = ("_", "gettext", "ngettext")
# The columns of our tables whose texts reports say; those with French have it in `COLUMN_fr`.
SEEDS = {
    "failure_codes": ("label_en", "likely_cause_en", "first_action_en", "retryable"),
    "status_codes": ("label_en",),
    "device_states": ("label_en", "likely_cause_en", "first_action_en"),
}
HEADER = (
    'msgid ""\nmsgstr ""\n"Language: {language}\\n"\n"MIME-Version: 1.0\\n"\n'
    '"Content-Type: text/plain; charset=utf-8\\n"\n"Content-Transfer-Encoding: 8bit\\n"\n'
    '"Plural-Forms: {plurals}\\n"\n\n'
)
Said = str | tuple[str, str]


def catalogue_path(language: str) -> Path:
    """Return where a language's catalogue lies."""
    return resource_folder("reports") / "locale" / f"{language}.po"


def said() -> set[Said]:
    """Return every text that a report can say: a sentence, or its forms for one and for many."""
    return {*_in_code(), *_in_templates(), *(text for text, _ in of_tables()), *_of_checks()}


def of_tables() -> Iterator[tuple[str, str]]:
    """Give the texts of our tables, with their French where the table itself has it."""
    for name, columns in SEEDS.items():
        with (resource_folder("sql") / "seeds" / f"{name}.csv").open(encoding="utf-8") as file:
            for row in csv.DictReader(file):
                for column in columns:
                    if row[column]:
                        yield row[column], row.get(f"{column.removesuffix('_en')}_fr", "")


def _of_checks() -> Iterator[str]:
    """Give what checks that stop nothing say, and what codes of contacts mean."""
    yield from (sentence_of(path) for path in find_checks("warn"))
    yield from sentences().values()
    yield from what_to_do().values()


def _in_code() -> Iterator[Said]:
    rooms = (ROOT / "pipeline" / room for room in ("report", "notify", "alerts"))
    for path in sorted(path for room in rooms for path in room.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call):
                yield from _in_call(node)


def unwritten() -> list[str]:
    """Return the calls of a voice whose text is put together elsewhere, or while it runs."""
    return [
        f"{path.name}:{node.lineno}"
        for path in sorted((ROOT / "pipeline").rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call)
        and ast.unparse(node.func) in {"say", "voice.say", "voice.count"}
        and not list(_in_call(node))
    ]


def _in_call(node: ast.Call) -> Iterator[Said]:
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    texts = [
        argument.value
        for argument in node.args[: SPOKEN.get(name, 0)]
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
    ]
    if name in SPOKEN and len(texts) == SPOKEN[name]:
        yield texts[0] if len(texts) == 1 else (texts[0], texts[1])


def _in_templates() -> Iterator[Said]:
    folder = resource_folder("reports")
    options = {"trim_blocks": "true", "lstrip_blocks": "true"}
    for path in sorted([*folder.rglob("*.html"), *folder.rglob("*.txt")]):
        found = babel_extract(BytesIO(path.read_bytes()), MARKED, [], options)
        yield from (_text_of(call, texts) for _, call, texts, _ in found if _is_told(texts))


def _is_told(texts: object) -> bool:
    return bool(texts[0] if isinstance(texts, tuple) else texts)


def _text_of(call: str, texts: object) -> Said:
    if call in {"count", "ngettext"}:
        one, many, *_ = texts  # type: ignore[misc]
        return one, many
    return str(texts[0] if isinstance(texts, tuple) else texts)


def catalogue(language: str) -> Catalog:
    """Return a catalogue as it lies there."""
    return catalogue_of(catalogue_path(language).read_text("utf-8"), language)


def catalogue_of(text: str, language: str) -> Catalog:
    """Return the catalogue that a text is."""
    return read_po(BytesIO(text.encode()), locale=language)


def renewed(language: str) -> str:
    """Return the text of a catalogue that has all that is said, and nothing else, in order."""
    known, fresh = catalogue(language), Catalog(locale=language)
    given = {text: french for text, french in of_tables() if french and language == "fr"}
    for text in said():
        first = text if isinstance(text, str) else text[0]
        held = known.get(first)
        string = given.get(first) or (held.string if held else "")
        if isinstance(string, str) is not isinstance(text, str):
            string = ""  # it has other forms now
        fresh.add(text, string, flags=held.flags & {"fuzzy"} if held else ())
    for message in fresh:
        message.flags -= {"python-format", "python-brace-format"}
    file = BytesIO()
    write_po(file, fresh, width=100, no_location=True, omit_header=True, sort_output=True)
    return HEADER.format(language=language, plurals=fresh.plural_forms) + file.getvalue().decode()


def faults(held: Catalog, wanted: set[Said]) -> list[str]:
    """Return what is wrong with a catalogue: missing, fuzzy, superfluous, other placeholders."""
    found = []
    for text in wanted:
        forms = (text,) if isinstance(text, str) else text
        message = held.get(forms[0])
        strings = message.string if message else ""
        said = (strings,) if isinstance(strings, str) else tuple(strings)
        if not message or len(said) != len(forms) or not all(said):
            found.append(f"not translated: {forms[0]}")
        elif message.fuzzy:
            found.append(f"fuzzy: {forms[0]}")
        elif any(
            placeholders(a) - {"number"} != placeholders(b) - {"number"}
            for a, b in zip(forms, said, strict=True)
        ):
            found.append(f"other placeholders: {said}")
    known = {text if isinstance(text, str) else text[0] for text in wanted}
    superfluous = [
        m.id for m in held if m.id and (m.id if isinstance(m.id, str) else m.id[0]) not in known
    ]
    return found + [f"nobody says: {text}" for text in superfluous]


def placeholders(text: str) -> set[str]:
    """Return the names that a sentence has places for."""
    return {brace or percent for brace, percent in re.findall(r"\{(\w+)\}|%\((\w+)\)s", text)}


if __name__ == "__main__":
    for place in sorted((resource_folder("reports") / "locale").glob("*.po")):
        place.write_text(renewed(place.stem), encoding="utf-8")

"""Sections and reports of one's own: TOML beside one's own queries and templates.

A folder holds any of these; what it lacks is ours:
    queries/NAME.sql       one select, with the parameters of `Asked.parameters`
    sections/NAME.toml     a table of such a query, and its place in reports of ours
    reports/NAME.toml      a report: its title and its sections
    report.html, partials/..., macros/..., assets/..., email/...      instead of ours
"""

import re
import tomllib
from pathlib import Path
from typing import TypeVar

import msgspec

from pipeline.errors import UsageError
from pipeline.report.kinds import KINDS, Build, title_of
from pipeline.report.own_section import OwnSection, Said, built, in_language
from pipeline.report.voice import Voice

T = TypeVar("T")
_NAME = re.compile(r"[a-z][a-z0-9_-]{0,39}")


class OwnReport(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A report of one's own: ours and own sections by name, in their order."""

    title: Said
    sections: tuple[str, ...]


class Own(msgspec.Struct, frozen=True):
    """What a folder adds to the reports; by default nothing."""

    folder: Path | None = None
    sections: dict[str, OwnSection] = {}
    reports: dict[str, OwnReport] = {}

    @property
    def kinds(self) -> tuple[str, ...]:
        """The names of all reports, ours first."""
        return (*KINDS, *self.reports)

    def builds(self, kind: str) -> tuple[Build, ...]:
        """Return what makes the sections of a report; UsageError if nobody knows it."""
        if kind in self.reports:
            return tuple(self._build(name) for name in self.reports[kind].sections)
        if kind not in KINDS:
            raise UsageError(
                f"There is no report {kind!r}.", advice=f"Take one of: {', '.join(self.kinds)}."
            )
        return self._added(kind)

    def title(self, kind: str, voice: Voice) -> str:
        """Return the title of a report."""
        if kind in self.reports:
            return in_language(self.reports[kind].title, voice.words.language)
        return title_of(kind, voice)

    def _added(self, kind: str) -> tuple[Build, ...]:
        """Return our sections with own ones behind those that they name; else at the end."""
        added = {name: one for name, one in self.sections.items() if kind in one.kinds}
        places = [build.__name__ for build in KINDS[kind]]
        for name, section in added.items():
            if section.after and section.after not in places:
                raise UsageError(
                    f"The section {name} stands after {section.after!r}, which is none.",
                    advice=f"Take one of: {', '.join(places)}.",
                )
        found: list[Build] = []
        for place, build in zip([*places, ""], [*KINDS[kind], None], strict=True):
            found += [build] if build else []
            found += [self._build(name) for name, one in added.items() if one.after == place]
        return tuple(found)

    def _build(self, name: str) -> Build:
        if name in self.sections:
            return built(name, self.sections[name])
        ours = {build.__name__: build for builds in KINDS.values() for build in builds}
        if name not in ours:
            raise UsageError(
                f"There is no section {name!r}.",
                advice=f"Take one of: {', '.join((*ours, *self.sections))}.",
            )
        return ours[name]


NOTHING = Own()


def load_own(folder: Path | None) -> Own:
    """Return what a folder adds; UsageError says which of its files is wrong, and how."""
    if folder is None:
        return NOTHING
    if not folder.is_dir():
        raise UsageError(f"There is no folder {folder}.", advice="Mend the setting reports_dir.")
    return Own(folder, _read(folder / "sections", OwnSection), _read(folder / "reports", OwnReport))


def _read(folder: Path, kind: type[T]) -> dict[str, T]:
    found = {}
    for path in sorted(folder.glob("*.toml")):
        if not _NAME.fullmatch(path.stem) or path.stem in KINDS:
            raise UsageError(
                f"{path} cannot have this name.",
                advice="Take small letters, digits, - and _, and no name of ours.",
            )
        try:
            found[path.stem] = msgspec.convert(tomllib.loads(path.read_text("utf-8")), kind)
        except (OSError, ValueError) as error:
            raise UsageError(f"{path} cannot be read: {error}.", advice="Mend it.") from None
    return found

"""Take a person's number out of the files of plans; a plan stays whole, and is one contact shorter.

The plan's own two files are changed by two renames; what a crash leaves between them is ended by
forgetting the number again.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pipeline.contacts.dispositions import Disposition
from pipeline.contacts.forgotten import Cut, Person, counted, cut_parquet, cut_rows, cut_text
from pipeline.contacts.frozen import fingerprint_of, runs_folder
from pipeline.contacts.reading.container import sha256_of
from pipeline.warehouse.durable import sync

_PLAN, _CONTACTS, _MANIFEST = "plan.json", "contacts.csv", "manifest.json"
_NEW = ".new"


def forget_in_plans(data_dir: Path, e164: str, alias: str) -> Cut:
    """Take a number out of every plan of a data folder; returns which plans and rows had it."""
    person = Person(e164, alias)
    found = Cut()
    for folder in _plans(data_dir):
        rows = _forget_in(folder, person)
        found.rows += rows
        found.folders += [folder] * bool(rows)
    return found


def _plans(data_dir: Path) -> Iterator[Path]:
    runs = runs_folder(data_dir)
    folders = sorted(runs.iterdir()) if runs.is_dir() else ()
    return (path for path in folders if path.is_dir() and not path.name.startswith("."))


def _forget_in(folder: Path, person: Person) -> int:
    _mend(folder)
    said = _read(folder / _PLAN)
    delimiter = str(said.get("delimiter", "")) if said else ""
    is_whole = said is not None and _is_whole(folder, said)
    rows = _cut_plan(folder, person, said if is_whole else None)
    changed: dict[str, int] = {}
    for path in sorted(folder.iterdir()):
        if path.suffix == ".csv" and path.name != _CONTACTS:
            changed[path.name] = cut_rows(path, person, delimiter)
        elif path.suffix in {".json", ".html", ".toml"} and path.name not in {_PLAN, _MANIFEST}:
            changed[path.name] = cut_text(path, person)
    rows += sum(changed.values())
    if rows and (folder / _MANIFEST).exists():
        _renew_manifest(folder, changed)
    return rows


def _cut_plan(folder: Path, person: Person, said: dict[str, Any] | None) -> int:
    """Cut the number out of what will be sent; a plan that was whole is whole again."""
    table = folder / "rows.parquet"
    told = cut_parquet(table, person) if table.exists() else 0
    contacts = folder / _CONTACTS
    if not contacts.exists():
        return told
    draft = folder / f"{_CONTACTS}{_NEW}"
    cut = cut_rows(contacts, person, ",", into=draft)
    if said is None:
        draft.replace(contacts)
        return told or cut
    text = json.dumps(said, ensure_ascii=False)
    if not (told or cut or person.e164 in text):
        draft.unlink()
        return 0
    said = json.loads(text.replace(person.e164, person.alias))
    said.pop("fingerprint")
    before = said["sha256"]
    said["sha256"] = sha256_of(draft)
    if said["file_sha256"] == before:  # a plan of its own contacts
        said["file_sha256"] = said["sha256"]
    said["rows"] -= cut
    said["forgotten"] = said.get("forgotten", 0) + max(cut, told)
    _blank_examples(said.get("told", {}))
    if table.exists():
        blank = {Disposition.BLANK.value: said["counts"].get(Disposition.BLANK, 0)}
        said["counts"] = {**blank, **counted(table)}
    plan = folder / f"{_PLAN}{_NEW}"
    plan.write_text(_text({**said, "fingerprint": fingerprint_of(said)}), encoding="utf-8")
    sync(plan)
    sync(draft)
    draft.replace(contacts)
    plan.replace(folder / _PLAN)
    sync(folder)
    return max(cut, told, 1)


def _blank_examples(told: dict[str, Any]) -> None:
    """Take out what a plan tells of single rows: a name may be among it."""
    for column in told.get("columns", ()):
        column["example"] = ""
    for repair in told.get("repairs", ()):
        repair["examples"] = []


def _mend(folder: Path) -> None:
    """End what a process that died between two renames has begun, or take it back."""
    plan, draft = folder / f"{_PLAN}{_NEW}", folder / f"{_CONTACTS}{_NEW}"
    said = _read(plan)
    contacts = folder / _CONTACTS
    if said and contacts.exists() and said.get("sha256") == sha256_of(contacts):
        plan.replace(folder / _PLAN)
    plan.unlink(missing_ok=True)
    draft.unlink(missing_ok=True)


def _read(path: Path) -> dict[str, Any] | None:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def _is_whole(folder: Path, said: dict[str, Any]) -> bool:
    rest = {name: value for name, value in said.items() if name != "fingerprint"}
    contacts = folder / _CONTACTS
    is_as_frozen = said.get("fingerprint") == fingerprint_of(rest)
    return is_as_frozen and contacts.exists() and sha256_of(contacts) == said.get("sha256")


def _renew_manifest(folder: Path, cut: dict[str, int]) -> None:
    manifest = folder / _MANIFEST
    said = _read(manifest)
    if said is None:
        return
    for each in said.get("files", ()):
        path = folder / each["name"]
        if path.exists():
            each |= {"bytes": path.stat().st_size, "sha256": sha256_of(path)}
            if path.suffix == ".csv" and each.get("rows") is not None:
                each["rows"] -= cut.get(path.name, 0)
    manifest.write_text(_text(said), encoding="utf-8")


def _text(said: dict[str, Any]) -> str:
    return json.dumps(said, indent=2, ensure_ascii=False) + "\n"

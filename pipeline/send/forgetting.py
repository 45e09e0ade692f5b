"""Take a person's number out of the plans of bulks; the other messages keep their numbers."""

from collections.abc import Iterator
from pathlib import Path

from pipeline.errors import UsageError
from pipeline.ledger.ledger import Ledger
from pipeline.ledger.values import is_forgotten
from pipeline.send.planned import MESSAGES, BulkPlan, bulk_folder, load_bulk
from pipeline.send.rewriting import BODY, TO, drop_drafts, read_messages, rewrite


def folders_of(data_dir: Path) -> Iterator[Path]:
    """Give the folder of each plan of a bulk."""
    folder = bulk_folder(data_dir)
    found = sorted(folder.iterdir()) if folder.is_dir() else []
    return (path for path in found if path.is_dir() and not path.name.startswith("."))


def forget_in_bulk(folder: Path, e164: str, alias: str, ledger: Ledger) -> int:
    """Put a hash in a number's place and empty its texts; returns how many messages had it.

    Such a message is sent no more. A plan that was whole is whole again; a process that dies in
    between leaves one that is refused until the number is forgotten again. What was told of single
    messages goes: `results.csv`.
    """
    (folder / "results.csv").unlink(missing_ok=True)
    drop_drafts(folder)
    if not (folder / MESSAGES).exists():
        return 0
    rows = read_messages(folder)
    mine = [row for row in rows if row[TO] == e164]
    if not mine:
        return 0
    try:
        plan: BulkPlan | None = load_bulk(folder.parent.parent, folder.name)
    except UsageError:
        plan = None  # it was not whole, and is not to become so
    for row in mine:
        row[TO], row[BODY] = alias, ""
    rewrite(folder, plan, rows, {"forgotten": sum(is_forgotten(row[TO]) for row in rows)}, ledger)
    return len(mine)

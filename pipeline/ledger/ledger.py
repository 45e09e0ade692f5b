"""The ledger as a whole: the only thing that others open."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from pipeline.clock import Clock
from pipeline.errors import UsageError
from pipeline.ledger.aliases import Aliases
from pipeline.ledger.changes import Changes
from pipeline.ledger.contacts import Contacts
from pipeline.ledger.lists import Notes, Suppression
from pipeline.ledger.newsletters import Newsletters
from pipeline.ledger.outbox import Outbox
from pipeline.ledger.runs import Runs
from pipeline.ledger.store import Store, opened
from pipeline.ledger.tags import Tags
from pipeline.warehouse.lock import writer_lock

LOADERS_LOCK = "ledger.lock"
SENDERS_LOCK = "outbox.lock"
_KEY = "hash_key"


class Ledger:
    """The tags, contacts and messages of one account, and all that happened to them.

    Every change is on the disk when its call, or the `transaction()` around it, is over.

    Attributes:
        tags: the tags.
        contacts: the people under them.
        suppression: who is never sent.
        notes: consents, and what probes found.
        aliases: the hashes that stand for numbers.
        runs: which processes worked on what.
        changes: what has happened since the ledger was copied.
        outbox: the messages that were sent, or are to be.
        newsletters: the newsletters that were sent.
    """

    def __init__(self, store: Store) -> None:
        self.aliases = aliases = Aliases(store.path.parent)
        self._store = store
        self.path = store.path
        self.tags = Tags(store)
        self.contacts = Contacts(store, aliases)
        self.suppression = Suppression(store, aliases)
        self.notes = Notes(store)
        self.runs = Runs(store)
        self.changes = Changes(store, aliases)
        self.outbox = Outbox(store, aliases, self.suppression)
        self.newsletters = Newsletters(store, aliases)

    def transaction(self) -> AbstractContextManager[None]:
        """Do all of a block or nothing, with one write to the disk."""
        return self._store.transaction()

    @contextmanager
    def loading(self) -> Iterator[int]:
        """Be the one loader; BusyError if there is another. Gives how many calls had died.

        What a process that died was sending is in doubt from here on. UsageError as of `pin_key`.
        """
        with writer_lock(self.path.parent, LOADERS_LOCK):
            self.pin_key()
            with self.transaction():
                self.runs.recover()
                died = self.contacts.recover() + self.tags.recover()
            yield died

    @contextmanager
    def sending(self) -> Iterator[int]:
        """Be the one who sends messages, also while contacts are loaded; as `loading`."""
        with writer_lock(self.path.parent, SENDERS_LOCK):
            self.pin_key()
            with self.transaction():
                died = self.outbox.recover() + self.newsletters.recover()
            yield died

    def pin_key(self) -> None:
        """Note by which key numbers are hashed, so that another one is found out.

        Raises UsageError where people are suppressed by hashes that this folder's key did not
        make: they would not be known, and be sent.
        """
        noted, now = self.notes.probe(_KEY), self.aliases.of("")
        if noted == now:
            return
        if noted is not None and self.suppression.has_hashes():
            raise UsageError(
                f"The file {self.path.parent / 'keys'} is not the one by which people who are"
                " suppressed were hashed: they would be sent.",
                advice="Restore it from a backup; or take those hashes out (suppress remove), and"
                " run suppress from-inbound again.",
            )
        if now is not None:
            self.notes.probed(_KEY, now)

    def copy_to(self, path: Path) -> None:
        """Write a copy of the ledger as it is now, also while a load runs."""
        self._store.copy_to(path)


@contextmanager
def open_ledger(data_dir: Path, clock: Clock) -> Iterator[Ledger]:
    """Open the ledger of a data folder, making it if need be.

    Raises UsageError for one that is damaged, not ours to write, or a newer sms24's, and
    BusyError if another process writes it for long. A full disk keeps SQLite's own error.
    """
    with opened(ledger_path(data_dir), clock) as store:
        yield Ledger(store)


@contextmanager
def look_into_ledger(data_dir: Path, clock: Clock) -> Iterator[Ledger]:
    """Open it for reading, also while a load runs; an empty one where there is none."""
    with opened(ledger_path(data_dir), clock, only_looks=True) as store:
        yield Ledger(store)


def ledger_path(data_dir: Path) -> Path:
    """Return where the ledger of a data folder is."""
    return data_dir / "contacts.sqlite"

"""Who is never to be sent: by a person's word, or because they answered STOP."""

import csv
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pipeline.contacts.evidence import question
from pipeline.errors import UsageError
from pipeline.ledger.aliases import alias_of
from pipeline.ledger.ledger import Ledger
from pipeline.paths import resource_folder
from pipeline.warehouse.snapshot import Snapshot

_KNOWS_STOPS = (
    "select count(*) as n from duckdb_columns()"
    " where table_name = 'messages' and column_name = 'stop_word'"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """A person who asks for no more messages: known by the hash of their number.

    Attributes:
        alias: the hash, as the ledger writes it.
        said_at: when the last such message came (ISO 8601, UTC).
    """

    alias: str
    word: str
    said_at: str


@dataclass(frozen=True, slots=True)
class Stops:
    """Who asks for no more messages.

    Attributes:
        new: those to be suppressed.
        known: how many are suppressed already.
        lifted: how many a person let be sent again after they asked.
    """

    new: tuple[Stop, ...]
    known: int
    lifted: int


def stop_words() -> tuple[str, ...]:
    """Return the words by which people ask for no more messages, without accents and case."""
    path = resource_folder("sql") / "seeds" / "stop_words.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return tuple(row["word"] for row in csv.DictReader(file))


def checked_words(texts: Iterable[str]) -> tuple[str, ...]:
    """Return words as the snapshot has them; UsageError for one that it does not look for."""
    known = stop_words()
    words = tuple(map(_plain, texts))
    for word in words:
        if word not in known:
            raise UsageError(
                f"The snapshot does not look for {word!r}.",
                advice=f"It knows: {', '.join(known)}.",
            )
    return words or known


def find_stops(
    ledger: Ledger, snapshot: Snapshot, words: Sequence[str], since: str | None
) -> Stops:
    """Return who answered by one of the words; `since` is ISO 8601, None for ever.

    Raises:
        UsageError: the snapshot is of an sms24 that did not look for such words.
    """
    if not snapshot.rows(_KNOWS_STOPS)[0]["n"]:
        raise UsageError("The snapshot is of an older sms24.", advice="Run: sms24 build")
    active, lifted_at = set(), dict[str, str]()
    for row in ledger.suppression.every():
        name = ledger.aliases.name_of(row["e164"])
        if row["removed"] is None:
            active.add(name)
        else:
            lifted_at[name] = max(row["removed"], lifted_at.get(name, ""))
    new: list[Stop] = []
    known = lifted = 0
    for found in snapshot.rows(question("stops"), {"words": list(words), "since": since}):
        alias = alias_of(found["recipient_key"])
        stop = Stop(alias=alias, word=found["stop_word"], said_at=found["said_at"])
        if stop.alias in active:
            known += 1
        elif stop.said_at <= lifted_at.get(stop.alias, ""):
            lifted += 1
        else:
            new.append(stop)
    return Stops(tuple(new), known, lifted)


def suppress_stops(ledger: Ledger, stops: Stops) -> int:
    """Suppress who asked for it, by the hashes of their numbers; returns how many they are."""
    ledger.pin_key()
    with ledger.transaction():
        for stop in stops.new:
            reason = f"answered {stop.word!r} on {stop.said_at[:10]}"
            ledger.suppression.add([stop.alias], reason=reason, source="inbound")
    return len(stops.new)


def lift(ledger: Ledger, e164: str, reason: str) -> bool:
    """Let a number be sent again, suppressed by itself or by its hash; False if it was free."""
    name = ledger.aliases.name_of(e164)
    rows = [row for row in ledger.suppression.every() if row["removed"] is None]
    found = [row["e164"] for row in rows if ledger.aliases.name_of(row["e164"]) == name]
    with ledger.transaction():
        for each in found:
            ledger.suppression.remove(each, reason=reason)
    return bool(found)


def still_there(ledger: Ledger, e164s: Iterable[str]) -> Counter[str]:
    """Return how many of these are, or may be, at the gateway under each tag in use."""
    names = {ledger.aliases.name_of(e164) for e164 in e164s}
    found: Counter[str] = Counter()
    for tag in ledger.tags.every():
        if names and tag.state != "abandoned":
            people = ledger.contacts.under(tag.id, "saved", "in_doubt")
            found[tag.title] += sum(ledger.aliases.name_of(k.e164) in names for k in people)
    return +found


def _plain(word: str) -> str:
    letters = unicodedata.normalize("NFKD", word.strip()).casefold()
    return "".join(c for c in letters if not unicodedata.combining(c))

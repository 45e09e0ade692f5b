"""What raw need not keep: superseded records, old texts, whoever was forgotten.

A record that is changed keeps the hash of what came: the same record read again is no news.
"""

from dataclasses import dataclass

from pendulum import DateTime

from pipeline.errors import UsageError
from pipeline.paths import resource_folder
from pipeline.warehouse.keys import hash_key
from pipeline.warehouse.store import Warehouse, statement

_VERSIONS = 200_000  # of which texts are taken away in one transaction
_SEEN = "create or replace temp view records as"


@dataclass(frozen=True, slots=True)
class Spelling:
    """One way to dial a number: ASCII digits, and the country of the phones that dial so.

    An empty region is any phone.
    """

    digits: str
    region: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """Whom to forget.

    Attributes:
        alias: what stands for the number from now on, `hmac:` and its `recipient_key`.
        country: of the number (ISO 3166), or None.
        national: its digits as they are dialled at home, without a zero before them.
        spellings: all ways in which it may be written.
    """

    alias: str
    country: str | None
    national: str
    spellings: tuple[Spelling, ...]

    @property
    def pattern(self) -> str:
        """What finds the number in a text, with up to three signs between two digits."""
        return "[^0-9]{0,3}".join(self.national)


class Retention:
    """Takes away what need not be kept; the caller holds the lock.

    Whatever it changes leaves the old bytes in the file until that is written anew (`compact`).
    """

    def __init__(self, warehouse: Warehouse) -> None:
        self._warehouse = warehouse

    def find_superseded(self, before: DateTime) -> int:
        """Return how many versions others have followed before an instant; for `prune_versions`."""
        self._warehouse.execute(statement("0_raw/superseded"), {"before": before})
        return self._count("superseded")

    def prune_versions(self) -> None:
        """Move the superseded versions that were found into `raw.status_history`."""
        with self._warehouse.transaction():
            self._warehouse.script(statement("0_raw/prune_versions"))
            if self.is_built():
                self._warehouse.execute(
                    """
                    update staging.message_versions
                    set sendto = null, newsletter_title = null, body = null, stop_word = null
                    where version_id in (select version_id from superseded)
                    """
                )
            self._leave_unfinished("versions were pruned")

    def find_old_bodies(self, before: DateTime) -> int:
        """Return how many versions of messages made before an instant have texts still."""
        self._warehouse.execute(statement("0_raw/old_bodies"), {"before": before})
        return self._count("old_bodies")

    def redact_bodies(self) -> None:
        """Put stars in the place of the texts that were found, many at a time."""
        sql = "select version_id from old_bodies order by version_id"
        found = self._warehouse.frame(sql)["version_id"].to_list()
        for begin in range(0, len(found), _VERSIONS):
            block = found[begin : begin + _VERSIONS]
            bounds = {"first": block[0], "last": block[-1]}
            with self._warehouse.transaction():
                self._leave_unfinished("texts were taken away")
                self._warehouse.execute(
                    statement("0_raw/redact_bodies"), {**bounds, "stop_words": _stop_words()}
                )
                if self._has_published_bodies():
                    self._build_anew()

    def old_events(self, before: DateTime) -> int:
        """Return how many events were pushed before an instant and still are as they came."""
        sql = "select count(*) from raw.events where redacted is null and received_at < $before"
        return int(self._warehouse.scalar(sql, {"before": before}))

    def redact_events(self, before: DateTime) -> None:
        """Leave of the events pushed before an instant their ids and status alone."""
        with self._warehouse.transaction():
            self._redact_events("received_at < $before", "body", {"before": before})
            self._leave_unfinished("events were cut short")

    def remember(self, person: Person) -> None:
        """Have every later landing put the hash in the place of a number."""
        self._set_key()
        sql = """
            insert into raw.forgotten
            select keyed('spelling:' || $digits), $region, $alias, $country, keyed('')
            where keyed('spelling:' || $digits) || $region not in (
                select spelling || region from raw.forgotten
            )
        """
        about = {"alias": person.alias, "country": person.country}
        with self._warehouse.transaction():
            for spelling in person.spellings:
                given = {"digits": spelling.digits, "region": spelling.region}
                self._warehouse.execute(sql, about | given)

    def forget(self, person: Person) -> int:
        """Take a person who is remembered out of raw; returns how many versions and events."""
        self._set_key()
        self._warehouse.execute(
            f"{_SEEN} select message_id, call_id, payload from raw.messages"  # noqa: S608 - our own
            " where redacted is distinct from 'person'"
        )
        self._warehouse.execute(statement("0_raw/people"), {"stop_words": _stop_words()})
        self._warehouse.execute(statement("0_raw/mentions"), {"pattern": person.pattern})
        with self._warehouse.transaction():
            self._replace("raw.messages", "mentions", "body")
            self._replace("raw.messages", "people", "person")
            self._warehouse.execute("create or replace temp view events_seen as from raw.events")
            self._warehouse.execute(statement("0_raw/people_events"))
            found = "event_id in (select event_id from events_of_people)"
            self._redact_events(found, "person", {})
            self._build_anew()
            self._leave_unfinished("somebody was forgotten")
        return sum(map(self._count, ("people", "mentions", "events_of_people")))

    def forget_arrivals(self) -> None:
        """Take who was forgotten out of the records of a batch; inside its transaction."""
        if not self._has_forgotten():
            return
        self._set_key()
        self._warehouse.execute(
            f"{_SEEN} select message_id, call_id, payload from arrivals where is_new"  # noqa: S608 - ours
        )
        self._warehouse.execute(statement("0_raw/people"), {"stop_words": _stop_words()})
        self._replace("arrivals", "people", "person")

    def forget_pushed(self) -> None:
        """Take who was forgotten out of the pushed events of a batch; inside its transaction."""
        if not self._has_forgotten():
            return
        self._set_key()
        self._warehouse.execute("create or replace temp view events_seen as from temp.pushed")
        self._warehouse.execute(statement("0_raw/people_events"))
        found = "event_id in (select event_id from events_of_people)"
        self._redact_events(found, "person", {}, table="temp.pushed")

    def is_built(self) -> bool:
        """Whether tables were ever made of raw: they hold what raw holds."""
        sql = "select count(*) from duckdb_tables() where schema_name = 'staging'"
        return bool(self._warehouse.scalar(sql))

    def _redact_events(
        self, condition: str, why: str, given: dict[str, object], *, table: str = "raw.events"
    ) -> None:
        self._warehouse.execute(
            f"""
            update {table}
            set
                payload = json_merge_patch('{{}}', json_object(
                    'sms_id', message_id, 'status_id', status, 'device_id', device_id
                ))::varchar,
                redacted = '{why}'
            where redacted is null and {condition}
            """,  # noqa: S608 - our own words
            given,
        )

    def _replace(self, table: str, found: str, why: str) -> None:
        self._warehouse.execute(
            f"""
            update {table} as records
            set payload = found.payload, redacted = '{why}'
            from {found} as found
            where records.message_id = found.message_id and records.call_id = found.call_id
            """  # noqa: S608 - our own words
        )

    def _has_forgotten(self) -> bool:
        return bool(self._warehouse.scalar("select count(*) from raw.forgotten"))

    def _set_key(self) -> None:
        """Give the macros the key; UsageError where another one has made the hashes."""
        folder = self._warehouse.path.parent
        key = hash_key(folder).reveal()
        self._warehouse.execute("set variable hash_key = $key", {"key": key})
        if self._warehouse.scalar(
            "select count(*) from raw.forgotten where key_trace <> keyed('')"
        ):
            raise UsageError(
                f"The file {folder / 'keys'} is not the one by which people who were forgotten"
                " were hashed: they would be known again.",
                advice="Restore it from a backup.",
            )

    def _count(self, table: str) -> int:
        return int(self._warehouse.scalar(f"select count(*) from {table}"))  # noqa: S608 - ours

    def _has_published_bodies(self) -> bool:
        if not self.is_built():
            return False
        sql = "select count(*) from staging.message_versions where body is not null"
        return bool(self._warehouse.scalar(sql))

    def _build_anew(self) -> None:
        self._warehouse.execute("delete from raw.built")

    def _leave_unfinished(self, reason: str) -> None:
        self._warehouse.append("raw.unfinished", ("reason",), [(reason,)])


def must_build(warehouse: Warehouse) -> bool:
    """Whether the published tables show what was taken away since, or nobody knows what."""
    sql = "select count(*) from raw.unfinished"
    return bool(warehouse.scalar(sql)) and not warehouse.scalar("select count(*) from raw.built")


def _stop_words() -> str:
    return str(resource_folder("sql") / "seeds" / "stop_words.csv")

"""The rules of the settings: what crosses each threshold, and what does not."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pipeline.alerts.outbox import sending_doubts
from pipeline.alerts.rules import crossings, rules_of
from pipeline.clock import SystemClock
from pipeline.ledger.ledger import SENDERS_LOCK, open_ledger
from pipeline.report.voice import Voice
from pipeline.settings import Settings
from pipeline.warehouse.lock import writer_lock
from support.published import Published, published
from support.scripted import DOUBT
from support.sends import Pile, Post, SendBench

NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)
ENGLISH = Voice("en")
# Ten messages that ended, the older seven well; one phone silent for a day, one for a year.
TABLES = """
    create table warnings (sentence varchar);
    create table snapshot_info as select timestamptz '2026-11-02 11:50:00+00' as data_until;
    create table messages as select
        i::bigint as message_id,
        if(i < 8, 'delivered', 'failed') as outcome,
        case i when 8 then 100 when 9 then 9 when 10 then 101 end::integer as failure_code,
        timestamptz '2026-11-01 12:00:00+00' + to_hours(i) as created_at,
        timestamptz '2026-11-01 12:00:00+00' + to_hours(i) as due_at,
        timestamptz '2026-11-02 11:50:00+00' as settled_at,
        timestamptz '2026-11-02 11:50:00+00' as first_seen_at,
        null::timestamptz as gone_at
    from range(1, 11) as numbers(i);
    update messages set due_at = due_at - interval 30 day where message_id = 10;
    create table device_health as
    select * from (values (5, 'Lobby' || chr(10) || 'x', 86400), (6, 'Old', 31536000),
    (7, null, 60)) as phones(device_id, title, silent_for);
    create table coverage as
    select * from (values
        (timestamptz '2026-10-01 00:00:00+00', timestamptz '2026-11-02 11:00:00+00', true, false),
        (timestamptz '2026-11-02 11:00:00+00', timestamptz '2026-11-02 11:50:00+00', false, true)
    ) as stretches(begin_at, end_at, is_proven, is_tail);
    create table contact_imports as select 3::bigint as in_doubt;
"""


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Published]:
    """Publish tables made by hand."""
    return published(tmp_path_factory.mktemp("alerts"), TABLES)


@pytest.mark.parametrize(
    ("rules", "keys"),
    [
        ({}, []),
        ({"alert_success_below": 0.7, "alert_success_messages": 10}, []),  # 7 of 10 is not below
        ({"alert_success_below": 0.71, "alert_success_messages": 10}, ["success"]),
        ({"alert_success_below": 0.6, "alert_success_messages": 3}, ["success"]),  # 1 of the last 3
        ({"alert_success_below": 1.0, "alert_success_messages": 11}, []),  # too few to tell
        ({"alert_silent_hours": 24.0}, ["silent:5"]),  # the one of a year is out of use
        ({"alert_silent_hours": 24.1}, []),
        ({"alert_no_data_hours": 15.0}, []),
        ({"alert_no_data_hours": 13.9}, ["no_data"]),  # the newest message is 14 hours old
        ({"alert_holes": True}, []),  # the tail is no hole
        ({"alert_doubts": 3}, ["doubts"]),
        ({"alert_doubts": 4}, []),
        ({"alert_codes": (100, 101)}, ["code:100"]),  # the other is a month old, and was so
        ({"alert_failures": True}, []),
    ],
)
def test_a_rule_is_crossed_or_not(
    snapshot: Published, rules: dict[str, Any], keys: list[str]
) -> None:
    """Each rule speaks on its side of the threshold, and none speaks unless it is set."""
    found = crossings(Settings(**rules), snapshot.snapshot, NOW, ENGLISH)
    assert [crossing.key for crossing in found] == keys
    assert all(crossing.sentence.isprintable() for crossing in found)


@pytest.mark.parametrize(
    ("change", "rules", "key"),
    [
        (
            "update coverage set is_proven = false where is_proven",
            {"alert_holes": True},
            "hole",
        ),
        (
            "update messages set first_seen_at = due_at where message_id = 10",
            {"alert_codes": (101,)},
            "code:101",
        ),
        ("delete from messages", {"alert_no_data_hours": 900.0}, "no_data"),
        ("delete from coverage", {"alert_no_data_hours": 900.0}, "no_data"),
    ],
)
def test_what_makes_a_rule_speak(
    tmp_path: Path, change: str, rules: dict[str, Any], key: str
) -> None:
    """A hole, a code that an old message has come to, no message, and nothing proven are told."""
    made = published(tmp_path, f"{TABLES};{change}")
    found = crossings(Settings(**rules), made.snapshot, NOW + timedelta(minutes=1), ENGLISH)
    assert [crossing.key for crossing in found] == [key]


def test_without_a_snapshot_there_are_no_data(tmp_path: Path) -> None:
    """Where nothing was ever published, the rule for data speaks and no other one."""
    settings = Settings(alert_no_data_hours=1.0, alert_holes=True)
    found = crossings(settings, tmp_path / "analytics.duckdb", NOW, ENGLISH)
    assert [crossing.key for crossing in found] == ["no_data"]


def test_rules_say_what_they_are() -> None:
    """By default there is no rule; each that is set says its number."""
    assert rules_of(Settings()) == []
    settings = Settings(alert_success_below=0.905, alert_silent_hours=6.0, alert_codes=(100, 101))
    words = [rule.words for rule in rules_of(settings)]
    assert words == ["success below 90.5% over 200", "a phone silent for 6 h", "code 100, 101 seen"]


def test_sentences_are_those_of_the_language(snapshot: Published) -> None:
    """A rule speaks French where reports do, with numbers and shares as French writes them."""
    rules = Settings(
        alert_success_below=0.905,
        alert_success_messages=10,
        alert_silent_hours=24.0,
        alert_no_data_hours=13.9,
        alert_doubts=3,
        alert_codes=(100,),
    )
    told = [one.sentence for one in crossings(rules, snapshot.snapshot, NOW, Voice("fr"))]
    assert told == [
        (
            "Sur les 10 derniers messages arrivés à leur terme, 7 ont réussi, 70,0 % :"
            " moins de 90,5 %."
        ),
        "Le téléphone 5 (Lobby x) n'a donné aucun signe de vie depuis 1 j.",
        "Aucun message n'est plus récent que le 2026-11-01 22:00 UTC.",
        "3 contacts sont en doute : sms24 contacts resolve.",
        "Le code 100 a été vu sur 1 message dans les dernières 24 heures.",
    ]


@pytest.mark.parametrize(
    ("least", "language", "words"),
    [
        (3, "en", "3 messages and newsletters that were sent are in doubt: sms24 outbox resolve."),
        (
            2,
            "fr",
            "3 messages et lettres d'information envoyés sont en doute : sms24 outbox resolve.",
        ),
        (4, "en", None),
        (None, "en", None),
    ],
)
def test_doubts_of_what_was_sent_are_told_of(
    tmp_path: Path, least: int | None, language: str, words: str | None
) -> None:
    """Messages and newsletters in doubt count, and what a process that died was sending."""
    bench = SendBench(tmp_path, Post(lambda _: DOUBT))
    bench.send(Pile(2), most_in_doubt=9)
    with open_ledger(tmp_path, bench.clock) as ledger:
        ledger.newsletters.claim(
            {
                "title": "T",
                "fingerprint": "f",
                "tags": "[]",
                "people": 1,
                "device_id": 7,
                "due": None,
            }
        )
    settings = Settings(data_dir=tmp_path, alert_sending_doubts=least)
    found = list(sending_doubts(settings, bench.clock, Voice(language)))
    assert len(found) == bool(words)
    assert not words or found[0].sentence.startswith(words)
    with writer_lock(tmp_path, SENDERS_LOCK):
        settings = Settings(data_dir=tmp_path, alert_sending_doubts=3)
        assert not list(sending_doubts(settings, bench.clock, ENGLISH))  # one is on its way


def test_without_a_ledger_nothing_is_in_doubt(tmp_path: Path) -> None:
    """Where nothing was ever sent the rule is silent and makes no ledger."""
    settings = Settings(data_dir=tmp_path, alert_sending_doubts=1)
    assert not list(sending_doubts(settings, SystemClock(), ENGLISH))
    assert not list(tmp_path.iterdir())

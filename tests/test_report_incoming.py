"""What people wrote: who answered, who was never written to, who wants no more."""

from pathlib import Path

from pipeline.report.charts import stacked_bars
from pipeline.report.making import render
from pipeline.report.model import Chart
from support.account import Account
from support.pages import Page
from support.reported import reported
from support.wanted import changed, told

__all__ = ["reported"]


def test_who_was_never_written_to_is_unmatched(reported: Account, tmp_path: Path) -> None:
    """A message from a number that nothing went to before is unmatched, also if one came later."""
    with changed(reported.settings.snapshot_path, tmp_path) as (path, connection):
        connection.execute("delete from messages where direction = 'incoming'")
        connection.execute("update messages set recipient_key = 'a'")
        after, before = "max(due_at) + interval 1 hour", "min(due_at) - interval 1 hour"
        for number, (key, due) in enumerate([("a", after), ("a", before), ("b", after)], start=1):
            connection.execute(
                "insert into messages by name select * replace ($id as message_id,"
                " 'incoming' as direction, 'incoming' as outcome, $key as recipient_key,"
                f" (select {due} from messages where direction = 'outgoing') as due_at,"
                " date '2026-11-01' as day, null as failure_code)"
                " from (from messages where direction = 'outgoing' limit 1)",
                {"id": -number, "key": key},
            )
    report = told(path, kind="incoming")
    (chart,) = [block for block in report.blocks("incoming") if isinstance(block, Chart)]
    assert chart.finding.startswith("3 messages came in from 2 senders")
    assert "2 came from numbers never written to before" in chart.finding


def test_who_asked_for_no_more_is_told_by_word(reported: Account, tmp_path: Path) -> None:
    """Each word has its number of messages, and the senders are counted once each."""
    with changed(reported.settings.snapshot_path, tmp_path) as (path, connection):
        connection.execute("update messages set stop_word = null")
        connection.execute(
            "update messages set stop_word = if(message_id % 2 = 0, 'stop', 'arret'),"
            " recipient_key = 'same' where direction = 'incoming' and day = '2026-11-01'"
        )
    report = told(path)
    words = report.rows(
        "select stop_word, count(*) as n from messages where stop_word is not null"
        " group by all order by n desc, stop_word"
    )
    assert words
    assert list(report.tables["stop_words"].rows) == words
    assert report.tables["stop_words"].caption.startswith("Words of the one sender")
    assert sum(report.column("incoming_by_sim", "stops")) == sum(n for _, n in words)


def test_without_such_a_word_that_is_good_news(reported: Account, tmp_path: Path) -> None:
    """A period in which nobody asked for no more says so."""
    with changed(reported.settings.snapshot_path, tmp_path) as (path, connection):
        connection.execute("update messages set stop_word = null")
    report = told(path)
    assert report.said("incoming") == ["Nobody asked for no more messages (STOP and the like)."]
    assert "stop_words" not in report.tables


def test_bars_are_replies_and_others(reported: Account) -> None:
    """The bars of a day are its replies and its other messages, one on the other."""
    report = told(reported.settings.snapshot_path, kind="incoming")
    (chart,) = [block for block in report.blocks("incoming") if isinstance(block, Chart)]
    rows = report.columns("incoming_by_day", "messages", "replies")
    stacks = [[("series-1", replies), ("series-2", all_ - replies)] for all_, replies in rows]
    assert chart.bars in [stacked_bars(stacks, top) for top in (2, 5, 10, 20)]
    assert "Incoming messages" in Page(render(report.report)).words

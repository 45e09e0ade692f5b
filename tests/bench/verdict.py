"""Whether published tables are right: they are brought into the form of the peers' results."""

from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from bench.peers.check import verdict

_RESULT = """
    create table current_messages as
    select message_id, created_at, status, device_id, sim, recipient
    from published.messages where gone_at is null;
    create table daily as
    select day, sum(outgoing) as outgoing, sum(delivered) as delivered, sum(failed) as failed
    from published.delivery_daily group by day;
"""


def main(snapshot: str, truth: str) -> None:
    """Print `right`, or what is wrong with a snapshot."""
    with TemporaryDirectory() as scratch:
        result = Path(scratch) / "result.duckdb"
        with duckdb.connect(str(result)) as connection:
            connection.execute(f"attach '{snapshot}' as published (read_only)")
            connection.execute(_RESULT)
        print(verdict(result, Path(truth)))

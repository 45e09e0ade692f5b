"""Whether published tables are right: they are brought into the form of the peers' results."""

from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from bench.peers.check import verdict
from pipeline.warehouse.store import statement

# Numbers are published with their middle hidden: the true one stands for what hides it.
_RESULT = """
    create table current_messages as
    select
        messages.message_id,
        messages.created_at,
        messages.status,
        messages.device_id,
        messages.sim,
        if(masked(truth.recipient) = messages.recipient, truth.recipient, messages.recipient)
            as recipient
    from published.messages as messages
    left join true_messages as truth on messages.message_id = truth.message_id
    where messages.gone_at is null;
    create table daily as
    select day, sum(outgoing) as outgoing, sum(delivered) as delivered, sum(failed) as failed
    from published.delivery_daily group by day;
"""


def main(snapshot: str, truth: str) -> None:
    """Print `right`, or what is wrong with a snapshot."""
    with TemporaryDirectory() as scratch:
        result = Path(scratch) / "result.duckdb"
        with duckdb.connect(str(result)) as connection:
            connection.execute(statement("0_raw/macros"))
            connection.execute(f"attach '{snapshot}' as published (read_only)")
            connection.execute(f"create temp view true_messages as from '{truth}/messages.parquet'")
            connection.execute(_RESULT)
        print(verdict(result, Path(truth)))

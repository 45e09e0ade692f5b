"""Load messages with dlt: its rest_api source, a merge by key, DuckDB as the destination.

    GATEWAY_URL=... GATEWAY_TOKEN=... python load.py FIRST LAST OUT

FIRST and LAST are days (UTC, both asked whole), OUT the folder that keeps the state of runs. To be
started in this folder, so that dlt finds its settings in `.dlt/config.toml`.
"""

import os
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import dlt
import duckdb
from dlt.sources.rest_api import RESTAPIConfig, rest_api_source

HERE = Path(__file__).parent
LAG_DAYS = int(os.environ.get("LOOKBACK_DAYS", "7"))
# Untuned it is as in its first examples: rows in inserts, one call at a time, and no settings.
IS_TUNED = not os.environ.get("DLT_UNTUNED")
TYPES = {"created__date": "timestamp", "timetosend__date": "timestamp"}


def days(first: date, last: date) -> dlt.sources.DltResource:
    """Return a seed resource: the days to ask for, from some before the newest one loaded."""

    @dlt.resource(name="days", selected=False)
    def seed(
        day: dlt.sources.incremental[date] = dlt.sources.incremental(  # noqa: B008 - so dlt binds it
            "begin", initial_value=first, lag=LAG_DAYS, primary_key=()
        ),
    ) -> Iterator[list[dict[str, date]]]:
        begin = max(first, day.start_value or first)
        yield [
            {"begin": at, "end": at + timedelta(days=1)}
            for at in (begin + timedelta(days=n) for n in range((last - begin).days + 1))
        ]

    return seed()


def source(first: date, last: date) -> dlt.sources.DltSource:
    """Return the source: one call a day, the rows of `smss` whatever their keys."""
    config: RESTAPIConfig = {
        "client": {
            "base_url": os.environ["GATEWAY_URL"],
            "auth": {
                "type": "api_key",
                "name": "token",
                "api_key": os.environ["GATEWAY_TOKEN"],
                "location": "query",
            },
            "paginator": "single_page",
        },
        "resources": [
            days(first, last),
            {
                "name": "messages",
                "primary_key": "id",
                "write_disposition": "merge",
                "columns": {name: {"data_type": kind} for name, kind in TYPES.items()},
                "parallelized": IS_TUNED,
                "endpoint": {
                    "path": "getallsms",
                    "data_selector": "smss.*",
                    "params": {
                        "timezone": "UTC",
                        "begindate": "{resources.days.begin} 00:00:00",
                        "enddate": "{resources.days.end} 00:00:00",
                    },
                },
            },
        ],
    }
    return rest_api_source(config, name="gateway")


def main() -> None:
    """Load, then make the tables."""
    first, last, out = date.fromisoformat(sys.argv[1]), date.fromisoformat(sys.argv[2]), sys.argv[3]
    result = Path(out) / "result.duckdb"
    pipeline = dlt.pipeline(
        pipeline_name="messages",
        pipelines_dir=str(Path(out) / "pipelines"),
        destination=dlt.destinations.duckdb(str(result)),
        dataset_name="gateway",
    )
    pipeline.run(source(first, last), loader_file_format="parquet" if IS_TUNED else None)
    with duckdb.connect(str(result)) as connection:
        connection.execute((HERE / "tables.sql").read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()

"""The tables about messages as the design defines them, computed in polars from the world."""

import csv
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import NormalDist
from zoneinfo import ZoneInfo

import polars as pl

from support.lived import DAY, HOUR, Life
from support.truth_messages import FAILURES, SETTLE, instant

SEEDS = Path(__file__).parent.parent.parent / "sql" / "seeds"
OUTGOING = ("delivered", "sent", "undelivered", "failed", "open", "unknown")
LIVE = pl.col("gone_at").is_null()
PLACE = ("day", "device_id", "sim")


def words(seed: str) -> list[dict[str, str]]:
    """Return the rows of a list of words; what is computed is in none of them."""
    with (SEEDS / f"{seed}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def outgoing(known: pl.DataFrame) -> pl.DataFrame:
    """Return the outgoing messages that are not gone."""
    return known.filter(LIVE, direction="outgoing")


def share(part: pl.Expr, whole: pl.Expr) -> pl.Expr:
    """Return a share; null where there is nothing to share."""
    return pl.when(whole > 0).then(part / whole)


def wilson(hits: pl.Expr, n: pl.Expr, sign: int) -> pl.Expr:
    """Return one end of the Wilson score interval at 95 %: the root below or above."""
    z = NormalDist().inv_cdf(0.975)
    p = hits / n
    middle = p + z * z / (2 * n)
    half = z * (p * (1 - p) / n + (z / (2 * n)) ** 2).sqrt()
    return pl.when(n > 0).then(((middle + sign * half) / (1 + z * z / n)).clip(0, 1))


def delivery(known: pl.DataFrame, *dimensions: str) -> pl.DataFrame:
    """Return how the messages of each day fared, by some columns."""
    counted = known.filter(direction="outgoing").group_by("day", *dimensions)
    total = counted.agg(
        LIVE.sum().alias("outgoing"),
        *((LIVE & (pl.col("outcome") == name)).sum().alias(name) for name in OUTGOING),
        (~LIVE).sum().alias("gone"),
        pl.col("address").filter(LIVE).n_unique().alias("recipients"),
    ).filter(pl.col("outgoing") > 0)
    all_, delivered, sent, undelivered, failed, open_ = map(pl.col, ("outgoing", *OUTGOING[:5]))
    tried, good = delivered + sent + undelivered + failed, delivered + sent
    return total.with_columns(
        delivery_rate=share(delivered, all_),
        delivery_rate_low=wilson(delivered, all_, -1),
        delivery_rate_high=wilson(delivered, all_, +1),
        success_rate=share(good, tried),
        success_rate_low=wilson(good, tried, -1),
        success_rate_high=wilson(good, tried, +1),
        confirmed_rate=share(delivered, delivered + undelivered),
        receipt_coverage=share(delivered + undelivered, good + undelivered),
        failure_rate=share(undelivered + failed, all_),
        open_share=share(open_, all_),
    )


def failures_daily(known: pl.DataFrame) -> pl.DataFrame:
    """Return the failures by day, phone, SIM and code."""
    sent = outgoing(known).group_by(PLACE).agg(outgoing=pl.len())
    return (
        outgoing(known)
        .rename({"failure_code": "code"})
        .filter(pl.col("code").is_not_null())
        .group_by(*PLACE, "code")
        .agg(messages=pl.len(), recipients=pl.col("address").n_unique())
        .join(sent, on=PLACE, nulls_equal=True)
        .with_columns(share_of_outgoing=pl.col("messages") / pl.col("outgoing"))
        .drop("outgoing")
    )


def failure_codes(known: pl.DataFrame) -> pl.DataFrame:
    """Return the seven codes with what they came to."""
    sent = outgoing(known)
    failed = sent.filter(pl.col("failure_code").is_not_null())
    rows = []
    for said in words("failure_codes"):
        mine = failed.filter(failure_code=int(said["code"]))
        (device,), device_excess = worst(mine, sent, "device_id")
        (sim_device, sim), sim_excess = worst(mine, sent, "device_id", "sim")
        rows.append(
            {
                "code": int(said["code"]),
                "label": said["label_en"],
                "domain": said["domain"],
                "permanence": said["permanence"],
                "likely_cause": said["likely_cause_en"],
                "first_action": said["first_action_en"],
                "retryable": said["retryable"],
                "messages": mine.height,
                "recipients": mine["address"].n_unique(),
                "share_of_failures": mine.height / failed.height if mine.height else None,
                "first_seen_on": mine["day"].min(),
                "last_seen_on": mine["day"].max(),
                "worst_device_id": device,
                "worst_device_excess": device_excess,
                "worst_sim_device_id": sim_device,
                "worst_sim": sim,
                "worst_sim_excess": sim_excess,
            }
        )
    assert [row["code"] for row in rows] == list(FAILURES)
    return pl.DataFrame(rows, infer_schema_length=None)


def worst(
    mine: pl.DataFrame, sent: pl.DataFrame, *by: str
) -> tuple[tuple[int | None, ...], float | None]:
    """Return who exceeds its share of the traffic most, and by how many messages.

    Of several with the same excess the one with the lowest numbers.
    """
    expected = sent.group_by(by).agg(fair=pl.len() * mine.height / sent.height)
    found = (
        mine.group_by(by)
        .agg(count=pl.len())
        .join(expected, on=by)
        .with_columns(excess=(pl.col("count") - pl.col("fair")).round(9))
        .filter(pl.col("excess") > 0)
        .sort(pl.col("excess").neg(), *by)
    )
    if found.is_empty():
        return (None,) * len(by), None
    first = found.row(0, named=True)
    return tuple(first[name] for name in by), first["excess"]


def incoming_daily(known: pl.DataFrame) -> pl.DataFrame:
    """Return what came in, and how much of it from whom was written to within 72 hours."""
    came = known.filter(LIVE, direction="incoming")
    wrote = outgoing(known).select("address", written_at="due_at")
    waited = pl.col("due_at") - pl.col("written_at")
    replies = (
        came.join(wrote, on="address")
        .filter(waited.is_between(timedelta(0), timedelta(hours=72)))
        .select("message_id")
        .unique()
    )
    return came.group_by(PLACE).agg(
        messages=pl.len(),
        senders=pl.col("address").n_unique(),
        replies=pl.col("message_id").is_in(replies["message_id"].implode()).sum(),
    )


def timed(known: pl.DataFrame) -> pl.DataFrame:
    """Return the outgoing messages with their seconds from due to sent and to delivered.

    `low` and `high` enclose `true`, the world's own, for those that are timed.
    """
    seconds = {
        name: (pl.col(column) - pl.col("due_at")).dt.total_seconds()
        for name, column in (
            ("sent_after", "sent_at"),
            ("before", "not_before"),
            ("after", "not_after"),
            ("true", "delivered_at"),
        )
    }
    return (
        outgoing(known)
        .with_columns(**seconds, is_delivered=pl.col("outcome") == "delivered")
        .with_columns(
            is_timed=pl.col("is_delivered") & (pl.col("after") <= SETTLE),
            low=pl.max_horizontal("before", "sent_after", pl.lit(0)),
            apart=pl.col("after") - pl.col("before"),
        )
        .with_columns(high=pl.max_horizontal("low", "after"))
    )


def latency_daily(known: pl.DataFrame) -> pl.DataFrame:
    """Return how long messages took."""

    def at(column: str, part: float) -> pl.Expr:
        return pl.col(column).quantile(part, "linear")

    def of_timed(column: str, part: float) -> pl.Expr:
        return pl.col(column).filter(pl.col("is_timed")).quantile(part, "linear")

    return (
        timed(known)
        .group_by("day", "device_id")
        .agg(
            messages=pl.len(),
            sent_time_share=pl.col("sent_at").is_not_null().mean(),
            sent_p50=at("sent_after", 0.5),
            sent_p95=at("sent_after", 0.95),
            delivered=pl.col("is_delivered").sum(),
            delivered_timed=pl.col("is_timed").sum(),
            delivered_p50_low=of_timed("low", 0.5),
            delivered_p50_high=of_timed("high", 0.5),
            delivered_p95_low=of_timed("low", 0.95),
            delivered_p95_high=of_timed("high", 0.95),
            poll_spacing_p50=of_timed("apart", 0.5),
        )
    )


def days(lived: Life, known: pl.DataFrame) -> pl.DataFrame:
    """Return every local day from the floor, or the first message, to where proof ends."""
    zone = ZoneInfo(lived.zone)
    since = instant(lived.since) or known["created_at"].min()
    assert isinstance(since, datetime)
    first, last = since.astimezone(zone).date(), instant(lived.until).astimezone(zone).date()
    counts = dict(known.filter(LIVE).group_by("day").len().iter_rows())
    rows = []
    for number in range((last - first).days + 1):
        day = first + timedelta(number)
        begin, end = (midnight(day + timedelta(more), zone) for more in (0, 1))
        floor = lived.since or 0
        rows.append(
            {
                "day": day,
                "is_proven": floor <= begin and end <= lived.until,
                "messages": counts.get(day, 0),
                # Half an hour, as on Lord Howe, makes no hour.
                "hours": 24 if abs(end - begin - DAY) < HOUR else (end - begin) // HOUR,
            }
        )
    return pl.DataFrame(rows)


def midnight(day: date, zone: ZoneInfo) -> int:
    """Return when a local day begins, in epoch seconds."""
    local = datetime(day.year, day.month, day.day, tzinfo=zone)
    return int(local.astimezone(UTC).timestamp())

"""What every engine is asked, in one SQL for all, but for `{micros:x}` and `{length:x}`."""

from pipeline.warehouse.manifest import ListedColumn, ListedTable, Manifest

DELIVERY = {
    "sums of delivery_daily": """
        select sum(outgoing), sum(delivered), sum(sent), sum(undelivered), sum(failed), sum(`open`),
        sum(`unknown`), sum(gone), sum(recipients) from delivery_daily""",
    "delivery rate per day and phone, from messages": """
        select day, device_id, count(*),
        sum(case when outcome = 'delivered' then 1 else 0 end) * 1e0 / count(*)
        from messages where direction = 'outgoing' and gone_at is null group by day, device_id""",
    "delivery rate per day, phone and SIM, as published": """
        select day, device_id, sim, delivery_rate, delivery_rate_low, failure_rate
        from delivery_daily""",
    "failures per month, phone and code": """
        select f.month, f.device_id, f.code, c.label, sum(f.messages)
        from failures_daily f join failure_codes c on f.code = c.code
        group by f.month, f.device_id, f.code, c.label""",
    "failure codes, from messages": """
        select failure_code, count(*), count(distinct recipient_key), count(distinct device_id),
        min(day), max(day) from messages where gone_at is null group by failure_code""",
    "messages and late hours per month": """
        select month, outcome, count(*), max({micros:due_at}), max({micros:due_local})
        from messages group by month, outcome""",
}
"""The questions of the report, on names that the snapshot promises."""


def whole_table(table: ListedTable) -> str:
    """Return a question that reads every value of a table: counts, sums, ends and lengths."""
    asked = [part for column in table.columns for part in _whole_column(column)]
    return f"select count(*), {', '.join(asked)} from `{table.name}`"


def all_questions(manifest: Manifest) -> dict[str, str]:
    """Return every question by its name."""
    tables = [table for table in manifest.tables if table.schema == "main"]
    return {f"every value of {table.name}": whole_table(table) for table in tables} | DELIVERY


def _whole_column(column: ListedColumn) -> list[str]:
    name = f"`{column.name}`"
    match column.type:
        case "BIGINT" | "INTEGER":
            more = [f"sum({name})"]
        case "VARCHAR":
            more = [f"sum({{length:{name}}})", f"min({name})", f"max({name})"]
        case "TIMESTAMP" | "TIMESTAMP WITH TIME ZONE":
            more = [f"min({{micros:{name}}})", f"max({{micros:{name}}})"]
        case "BOOLEAN":
            more = [f"count(case when {name} then 1 end)"]
        case _:
            more = [f"min({name})", f"max({name})"]
    return [f"count({name})", *more]

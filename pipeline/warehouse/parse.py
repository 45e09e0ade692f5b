"""What DuckDB's own parser says of a text, without running it."""

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

import duckdb


@cache
def tables_read(sql: str) -> frozenset[str]:
    """Return the tables that one select reads, as written, its common table expressions left out.

    Raises ValueError, with the parser's words, where the text is no single select.
    """
    row = _parser().execute("select json_serialize_sql($sql)", {"sql": sql}).fetchone()
    tree = json.loads(row[0] if row else "{}")
    if tree.get("error"):
        raise ValueError(tree.get("error_message", "no select"))
    if len(tree["statements"]) != 1:
        raise ValueError("one select is expected")
    nodes = list(_nodes(tree))
    local = {entry["key"] for node in nodes for entry in node.get("cte_map", {}).get("map", ())}
    tables = (node for node in nodes if node.get("type") == "BASE_TABLE")
    names = {f"{node['schema_name']}.{node['table_name']}".lstrip(".") for node in tables}
    return frozenset(names - local)


@cache
def _parser() -> duckdb.DuckDBPyConnection:
    return duckdb.connect()


def _nodes(tree: Any) -> Iterator[dict[str, Any]]:
    """Give every object of a parse tree."""
    if isinstance(tree, dict):
        yield tree
    for part in tree.values() if isinstance(tree, dict) else tree if isinstance(tree, list) else ():
        yield from _nodes(part)

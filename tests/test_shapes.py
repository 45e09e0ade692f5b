"""What records can have in them is told quickly, and never too little."""

import json
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline.warehouse.shapes import Shapes
from support.fields import kinds

WHOLE = st.integers(-(2**63), 2**63 - 1)
VALUES = st.one_of(
    st.none(), st.booleans(), WHOLE, st.floats(-9, 9), st.text(max_size=3), st.just({"a": [1]})
)
NAMES = st.sampled_from(["id", "cost", "a b", "$", "", "é", 'a"', "__dict__", "None"])
RECORDS = st.lists(st.dictionaries(NAMES, VALUES | st.just([{}]), max_size=4), max_size=6)


@settings(max_examples=200, deadline=None)
@given(st.lists(RECORDS, max_size=4))
@example([[{"id": 1}], [{"id": 1.5}], [{"id": 1}]])
@example([[{"id": None}], [{"id": "1"}], [{"id": True}]])
def test_no_field_is_left_out_and_none_is_made_up(bodies: list[list[dict[str, Any]]]) -> None:
    """A body's fields are among those told, and all of these were met, whole numbers aside."""
    shapes, met = Shapes(), set[tuple[str, str]]()
    for records in bodies:
        told = shapes.fields_of(json.dumps(record) for record in records)
        met |= kinds(records)
        if told is None:
            assert 'a"' in {name for record in records for name in record}
            continue
        assert kinds(records) <= told
        assert {field for field in told - met if field[1] != "INTEGER"} == set()


@pytest.mark.parametrize(
    "record",
    [
        '{"a":18446744073709551615}',
        '{"a":123456789012345678901234567890}',
        '{"b":1,"b":"1"}',
        '{"a":1,"b\\"":1}',
        "[1]",
        '{"a":',
        "",
    ],
)
def test_what_cannot_be_told_is_not_told(record: str) -> None:
    """Large numbers, names that come twice or are odd, what is no object: DuckDB shall look."""
    shapes = Shapes()
    assert shapes.fields_of(['{"a":1}', record]) is None
    assert shapes.fields_of(['{"a":1}']) == {("a", "INTEGER")}


def test_names_without_end_are_no_fields() -> None:
    """Where each record has a name of its own, nothing is learnt by heart."""
    shapes = Shapes()
    assert shapes.fields_of(f'{{"{number}":1}}' for number in range(50)) is not None
    assert shapes.fields_of(f'{{"{number}":1}}' for number in range(60)) is None
    assert shapes.fields_of(['{"1":1}']) is None

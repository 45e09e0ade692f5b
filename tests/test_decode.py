"""Whatever shape PHP gives a list, its records come out as received."""

import json
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import GarbledError, GatewayError, RefusedError
from pipeline.gateway.decode import decode_count, decode_devices, decode_messages, mended

RECORD = '{"id":5,"body":"x"}'
SHAPES = {
    "object keyed by id": f'{{"smss":{{"5":{RECORD}}}}}',
    "list": f'{{"smss":[{RECORD}]}}',
    "id as text": '{"smss":[{"id":"5","body":"x"}]}',
    "id only as key": '{"smss":{"5":{"body":"x"}}}',
    "mark at the start": f'\ufeff{{"smss":[{RECORD}],"error":0}}',
    "error as text 0": f'{{"error":"0","smss":[{RECORD}]}}',
    "error null": f'{{"error":null,"smss":[{RECORD}]}}',
    "error false": f'{{"error":false,"smss":[{RECORD}]}}',
    "blanks around": f' \n{{ "smss" : [ {RECORD} ] }}\r\n',
}
EMPTY = {
    "list": '{"smss":[],"count":0}',
    "object": '{"smss":{}}',
    "null": '{"smss":null}',
    "absent with count 0": '{"error":0,"count":0}',
    "absent with count 0 as text": '{"error":0,"count":"0"}',
}
GARBLED = {
    "absent": '{"error":0}',
    "absent with a count": '{"error":0,"count":4}',
    "a number": '{"smss":4}',
    "a text": '{"smss":"none"}',
    "records that are no objects": '{"smss":[1,2]}',
    "a record without id": '{"smss":[{"body":"x"}]}',
    "a negative id": '{"smss":[{"id":-1}]}',
    "an id beyond 64 bits": '{"smss":[{"id":99999999999999999999}]}',
    "deep nesting": '{"smss":' + "[" * 100_000,
    "nothing": "",
    "nul bytes": "\x00\x00",
}
WILD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


def refusal_of(decode: Callable[[bytes], object], body: bytes) -> str:
    """Return the sentence with which a body is refused, or nothing if it is read."""
    try:
        decode(body)
    except GatewayError as error:
        return str(error)
    return ""


@pytest.mark.parametrize("text", SHAPES.values(), ids=SHAPES)
def test_every_shape_gives_the_record(text: str) -> None:
    """A list, an object and any spelling of error give the same record's id."""
    assert [message_id for message_id, _ in decode_messages(text.encode()).records] == [5]


@pytest.mark.parametrize("text", EMPTY.values(), ids=EMPTY)
def test_every_shape_of_nothing_is_empty(text: str) -> None:
    """PHP's `[]`, an object, null, and an absent list with a count of 0 are no records."""
    assert decode_messages(text.encode()).records == ()


@pytest.mark.parametrize("text", GARBLED.values(), ids=GARBLED)
def test_what_is_no_list_of_records_is_garbled(text: str) -> None:
    """An answer without its list, or with records that have no id, is never taken as empty."""
    with pytest.raises(GarbledError):
        decode_messages(text.encode())


def test_a_refusal_goes_before_its_records() -> None:
    """HTTP 200 with `error: 1` is refused even where a list stands beside it."""
    with pytest.raises(RefusedError, match="wrong"):
        decode_devices(b'{"error":1,"message":"wrong","device":[]}')


def test_half_of_a_surrogate_pair_costs_no_record() -> None:
    """A body cut inside an emoji is read; whole pairs and escaped backslashes stay as they are."""
    text = rb'{"smss":[{"id":5,"body":"a\ud83d b\ud83d\ude00 c\\ud83d"}]}'
    ((_, record),) = decode_messages(mended(text)).records
    assert bytes(record) == rb'{"id":5,"body":"a\ufffd b\ud83d\ude00 c\\ud83d"}'


@given(st.binary())
def test_bytes_give_records_or_an_error_of_ours(body: bytes) -> None:
    """No body of any bytes ends in anything but a page or a GatewayError."""
    assert refusal_of(decode_messages, body).isprintable()


@given(WILD, WILD, WILD)
def test_json_gives_records_or_an_error_of_ours(smss: object, count: object, error: object) -> None:
    """No JSON in any place of an answer ends in anything but a page or a GatewayError."""
    body = json.dumps({"smss": smss, "count": count, "error": error}).encode()
    for decode in (decode_messages, decode_count, decode_devices):
        assert refusal_of(decode, body).isprintable()


@given(st.dictionaries(st.integers(0, 2**63 - 1), st.text(), max_size=20))
def test_records_are_handed_on_as_received(texts: dict[int, str]) -> None:
    """Each record's bytes are those of the answer, in its order."""
    records = {str(key): json.dumps({"id": key, "body": text}) for key, text in texts.items()}
    body = "{" + ",".join(f'"{key}":{record}' for key, record in records.items()) + "}"
    page = decode_messages(mended(f'{{"error":0,"smss":{body}}}'.encode()))
    expected = [(int(key), mended(record.encode())) for key, record in records.items()]
    assert [(key, bytes(record)) for key, record in page.records] == expected


@pytest.mark.parametrize(("depth", "is_taken"), [(60, True), (65, False), (900, False)])
def test_a_record_is_only_so_deep(depth: int, *, is_taken: bool) -> None:
    """A record of more than 64 lists and objects in each other is refused, whatever its texts."""
    noise = json.dumps("[{" * 100 + '"\\')
    nested = "[" * (depth - 1) + noise + "]" * (depth - 1)
    body = f'{{"smss":[{{"id":5,"x":{nested},"y":{noise}}}]}}'.encode()
    if is_taken:
        assert len(decode_messages(body).records) == 1
    else:
        with pytest.raises(GarbledError, match="too deep"):
            decode_messages(body)


@pytest.mark.parametrize("key", ["smss", "other"])
def test_an_answer_without_a_bottom_is_refused(key: str) -> None:
    """A hundred thousand lists in each other are an error of ours, wherever they stand."""
    with pytest.raises(GarbledError):
        decode_messages(f'{{"{key}":{"[" * 100_000}{"]" * 100_000}}}'.encode())

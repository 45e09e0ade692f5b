"""A text before it is sent: SMS by both alphabets, templates over strangers' cells, times."""

import csv
import io

import pendulum
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import UsageError
from pipeline.send.bodies import Body, BodyTemplate, checked_body
from pipeline.send.segments import BASIC, EXTENDED, Segments, segments_of
from pipeline.send.times import parse_at
from support.campaign import rounds

NOW = pendulum.datetime(2026, 3, 1, 12)
HEADER = ("First Name", "Phone", "Table")


def test_the_alphabet_has_its_known_size() -> None:
    """GSM 03.38 has 127 characters that are no escape, and ten behind the escape."""
    assert (len(BASIC), len(EXTENDED)) == (127, 10)


@pytest.mark.parametrize(
    ("text", "encoding", "units", "count"),
    [
        ("a", "GSM-7", 1, 1),
        ("a" * 160, "GSM-7", 160, 1),
        ("a" * 161, "GSM-7", 161, 2),
        ("a" * 306, "GSM-7", 306, 2),
        ("a" * 307, "GSM-7", 307, 3),
        ("€" * 80, "GSM-7", 160, 1),
        ("€" * 80 + "a", "GSM-7", 161, 2),
        # The escape of the 77th euro would be the 153rd septet: it goes to the next part.
        ("€" * 153, "GSM-7", 306, 3),
        ("a" * 152 + "€" + "a" * 151, "GSM-7", 305, 2),
        ("a" * 152 + "€" + "a" * 152, "GSM-7", 306, 3),
        ("é à ù Ç Ø Ω ß ñ @ £ ¿", "GSM-7", 21, 1),
        ("[]{}\\~^|", "GSM-7", 16, 1),
        ("a\nb\r\nc", "GSM-7", 6, 1),
        ("ç", "UCS-2", 1, 1),
        ("é" * 69 + "ê", "UCS-2", 70, 1),
        ("ê" * 71, "UCS-2", 71, 2),
        ("ê" * 134, "UCS-2", 134, 2),
        ("ê" * 135, "UCS-2", 135, 3),
        ("😀" * 35, "UCS-2", 70, 1),
        ("😀" * 36, "UCS-2", 72, 2),
        # 33 pairs are 66 units: the 34th does not fit into 67.
        ("😀" * 67, "UCS-2", 134, 3),
        ("a—b", "UCS-2", 3, 1),
        ("`", "UCS-2", 1, 1),
        ("\t", "UCS-2", 1, 1),
    ],
)
def test_how_many_sms_a_text_is(text: str, encoding: str, units: int, count: int) -> None:
    """160 septets or 70 UTF-16 units are one SMS, else parts of 153 or 67 that cut no character."""
    found = segments_of(text)
    assert (found.encoding, found.units, found.count) == (encoding, units, count)


def test_what_makes_a_text_longer_is_told() -> None:
    """The characters that are in neither table are named, each once."""
    assert segments_of("ça — ça") == Segments("UCS-2", 7, 1, "ç—")


@given(st.text(max_size=400))
def test_parts_are_as_few_as_can_be(text: str) -> None:
    """No text takes fewer parts than its units, nor more than if each part lost one unit."""
    found = segments_of(text)
    one, part = (160, 153) if found.encoding == "GSM-7" else (70, 67)
    if found.units <= one:
        assert found.count == 1
    else:
        assert -(-found.units // part) <= found.count <= -(-found.units // (part - 1))


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        (" e\u0301te\r\nb\rc\t! ", "éte\nb\nc !"),
        ("{{ no }} =1+1 <b>", "{{ no }} =1+1 <b>"),
        ("\u200d👩\u200d💻", "\u200d👩\u200d💻"),
    ],
)
def test_a_text_is_sent_as_it_is_but_for_blanks(text: str, sent: str) -> None:
    """A text is composed, its line ends are LF, its ends are trimmed; nothing else changes."""
    assert checked_body(text).text == sent


@pytest.mark.parametrize(
    ("text", "code", "detail"),
    [
        ("  \n ", "E_BODY_EMPTY", ""),
        ("a\x00b", "E_BODY_CONTROL", "U+0000"),
        ("a\x1b[31mb", "E_BODY_CONTROL", "U+001B"),
        ("a\ud83d", "E_BODY_BROKEN", ""),
        ("x" * 1000, "E_BODY_LONG", "7 SMS in GSM-7"),
    ],
)
def test_a_text_that_cannot_be_sent_is_refused(text: str, code: str, detail: str) -> None:
    """Empty, with control characters, half characters, too many SMS: a code and no word of it."""
    found = checked_body(text)
    assert (found.problem, found.detail, found.text) == (code, detail, "")
    assert found.words


def rendered(text: str, *cells: str, **options: bool) -> Body:
    """Render a template for a row."""
    return BodyTemplate(text, HEADER, 6, **options).render(cells)


def test_columns_have_two_names() -> None:
    """A column is named by its header in small letters, or as it stands in row[...]."""
    template = 'Hello {{ first_name }}, {{ row["Table"] }} {{ row.Table }} {{ table | upper }}'
    assert rendered(template, "Anna", "+33", "a1").text == "Hello Anna, a1 a1 A1"


@pytest.mark.parametrize(
    "template",
    [
        "{{ nobody }}",
        "{{ first_name",
        "{% for i in range(9) %}x{% endfor %}",
        "{% include 'x' %}{{ config }}",
        "{{ lipsum() }}",
        '{{ row["Nothing"] }}',
        "{{ row.Nothing }}",
        "{{ first_name | nothing }}",
    ],
)
def test_a_template_that_asks_for_what_is_not_there_is_refused(template: str) -> None:
    """An unknown name, a broken template, functions that are none of a row: before any row."""
    with pytest.raises(UsageError) as refused:
        BodyTemplate(template, HEADER, 6)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    "template",
    [
        "{{ first_name.__class__.__mro__ }}",
        "{{ ''.__class__ }}{{ first_name }}",
        '{{ "{0.__class__}".format(first_name) }}',
        "{{ row.__init__.__globals__ }}",
        "{{ 1 / 0 }}",
        "{{ row.pop('Phone') }}",
        "{{ first_name | int(base='x') }}{{ first_name.nothing }}",
        "{{ row }}",
        "{{ 'x' * 99999999999 }}",
        "{{ first_name * 99999999999 }}",
        "{{ 99999999999 * [first_name] }}",
        "{{ 9 ** (9 ** 9) }}",
        "{{ '%99999999999d' % 1 }}",
        "{{ first_name | center(99999999999999999) }}",
    ],
)
def test_nothing_is_reached_but_the_row(template: str) -> None:
    """What lies behind a value, changes the row, or fails, is a problem of the row, no error."""
    found = rendered(template, "Anna", "+33", "a1")
    assert (found.problem, found.text) == ("E_BODY_TEMPLATE", "")


def test_a_column_may_be_named_row() -> None:
    """A column `Row`, of seats say, is written by `row`, which still finds the others."""
    template = BodyTemplate('{{ row }} {{ row["Name"] }} {{ row | lower }}', ("Name", "Row"), 6)
    assert template.render(("Anna", "K")).text == "K Anna k"


def test_a_text_may_reckon() -> None:
    """Numbers that are small, and texts that stay short, may be multiplied."""
    assert rendered("{{ table | int * 2 }} {{ '-' * 3 }} {{ 2 ** 3 }}", "", "", "4").text == (
        "8 --- 8"
    )


@pytest.mark.parametrize(
    "template", ["{{ table }}", '{{ row["Table"] }}', "{% if table %}x{% endif %}"]
)
def test_an_empty_cell_that_the_text_uses_is_a_problem(template: str) -> None:
    """A gap in a text is not sent unless it was allowed; other cells may be empty."""
    assert rendered(f"a {template}", "", "", " ").problem == "E_BODY_CELL"
    assert rendered(f"a {template}", "", "", " ", allows_empty=True).text == "a"
    assert rendered(f"a {template}", "", "", "1").problem == ""


HOSTILE = st.one_of(
    st.text(max_size=60),
    st.sampled_from(
        [
            "{{ 7*7 }}", "{% for x in y %}", "{{ row }}", "{# c #}", "{{ ''.__class__ }}", "%s %d",
            "{0.__class__}", "${7*7}", "<script>", "=cmd|'/c calc'!A0", "\u202e", "'; drop table",
            "{{ config.items() }}", "{% raw %}", "\\u0041", "{{", "}}",
        ]
    ),
)  # fmt: skip


@settings(max_examples=rounds(200, 5000), deadline=None)
@given(first=HOSTILE, table=HOSTILE)
def test_a_cell_is_only_ever_data(first: str, table: str) -> None:
    """Whatever stands in a cell, the text holds exactly that, trimmed, or the row has a problem."""
    found = BodyTemplate("A {{ first_name }} B {{ table }} C", HEADER, 6).render(
        (first, "1", table)
    )
    wanted = checked_body(f"A {first.strip()} B {table.strip()} C")
    if not first.strip() or not table.strip():
        assert found.problem == "E_BODY_CELL"
    else:
        assert (found.text, found.problem) == (wanted.text, wanted.problem)


@given(st.lists(HOSTILE, min_size=3, max_size=3))
def test_a_text_survives_the_plan(cells: list[str]) -> None:
    """A text that may be sent comes out of the plan's file as it went in, line ends included."""
    body = checked_body(" ".join(cells))
    stream = io.StringIO(newline="")
    csv.writer(stream, lineterminator="\n").writerow([body.text])
    assert next(csv.reader(io.StringIO(stream.getvalue(), newline="")), [""]) == [body.text]


@pytest.mark.parametrize(
    ("text", "zone", "utc"),
    [
        ("2026-12-01 09:30", "Europe/Paris", "2026-12-01T08:30:00"),
        ("2026-07-01T09:30:15", "Europe/Paris", "2026-07-01T07:30:15"),
        ("2026-12-01 09:30", "UTC", "2026-12-01T09:30:00"),
        ("2026-12-01 09:30", "America/St_Johns", "2026-12-01T13:00:00"),
        ("2026-12-01 00:15", "Pacific/Kiritimati", "2026-11-30T10:15:00"),
        ("2026-12-01 09:30", "Asia/Kathmandu", "2026-12-01T03:45:00"),
        ("2026-12-01 09:30Z", "Europe/Paris", "2026-12-01T09:30:00"),
        ("2026-10-25 02:30+02:00", "Europe/Paris", "2026-10-25T00:30:00"),
        ("2026-10-25 02:30+01:00", "Europe/Paris", "2026-10-25T01:30:00"),
        ("2026-10-25 03:00", "Europe/Paris", "2026-10-25T02:00:00"),
    ],
)
def test_a_time_is_read_in_the_reporting_zone(text: str, zone: str, utc: str) -> None:
    """A wall clock is that of the reporting zone, unless it says its offset."""
    found = parse_at(text, zone, NOW)
    assert found.isoformat() == f"{utc}+00:00"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("2026-10-25 02:30", "twice"),
        ("2026-03-29 02:30", "never"),
        ("2026-03-01 12:59", "over"),
        ("2026-12-01", "without a time"),
        ("tomorrow", "no time"),
        ("01.12.2026 09:30", "no time"),
        ("", "no time"),
        ("9999-12-31 23:59-12:00", "no time"),
        ("0001-01-01 00:00+12:00", "no time"),
    ],
)
def test_a_time_that_is_not_one_is_refused(text: str, words: str) -> None:
    """Hours that clocks show twice or never, times that are over, days, other forms: exit 2."""
    with pytest.raises(UsageError, match=words):
        parse_at(text, "Europe/Paris", NOW)


def test_a_problem_shows_no_text() -> None:
    """Neither a body nor its problem shows a part of the text in a `repr`."""
    shown = [rendered("secret {{ first_name }}", cell, "", "") for cell in ("\x00secret", "secret")]
    assert [body.problem for body in shown] == ["E_BODY_CONTROL", ""]
    assert "secret" not in repr(shown)

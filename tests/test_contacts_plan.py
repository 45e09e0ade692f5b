"""A plan gives each row one disposition, freezes what would be sent, and sends nothing."""

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.contacts.reading.source import ReadingOptions
from pipeline.contacts.values import NameRules
from pipeline.errors import UsageError
from support.contacts import Held, History, fates, loaded, options_of, plan_text, sent

A, B, C = "+33612345678", "+33766666666", "+33612345679"
HEAD = "phone,name\n"


def test_d01_a_number_in_three_spellings_is_one_contact(tmp_path: Path) -> None:
    """D01: the first row of a number is ready, the others are duplicates of its line."""
    text = HEAD + "06 12 34 56 78,Jean\n+33612345678,Jean\n0033612345678,Marie\n"
    summary = plan_text(tmp_path, text)
    assert fates(summary) == [
        (2, "ready", None),
        (3, "dup_in_file", "line 2"),
        (4, "dup_in_file", "line 2, other name"),
    ]
    assert summary.tally.other_names == 1
    assert sent(summary) == [(2, A, "Jean")]


def test_d01_a_rejected_row_does_not_hide_a_good_one_of_the_same_number(tmp_path: Path) -> None:
    """D01: a row whose name is refused is no first spelling of its number."""
    summary = plan_text(tmp_path, HEAD + "0612345678,=1+1\n0612345678,Jean\n")
    assert fates(summary) == [(2, "rejected", "E_NAME_FORMULA"), (3, "ready", None)]


def test_d02_the_same_file_again_plans_nothing(tmp_path: Path) -> None:
    """D02: once all contacts of a plan are saved, a plan of the same file has no call."""
    text = HEAD + "0612345678,Jean\n0766666666,\n"
    first = plan_text(tmp_path, text)
    history = History(contacts={e: Held("saved", name) for _, e, name in sent(first)})
    again = plan_text(tmp_path, text, history)
    assert again.tally.rows == {"already_saved": 2, "blank": 0}
    assert (first.calls, again.calls, again.needs_a_person) == (3, 0, False)


def test_d03_an_overlapping_file_plans_only_the_new_people(tmp_path: Path) -> None:
    """D03: contacts that the tag has are skipped with their id and day; others are calls."""
    history = History(contacts={A: Held("saved")})
    summary = plan_text(tmp_path, HEAD + "0612345678,Jean\n0766666666,Zoé\n", history)
    assert fates(summary)[0] == (2, "already_saved", "contact 7, 2026-11-22")
    assert summary.calls == 1


def test_d04_a_new_name_is_told_and_not_sent(tmp_path: Path) -> None:
    """D04: a contact that is saved under another name makes no call; the row says which it is."""
    history = History(contacts={A: Held("saved")})
    summary = plan_text(tmp_path, HEAD + "0612345678,Jeanne\n", history)
    assert fates(summary) == [(2, "name_changed", "contact 7, 2026-11-22")]
    assert (summary.calls, summary.needs_a_person) == (0, False)


def test_d05_a_number_of_another_tag_is_sent_and_listed(tmp_path: Path) -> None:
    """D05: a contact that another tag has is one call, and the overlap is counted by tag."""
    history = History(others={A: ["Old"], B: ["Old", "X"], C: ["X"]})
    summary = plan_text(tmp_path, HEAD + "0612345678,Jean\n0766666666,Zoé\n", history)
    assert summary.calls == 2
    assert summary.other_tags == {"Old": 2, "X": 1}


def test_d06_a_suppressed_number_is_never_ready(tmp_path: Path) -> None:
    """D06: suppression wins over whatever the tag knows of a number."""
    history = History(stopped={A, B}, contacts={B: Held("pending")})
    summary = plan_text(tmp_path, HEAD + "0612345678,Jean\n0766666666,Jean\n", history)
    assert [fate[1:] for fate in fates(summary)] == [("suppressed", "test: STOP")] * 2


@pytest.mark.parametrize(
    ("held", "fate"),
    [
        (Held("pending"), "ready"),
        (Held("sent"), "in_doubt_before"),
        (Held("in_doubt"), "in_doubt_before"),
        (Held("dropped"), "dropped"),
        (Held("rejected"), "rejected_before"),
        (Held("rejected", name="Other"), "ready"),
    ],
)
def test_what_was_sent_and_not_answered_is_never_planned_again(
    tmp_path: Path, held: Held, fate: str
) -> None:
    """Only what surely was not processed, or was rejected and has changed, is ready again."""
    summary = plan_text(tmp_path, HEAD + "0612345678,Jean\n", History(contacts={A: held}))
    assert [found for _, found, _ in fates(summary)] == [fate]
    assert summary.needs_a_person == (fate in {"in_doubt_before", "rejected_before"})


def test_what_the_gateway_rejected_is_tried_again_if_asked(tmp_path: Path) -> None:
    """With --retry-rejected a contact that was rejected before is ready."""
    options = replace(options_of(), retry_rejected=True)
    history = History(contacts={A: Held("rejected")})
    assert plan_text(tmp_path, HEAD + "0612345678,Jean\n", history, options).calls == 1


CELLS = st.sampled_from(
    [
        *("0612345678", "0766666666", "+33612345679", "0123456789", "06 12 34 56 78;x", "4.9E+12"),
        *("", " ", "O6", "a\nb", "0612345678 / 0766666666", '"', "Jean", "=1+1", "Ã‰l"),
        "+14155552671",
    ]
)
STATES = st.sampled_from(["pending", "sent", "saved", "rejected", "in_doubt", "dropped"])


@settings(deadline=None, max_examples=150)
@given(
    rows=st.lists(st.lists(CELLS, min_size=1, max_size=4), max_size=12),
    several=st.sampled_from(["all", "first", "first-mobile"]),
    held=st.dictionaries(st.sampled_from([A, B, C]), STATES.map(Held)),
    stopped=st.sets(st.sampled_from([A, B, C]), max_size=1),
)
def test_d07_dispositions_add_up_for_any_file(
    rows: list[list[str]], several: str, held: dict[str, Held], stopped: set[str]
) -> None:
    """D07: each row of any file has one disposition, and each ready contact is planned once."""
    options = options_of(several=several, allowed=frozenset({"FR"}))
    text = HEAD + "".join(",".join(cells) + "\n" for cells in rows)
    history = History(contacts=held, stopped=stopped)
    reading = ReadingOptions(delimiter=",", encoding="utf-8", has_header=True)
    with TemporaryDirectory() as folder:
        try:
            summary = plan_text(Path(folder), text, history, options, reading=reading)
        except UsageError as refused:
            if "E_MAPPING_SWAPPED" in str(refused):
                return
            raise
        numbers = pl.read_parquet(summary.folder / "rows.parquet")["number"].to_list()
        planned = [e164 for _, e164, _ in sent(summary)]
    tally = summary.tally
    assert tally.rows.total() == summary.records == len(numbers) + tally.rows["blank"]
    assert numbers == sorted(set(numbers))
    assert len(planned) == len(set(planned)) == tally.contacts["ready"] == tally.ready
    assert sum(tally.kinds.values()) == tally.ready
    assert sum(told.count for told in tally.problems.values()) == sum(
        tally.rows[fate] for fate in ("rejected", "rejected_before", "not_allowed")
    )
    assert stopped.isdisjoint(planned)


def test_d07_several_numbers_make_several_contacts_of_one_row(tmp_path: Path) -> None:
    """D07: with --several all rows and contacts each add up; a half-known row is ready."""
    text = "mobile,home phone,name\n0612345678,0766666666,Jean\n0612345679,+33 6 12 34 56 78,\n"
    history = History(contacts={B: Held("saved")})
    summary = plan_text(tmp_path, text, history, options_of(several="all"))
    assert sent(summary) == [(2, A, "Jean"), (3, C, C)]
    assert summary.tally.rows == {"ready": 2, "blank": 0}
    assert summary.tally.contacts == {"ready": 2, "already_saved": 1, "dup_in_file": 1}


def test_the_first_mobile_of_all_columns_is_chosen(tmp_path: Path) -> None:
    """Of several columns of numbers the first mobile is taken, also after a landline."""
    text = "mobile,home phone,name\n01 23 45 67 89,0612345678,Jean\nx,0766666666,Zoé\n"
    options = options_of(landlines=True)
    assert [e164 for _, e164, _ in sent(plan_text(tmp_path, text, options=options))] == [A, B]


def test_r19_a_header_alone_is_a_plan_without_calls(tmp_path: Path) -> None:
    """R19: an empty file is refused and leaves nothing; a header alone makes no tag."""
    with pytest.raises(UsageError, match="no rows"):
        plan_text(tmp_path, "")
    assert not (tmp_path / "data").exists()
    summary = plan_text(tmp_path, HEAD)
    assert (summary.records, summary.calls, sent(summary)) == (0, 0, [])
    assert (summary.makes_tag, summary.needs_a_person) == (True, False)


def test_a_plan_that_fails_leaves_nothing(tmp_path: Path) -> None:
    """A file that turns out to be read in the wrong encoding leaves no folder of a plan."""
    rows = "".join(f"06123456{at:02},Ã‰lodie {at}\n" for at in range(10, 20))
    with pytest.raises(UsageError, match="10 of 10 names") as refused:
        plan_text(tmp_path, HEAD + rows)
    assert "--encoding" in refused.value.advice
    assert list((tmp_path / "data" / "runs").iterdir()) == []


def test_one_odd_name_of_many_is_told_and_taken(tmp_path: Path) -> None:
    """Mojibake in a fifth of the names or fewer is a warning."""
    rows = "".join(f"06123456{at:02},Élodie\n" for at in range(10, 20))
    summary = plan_text(tmp_path, HEAD + rows + "0766666666,Ã‰lodie\n")
    assert summary.tally.ready == 11
    assert summary.tally.repairs["W_NAME_MOJIBAKE"].count == 1


def test_swapped_columns_are_found_by_reading_the_numbers(tmp_path: Path) -> None:
    """E_MAPPING_SWAPPED: names that are numbers, beside numbers that are none, stop the plan."""
    text = "phone,name\n" + "tél. d'Anne,06 12 34 56 78 (maman)\n" * 3
    with pytest.raises(UsageError, match="E_MAPPING_SWAPPED"):
        plan_text(tmp_path, text, options=options_of(None))


def test_consent_is_required_where_asked(tmp_path: Path) -> None:
    """With --require-consent a row without is rejected, and a file without the column refused."""
    options = replace(options_of(), require_consent=True)
    text = "phone,name,consent_date\n0612345678,A,2026-01-02\n0766666666,B,\n"
    summary = plan_text(tmp_path, text, options=options)
    assert [code for _, _, code in fates(summary)] == [None, "E_CONSENT"]
    assert [c.consent_at for c in loaded(summary).contacts()] == ["2026-01-02"]
    with pytest.raises(UsageError, match="consent"):
        plan_text(tmp_path, HEAD + "0612345678,A\n", options=options)


def test_a_country_that_is_not_allowed_needs_no_person(tmp_path: Path) -> None:
    """Rows of other countries were excluded on purpose: they are counted, and are no errors."""
    options = options_of(allowed=frozenset({"fr"}))
    summary = plan_text(tmp_path, HEAD + "+14155552671,Al\n", options=options)
    assert fates(summary) == [(2, "not_allowed", "E_PHONE_REGION")]
    assert not summary.needs_a_person


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (options_of("UK"), "--region"),
        (options_of(allowed=frozenset({"XX"})), "--allow-countries"),
        (options_of(several="both"), "--several"),
        (options_of(forced=frozenset({"0612345678"})), "--force-number"),
        (options_of(names=NameRules(formula="run")), "--formula"),
        (options_of(names=NameRules(empty=" ")), "--empty-name"),
    ],
)
def test_an_option_that_means_nothing_is_refused(
    tmp_path: Path, options: object, words: str
) -> None:
    """A wrong option is a usage error before the file is read, and says which."""
    with pytest.raises(UsageError, match=words):
        plan_text(tmp_path, HEAD, options=options)  # type: ignore[arg-type]

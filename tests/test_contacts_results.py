"""The files of a run tell of every row once, what became of it, and what to do about it."""

import csv
import hashlib
import stat
from pathlib import Path

import pytest

from pipeline.contacts.codes import sentences, what_to_do
from pipeline.contacts.rejects import copy_errors
from pipeline.contacts.values import NameRules
from pipeline.gateway.outcome import Verdict
from pipeline.ledger.ledger import open_ledger
from support.contacts import Held, History, fates, options_of, plan_file, plan_text, sent
from support.results import ResultsBench, bench_of
from support.scripted import DOUBT, Scripted, outcome

A, B, C, D = "+33612345678", "+33766666666", "+33612345679", "+33612345680"
HEAD = "phone,name\n"
NO = outcome(Verdict.REJECTED, "BAD phone =1+1")
TEXT = f"""\
Tél. mobile;Prénom;Note
{A};Élodie;x
{B};Bob;'y
06 12 34 56 79;Zoé;"+a
b"
O612345680;Ève;
{A};Élo;
+14155552671;Joe;
;;
{D};Max;z
"""
ANSWERS = {B: NO, C: DOUBT}


def applied(folder: Path, **options: int) -> ResultsBench:
    """Plan the text and apply it to a gateway that rejects one and leaves one in doubt."""
    summary = plan_text(folder, TEXT, options=options_of(allowed=frozenset({"FR"})))
    bench = bench_of(summary, Scripted(ANSWERS.get))
    bench.apply(**options)
    return bench


def test_each_row_stands_in_one_file(tmp_path: Path) -> None:
    """Saved, errors, in doubt, skipped and unsent add up, with the blank row, to the file."""
    bench = applied(tmp_path, limit=3)
    assert [(row["line"], row["number"], row["name"]) for row in bench.rows("saved")] == [
        ("2", f"'{A}", "Élodie")
    ]
    assert bench.rows("saved")[0]["contact_id"] == str(bench.gateway.ids[A])
    assert bench.rows("saved")[0]["saved_at"].startswith("2026-11-22T21:14")
    doubt = bench.rows("in_doubt")[0]
    assert (doubt["line"], doubt["number"], doubt["why"]) == ("4", f"'{C}", "no whole answer")
    assert "sms24 contacts resolve" in doubt["what_to_do"]
    assert [(row["line"], row["why"], row["detail"]) for row in bench.rows("skipped")] == [
        ("7", "dup_in_file", "line 2, other name"),
        ("8", "not_allowed", "The country is not among those allowed: US"),
    ]
    assert [(row["_line"], row["_code"]) for row in bench.rows("errors")] == [
        ("3", "E_GATEWAY_REJECTED"),
        ("6", "E_PHONE_LETTERS"),
    ]
    assert [row["line"] for row in bench.rows("unsent")] == ["10"]
    said = bench.said()
    places = {"saved": 1, "errors": 2, "in_doubt": 1, "skipped": 2, "unsent": 1, "blank": 1}
    assert (said["rows"], said["records"]) == (places, 8)
    assert said["contacts"] == {"saved": 1, "errors": 1, "in_doubt": 1, "skipped": 1, "unsent": 1}
    assert said["state"] == "unsent"


def test_rows_that_the_gateway_rejected_come_back_as_they_stood(tmp_path: Path) -> None:
    """A rejected row has its own cells and the gateway's words, also once the source is gone.

    Fed again as it is, it is known as rejected; mended, it is ready.
    """
    bench = applied(tmp_path)
    (tmp_path / "contacts.csv").unlink()
    bench.write()
    text = bench.plan.errors_path.read_bytes()
    assert text.startswith(b"\xef\xbb\xbf")
    lines = list(csv.reader(text.decode("utf-8-sig").splitlines(), delimiter=";"))
    words = "The gateway rejected this contact: BAD phone =1+1"
    mark = bench.plan.id
    assert lines[0][:3] == ["Tél. mobile", "Prénom", "Note"]
    assert lines[1] == [f"'{B}", "Bob", "''y", "3", "E_GATEWAY_REJECTED", words, "", mark]
    copy_errors(bench.plan.errors_path, tmp_path / "again.csv")
    again = plan_file(tmp_path / "again.csv")
    assert fates(again) == [
        (2, "rejected_before", "E_REJECTED_BEFORE"),
        (3, "rejected", "E_PHONE_LETTERS"),
    ]
    assert again.tally.origins == {"still": 2}
    mended = (tmp_path / "again.csv").read_text("utf-8-sig").replace("Bob", "Robert")
    (tmp_path / "mended.csv").write_text(mended, "utf-8-sig")
    assert sent(plan_file(tmp_path / "mended.csv")) == [(2, B, "Robert")]


def test_the_manifest_lists_each_file_as_it_is(tmp_path: Path) -> None:
    """Size and SHA-256 are those of the files; nothing else lies in the folder, nobody may look."""
    bench = applied(tmp_path)
    folder, said = bench.plan.folder, bench.said("manifest")
    listed = {found["name"]: found for found in said["files"]}
    for name, found in listed.items():
        data = (folder / name).read_bytes()
        assert (found["bytes"], found["sha256"]) == (len(data), hashlib.sha256(data).hexdigest())
    others = {"manifest.json", "contacts.mapping.toml"}
    assert {path.name for path in folder.iterdir()} == set(listed) | others
    counted = {
        name.removesuffix(".csv"): len(bench.rows(name[:-4])) for name in bench.said()["files"]
    }
    assert bench.said()["files"] == {f"{name}.csv": count for name, count in counted.items()}
    assert {n: f["rows"] for n, f in listed.items() if n in bench.said()["files"]} == (
        bench.said()["files"]
    )
    assert (said["plan"], said["delimiter"], said["run"]) == (bench.plan.id, ";", 1)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_the_files_are_written_when_a_load_stops(tmp_path: Path) -> None:
    """After a breaker the rest stands in unsent.csv, and the report says why it stopped."""
    text = HEAD + "".join(f"06123456{n},P\n" for n in range(10, 30))
    bench = bench_of(plan_text(tmp_path, text), Scripted(lambda _: NO))
    assert bench.apply().stop
    assert len(bench.rows("unsent")) == 20
    assert "all by the same words" in bench.rows("unsent")[0]["why"]
    said = bench.said()
    assert (said["stop"]["kind"], said["state"]) == ("rejections", "unsent")
    assert not bench.plan.errors_path.exists()
    bench.write()
    assert bench.said()["stop"]["message"] == "The last run ended early: rejections."
    bench.gateway.answers = lambda _: None
    assert bench.apply().saved == 20
    assert (bench.said()["stop"], bench.said()["state"]) == (None, "done")
    assert [run["state"] for run in bench.said()["runs"]] == ["rejections", "done"]


def test_the_files_tell_the_present(tmp_path: Path) -> None:
    """Written again after a decision, a contact in doubt has moved to where it now belongs."""
    bench = applied(tmp_path)
    assert bench.resolve(C, answer="saved", contact_ids={C: 77}) == 1
    bench.write()
    assert [(row["line"], row["contact_id"]) for row in bench.rows("saved")][1] == ("4", "77")
    assert bench.rows("in_doubt") == []
    bench.gateway.answers = lambda _: None
    bench.apply(retries_rejected=True)
    assert [row["_code"] for row in bench.rows("errors")] == ["E_PHONE_LETTERS"]
    assert bench.said()["rows"]["saved"] == 4


@pytest.mark.parametrize("answer", ["resend", "drop"])
def test_a_contact_that_is_given_up_or_free_again_is_not_in_doubt(
    tmp_path: Path, answer: str
) -> None:
    """Resent, it waits; dropped, it is skipped, with who said so."""
    bench = applied(tmp_path)
    bench.resolve(C, answer=answer)
    bench.write()
    found = bench.rows("unsent" if answer == "resend" else "skipped")
    assert ("4", f"'{C}", "Zoé", "a test") in [
        (row["line"], row["number"], row["name"], row.get("detail", row["why"])) for row in found
    ]


def test_before_a_run_everything_waits(tmp_path: Path) -> None:
    """The files of a plan that was never applied: all that is ready is unsent."""
    bench = bench_of(plan_text(tmp_path, HEAD + f"{A},Jean\n{B},Bob\n"))
    bench.write()
    assert [row["line"] for row in bench.rows("unsent")] == ["2", "3"]
    assert (bench.said()["runs"], bench.said()["tag_id"]) == ([], None)


def test_what_other_loads_have_done_is_told(tmp_path: Path) -> None:
    """Who another plan saved, by this or another name, and who is suppressed, is skipped."""
    one = bench_of(
        plan_text(tmp_path, HEAD + f"{A},Jean\n{B},Bob\n{C},Zoé\n"), Scripted({B: NO}.get)
    )
    other = bench_of(plan_text(tmp_path, HEAD + f"{A},Jeanne\n{B},Bob\n{C},Zoé\n{D},Max\n"))
    one.apply()
    with open_ledger(tmp_path / "data", one.loads.clock) as ledger:
        ledger.suppression.add([D], reason="STOP", source="inbox")
    other.apply()
    assert [(row["why"], row["detail"]) for row in other.rows("skipped")] == [
        ("name_changed", ""),
        ("already_saved", ""),
        ("suppressed", "inbox: STOP"),
    ]
    assert other.rows("skipped")[1]["contact_id"] == str(one.gateway.ids[C])
    assert other.rows("errors")[0]["_code"] == "E_REJECTED_BEFORE"
    assert "BAD phone =1+1" in other.rows("errors")[0]["_problem"]
    assert other.rows("name_changes") == [
        {
            "line": "2", "number": f"'{A}", "old_name": "Jean", "new_name": "Jeanne",
            "contact_id": str(one.gateway.ids[A]),
        }
    ]  # fmt: skip
    assert len(one.rows("saved")) == 2


def test_what_a_plan_leaves_out_is_told_with_what_the_ledger_knows(tmp_path: Path) -> None:
    """Rows that were saved, in doubt or rejected when planned are looked up again."""
    held = {A: Held("saved"), B: Held("in_doubt"), C: Held("saved", name="Old")}
    history = History(contacts=held)
    bench = bench_of(plan_text(tmp_path, HEAD + f"{A},Jean\n{B},Bob\n{C},Zoé\n", history))
    bench.write()
    assert [(row["why"], row["detail"]) for row in bench.rows("skipped")] == [
        ("already_saved", "contact 7, 2026-11-22"),
        ("in_doubt_before", "now in doubt"),
        ("name_changed", "contact 7, 2026-11-22"),
    ]


def test_the_contacts_of_one_row_stand_each_where_they_belong(tmp_path: Path) -> None:
    """A row of several contacts is one row, in the file that needs a person most."""
    text = HEAD + f"{A} / {B},Jean\n{B} / {C},Zoé\n"
    bench = bench_of(
        plan_text(tmp_path, text, options=options_of(several="all")), Scripted({B: NO}.get)
    )
    bench.apply()
    assert [(row["line"], row["number"]) for row in bench.rows("saved")] == [
        ("2", f"'{A}"),
        ("3", f"'{C}"),
    ]
    assert [(row["_line"], row["_problem"]) for row in bench.rows("errors")] == [
        ("2", f"'{B}: The gateway rejected this contact: BAD phone =1+1")
    ]
    assert [row["why"] for row in bench.rows("skipped")] == ["dup_in_file"]
    said = bench.said()
    assert said["rows"] == {
        "saved": 1, "errors": 1, "in_doubt": 0, "skipped": 0, "unsent": 0, "blank": 0,
    }  # fmt: skip
    assert said["contacts"] == {"saved": 2, "errors": 1, "in_doubt": 0, "skipped": 1, "unsent": 0}


def test_w18_whoever_is_forgotten_leaves_the_files(tmp_path: Path) -> None:
    """W18: written again after `forget`, no file for people has the number or the name."""
    bench = applied(tmp_path)
    with open_ledger(tmp_path / "data", bench.loads.clock) as ledger:
        ledger.contacts.forget(B)
        ledger.contacts.forget(A)
    folder = bench.write()
    assert [row["why"] for row in bench.rows("skipped")].count("forgotten") == 3
    for name in ("saved", "errors", "in_doubt", "skipped", "unsent", "name_changes"):
        path = folder / f"{name}.csv"
        text = path.read_text("utf-8-sig") if path.exists() else ""
        assert not {A, B, "Bob"} & set(text.replace("'", "").replace(";", "\n").split("\n"))


def test_o01_no_cell_of_any_file_is_run_by_a_spreadsheet(tmp_path: Path) -> None:
    """O01: a name, words of the gateway, a reason: what begins as a formula gets a leading '."""
    names = ["=cmd|'/c calc'!A0", "+1", "-1", "@x", "=2"]
    numbers = [A, B, C, D, "+33612345681"]
    text = HEAD + "".join(f"{number},{name}\n" for number, name in zip(numbers, names, strict=True))
    answers = {B: outcome(Verdict.REJECTED, "=1+1"), C: outcome(Verdict.IN_DOUBT, "@SUM(1)")}
    keeping = options_of(names=NameRules(formula="keep"))
    bench = bench_of(plan_text(tmp_path, text, options=keeping), Scripted(answers.get))
    with open_ledger(tmp_path / "data", bench.loads.clock) as ledger:
        ledger.suppression.add([D], reason="1+2", source="-s")
    bench.apply(limit=3)
    assert bench.rows("saved")[0]["name"] == "'=cmd|'/c calc'!A0"
    assert bench.rows("in_doubt")[0]["why"] == "'@SUM(1)"
    assert bench.rows("skipped")[0]["detail"] == "'-s: 1+2"
    for path in bench.plan.folder.glob("*.csv"):
        if path.name != "contacts.csv":  # what will be sent, for this program alone
            rows = csv.reader(path.read_text("utf-8-sig").splitlines())
            assert not [c for row in rows for c in row if c.startswith(("=", "+", "-", "@"))]


def test_a_row_that_is_lost_is_a_bug(tmp_path: Path) -> None:
    """Rows that do not add up are never told as if they did; the files stay as they were."""
    bench = applied(tmp_path)
    before = bench.said("manifest")
    bench.plan.counts["ready"] += 1  # type: ignore[index]
    with pytest.raises(AssertionError, match="rows do not add up"):
        bench.write()
    assert bench.said("manifest") == before
    assert not list(bench.plan.folder.glob(".part-*"))


def test_every_problem_says_what_to_do() -> None:
    """Each code of a problem has its advice, and nothing else has."""
    assert set(what_to_do()) == {code for code in sentences() if code.startswith("E_")}

"""The report of a contact import: what it says, safely, and that it needs nothing."""

import re
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import importing
from pipeline.contacts.values import NameRules
from pipeline.emulator.cast import HOSTILE
from pipeline.gateway.outcome import Verdict
from pipeline.ledger.ledger import open_ledger
from pipeline.report.imports import import_page
from pipeline.report.voice import Voice
from support.contacts import Held, History, options_of, plan_text
from support.pages import Page
from support.results import ResultsBench, bench_of
from support.scripted import DOUBT, Scripted, outcome
from support.words import said

A, B, C, D = "+33612345678", "+33766666666", "+33612345679", "+33612345680"
HEAD = "phone,name\n"
TEXT = HEAD + f"{A},Ana\n{B},Bob\n{C},Zoé\nO612345680,Ève\n06 12 34 56 80,Max\n,\n"


def reported(folder: Path, text: str = TEXT, **answers: object) -> tuple[ResultsBench, str]:
    """Apply a plan of a text and return the page of its run."""
    keeping = options_of(names=NameRules(formula="keep"))
    given_ = {e164: answers.get(who) for who, e164 in (("b", B), ("c", C))}
    bench = bench_of(plan_text(folder, text, options=keeping), Scripted(given_.get))  # type: ignore[arg-type]
    bench.page = partial(import_page, language="en", timezone="Europe/Paris")
    bench.apply()
    return bench, (bench.plan.folder / "report.html").read_text("utf-8")


def test_the_page_says_what_became_of_the_list(tmp_path: Path) -> None:
    """Verdict, numbers, problems, doubts, commands; times are local, numbers masked."""
    no = outcome(Verdict.REJECTED, f"bad number {B}")
    bench, text = reported(tmp_path, b=no, c=DOUBT)
    words = " ".join(Page(text).words.split())
    assert "2 of 4 contacts are saved by this plan; nobody waits." in words
    assert "A person must decide: 2 rows to mend, 1 contacts in doubt." in words
    for place, rows in (("Saved", 2), ("To mend", 2), ("In doubt", 1), ("Blank", 1), ("All", 6)):
        assert f"{place} {rows}" in words
    assert "E_GATEWAY_REJECTED" in words
    assert "+336****5679" in words
    assert f"sms24 contacts resolve {bench.plan.id} --assume-saved" in words
    assert f"sms24 contacts rejects {bench.plan.id}" in words
    assert "22 Nov 2026, 22:14" in words
    assert bench.plan.file_sha256 in words
    for number in (A, B, C, D):
        assert number[1:] not in text


def test_a_list_that_is_done_says_so(tmp_path: Path) -> None:
    """Where everybody is saved there is nothing to do, and no empty section."""
    text = reported(tmp_path, HEAD + f"{A},Ana\n")[1]
    words = " ".join(Page(text).words.split())
    assert "1 of 1 contacts are saved by this plan; nobody waits." in words
    assert "The list is done." in words
    for title in ("In doubt</h2>", "Problems</h2>", "Names that differ</h2>", "Repairs</h2>"):
        assert title not in text


@pytest.mark.parametrize(
    ("text", "words"),
    [(HEAD, "Nothing to send"), (HEAD + f"{A},Ana\n", "Nothing is sent yet: one contact waits.")],
)
def test_a_plan_that_was_never_applied_has_a_page(tmp_path: Path, text: str, words: str) -> None:
    """Without a run, and without a row, the page says that nothing was sent."""
    bench = bench_of(plan_text(tmp_path, text))
    with open_ledger(tmp_path / "data", bench.loads.clock) as ledger:
        folder = importing.write_results(bench.plan, ledger, clock=bench.loads.clock)
    assert words in (folder / "report.html").read_text("utf-8")
    assert "report.html" in {found["name"] for found in bench.said("manifest")["files"]}


def test_a_load_that_stopped_says_why(tmp_path: Path) -> None:
    """The reason of a stop, and what to do about it, stand before the first number."""
    text = HEAD + "".join(f"06123456{n},P\n" for n in range(10, 30))
    bench = bench_of(plan_text(tmp_path, text), Scripted(lambda _: outcome(Verdict.STOP, "403")))
    bench.page = partial(import_page, language="en", timezone="UTC")
    stop = bench.apply().stop
    assert stop
    words = " ".join(Page((bench.plan.folder / "report.html").read_text("utf-8")).words.split())
    assert "Stopped before the end: 0 of 20 contacts are saved, 20 wait." in words
    assert words.index(stop.message) < words.index("What became of the list")


def test_o01_hostile_texts_are_text(tmp_path: Path) -> None:
    """O01: names and words of the gateway that are markup or formulas are only shown."""
    markup = "<script>alert(1)</script>"
    text = HEAD + f"{A},=cmd|'/c calc'!A0\n{B},{markup}\n{C},{markup}\nO6{markup},x\n"
    page = reported(tmp_path, text, b=outcome(Verdict.REJECTED, markup))[1]
    assert [tag for tag, _ in Page(page).tags].count("script") == 1  # our own
    assert "&lt;script&gt;" in page
    assert "=cmd|" not in page.split("<main")[0]


@settings(deadline=None)  # the first page compiles its templates
@given(st.sampled_from(HOSTILE) | st.text(max_size=80))
def test_any_text_in_any_field_is_text(text: str) -> None:
    """Whatever the fields of report.json hold, the page has the tags that it always has."""
    plain, hostile = Page(page_with("x")), Page(page_with(text))
    assert [tag for tag, _ in hostile.tags] == [tag for tag, _ in plain.tags]


def page_with(text: str) -> str:
    """Return a page with a text in every field that is text."""
    at = "2026-11-22T21:14:00+00:00"
    places = dict.fromkeys(("saved", "errors", "in_doubt", "unsent", "skipped"), 1)
    problem = {"code": text, "what": text, "to_do": text, "rows": 9, "lines": [2]}
    files = (*places, "name_changes")
    return import_page(
        {
            "plan": text, "tag": text, "tag_id": 3, "state": "unsent",
            "stop": {"kind": "login", "message": text, "advice": text},
            "file": {
                "path": f"/x/{text}", "sha256": text, "size": 3, "encoding": text,
                "is_encoding_guessed": True,
            },
            "region": text or "FR", "fingerprint": text, "planned_at": at, "planned_by": text,
            "numbers_version": text, "records": 6, "to_send": 4,
            "rows": {**places, "blank": 1}, "contacts": places, "skipped": {text: 2},
            "problems": [{**problem, "details": [text or "y"]}],
            "repairs": [
                {**problem, "examples": [{"line": 2, "before": text, "after": text}]}
            ],
            "countries": [{"country": text, "kind": text, "contacts": 1}],
            "other_tags": {text: 2},
            "in_doubt": [{"line": 2, "number": text, "sent_at": None, "why": text}],
            "name_changes": [
                {"line": 2, "number": text, "old_name": text, "new_name": text, "contact_id": 1}
            ],
            "runs": [
                {"run": 1, "state": text, "began": at, "ended": at, "calls": 2, "rate": 1.5}
            ],
            "files": {f"{name}.csv": 1 for name in files},
            "written_at": at, "tool_version": text,
        },
        "en",
        "UTC",
    )  # fmt: skip


def test_the_page_speaks_french(tmp_path: Path) -> None:
    """In French no sentence of ours is English; a language that nobody wrote is English."""
    bench = bench_of(plan_text(tmp_path, HEAD + f"{A},Ana\nnot a number,Bob\n"))
    bench.page = partial(import_page, language="fr", timezone="UTC")
    page = (bench.write() / "report.html").read_text("utf-8").split("<body>")[1]
    words = " ".join(Page(page).words.split())
    assert "Rien n'est encore envoyé : 1 contact attend." in words
    assert "Lignes qu'une personne peut corriger" in words
    english = [text for text in said() if isinstance(text, str) and len(text) > 16]
    french = Voice("fr")
    assert [text for text in english if french.term(text) != text and text in words] == []
    bench.page = partial(import_page, language="xx", timezone="UTC")
    assert "Nothing is sent yet" in (bench.write() / "report.html").read_text("utf-8")


def test_the_page_asks_for_nothing(tmp_path: Path) -> None:
    """No address, no style, no script from elsewhere; the policy would stop them."""
    page = Page(reported(tmp_path, c=DOUBT)[1])
    assert not {"link", "img", "iframe", "form"} & {tag for tag, _ in page.tags}
    assert not [
        v for _, a in page.tags for n, v in a.items() if n in {"src", "href"} and v != "#content"
    ]
    policy = next(a for t, a in page.tags if t == "meta" and a.get("http-equiv"))
    assert str(policy["content"]).startswith("default-src 'none'")
    ids = [a["id"] for _, a in page.tags if "id" in a]
    assert len(set(ids)) == len(ids)


def test_the_bar_is_as_wide_as_the_list(tmp_path: Path) -> None:
    """The parts of the bar stand one behind the other and fill it."""
    text = reported(tmp_path, b=outcome(Verdict.REJECTED, "no"), c=DOUBT)[1]
    bar = text[text.index('<svg class="bar"') :].split("</svg>")[0]
    parts = [(float(x), float(w)) for x, w in re.findall(r'x="([\d.]+)%" width="([\d.]+)%"', bar)]
    ends = [0.0, *(x + width for x, width in parts)]
    assert [x for x, _ in parts] == pytest.approx(ends[:-1], abs=0.01)
    assert ends[-1] == pytest.approx(100, abs=0.01)


def test_doubts_of_earlier_loads_count_in_the_verdict(tmp_path: Path) -> None:
    """A row that was in doubt before the plan still needs a person."""
    history = History(contacts={A: Held("in_doubt")})
    bench = bench_of(plan_text(tmp_path, HEAD + f"{A},Ana\n", history))
    bench.page = partial(import_page, language="en", timezone="UTC")
    text = (bench.write() / "report.html").read_text("utf-8")
    assert "Earlier loads left one more contact of the list in doubt" in text

"""`sms24 contacts plan` and `rejects` as a new user meets them."""

import json
import socket
from pathlib import Path

import polars as pl
import pytest

from pipeline.cli.contacts_shown import show
from pipeline.cli.main import main
from pipeline.contacts.frozen import load_plan
from support.contacts import Held, History, plan_text

FIRST = ("Élodie", "François", "Zoé", "Jean-Luc", "Anaïs", "Hélène", "Benoît", "Chloé")
LAST = ("Lefèvre", "Müller", "Dupont", "N’Diaye", "Garçon", "Bélanger", "Œuvrard")  # noqa: RUF001
BAD = (
    "Paul;Petit;4,91512E+12;Lyon",
    "Rose;Blanc;06 12 34 56;Lyon",
    "Luc;Noir;;Lille",
    "Ève;Roux;O612345678;Nice",
    "Max;Vert;01 23 45 67 89;Nice",
    "=cmd|'/c calc'!A0;;06 12 34 56 79;Metz",
    "Guy;Gris;0612345680;Brest;rue de Siam",
    "Lou;Rose;212612345678;Rabat",
    "Tom;Bleu;0692123456;St-Denis",
    "Eva;Brun;06 12 34 56 78 poste 12;Dax",
    "Ali;Or;0890123456;Pau",
    '"Léa" A;Or;06 12 34 56 81;Pau',
)
PLAN = ("contacts", "plan", "clients.csv", "--tag", "Clients 2026")


@pytest.fixture
def clients(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Write what a French Excel saves, with 12 bad rows, into the current folder; no network."""

    def refuse(*_: object) -> None:
        raise AssertionError("the network was asked")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.chdir(tmp_path)
    rows = [
        f"{FIRST[at % 8]};{LAST[at * 5 % 7]};06 2{at // 10} {10 + at} 47 {53 * at % 90 + 10};Paris"
        for at in range(60)
    ]
    for at, bad in enumerate(BAD):
        rows.insert(4 + 4 * at, bad)
    rows += [";;;", "Zoé;Kahn;33612345692,00;Sète", "Élodie;Lefèvre;+33620104710;Paris"]
    text = "".join(f"{row}\r\n" for row in ("Prénom;Nom;Tél. mobile;Ville", *rows))
    path = tmp_path / "clients.csv"
    path.write_bytes(text.encode("cp1252"))
    return path


def plan_id_of(folder: Path) -> str:
    """Return the id of the newest plan."""
    runs = (folder / "data" / "runs").iterdir()
    return max(runs, key=lambda path: path.stat().st_mtime_ns).name


def test_a_french_list_is_planned_mended_and_planned_again(
    clients: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Twelve bad rows of a cp1252 file are named with their lines, mended, and become contacts."""
    folder = clients.parent
    assert main([*PLAN, "--region", "FR"]) == 5
    said = capsys.readouterr().out
    first = plan_id_of(folder)
    for words in (
        "cp1252 (guessed), semicolon, CRLF",
        "61  ready",
        "12  rejected",
        "75  in all",
        "336******92,00 -> +336****5692",
        "would be +262... (RE)",
        "61 for contacts, 1 for the tag; none made yet: 12 s at 5 a second",
        "cannot be undone by the API",
        f"sms24 contacts apply {first}",
    ):
        assert words in said
    assert main(["contacts", "rejects", first]) == 0
    errors = folder / "clients.errors.csv"
    text = errors.read_text("utf-8-sig")
    assert len(text.splitlines()) == 13
    mended = text.replace("4,91512E+12", "06 12 34 56 70").replace("O612345678", "0612345671")
    errors.write_bytes(mended.encode("cp1252"))
    plan = ["contacts", "plan", str(errors), "--tag", "Clients 2026", "--region", "FR"]
    assert main(plan) == 5
    assert "2 mended, 10 still wrong" in capsys.readouterr().out
    contacts = load_plan(folder / "data", plan_id_of(folder)).contacts()
    assert [(c.e164, c.name) for c in contacts] == [
        ("+33612345670", "Paul Petit"),
        ("+33612345671", "Ève Roux"),
    ]


@pytest.mark.parametrize("columns", [80, 120])
def test_nothing_is_wider_than_the_screen_and_no_number_is_whole(
    clients: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    columns: int,
) -> None:
    """Each line fits, and no number to send to is on the screen or in the JSON."""
    monkeypatch.setenv("COLUMNS", str(columns))
    main([*PLAN, "--region", "FR"])
    main([*PLAN, "--region", "FR", "--json"])
    said = capsys.readouterr()
    shown = said.out.partition("\n{\n")[0]
    assert max(map(len, shown.splitlines())) <= columns
    digits = "".join(c for c in said.out + said.err if c.isdigit() or c == "\n")
    plan = load_plan(clients.parent / "data", plan_id_of(clients.parent))
    assert not any(contact.e164[3:] in digits for contact in plan.contacts())


def test_programs_are_told_the_same(clients: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The JSON has the id of the plan under `plan`, and sums that add up."""
    assert main([*PLAN, "--region", "FR", "--json"]) == 5
    found = json.loads(capsys.readouterr().out)
    assert found["plan"] == plan_id_of(clients.parent)
    assert found["rows"] == {"ready": 61, "rejected": 12, "dup_in_file": 1, "blank": 1}
    assert (found["records"], found["calls"], found["eta_seconds"]) == (75, 62, 12)
    assert sum(problem["rows"] for problem in found["problems"]) == found["errors"] == 12
    rows = pl.read_parquet(Path(found["folder"]) / "rows.parquet")
    assert rows.height == 74


@pytest.mark.parametrize(
    ("flags", "code", "words"),
    [
        ([], 5, "E_PHONE_NO_REGION"),
        (["--region", "UK"], 2, "GB for the United Kingdom"),
        (["--region", "FR", "--map", "tel=3"], 2, "--map cannot be"),
        (["--region", "FR", "--encoding", "cp9"], 2, "no encoding"),
        (["--region", "FR", "--map", "phone=Ville"], 5, "E_PHONE_LETTERS"),
        (["--region", "FR", "--name", "{{ Prénom }} ({{ Ville }})"], 5, "12  rejected"),
        (["--region", "FR", "--name", "Vile"], 2, "there is no column 'Vile'"),
        (["--region", "FR", "--name", "{{ x }}"], 2, "the template of the name"),
        (["--region", "FR", "--require-consent"], 2, "consent"),
    ],
)
def test_what_is_asked_is_done_or_refused_in_a_sentence(
    clients: Path, capsys: pytest.CaptureFixture[str], flags: list[str], code: int, words: str
) -> None:
    """An option works, or ends in exit code 2 with what to do; a refusal leaves no plan."""
    assert main([*PLAN, *flags]) == code
    said = capsys.readouterr()
    assert words in said.out + said.err
    runs = clients.parent / "data" / "runs"
    assert not runs.exists() or len(list(runs.iterdir())) == (code == 5)


def test_a_data_folder_that_cannot_be_written_is_told(
    clients: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the data folder is a file, the plan ends in 2 and says so."""
    monkeypatch.setenv("SMS24_DATA_DIR", str(clients))
    assert main([*PLAN, "--region", "FR"]) == 2
    assert "cannot be written" in capsys.readouterr().err


def test_a_clean_list_ends_in_0(
    clients: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A list without trouble ends in 0, and has no rejects; a missing one ends in 2."""
    clients.write_text("téléphone,nom\n0612345678,Zoé\n", encoding="utf-8")
    assert main([*PLAN, "--region", "fr"]) == 0
    assert main(["contacts", "rejects", plan_id_of(clients.parent)]) == 0
    assert "No row of this plan is rejected." in capsys.readouterr().out
    clients.unlink()
    assert main([*PLAN, "--region", "FR"]) == 2
    assert main(["contacts", "rejects", "x"]) == 2


def test_what_the_ledger_knows_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Contacts in doubt, of another tag or name, and hostile titles are told in lines that fit."""
    monkeypatch.setenv("COLUMNS", "80")
    history = History(
        contacts={"+33612345678": Held("in_doubt"), "+33612345679": Held("saved", "Other")},
        others={"+33766666666": ["Old\033[31m", "B" * 90]},
        doubts=6,
    )
    text = "phone,name\n0612345678,Jean\n0612345679,Zoé\n0766666666,Al\n,Eve\n"
    show(plan_text(tmp_path, text, history), 5)
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= 80
    assert "In doubt  1 of this file, 7 in all (sms24 contacts resolve)" in lines
    assert sum(line.startswith("Overlap   1 also in ") for line in lines) == 2
    said = "\n".join(lines)
    assert "\033" not in said
    assert "Calls     1 for contacts; none made yet: 1 s at 5 a second" in said

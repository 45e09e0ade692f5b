"""Which column is what: known exports, headers in many languages, content (R16, R23, R24)."""

from pathlib import Path

import pytest

from pipeline.contacts.columns import columns_of
from pipeline.contacts.headers import phone_kind, variables_of
from pipeline.contacts.mapping import Given, map_columns
from pipeline.contacts.reading.source import sample_of
from pipeline.errors import UsageError
from support.exports import (
    GOOGLE_2024,
    GOOGLE_OLD,
    GOOGLE_OUTLOOK,
    OUTLOOK_COM,
    OUTLOOK_DE,
    OUTLOOK_EN,
    OUTLOOK_FR,
    THUNDERBIRD,
)
from support.reading import mapped, source_of

OUTLOOK_ORDER = [
    "Mobile Phone",
    "Primary Phone",
    "Other Phone",
    "Car Phone",
    "Home Phone",
    "Home Phone 2",
    "Business Phone",
    "Business Phone 2",
]


def test_r16_a_header_that_stands_twice_is_asked_about(tmp_path: Path) -> None:
    """R16: of two columns `phone` none is guessed; the error names positions and what to say."""
    with pytest.raises(UsageError, match=r"E_HEADER_AMBIGUOUS.* 1 \(phone\) and 2 \(phone\)") as no:
        mapped(tmp_path, "phone,phone,\n0612345678,0766666666,Jean\n")
    assert "--map" in no.value.advice


@pytest.mark.parametrize(
    ("text", "positions"),
    [
        ("phone,,name\n0612345678,x,Jean\n", r"column 2 \(no header\)"),
        ("Phone,phone ,name\n0612345678,0766666666,Jean\n", r"1 \(Phone\) and 2 \(phone\)"),
        ("tel,téléphone,nom\n0612345678,0766666666,A\n", r"1 \(tel\) and 2 \(téléphone\)"),
        ("tel,name,full name,Name\n0612345678,A,B,C\n", r"2 \(name\) and 4 \(Name\)"),
        ("0612345678,0766666666\n0611111111,0622222222\n", r"1 .* and 2 "),
        ("0612345678,Jean,Paris\n0611111111,Zoé,Lyon\n", r"2 .* and 3 "),
        (GOOGLE_2024 + ",Phone 1 - Value\n" + "x," * 20 + "0612345678,,,1\n", r"21 .* and 24"),
    ],
    ids=["blank", "colliding", "synonyms", "names", "content", "names-by-content", "profile"],
)
def test_r16_what_fits_two_columns_is_asked_about(
    tmp_path: Path, text: str, positions: str
) -> None:
    """R16: blank, colliding and alike columns are never guessed, by header or by content."""
    with pytest.raises(UsageError, match=f"E_HEADER_AMBIGUOUS.*{positions}"):
        mapped(tmp_path, text)


def test_r16_what_a_person_says_is_not_asked_again(tmp_path: Path) -> None:
    """R16: columns given by position settle headers that are double or blank."""
    given = Given(phones=("2",), names=(("3",),))
    found = mapped(tmp_path, "phone,phone,\n0612345678,0766666666,Jean\n", given)
    assert (found.phones, found.names) == ((1,), ((2,),))


@pytest.mark.parametrize(
    ("header", "profile", "phones", "name"),
    [
        (
            GOOGLE_2024,
            "google-2024",
            ["Phone 1 - Value", "Phone 2 - Value"],
            "First Name Last Name",
        ),
        (GOOGLE_OLD, "google-old", ["Phone 1 - Value", "Phone 2 - Value"], "Name"),
        (GOOGLE_OUTLOOK, "google-outlook", OUTLOOK_ORDER, "First Name Last Name"),
        (OUTLOOK_COM, "outlook-com", OUTLOOK_ORDER, "First Name Last Name"),
        (OUTLOOK_EN, "outlook-en", OUTLOOK_ORDER, "First Name Last Name"),
        (
            OUTLOOK_FR,
            "outlook-fr",
            [
                "Tél. mobile",
                "Téléphone principal",
                "Téléphone (autre)",
                "Téléphone (voiture)",
                "Téléphone (domicile)",
                "Téléphone 2 (domicile)",
                "Téléphone (bureau)",
                "Téléphone 2 (bureau)",
            ],
            "Prénom Nom",
        ),
        (
            OUTLOOK_DE,
            "outlook-de",
            [
                "Mobiltelefon",
                "Haupttelefon",
                "Autotelefon",
                "Telefon privat",
                "Telefon privat 2",
                "Telefon geschäftlich",
                "Telefon geschäftlich 2",
            ],
            "Vorname Nachname",
        ),
        (THUNDERBIRD, "thunderbird", ["Mobile Number", "Home Phone", "Work Phone"], "Display Name"),
    ],
    ids=lambda value: value if isinstance(value, str) and len(value) < 20 else "",
)
@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "utf-16"])
def test_r23_a_known_export_is_mapped_by_itself(
    tmp_path: Path, header: str, profile: str, phones: list[str], name: str, encoding: str
) -> None:
    """R23: each known export gives its numbers in order and its name; a fax is never among them."""
    delimiter = ";" if ";" in header else ","
    names = header.split(delimiter)
    row = [
        h if h in name.split(" ") or h in ("First Name", "Last Name", name) else "" for h in names
    ]
    source = source_of(tmp_path, header + "\n" + delimiter.join(row) + "\n", encoding)
    found = map_columns(source.facts, sample_of(source))
    assert found.profile == profile
    assert [names[column] for column in found.phones] == phones
    assert found.name_of(row) == name
    faxes = {at for at, text in enumerate(names) if phone_kind(text) and "ax" in text}
    assert faxes.isdisjoint(found.phones)


def test_r23_googles_labels_say_which_number_is_best(tmp_path: Path) -> None:
    """R23: Google names the kind of each number beside it: mobile first, fax and pager never."""
    head = GOOGLE_2024 + ",Phone 3 - Label,Phone 3 - Value,Phone 4 - Label,Phone 4 - Value\n"
    cells = "Work Fax,0100000001,Home,0100000002,* Mobile,0612345678,Pager,0100000003\n"
    source = source_of(tmp_path, head + "Jean," + "," * 18 + cells)
    sample = sample_of(source)
    found = map_columns(source.facts, sample)
    assert found.phones_of(sample[0].cells) == ("0612345678", "0100000002")


@pytest.mark.parametrize(
    ("header", "phones", "name"),
    [
        ("Tel,Nom", [0], "b"),
        ("Nom,Prénom,Portable,Fax", [2], "b a"),
        ("Name,Vorname,Handy,Telefon", [2, 3], "b a"),
        ("Name,Last Name,Tel", [2], "a b"),
        ("Nom,Téléphone fixe,Téléphone mobile", [2, 1], "a"),
        ("Full Name,phoneNumber", [1], "a"),
        ("msisdn,fullname", [0], "b"),
        ("numéro,raison sociale", [0], "b"),
        ("رقم,الاسم", [0], "b"),
        ("Телефон,ФИО", [0], "b"),
        ("nombre,apellidos,celular", [2], "a b"),
        ("cognome,nome,cellulare", [2], "b a"),
        ("first,last,home phone,mobile,work phone,tel,other phone", [3, 5, 6, 2, 4], "a b"),
        ("whatsapp,name,pager", [0], "b"),
        ("tel 2,tel 1,name", [1, 0], "c"),
        ("Phone,Phone Type,Country Code,Name", [0], "d"),
        ("assistant phone,phone,name", [1], "c"),
        ("phone,name,consent_date,consent source", [0], "b"),
    ],
)
def test_r23_headers_of_no_known_export_are_understood(
    tmp_path: Path, header: str, phones: list[int], name: str
) -> None:
    """R23: words for number and name in many languages map a file; the better kind goes first."""
    cells = [chr(97 + at) for at in range(header.count(",") + 1)]
    found = mapped(tmp_path, header + "\n" + ",".join(cells) + "\n")
    assert list(found.phones) == phones
    assert found.name_of(cells) == name
    assert (found.consent_date, found.consent_source) == (
        (2, 3) if "consent" in header else (None,) * 2
    )


def test_r23_a_name_that_holds_the_given_name_is_whole(tmp_path: Path) -> None:
    """R23: `Name` beside `First Name` is the family name, unless its cells hold the first name."""
    whole = mapped(tmp_path, "Name,First Name,Tel\nJean Dupont,Jean,0612345678\n")
    assert whole.name_of(("Jean Dupont", "Jean", "")) == "Jean Dupont"
    part = mapped(tmp_path, "Name,First Name,Tel\nDupont,Jean,0612345678\n")
    assert part.name_of(("Dupont", "Jean", "")) == "Jean Dupont"


def test_r23_columns_without_a_telling_header_are_mapped_by_content(tmp_path: Path) -> None:
    """R23: where no header says so, the one column of numbers is the number."""
    assert mapped(tmp_path, "a,b\nx,0612345678\ny,0766666666\n").phones == (1,)
    bare = mapped(tmp_path, "0612345678,Jean,1\n0766666666,Zoé,2\n")
    assert (bare.phones, bare.names) == ((0,), ((1,),))
    with pytest.raises(UsageError, match="no column holds telephone numbers"):
        mapped(tmp_path, "a,fax\nx,0612345678\n")


def test_r24_blanks_around_headers_and_cells_do_not_matter(tmp_path: Path) -> None:
    """R24: headers with blanks, no-break blanks, quotes and other case are matched."""
    found = mapped(tmp_path, " Télé\u00a0phone ,\u00a0'Nom' \n 0612345678 , Jean \n")
    assert mapped(tmp_path, " TÉL\u00a0 mobile ,\u00a0'Nom' \n 0612345678 , Jean \n").phones == (0,)
    assert found.name_of((" 0612345678 ", " Jean ")) == "Jean"
    assert found.phones == (0,)


def test_swapped_columns_are_refused(tmp_path: Path) -> None:
    """Where most names are numbers and most numbers are not, the mapping is refused."""
    with pytest.raises(UsageError, match="E_MAPPING_SWAPPED"):
        mapped(tmp_path, "name,phone\n0612345678,Jean\n0766666666,Zoé\n")
    assert mapped(tmp_path, "name,phone\n0612345678,0612345678\n0766666666,\n").phones == (1,)


def test_a_column_that_a_person_names_must_be_there(tmp_path: Path) -> None:
    """A header or position that the file has not is refused with the columns that it has."""
    for name in ("nothing", "0", "3"):
        with pytest.raises(UsageError, match="there is no column") as no:
            mapped(tmp_path, "phone,name\n0612345678,Jean\n", Given(phones=(name,)))
        assert "phone, name" in no.value.advice


def test_a_person_sees_how_full_a_column_is_and_its_first_cell(tmp_path: Path) -> None:
    """The example of a column is its first cell that holds anything, not that of the first row."""
    source = source_of(tmp_path, "phone,name\n0612345678,\n0766666666,Zoé\n")
    found = columns_of(source.facts, sample_of(source))
    assert [(c.position, c.header, c.filled, c.example) for c in found] == [
        (1, "phone", 1.0, "0612345678"),
        (2, "name", 0.5, "Zoé"),
    ]


def test_a_template_names_columns_by_plain_words() -> None:
    """Columns are called in templates as their headers are, without accents and blanks."""
    header = ("First Name", "Prénom", "Phone 1 - Value", "", "first name", "2nd")
    assert variables_of(header) == (
        "first_name",
        "prenom",
        "phone_1_value",
        "column_4",
        "column_5",
        "column_6",
    )

"""A mapping is kept beside the plan, and means the same when it is given back."""

from pathlib import Path

import pytest

from pipeline.contacts.mapping import Given, map_columns
from pipeline.contacts.mapping_file import mapping_path, read_mapping, write_mapping
from pipeline.contacts.reading.source import sample_of
from pipeline.errors import UsageError
from support.reading import mapped, source_of


def test_a_mapping_is_kept_and_read_back(tmp_path: Path) -> None:
    """A mapping written as TOML and given back means the same columns."""
    head = 'tel,"a ""b"" \\ é\x7f",,tel mobile,prénom,nom\n'
    text = head + "0612345678,0612345678,0612345678,0612345678,A,B\n"
    given = Given(phones=("4", "tel", "3", "2"), names=(("prénom", "nom"), ("2",)))
    source = source_of(tmp_path, text)
    sample = sample_of(source)
    found = map_columns(source.facts, sample, given)
    path = mapping_path(tmp_path / "contacts.csv")
    assert path.name == "contacts.mapping.toml"
    write_mapping(path, found, source.facts.header)
    assert map_columns(source.facts, sample, read_mapping(path)) == found


def test_a_mapping_with_a_template_is_read_back(tmp_path: Path) -> None:
    """A template for the name is kept as it is, and stands in place of columns."""
    given = Given(template='{{ first }}\n"{{ last }}" 😀')
    found = mapped(tmp_path, "phone,first,last\n0612345678,A,B\n", given)
    assert (found.template, found.names) == (given.template, ())
    write_mapping(tmp_path / "m.toml", found, ("phone", "first", "last"))
    assert read_mapping(tmp_path / "m.toml") == Given(phones=("phone",), template=given.template)


@pytest.mark.parametrize("text", ["phones = 3\n", "phone = ['a']\n", "phones = [\n", "\xff"])
def test_a_mapping_that_means_nothing_is_refused(tmp_path: Path, text: str) -> None:
    """A damaged mapping file, an unknown key or a wrong value is a usage error."""
    (tmp_path / "m.toml").write_bytes(text.encode("latin-1"))
    with pytest.raises(UsageError, match="cannot be read"):
        read_mapping(tmp_path / "m.toml")

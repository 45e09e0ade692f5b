"""`sms24 contacts rebuild`: a new tag takes the place of an old one, which is then given up."""

from pathlib import Path

import pytest

from pipeline.contacts.applied import Applied
from pipeline.contacts.frozen import load_plan
from pipeline.ledger.values import Tag
from support.decide import Office
from support.ledger import ANNA, BOB, DOUBT, REFUSED
from support.loads import LoadBench, Somebody, numbered
from support.scripted import DOUBT as UNKNOWN
from support.scripted import Scripted

REBUILD = ("rebuild", "--tag", "Clients", "--new-tag", "Clients 2")


@pytest.fixture
def office(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Office:
    """Return a folder whose tag has 100 saved contacts and 5 in doubt."""
    monkeypatch.chdir(tmp_path)
    office = Office(tmp_path, capsys)
    people = {person.e164: person.name for person in numbered(105)}
    names = list(people.items())
    office.fill(dict(names[:5]), dict(names[5:]))
    return office


def applied(office: Office, plan_id: str, gateway: Scripted, **options: int) -> Applied:
    """Apply a plan as it lies on the disk."""
    plan = load_plan(office.data, plan_id)
    plan.refuse_changed_file()
    assert plan.total == len(list(plan.contacts()))
    return LoadBench(office.data, gateway=gateway).apply(plan, **options)


def old_tag(office: Office) -> Tag:
    """Return the first tag."""
    with office.desk() as desk:
        return desk.ledger.tags.get(1)


def test_w17_everybody_goes_to_the_new_tag_and_the_old_one_is_abandoned(office: Office) -> None:
    """W17: of 100 saved and 5 in doubt 105 are sent, and only then the old tag is given up."""
    found = office.answer(*REBUILD)
    assert (found["to_send"], found["is_done"]) == (105, False)
    gateway = Scripted(titles=["Clients"])
    assert applied(office, found["plan"], gateway, limit=50).saved == 50
    assert old_tag(office).state == "saved"
    assert applied(office, found["plan"], gateway).saved == 55
    assert (len(gateway.sent), set(gateway.saved.values())) == (105, {1})
    tag = old_tag(office)
    assert (tag.state, tag.note) == ("abandoned", "rebuilt as 'Clients 2'")
    assert office.answer(*REBUILD)["is_done"]
    assert office.call("rebuild", "--tag", "Clients", "--new-tag", "Clients 3")[0] == 2


def test_a_plan_of_the_old_tag_names_it_as_well(office: Office) -> None:
    """The old tag may be named by the plan that filled it."""
    first = office.answer(*REBUILD)["plan"]
    applied(office, first, Scripted(titles=["Clients"]))
    found = office.answer("rebuild", first, "--new-tag", "Clients 3")
    assert (found["tag"], found["to_send"]) == ("Clients 2", 105)


def test_who_is_not_wanted_is_left_behind(office: Office) -> None:
    """Who was rejected, dropped, forgotten, or is suppressed by now, does not go along."""
    with office.desk() as desk:
        desk.send(REFUSED, Somebody(ANNA, "Anna"))
        desk.send(DOUBT, Somebody(BOB, "Bob"))
        desk.ledger.contacts.resolve(desk.tag.id, [BOB], "drop", "a person says so")
        desk.ledger.contacts.forget(numbered(1)[0].e164)
        desk.ledger.suppression.add([numbered(2)[1].e164], reason="STOP", source="typed")
    found = office.answer(*REBUILD)
    assert found["to_send"] == 103
    applied(office, found["plan"], Scripted(titles=["Clients"]))
    assert old_tag(office).state == "abandoned"


def test_a_doubt_in_the_new_tag_keeps_the_old_one_until_it_is_resolved(office: Office) -> None:
    """While nobody knows whether the new tag has everybody the old one stays in use."""
    plan_id = office.answer(*REBUILD)["plan"]
    lost = numbered(9)[8].e164
    gateway = Scripted(titles=["Clients"], answers=lambda phone: UNKNOWN if phone == lost else None)
    assert applied(office, plan_id, gateway).in_doubt == 1
    assert old_tag(office).state == "saved"
    found = office.answer(*REBUILD, code=5)
    assert (found["to_send"], found["in_doubt"], found["plan"]) == (0, 1, None)
    office.call("resolve", "--tag", "Clients 2", "--assume-saved")
    assert office.answer(*REBUILD)["is_done"]


def test_who_came_to_the_old_tag_meanwhile_is_planned_next(office: Office) -> None:
    """A contact that was added after the plan keeps the old tag in use; again, it is sent too."""
    plan_id = office.answer(*REBUILD)["plan"]
    office.fill({}, {ANNA: "Anna"})
    gateway = Scripted(titles=["Clients"])
    applied(office, plan_id, gateway)
    assert old_tag(office).state == "saved"
    found = office.answer(*REBUILD)
    assert found["to_send"] == 1
    applied(office, found["plan"], gateway)
    assert old_tag(office).state == "abandoned"


def test_a_tag_cannot_take_its_own_place(office: Office) -> None:
    """The same title in another case, an unknown tag, or none: exit 2 and no plan."""
    for arguments in (
        ("--tag", "Clients", "--new-tag", " clients "),
        ("--tag", "Nobody", "--new-tag", "New"),
        ("--new-tag", "New"),
    ):
        assert office.call("rebuild", *arguments)[0] == 2
    assert not (office.data / "runs").exists()

"""Edits by hand: what operators do in the web UI is in effect from its instant on, never before."""

from collections.abc import Callable

import pendulum
import pytest

from pipeline.emulator.traffic import Message
from pipeline.emulator.world import Truth, World, make_world

NOW = pendulum.datetime(2026, 11, 2, 12)
EPOCH = int(NOW.timestamp())
HOUR = 3600


@pytest.fixture
def world() -> World:
    """Make an account of some hundred messages."""
    return make_world(seed=3, messages=400, days=20, now=NOW)


def one(world: World, end: int = 7, *, with_due: bool = False) -> Message:
    """Return a message that ended long ago in a status."""
    return next(
        m
        for m in world.messages
        if m.end == end and m.tells_sent and (m.due is not None) == with_due
    )


def truth(world: World, message_id: int, instant: int = EPOCH) -> Truth | None:
    """Return what is true of one message at an instant; None if it is not there."""
    found = world.messages_at(pendulum.from_timestamp(instant))
    return next((m for m in found if m.message_id == message_id), None)


def test_a_status_set_by_hand_stays(world: World) -> None:
    """A status set by hand is told from its instant on; before, and elsewhere, nothing changes."""
    message = one(world)
    sent = message.sent_at(EPOCH)
    others = [m for m in world.messages_at(NOW) if m.message_id != message.message_id]
    world.set_status(message.message_id, 9, EPOCH - HOUR)
    assert message.status_at(EPOCH - HOUR - 1) == 7
    assert {message.status_at(EPOCH - HOUR + s) for s in (0, 1, 10**7)} == {9}
    assert message.sent_at(EPOCH) == sent
    assert [m for m in world.messages_at(NOW) if m.message_id != message.message_id] == others


def test_a_status_set_by_hand_ends_a_life(world: World) -> None:
    """What is marked as failed before it was sent is never sent."""
    message = one(world)
    world.set_status(message.message_id, 9, message.left - 1)
    assert message.sent_at(EPOCH) is None
    assert message.status_at(EPOCH) == 9


def test_edits_are_a_timeline(world: World) -> None:
    """Edits count in the order of their instants, however they were given; the later given wins."""
    message = one(world)
    world.set_status(message.message_id, 9, EPOCH - HOUR)
    world.set_status(message.message_id, 8, EPOCH - 2 * HOUR)
    world.set_status(message.message_id, 10, EPOCH - HOUR)
    seen = [message.status_at(EPOCH - hours * HOUR) for hours in (3, 2, 1, 0)]
    assert seen == [7, 8, 10, 10]


def test_the_deleted_vanish_until_restored(world: World) -> None:
    """A deleted message is nowhere from its deletion to its restoration; then it is as before."""
    message_id = one(world).message_id
    before = truth(world, message_id)
    world.delete(message_id, EPOCH - 2 * HOUR)
    world.restore(message_id, EPOCH - HOUR)
    there = [truth(world, message_id, EPOCH - hours * HOUR) for hours in (3, 2, 1, 0)]
    assert there == [before, None, before, before]
    assert world.find(message_id, EPOCH - 2 * HOUR) is None
    assert world.find(message_id, EPOCH) is not None
    assert world.find(message_id) is not None
    ever = {m.message_id for m in world.between(0, EPOCH)}
    then = {m.message_id for m in world.between(0, EPOCH, EPOCH - 2 * HOUR)}
    assert ever - then == {message_id}


def test_a_late_insert_is_backdated(world: World) -> None:
    """A late insert has a new id and a time of creation long before it can be seen."""
    known = {m.message_id for m in world.between(0, 1 << 40)}
    made, device = EPOCH - 100 * HOUR, world.phones[1].device_id
    new = world.insert(made, device_id=device, sim=1, status=6, at=EPOCH - HOUR)
    assert new not in known
    assert truth(world, new, EPOCH - HOUR - 1) is None
    row = truth(world, new, EPOCH - HOUR)
    assert row is not None
    assert (row.created_at, row.status) == (pendulum.from_timestamp(made), 6)
    assert (row.device_id, row.sim) == (device, 1)
    assert row.due_at == row.sent_at == row.created_at


def test_inserts_have_ids_of_their_own(world: World) -> None:
    """No two late inserts share an id, and one that is scheduled tells when."""
    device = world.phones[0].device_id
    due = EPOCH - 50 * HOUR
    new = [world.insert(EPOCH - 99 * HOUR, device_id=device, due=due, at=EPOCH) for _ in range(3)]
    assert len(set(new)) == 3
    row = truth(world, new[0])
    assert row is not None
    assert row.due_at == pendulum.from_timestamp(due)


def test_inserts_in_an_empty_account_have_ids_of_their_own() -> None:
    """Also where no message was ever made, no two late inserts share an id."""
    empty = make_world(seed=3, messages=0, days=1, now=NOW, future_days=0)
    new = [empty.insert(EPOCH, device_id=1, at=EPOCH) for _ in range(3)]
    assert [message.message_id for message in empty.between(0, EPOCH + 1, EPOCH)] == new
    assert len(set(new)) == 3
    found = [empty.find(message_id) for message_id in (*new, new[-1] + 1, new[0] - 1)]
    assert [message and message.message_id for message in found] == [*new, None, None]


@pytest.mark.parametrize("with_due", [False, True])
def test_what_is_resent_lives_anew(world: World, *, with_due: bool) -> None:
    """A resent message is new again under its id, then is taken, sent and delivered once more."""
    message = one(world, with_due=with_due)
    first = message.sent_at(EPOCH)
    world.resend(message.message_id, EPOCH)
    assert message.status_at(EPOCH - 1) == 7
    assert (message.status_at(EPOCH), message.sent_at(EPOCH)) == (1, None)
    assert message.status_at(EPOCH + 2) == 3
    assert message.status_at(EPOCH + 90 * HOUR) == 7
    again = message.sent_at(EPOCH + 90 * HOUR)
    assert first is not None
    assert again is not None
    assert again > EPOCH > first


def test_what_came_in_stays_new_when_resent(world: World) -> None:
    """An incoming message has no life to live anew: resent, it stays in status 1."""
    message = one(world, 5)
    world.resend(message.message_id, EPOCH)
    assert {message.status_at(EPOCH + s) for s in (0, 10, 10**6)} == {1}


def test_what_is_moved_is_elsewhere(world: World) -> None:
    """A moved message is on its new device, and SIM, from its instant on."""
    message = one(world)
    old, new = (message.device_id, message.sim), (world.phones[6].device_id, 5)
    world.move(message.message_id, new[0], EPOCH, sim=new[1])
    rows = [truth(world, message.message_id, at) for at in (EPOCH - 1, EPOCH)]
    assert [(row.device_id, row.sim) for row in rows if row is not None] == [old, new]


@pytest.mark.parametrize(
    "edit",
    [
        lambda world: world.set_status(1, 9, EPOCH),
        lambda world: world.delete(1, EPOCH),
        lambda world: world.restore(1, EPOCH),
        lambda world: world.resend(1, EPOCH),
        lambda world: world.move(1, 2, EPOCH),
    ],
)
def test_nobody_can_edit_what_does_not_exist(world: World, edit: Callable[[World], None]) -> None:
    """An edit of an unknown id is an error of the test that makes it."""
    with pytest.raises(LookupError):
        edit(world)

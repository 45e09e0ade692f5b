"""The emulated phones at work: what is sent is taken, leaves and settles as the clock goes on."""

from collections import Counter
from itertools import pairwise

import pytest

from pipeline.emulator.traffic import NEVER
from pipeline.emulator.world import make_world
from support.asked import EPOCH, NOW, QUICK, SILENT, SLOW, Asked

HOUR = 3600
FAILED = {9, 10, 11, 12, 100, 101}


def left(served: Asked) -> list[int]:
    """Return when each sent message left its phone, in seconds after NOW, in order of ids."""
    return [message.left - EPOCH for message in served.world.added]


def test_a_message_lives_from_new_to_delivered() -> None:
    """A message is new, queued, taken, sent and delivered, in this order, in both endpoints."""
    served = Asked()
    (sms_id,) = served.send()
    seen = []
    for second in range(60):
        status = served.statuses(second)[sms_id]
        assert served.ask("getsmsstatus", sms_id=sms_id)["status"] == status
        seen.append(status)
    assert list(dict.fromkeys(seen)) == [1, 3, 2, 6, 7]
    assert seen == sorted(seen, key=[1, 3, 2, 6, 7].index)


def test_a_phone_takes_packs_of_fifteen_and_sends_one_a_second() -> None:
    """Forty messages are taken in packs when the phone asks, and leave one second apart."""
    served = Asked()
    served.send(40)
    taken = [Counter(served.statuses(s).values())[3] for s in (9, 10, 29, 30, 49, 50)]
    assert taken == [40, 25, 25, 10, 10, 0]
    assert left(served) == [*range(11, 26), *range(31, 46), *range(51, 61)]
    assert Counter(served.statuses(100).values()) == {7: 40}


@pytest.mark.parametrize(("habits", "pauses"), [({"pack": 3}, {1, 8}), ({"sms_seconds": 4}, {4})])
def test_packs_and_pace_are_switches(habits: dict[str, int], pauses: set[int]) -> None:
    """Another pack and another pace are kept to."""
    served = Asked(**habits)
    served.send(7)
    served.statuses(HOUR)
    assert {b - a for a, b in pairwise(left(served))} == pauses


def test_a_phone_with_a_delay_waits_at_random() -> None:
    """A phone that is told to wait up to five seconds does, and asks each second for more."""
    served = Asked()
    served.send(40, device_id=SLOW)
    served.statuses(HOUR)
    assert {b - a for a, b in pairwise(left(served))} == {1, 2, 3, 4, 5, 6}
    assert left(served)[0] <= 1 + 6


def test_the_urgent_go_first() -> None:
    """An urgent message that came last is in the first pack, and leaves first."""
    served = Asked()
    served.send(20)
    served.send(urgent=1)
    served.statuses(HOUR)
    assert min(left(served)) == left(served)[-1] == 11


def test_what_is_scheduled_waits_for_its_time() -> None:
    """A scheduled message is queued until its time in UTC, one of the past goes at once."""
    served = Asked()
    later, past = (
        *served.send(timetosend="2026-11-02 13:00:00"),
        *served.send(timetosend="2019-07-01 23:50"),
    )
    assert served.statuses(HOUR - 1) == {later: 3, past: 7}
    assert served.statuses(HOUR) == {later: 2, past: 7}
    row = served.rows(timezone="UTC")[past]
    assert row["timetosend"]["date"] == "2019-07-01 23:50:00.000000"
    assert row["created"]["date"] == "2026-11-02 12:00:00.000000"


def test_a_silent_phone_takes_nothing() -> None:
    """What is sent by a phone that is away for days stays queued."""
    served = Asked()
    (sms_id,) = served.send(device_id=SILENT)
    assert served.statuses(9 * 24 * HOUR) == {sms_id: 3}


def test_a_phone_is_switched_off_and_on() -> None:
    """While a phone is off its messages wait; on again, it takes them."""
    served = Asked()
    served.turn(QUICK, "off")
    (sms_id,) = served.send()
    assert served.statuses(HOUR) == {sms_id: 3}
    served.turn(QUICK, "on")
    assert served.statuses(HOUR + 30) == {sms_id: 7}
    assert left(served)[0] == HOUR + 11


def test_what_is_moved_goes_by_its_new_phone() -> None:
    """A message that waits on a silent phone is taken by the phone it is moved to, and no other."""
    served = Asked()
    moved, stays = served.send(2, device_id=SILENT)
    edit = {"action": "move", "id": str(moved), "device_id": str(QUICK)}
    served.gateway.account.write("edit", edit, EPOCH)
    assert served.statuses(60) == {moved: 7, stays: 3}
    assert served.rows()[moved]["deviceid"] == QUICK
    assert served.gateway.account.waiting()[SILENT] == 1


def test_messages_end_as_the_shares_say() -> None:
    """Ends have their shares, failures come after the phone took it, and are never sent."""
    ends = ((7, 0.5), (6, 0.2), (8, 0.1), (9, 0.1), (12, 0.05), (100, 0.05))
    served = Asked(ends=ends)
    served.send(400)
    end = Counter(served.statuses(9 * HOUR).values())
    assert set(end) == {status for status, _ in ends}
    assert all(abs(end[status] / 400 - share) < 0.06 for status, share in ends)
    for row in served.rows().values():
        assert (row["senttime"] is None) == (row["status"] in FAILED)
    for message in served.world.added:
        path = [message.status_at(t) for t in (message.taken, message.left, NEVER)]
        assert path == [2, message.end if message.end in FAILED else 6, message.end]
        assert (message.settled is not None) == (message.end in {7, 8})


def test_receipts_come_within_their_time() -> None:
    """A receipt comes within the seconds that are set."""
    served = Asked(receipt_seconds=500)
    served.send(100)
    served.statuses(HOUR)
    waits = [(m.settled or 0) - m.left for m in served.world.added]
    assert min(waits) >= 1
    assert 400 < max(waits) <= 500


def test_looking_changes_nothing() -> None:
    """A life is the same whether somebody looks each second, or once at the end."""
    watched, alone = Asked(ends=((7, 1), (8, 1), (9, 1))), Asked(ends=((7, 1), (8, 1), (9, 1)))
    for second in range(0, 200, 7):
        for served in (watched, alone):
            served.clock.set(NOW.add(seconds=second))
            served.send(1 + second % 3, urgent=second % 2, device_id=(QUICK, SLOW)[second % 2])
        for later in range(7):
            watched.statuses(second + later)
    assert watched.statuses(HOUR) == alone.statuses(HOUR)
    assert watched.text("getallsms") == alone.text("getallsms")


def test_a_clock_that_is_put_back_finds_the_phones_at_work() -> None:
    """After work in the future, what is sent now is taken now; what was sent then is not there."""
    served = Asked()
    served.statuses(9 * HOUR)
    (later,) = served.send()
    served.statuses(10 * HOUR)
    served.clock.set(NOW)
    (sms_id,) = served.send()
    assert served.statuses(60) == {sms_id: 7}
    assert served.statuses(10 * HOUR) == {sms_id: 7, later: 7}


def test_phones_leave_the_traffic_of_the_account_alone() -> None:
    """Only what clients send is moved by phones: the account's own messages live as planned."""
    world = make_world(seed=3, messages=300, days=5, now=NOW)
    served = Asked(world)
    served.send(20)
    served.statuses(40 * HOUR)
    assert world.messages == make_world(seed=3, messages=300, days=5, now=NOW).messages


def test_each_recipient_has_a_message_and_the_answer_names_one() -> None:
    """A comma list gives a message each; the answer names the first, or the last if so set."""
    two = {"sendto": "+33 6 12 34 56 78, (0033)612-345-679"}
    served = Asked()
    assert served.send(**two) == [min(served.rows())]
    assert [row["sendto"] for row in served.rows().values()] == ["+33612345678", "0033612345679"]
    other = Asked(answers_id="last")
    assert other.send(**two) == [max(other.rows())]


def test_a_newsletter_goes_to_the_contacts_of_its_tags() -> None:
    """Each contact of each tag gets the text, with the newsletter's id, title and body."""
    served = Asked()
    one, two = served.tag("+33611111111", "+33622222222"), served.tag("+33633333333")
    paket = served.newsletter(one, two, time_to_send="02.11.2026 13:00:00", sim=1)
    rows = list(served.rows(timezone="UTC").values())
    assert [row["sendto"] for row in rows] == ["+33611111111", "+33622222222", "+33633333333"]
    told = {(r["paketid"], r["pakettitle"], r["paketbody"], r["body"], r["sim"]) for r in rows}
    assert told == {(paket, "n", "b", "b", 1)}
    assert {row["timetosend"]["date"] for row in rows} == {"2026-11-02 13:00:00.000000"}
    assert set(served.statuses(HOUR - 1).values()) == {3}
    assert set(served.statuses(HOUR + 60).values()) == {7}


def test_each_newsletter_has_an_id_of_its_own() -> None:
    """A second newsletter has the next id, also in its messages; a refused one takes none."""
    served = Asked()
    tag_id = served.tag("+33611111111")
    first = served.newsletter(tag_id)
    assert served.ask("savepaket", title="n", body="b", tags=tag_id, device_id=1)["error"] == 1
    assert served.newsletter(tag_id) == first + 1
    assert [row["paketid"] for row in served.rows().values()] == [first, first + 1]


def test_a_newsletter_may_wait_for_a_hand() -> None:
    """Where newsletters do not start by themselves, one waits until it is started."""
    served = Asked(starts_newsletters=False)
    paket = served.newsletter(served.tag("+33611111111"))
    assert set(served.statuses(HOUR).values()) == {3}
    started = served.gateway.account.write("start", {"paket_id": str(paket)}, EPOCH + HOUR)
    assert started == {"started": 1}
    assert set(served.statuses(HOUR + 60).values()) == {7}

"""Links, codes and sittings: what a signer can and cannot do with them."""

import base64
import math
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import func, select, update

from registry.access.tokens import new_token
from registry.consents.jobs import send_invitations
from registry.consents.models.tables import codes, invitations, sittings
from registry.consents.rules.visits import (
    CODE_DIGITS,
    CODE_LASTS,
    DAY,
    GUESSES,
    HOUR,
    Entered,
    masked_email,
    masked_phone,
    plain_code,
)
from registry.consents.usecases import visiting
from registry.consents.usecases.inviting import SEND_INVITATIONS, invite
from registry.errors import ConflictError, GoneError, TooManyError
from registry.jobs.names import known_names
from registry.jobs.worker import keep_due_promises
from registry.letters.models import letters
from registry.people.contacts import ContactKind
from registry.people.models.persons import Confirmed, Contact, get_person
from registry.people.usecases.contacts import confirm_contact
from registry.people.usecases.corrections import correct_field, correct_own_fields
from registry.storage.outbox import promises
from registry.trail.entries import SYSTEM
from tests.consents.conftest import MESH, CodeEntered, Town
from tests.consents.conftest import enter as enter_code


def begin(town: Town, name: str) -> str:
    token = town.link(name)
    with town.work() as work:
        visiting.start(work, visiting.look_at_link(work, token), ContactKind.PHONE)
    return token


def enter(town: Town, token: str, code: str) -> CodeEntered:
    return enter_code(town.registry, token, code)


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


def test_a_code_has_twenty_bits_at_least_a_link_a_hundred_and_twenty_eight_and_a_session_more(town: Town):
    assert math.log2(10**CODE_DIGITS) * 1.01 > 20
    assert len(base64.urlsafe_b64decode(town.link("mother") + "==")) * 8 >= 128
    assert len(base64.urlsafe_b64decode(new_token() + "=")) * 8 >= 256
    assert len({new_token() for _ in range(1000)}) == 1000


def test_looking_at_a_link_changes_nothing(town: Town):
    token = town.link("mother")
    for _ in range(20):
        with town.registry.reading(SYSTEM) as work:
            visit = visiting.look_at_link(work, token)
    with town.registry.reading(SYSTEM) as work:
        opened = work.connection.execute(select(invitations.c.opened_at)).scalars().all()

    assert opened == [None]
    assert visit.role == "guardian"
    assert [way.masked for way in visit.ways] == ["+7 ··· ··· 00 02", "p···@example.ru"]


def test_a_link_is_kept_as_a_hash_only(town: Town):
    token = town.link("mother")
    with town.registry.reading(SYSTEM) as work:
        row = work.connection.execute(select(invitations)).one()

    assert len(token) == 22
    assert token not in repr(tuple(row))


@pytest.mark.parametrize("token", ["", "x" * 22, "\x00", "я" * 500])
def test_an_unknown_link_says_what_to_do(town: Town, token: str):
    with pytest.raises(GoneError) as refused, town.registry.reading(SYSTEM) as work:
        visiting.look_at_link(work, token)
    assert refused.value.slug == "link-gone"


def test_the_right_code_opens_a_sitting_of_30_minutes_and_confirms_the_contact(town: Town):
    token = begin(town, "mother")
    code = town.code_of("mother")
    entry = enter(town, token, f" {code[:3]} {code[3:]} ")

    assert entry.result is Entered.RIGHT
    assert entry.sitting
    assert entry.sitting.ends_at - entry.sitting.began_at == timedelta(minutes=30)
    assert entry.sitting.auth == "sms-code"
    with town.registry.reading(SYSTEM) as work:
        person = get_person(work.connection, work.vault, town.people["mother"])
        stored = repr([tuple(row) for row in work.connection.execute(select(codes))])
    assert person.confirmed == {"phone"}
    assert code not in stored


def test_a_code_opens_one_sitting_only(town: Town):
    token = begin(town, "mother")
    code = town.code_of("mother")

    assert enter(town, token, code).result is Entered.RIGHT
    assert enter(town, token, code).result is Entered.SPENT


def test_five_guesses_and_no_more(town: Town):
    token = begin(town, "mother")
    code = town.code_of("mother")

    assert [enter(town, token, wrong(code)).guesses_left for _ in range(5)] == [4, 3, 2, 1, 0]
    assert enter(town, token, code).result is Entered.SPENT


def test_guesses_at_the_same_time_are_counted_each(town: Town):
    token = begin(town, "mother")
    code = town.code_of("mother")
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: enter(town, token, wrong(code)).guesses_left, range(16)))

    assert sorted(found, reverse=True) == [4, 3, 2, 1, *[0] * 12]


def test_the_right_code_at_the_same_time_opens_one_sitting(town: Town):
    token = begin(town, "mother")
    code = town.code_of("mother")
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: enter(town, token, code).result, range(4)))

    assert found.count(Entered.RIGHT) == 1
    with town.registry.reading(SYSTEM) as work:
        assert work.connection.execute(select(func.count()).select_from(sittings)).scalar() == 1


def test_a_code_is_good_for_ten_minutes(town: Town):
    token = begin(town, "mother")
    code = town.code_of("mother")
    with town.work() as work:
        work.connection.execute(update(codes).values(expires_at=work.now))

    assert enter(town, token, code).result is Entered.SPENT


def test_a_new_code_makes_the_old_one_void(town: Town):
    token = begin(town, "mother")
    old = town.code_of("mother")
    with town.work() as work:
        visiting.start(work, visiting.look_at_link(work, token), ContactKind.EMAIL)
    new = town.code_of("mother")

    if old != new:
        assert enter(town, token, old).result is Entered.WRONG
    entry = enter(town, token, new)
    assert entry.sitting
    assert entry.sitting.auth == "email-code"


def test_codes_are_capped_by_the_hour(town: Town):
    for _ in range(4):
        begin(town, "mother")

    with pytest.raises(TooManyError):
        begin(town, "mother")
    begin(town, "father")


def test_in_no_hour_and_no_day_are_there_more_guesses_than_the_cap(town: Town):
    """A code sent just before an hour can be guessed at within it: the count goes back by its life more."""
    sent: list[datetime] = []
    with time_machine.travel(datetime(2020, 11, 2, 3, tzinfo=UTC), tick=False) as clock:
        for _ in range(26 * 6):
            try:
                begin(town, "mother")
            except TooManyError:
                pass
            else:
                sent.append(datetime.now(UTC))
            clock.shift(timedelta(minutes=10, seconds=-1))

    assert len(sent) > 10
    for first in sent:
        within = [one - first for one in sent if first <= one]
        assert len([one for one in within if one < HOUR + CODE_LASTS]) * GUESSES <= 20
        assert len([one for one in within if one < DAY + CODE_LASTS]) * GUESSES <= 50


def test_a_telephone_that_changes_hands_keeps_its_count(town: Town):
    """Whoever it belongs to now: no telephone gets more codes an hour than the cap."""
    for _ in range(4):
        begin(town, "mother")
    with town.work() as work:
        phone = get_person(work.connection, work.vault, town.people["mother"]).phone
        assert phone
        correct_own_fields(work, town.school, town.people["mother"], {"phone": "+7 914 999-99-99"})
        correct_own_fields(work, town.school, town.people["father"], {"phone": phone.value})
    with pytest.raises(TooManyError):
        begin(town, "father")


def test_a_contact_changed_by_staff_voids_the_link_at_once_and_warns_the_old_contact(town: Town):
    token = begin(town, "mother")
    sitting_token = begin(town, "father")
    with town.work(town.tutor()) as work:
        correct_field(work, town.school, town.people["mother"], "phone", "+7 914 999-99-99")

    with pytest.raises(GoneError):
        begin_again(town, token)
    while keep_due_promises(town.registry):
        pass
    with town.registry.reading(SYSTEM) as work:
        revoked = dict(
            work.connection.execute(select(invitations.c.signer_id, invitations.c.revoked_at)).all()
        )
        warned = work.connection.execute(
            select(letters.c.person_id).where(letters.c.kind == "contact_changed")
        ).scalars()
        assert list(warned) == [town.people["mother"]]
    assert revoked[town.people["mother"]] is not None
    assert revoked[town.people["father"]] is None
    begin_again(town, sitting_token)


def test_a_contact_changed_by_its_owner_voids_nothing(town: Town):
    token = town.link("mother")
    with town.work(town.signer("mother")) as work:
        correct_own_fields(work, town.school, town.people["mother"], {"phone": "+7 914 999-99-99"})
    while keep_due_promises(town.registry):
        pass

    begin_again(town, token)
    with town.registry.reading(SYSTEM) as work:
        (row,) = work.connection.execute(select(invitations.c.opened_at, invitations.c.revoked_at)).all()
    assert row.opened_at is not None
    assert row.revoked_at is None


def begin_again(town: Town, token: str) -> None:
    with town.work() as work:
        visiting.start(work, visiting.look_at_link(work, token), ContactKind.PHONE)


def test_who_has_no_such_contact_is_told(town: Town):
    with town.work() as work:
        correct_own_fields(work, town.school, town.people["mother"], {"phone": ""})
    with pytest.raises(ConflictError) as refused:
        begin(town, "mother")
    assert refused.value.slug == "no-contact"


def test_every_signer_who_was_asked_gets_one_link(town: Town):
    with town.work() as work:
        invite(work, town.school, MESH)
    for _ in range(2):
        send_invitations(town.registry, school_id=str(town.school), programme_id=MESH)
    with town.registry.reading(SYSTEM) as work:
        invited = list(work.connection.execute(select(invitations.c.signer_id)).scalars())
        promised = list(work.connection.execute(select(promises.c.job)).scalars())

    assert sorted(invited) == sorted(town.people[name] for name in ("mother", "father", "teen", "adult"))
    assert SEND_INVITATIONS in promised
    assert SEND_INVITATIONS in known_names()


def test_destinations_are_shown_to_their_owners_only():
    assert masked_phone("+79141234567") == "+7 ··· ··· 45 67"
    assert masked_email("ivanova@example.ru") == "i···@example.ru"
    assert plain_code(" 123-456 ") == "123456"


def test_a_contact_that_two_links_of_one_person_confirm_at_one_moment_is_confirmed_once(town: Town) -> None:
    """The second waits for the commit of the first, and finds it confirmed: nobody is told of a conflict."""
    mother = town.people["mother"]

    def confirm() -> Contact | None:
        with town.registry.work(SYSTEM) as work:
            return confirm_contact(work, mother, ContactKind.EMAIL, Confirmed.CODE)

    with ThreadPoolExecutor(1) as pool:
        with town.registry.work(SYSTEM) as work:
            first = confirm_contact(work, mother, ContactKind.EMAIL, Confirmed.CODE)
            second = pool.submit(confirm)
            wait([second], timeout=1)
            assert not second.done()
        assert second.result() == first

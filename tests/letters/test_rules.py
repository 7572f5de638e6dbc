"""Which letter may go where, and what may stand in it."""

from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import SMTP
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.errors import ConflictError, InvalidError
from registry.letters.envelopes import Envelope
from registry.letters.mail import Attachment, make_message
from registry.letters.rules import (
    CHANNELS,
    PLACES,
    Channel,
    ContactPoint,
    LetterKind,
    check_contact,
    check_values,
    choose_contact,
    short_name,
)
from registry.letters.usecases import Draft, print_letter
from registry.letters.words import TEMPLATES, compose
from registry.trail.entries import Actor
from registry.work import Registry

EMAIL = ContactPoint(Channel.EMAIL, "parent@example.org")
PHONE = ContactPoint(Channel.SMS, "+79140000000")
TUTOR = Actor(kind="staff", id=None, role="tutor", auth="password", school=UUID(int=17))
NOW = datetime(2020, 11, 2, tzinfo=UTC)


def values_of(kind: LetterKind, **changes: str) -> dict[str, str]:
    return dict.fromkeys(PLACES[kind], "слово") | changes


def test_the_preferred_channel_is_chosen_and_a_barred_contact_never() -> None:
    barred = ContactPoint(Channel.EMAIL, "old@example.org", barred=True)
    assert choose_contact(LetterKind.INVITATION, [PHONE, barred, EMAIL]) == EMAIL
    assert choose_contact(LetterKind.INVITATION, [PHONE, barred]) == PHONE
    assert choose_contact(LetterKind.CODE, [EMAIL, PHONE]) == PHONE


def test_nobody_to_write_to_is_said_with_what_to_do() -> None:
    with pytest.raises(ConflictError, match="напечатайте") as refused:
        choose_contact(LetterKind.RECEIPT, [PHONE])
    assert refused.value.slug == "no-contact"


@pytest.mark.proves("S4-07")
def test_no_letter_goes_over_a_messenger() -> None:
    assert set(Channel) == {"email", "sms", "paper"}


def test_a_code_never_goes_on_paper() -> None:
    with pytest.raises(ConflictError):
        check_contact(LetterKind.CODE, ContactPoint(Channel.PAPER, "класс 7А"))


@pytest.mark.parametrize(
    "address", ["", "a@b.example\r\nBcc: x@y.example", "a b@c.example", "x" * 400, "a\x00@b"]
)
def test_an_address_with_anything_else_in_it_is_refused(address: str) -> None:
    with pytest.raises(InvalidError):
        check_contact(LetterKind.INVITATION, ContactPoint(Channel.EMAIL, address))


@pytest.mark.parametrize("kind", list(LetterKind))
def test_each_kind_has_words_for_each_of_its_channels(kind: LetterKind) -> None:
    for channel in CHANNELS[kind]:
        words = compose(kind, channel, values_of(kind), "ru")
        assert words.text
        assert "\n" not in words.subject


def test_no_template_is_without_a_kind() -> None:
    names = {file.name.partition(".")[0] for file in TEMPLATES.glob("*.txt")}
    assert names == set(LetterKind)


@pytest.mark.parametrize(
    "hostile", ["a\nBcc: x@y.example", "a\r\nb", "a\x00b", "a\u2028b", "a\u202eb", "x" * 301]
)
@pytest.mark.parametrize("kind", list(LetterKind))
def test_a_value_with_a_line_break_or_a_mark_of_direction_is_refused(kind: LetterKind, hostile: str) -> None:
    for name in PLACES[kind] - {"proof"}:
        with pytest.raises(InvalidError):
            compose(kind, CHANNELS[kind][0], values_of(kind, **{name: hostile}), "ru")


def test_a_letter_says_nothing_more_and_nothing_less_than_its_kind() -> None:
    with pytest.raises(InvalidError, match="snils"):
        check_values(LetterKind.CODE, values_of(LetterKind.CODE, snils="112-233-445 95"))
    with pytest.raises(InvalidError, match="host"):
        check_values(LetterKind.CODE, {"code": "1", "minutes": "10"})


def test_values_are_never_read_as_a_template_or_a_format() -> None:
    hostile = "{{ 7*7 }} %(school)s <b> =1+1"
    words = compose(
        LetterKind.INVITATION, Channel.EMAIL, values_of(LetterKind.INVITATION, student=hostile), "ru"
    )
    assert hostile in words.subject
    assert hostile in words.text


@pytest.mark.parametrize(
    "bad", ["a@b.example\r\nBcc: x@y.example", "a@b.example, c@d.example", "", "нет", "<a@b.example>"]
)
def test_no_message_is_made_for_more_than_one_plain_address(bad: str) -> None:
    with pytest.raises(InvalidError):
        make_message(uuid4(), "registry@school.example", Envelope(bad, "Тема", "текст"), NOW)


@given(st.text(min_size=1, max_size=60))
def test_no_subject_makes_a_second_head(subject: str) -> None:
    try:
        message = make_message(uuid4(), "registry@school.example", Envelope("a@b.example", subject, "т"), NOW)
    except InvalidError:
        return
    heads = message.as_bytes().partition(b"\r\n\r\n")[0].split(b"\r\n")
    names = [line.partition(b":")[0] for line in heads if not line.startswith((b" ", b"\t"))]
    assert len(names) == len(set(names))
    assert b"Bcc" not in names


BREAKS = (
    "\r\n",
    "\n",
    "\r",
    "\x0b",
    "\x0c",
    "\x1c",
    "\x1d",
    "\x1e",
    "\x85",
    "\u2028",
    "\u2029",
    "\x00",
    "\u202e",
)
HEADS = {"Message-ID", "Date", "From", "To", "Subject", "Auto-Submitted", "Content-Type", "MIME-Version"}
HEADS_OF_PARTS = {"Content-Transfer-Encoding", "Content-Disposition"}
LONGEST_LINE = 78


@pytest.mark.parametrize("broken", BREAKS)
@pytest.mark.parametrize("place", ["subject", "address", "sender", "file"])
def test_no_break_in_any_place_makes_another_head(place: str, broken: str) -> None:
    """Either there is no message, or it has the heads that it always has, and the break is in none."""
    hostile = f"a{broken}Bcc: x@y.example{broken}{broken}text"
    said = {"subject": "Тема", "address": "a@b.example", "sender": "r@school.example", "file": "a.pdf"}
    said[place] = hostile if place != "sender" else f"r{broken}@school.example"
    attached = Attachment(said["file"], b"%PDF-1.7")
    try:
        envelope = Envelope(said["address"], said["subject"], "текст")
        data = make_message(uuid4(), said["sender"], envelope, NOW, attached).as_bytes()
    except (InvalidError, ValueError):
        return
    read = message_from_bytes(data, policy=SMTP)
    assert set(read.keys()) == HEADS
    assert len(read.keys()) == len(HEADS)
    assert {name for part in read.iter_parts() for name in part} <= HEADS | HEADS_OF_PARTS
    assert read["To"] == "a@b.example"


@pytest.mark.parametrize("kind", [one for one in LetterKind if Channel.EMAIL in CHANNELS[one]])
def test_long_values_are_folded_and_stay_one_subject(kind: LetterKind) -> None:
    longest = {name: ("Ы" * 60 if name != "proof" else "слово") for name in PLACES[kind]}
    try:
        words = compose(kind, Channel.EMAIL, longest, "ru")
    except InvalidError:
        return
    envelope = Envelope("a@b.example", words.subject, words.text)
    data = make_message(uuid4(), "r@school.example", envelope, NOW).as_bytes()
    heads = data.partition(b"\r\n\r\n")[0].split(b"\r\n")
    assert max(map(len, heads)) <= LONGEST_LINE
    assert message_from_bytes(data, policy=SMTP)["Subject"] == words.subject


def test_a_person_is_named_by_first_name_and_initial() -> None:
    assert short_name("Пётр", "Иванов") == "Пётр И."
    assert short_name("Пётр", "") == "Пётр"


def test_a_letter_on_paper_is_printed_and_keeps_no_words(registry: Registry, person: UUID) -> None:
    contact = ContactPoint(Channel.PAPER, "через классного руководителя")
    values = values_of(LetterKind.INVITATION, link="https://a.example/l/secret")
    draft = Draft(LetterKind.INVITATION, UUID(int=17), person, contact, values)
    with registry.work(TUTOR) as work:
        pdf = print_letter(work, draft, sender="Школа № 17", addressee="Ивановой М.")
    assert pdf.startswith(b"%PDF")
    with registry.engine.connect() as connection:
        row = connection.exec_driver_sql("SELECT state, content FROM letters").one()
    assert tuple(row) == ("handed_over", None)

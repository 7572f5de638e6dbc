"""What an act on the site proves years later: everything up to the click, and nothing that was not there."""

from collections.abc import Callable, Iterator
from uuid import UUID

import pytest
from sqlalchemy import select

from registry.access.models.tables import sessions
from registry.consents.models.tables import acts, codes, invitations
from registry.consents.rules.evidence import Identified, identified
from registry.consents.told.evidence import told
from registry.consents.usecases.evidence import ActEvidence, evidence_of_act
from registry.consents.usecases.inviting import make_link
from registry.documents.marks import readable_code
from registry.letters.rules import Channel
from registry.people.usecases.corrections import correct_field
from registry.trail.entries import SYSTEM
from tests.consents.conftest import MESH, Town, confirm_everything
from tests.consents.pages.conftest import Reader
from tests.consents.pages.test_journey_pages import sign

ABOUT_CHILD = "Согласие на обработку данных ребёнка: Иванова Child"


def last_act(town: Town) -> UUID:
    with town.registry.reading(SYSTEM) as work:
        return work.connection.execute(select(acts.c.id).order_by(acts.c.id.desc())).scalars().first()  # type: ignore[return-value]


def opened(town: Town, act_id: UUID | None = None) -> ActEvidence:
    with town.registry.reading(SYSTEM) as work:
        return evidence_of_act(work, town.school, act_id or last_act(town))


def lines(evidence: ActEvidence) -> dict[str, str | None]:
    return {label: value for group in told(evidence, "ru") for label, value in group.lines}


def strings(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for part in value.values():
            yield from strings(part)
    elif isinstance(value, list):
        for part in value:
            yield from strings(part)
    elif isinstance(value, str):
        yield value


@pytest.fixture
def mother(town: Town, signer: Callable[[str], Reader]) -> Reader:
    confirm_everything(town)
    made = signer("mother")
    sign(made, "Соглашение")
    return made


def test_an_act_on_the_site_keeps_what_was_known_up_to_the_click(town: Town, mother: Reader) -> None:
    """Text, words above and on the button, checks, contact, link, session, pages, age, rule, term."""
    sign(mother, ABOUT_CHILD)
    said = opened(town).said
    with town.registry.reading(SYSTEM) as work:
        link = work.connection.execute(select(invitations)).one()
        code = work.connection.execute(select(codes)).one()
        session = work.connection.execute(select(sessions.c.id)).scalar_one()
    methods = {one["method"]: one for one in said["checks"]}
    assert set(methods) == {"link_opened", "sms_code"}
    assert methods["sms_code"]["masked"] == "+7 ··· ··· 00 02"
    assert methods["sms_code"]["keyed"] == code.destination_index.hex()
    assert methods["sms_code"]["letter"] == "handed_over"
    assert methods["sms_code"]["attempts"] == 1
    assert said["invitation"]["token_sha256"] == link.token_hash.hex()
    assert said["invitation"]["shown_to_staff"] is False
    assert said["contact"] == {"kind": "phone", "source": "roster", "by_staff": False, "differs": False}
    assert said["session"] == str(session)
    assert (said["address"], said["peer"]) == ("127.0.0.1", "127.0.0.1")
    assert said["button"] == "Подписать и отправить"
    assert said["declaration"].startswith("Я прочитал(а) документ целиком")
    assert said["served_at"][:19] <= said["checked_at"][:19] <= said["decided_at"][:19]
    assert said["authority"]["relation"] == "mother"
    assert (said["age"], said["rule"].split("/")[0]) == (12, MESH)
    assert said["retain"]["rule"] == "three-years-after-the-last-act"
    assert said["name_fits"] is True


def test_no_code_and_no_token_stands_in_the_evidence_in_clear(
    town: Town, signer: Callable[[str], Reader]
) -> None:
    """Nobody signs a second time with what an act keeps."""
    confirm_everything(town)
    taken: list[str] = []
    link, code_of = town.link, town.code_of
    town.link = lambda name: taken.append(link(name)) or taken[-1]  # type: ignore[method-assign, func-returns-value]
    town.code_of = lambda name: taken.append(code_of(name)) or taken[-1]  # type: ignore[method-assign, func-returns-value]
    mother = signer("mother")
    sign(mother, "Соглашение")
    cookie = mother.client.get_cookie("session")
    assert cookie is not None
    assert len(taken) == 2
    every = list(strings(dict(opened(town).said)))
    for secret in (*taken, cookie.value, "+79140000002"):
        assert not [one for one in every if secret in one]


def test_the_words_say_what_is_known_and_leave_the_rest_not_recorded(town: Town, mother: Reader) -> None:
    sign(mother, ABOUT_CHILD)
    evidence = opened(town)
    found = lines(evidence)
    assert identified(evidence.grounds) is Identified.OWN_CODE
    assert found["Номер"] is not None
    assert found["Чем подписано"] == "простая электронная подпись: код по заключённому соглашению"
    assert found["Соглашение о подписи"]
    assert evidence.act.agreement is not None
    assert found["Соглашение о подписи"].startswith(readable_code(evidence.act.agreement))
    assert found["Имена совпадают"] == "да"
    assert found["PDF предложен до подписи"] == "нет"
    for absent in (
        "SHA-256 PDF до подписи",
        "SHA-256 страницы с текстом",
        "Расхождение с часами подписавшего",
    ):
        assert found[absent] is None
    assert told(evidence, "ru") == told(evidence, "xx")


def test_a_link_that_staff_printed_lowers_the_class(
    town: Town, signer: Callable[[str], Reader], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who handed the link over could have followed it."""

    def printed(name: str) -> str:
        with town.work(town.tutor()) as work:
            return make_link(work, town.school, MESH, town.people[name], Channel.PAPER).url.rpartition("/")[2]

    monkeypatch.setattr(town, "link", printed)
    sign(signer("father"), "Соглашение")
    evidence = opened(town)
    assert identified(evidence.grounds) is Identified.CODE_BY_STAFF
    assert lines(evidence)["Ссылку видел сотрудник"] == "да"


def test_a_contact_that_staff_changed_lowers_the_class(town: Town, signer: Callable[[str], Reader]) -> None:
    """A code to a number that a member of staff wrote down proves less."""
    with town.work(town.tutor()) as work:
        correct_field(work, town.school, town.people["mother"], "phone", "+7 914 999-99-99")
    sign(signer("mother"), "Соглашение")
    evidence = opened(town)
    assert identified(evidence.grounds) is Identified.CODE_BY_STAFF
    assert lines(evidence)["Контакт указал или менял сотрудник"] == "да"


def test_the_register_changed_later_changes_nothing_in_the_evidence(town: Town, mother: Reader) -> None:
    sign(mother, ABOUT_CHILD)
    before = told(opened(town), "ru")
    with town.work(town.tutor()) as work:
        correct_field(work, town.school, town.people["mother"], "phone", "+7 914 999-99-99")
        correct_field(work, town.school, town.people["mother"], "first_name", "Марфа")
    assert told(opened(town), "ru") == before


def test_a_withdrawal_keeps_the_words_that_stood_above_its_button_and_the_reason_beside_them(
    town: Town, mother: Reader
) -> None:
    sign(mother, ABOUT_CHILD)
    mother.open("/decide")
    mother.follow(ABOUT_CHILD)
    mother.follow("Отозвать")
    assert "Я отзываю то, что подписал(а) в этом документе." in mother.text
    mother.send("/withdrawal", full_name="Иванова Mother", note="передумали")
    found = lines(opened(town))
    assert found["Решение"] == "отозвано"
    assert found["Заявление"] == "Я отзываю то, что подписал(а) в этом документе."
    assert found["Слова на кнопке"] == "Отозвать и отправить"
    assert found["Причина отзыва"] == "передумали"
    assert found["Страница проверки выдана"]


def test_a_page_that_was_not_handed_out_is_not_said_to_have_been(town: Town, mother: Reader) -> None:
    mother.open("/decide")
    mother.follow(ABOUT_CHILD)
    mother.choose("given")
    mother.send("/sign", full_name="Иванова Mother", passed=f"1600000000.{'0' * 64}")
    assert lines(opened(town))["Страница проверки выдана"] is None


@pytest.mark.proves("S1-21")
def test_a_refusal_is_kept_with_its_day_its_moment_and_the_words_that_were_agreed_to(
    town: Town, mother: Reader
) -> None:
    """S1-21: «не даю согласия» stands with its date, as well proved as a consent."""
    sign(mother, ABOUT_CHILD, "refused")
    evidence = opened(town)
    found = lines(evidence)
    assert found["Решение"] == "отказано"
    assert found["День решения"] == f"{evidence.act.on_day:%d.%m.%Y}"
    assert found["Решение получено"]
    assert found["Заявление"] == (
        "Я не подписываю этот документ и не даю того согласия, о котором в нём просят."
    )

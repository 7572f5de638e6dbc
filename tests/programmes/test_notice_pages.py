"""The pages of documents: a draft with the nine items beside it, published by two people."""

import re
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from registry.access.rules import Role
from registry.programmes import usecases
from registry.programmes.pages import blueprint
from registry.programmes.rules import NoticeKind
from registry.programmes.shipped import shipped_definitions
from registry.trail.entries import SYSTEM
from registry.web.create import create_app
from registry.web.doors import check_doors
from registry.work import Registry
from tests.workflows.test_pages import PASSWORD, signed_in

PAGE = "/notices/mesh-2020/student_self"
NOTICE = shipped_definitions()[0].parse().notice(NoticeKind.STUDENT_SELF, "ru")
CALMER = NOTICE.text.replace("Для иных целей", "Ни для каких иных целей")


@pytest.fixture
def app(registry: Registry) -> Flask:
    with registry.work(SYSTEM) as work:
        usecases.publish(work)
    made = create_app(registry)
    made.register_blueprint(blueprint)
    check_doors(made)
    return made


@pytest.fixture
def first(app: Flask, registry: Registry) -> FlaskClient:
    return signed_in(app, registry, Role.OPERATOR)


@pytest.fixture
def second(app: Flask, registry: Registry) -> FlaskClient:
    return signed_in(app, registry, Role.OPERATOR)


def send(client: FlaskClient, page: str, address: str = "", **fields: str) -> TestResponse:
    """Fill the form of a page and send it, with what it hides."""
    text = client.get(page).text
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', text))
    return client.post(address or page, data=hidden | {"idempotency_key": uuid4().hex} | fields)


def step_up(*clients: FlaskClient) -> None:
    """Give the password once more."""
    for client in clients:
        assert send(client, "/step-up", password=PASSWORD).status_code == 303


def words(**changes: str) -> dict[str, str]:
    return {"text": NOTICE.text, "plain": NOTICE.plain, "purpose": NOTICE.purpose} | changes


def begun(client: FlaskClient) -> str:
    """Take a draft; give the address of its page."""
    answer = send(client, PAGE, f"{PAGE}/draft")
    assert answer.status_code == 303
    return str(answer.location)


def seen(client: FlaskClient, page: str) -> str:
    """Give the words of a page, one blank between."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", client.get(page).text))


@pytest.mark.proves("S1-14")
def test_a_text_is_changed_by_two_people_who_say_how_much_and_why(first: FlaskClient, second: FlaskClient):
    draft = begun(first)
    assert send(first, draft, **words(text=CALMER.replace("\n", "\r\n"))).status_code == 303
    shown = seen(first, draft)
    assert "ошибок нет" in shown
    assert "Документ (Русский)" in shown[shown.index("Что изменится") :]
    assert "Примерова Мария Ивановна" in shown
    assert first.get(f"{draft}/proposal").location.startswith("/step-up")
    step_up(first, second)
    assert send(first, f"{draft}/proposal", why="понятнее").status_code == 422
    assert send(first, f"{draft}/proposal", change="major", why=" ").status_code == 422
    assert send(first, f"{draft}/proposal", change="major", why="понятнее").status_code == 303
    assert "Это ваша просьба" in first.get(f"{draft}/answer").text
    assert send(first, f"{draft}/answer", answer="confirm").status_code == 409
    assert "эти семьи спросят заново" in seen(second, f"{draft}/answer")
    assert send(second, f"{draft}/answer", answer="confirm").status_code == 303
    told = seen(second, PAGE)
    assert "Действует версия 2.0." in told
    assert "понятнее" in told
    assert "существенное изменение" in told
    assert "от разработчиков" in told
    old = re.findall(rf"{PAGE}/versions/[0-9a-f-]+", second.get(PAGE).text)[-1]
    assert "Ни для каких" not in second.get(old).text
    assert "Контрольная сумма" in second.get(f"{old}?language=bg").text


def test_what_the_law_misses_stands_beside_the_text_with_the_place_to_add(first: FlaskClient):
    draft = begun(first)
    send(
        first, draft, **words(text=NOTICE.text.replace("{signer.address}", "дома").replace("{processor}", ""))
    )
    shown = first.get(draft).text
    assert "нет пункта 1 части 4" in shown
    assert "<code>{signer.address}</code>" in shown
    assert "<code>{processor}</code>" in shown
    assert "Попросить опубликовать" not in shown
    assert "Примерова" in shown
    send(first, draft, **words(text=NOTICE.text.replace("**Цель**", "**Цель"), purpose=" "))
    shown = seen(first, draft)
    assert "разметка не читается" in shown
    assert "цель не названа" in shown
    assert "Документ появится здесь" in shown
    assert send(first, draft, **words(text="x" * 120_000)).status_code in {413, 422}


def test_a_translation_has_to_say_which_text_decides(first: FlaskClient):
    draft = begun(first)
    english = shipped_definitions()[0].parse().notice(NoticeKind.STUDENT_SELF, "en")
    page = f"{draft}?language=en"
    send(
        first,
        page,
        draft,
        text=english.text.replace("{notice.governs}", ""),
        plain=english.plain,
        purpose=english.purpose,
    )
    assert "English: перевод не говорит, какой текст главный" in seen(first, page)


def test_words_with_angle_brackets_do_no_harm(first: FlaskClient):
    draft = begun(first)
    send(first, draft, **words(text=CALMER.replace("Оператору", "<script>alert(1)</script>")))
    assert "<script>alert" not in first.get(draft).text


def test_two_who_write_at_once_do_not_overwrite_each_other(first: FlaskClient, second: FlaskClient):
    draft = begun(first)
    assert send(first, draft, **words(text=CALMER)).status_code == 303
    assert send(second, draft, **words(), revision="1").status_code == 409
    assert send(second, draft, f"{draft}/drop").status_code == 303
    assert "взять черновик" in first.get(PAGE).text

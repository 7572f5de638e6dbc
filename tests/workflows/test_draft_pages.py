"""The pages of definitions: a draft with its findings and drawing beside it, published by two people."""

import re
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from registry.access.rules import Role
from registry.trail.entries import SYSTEM
from registry.web.create import create_app
from registry.web.doors import check_doors
from registry.work import Registry
from registry.workflows import models, usecases
from registry.workflows.pages import blueprint
from tests.workflows.test_pages import PASSWORD, signed_in
from tests.workflows.tiny import IN_THREE, SCHOOL, publish_tiny, shut, thing

LONGER = 'after = "3 days"', 'after = "5 days"'


@pytest.fixture
def app(registry: Registry) -> Flask:
    shut.clear()
    publish_tiny(registry, IN_THREE)
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


def begun(client: FlaskClient) -> str:
    """Take a draft; give the address of its page."""
    answer = send(client, "/definitions/tiny", "/definitions/tiny/draft", source="present")
    assert answer.status_code == 303
    return str(answer.location)


def published(first: FlaskClient, second: FlaskClient, text: str) -> None:
    step_up(first, second)
    draft = begun(first)
    assert send(first, draft, text=text).status_code == 303
    assert send(first, f"{draft}/proposal", why="так удобнее").status_code == 303
    assert send(second, f"{draft}/answer", answer="confirm").status_code == 303


def test_a_deadline_is_changed_by_two_people_without_code(
    first: FlaskClient, second: FlaskClient, registry: Registry
):
    with registry.work(SYSTEM) as work:
        usecases.start(work, "tiny", thing(), SCHOOL)
    draft = begun(first)
    assert send(first, draft, text=IN_THREE.replace(*LONGER).replace("\n", "\r\n")).status_code == 303
    shown = first.get(draft).text
    row = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", shown[shown.index("Что изменится") :]))
    assert "Состояние «Черновик», напоминание (срок – дней: 3) Срок дней: 3 дней: 5" in row
    assert "Открытых дел сейчас: 1. Они идут по прежним срокам" in row
    assert "<svg" in shown
    assert "ошибок нет" in shown
    assert first.get(f"{draft}/proposal").location.startswith("/step-up")
    assert second.get(f"{draft}/answer").location.startswith("/step-up")
    step_up(first, second)
    assert send(first, f"{draft}/proposal", why="").status_code == 422
    asked = send(first, f"{draft}/proposal", why="так удобнее")
    assert "её должен подтвердить второй сотрудник" in first.get(asked.location).text
    assert "Это ваша просьба" in first.get(f"{draft}/answer").text
    assert send(first, f"{draft}/answer", answer="confirm").status_code == 409
    assert "дней: 5" in second.get(f"{draft}/answer").text
    answered = send(second, f"{draft}/answer", answer="confirm")
    told = second.get(answered.location).text
    assert "Новая версия опубликована" in told
    assert "версии 2" in told
    assert "перевести" in told


def test_what_waits_for_a_second_person_stands_where_he_looks(first: FlaskClient, second: FlaskClient):
    step_up(first)
    draft = begun(first)
    send(first, draft, text=IN_THREE.replace(*LONGER))
    assert "Ждут решения" not in second.get("/").text
    send(first, f"{draft}/proposal", why="так удобнее")
    assert "Ждут решения: 1" in second.get("/").text
    told = second.get("/definitions").text
    assert "Коллеги просят опубликовать, решение за вами: 1" in told
    assert f'href="{draft}/answer"' in told
    assert "Ждут решения" not in first.get("/").text, "it does not wait for who asked"
    assert "решение за вами" not in first.get("/definitions").text


def test_a_draft_is_given_up_only_after_a_question(first: FlaskClient):
    draft = begun(first)
    assert f'href="{draft}/drop"' in first.get(draft).text
    asked = first.get(f"{draft}/drop").text
    assert "Написанное в черновике вернуть будет нельзя" in asked
    dropped = send(first, f"{draft}/drop")
    assert "Черновик удалён." in first.get(dropped.location).text
    assert "уже опубликован или удалён" in first.get(f"{draft}/drop").text


def test_what_is_wrong_stands_beside_the_text_with_its_line(first: FlaskClient):
    draft = begun(first)
    send(first, draft, text=IN_THREE.replace('to = "checked"', 'to = "nowhere"'))
    shown = first.get(draft).text
    found = re.search(
        r'href="#line-(\d+)">строка (\d+), transitions\.check\.to: состояния «nowhere» нет', shown
    )
    assert found is not None
    assert found[1] == found[2]
    assert re.search(rf'<li id="line-{found[1]}"[^>]*>to = &#34;nowhere&#34;</li>', shown)
    assert "<code>to = &#34;nowhere&#34;</code>" in shown
    assert "Попросить опубликовать" not in shown
    assert "Схема появится" in shown
    send(first, draft, text=IN_THREE.replace('guards = ["tiny.open"]', 'guards = ["os.system"]', 1))
    shown = first.get(draft).text
    assert "os.system" in shown
    assert "<svg" in shown
    assert send(first, draft, text="x" * 300_000).status_code in {413, 422}


@pytest.mark.parametrize("left", [["ru", "en"], ["ru"]])
def test_a_draft_that_leaves_a_language_out_cannot_be_published(first: FlaskClient, left: list[str]):
    gone = {"en", "bg"} - {*left}
    text = IN_THREE.replace('languages = ["ru", "en", "bg"]', f"languages = {left}".replace("'", '"'))
    for language in gone:
        text = re.sub(rf', {language} = "[^"]*"', "", text)
    step_up(first)
    draft = begun(first)
    send(first, draft, text=text)
    shown = first.get(draft).text
    for language in gone:
        assert re.search(rf"строка \d+, languages: нет языка «{language}»", shown)
    assert "Попросить опубликовать" not in shown
    hidden = "/definitions/tiny"
    assert send(first, hidden, f"{draft}/proposal", why="так короче", revision="2").status_code == 409


def test_a_text_with_angle_brackets_does_no_harm(first: FlaskClient):
    draft = begun(first)
    send(first, draft, text=IN_THREE.replace("Черновик", "<script>alert(1)</script>"))
    assert "<script>alert" not in first.get(draft).text


def test_two_who_write_at_once_do_not_overwrite_each_other(first: FlaskClient, second: FlaskClient):
    draft = begun(first)
    assert send(first, draft, text=IN_THREE.replace(*LONGER)).status_code == 303
    assert send(second, draft, text=IN_THREE, revision="1").status_code == 409
    assert send(second, draft, f"{draft}/drop").status_code == 303
    assert "Изменить" in first.get("/definitions/tiny").text


def test_cases_are_moved_on_a_page_that_shows_beforehand_where_they_go(
    first: FlaskClient, second: FlaskClient, registry: Registry
):
    with registry.work(SYSTEM) as work:
        case = usecases.start(work, "tiny", thing(), SCHOOL)
    published(
        first,
        second,
        re.sub(r'"draft"|states\.draft', lambda one: one[0].replace("draft", "sketch"), IN_THREE),
    )
    page = "/definitions/tiny/migration?version=1"
    shown = first.get(page).text
    assert "дел: 1" in shown
    assert "места нет: выберите" in shown
    assert "workflows migrate tiny --from 1 --to 2" in shown
    post = "/definitions/tiny/migration"
    assert send(first, page, post, do="move").status_code == 422
    assert "Перевести дела" not in shown, "first look, then do"
    planned = send(first, page, post, do="show", **{"place-draft": "sketch"}).text
    assert planned.index("Показать, что будет") < planned.index("«Черновик» → «Черновик»: дел 1")
    assert planned.index("«Черновик» → «Черновик»: дел 1") < planned.index("Перевести дела: 1")
    assert send(first, page, post, do="move", **{"place-draft": "sketch"}).status_code == 303
    with registry.reading(SYSTEM) as work:
        moved = usecases.look(work, case.id).case
    assert (moved.version, moved.state) == (2, "sketch")
    shown = signed_in_reader(first, case.id)
    assert "Дело переведено на другую версию процесса" in shown


def signed_in_reader(client: FlaskClient, case_id: UUID) -> str:
    answer = client.get(f"/processes/cases/{case_id}")
    assert answer.status_code == 200
    return answer.text


@pytest.mark.parametrize("role", [Role.DIRECTOR, Role.TUTOR])
def test_who_does_not_keep_the_installation_finds_no_definitions(app: Flask, registry: Registry, role: Role):
    client = signed_in(app, registry, role)
    assert client.get("/definitions").status_code in {403, 404}
    assert client.get("/definitions/tiny").status_code in {403, 404}
    with registry.reading(SYSTEM) as work:
        assert models.open_drafts(work.connection) == []


def test_an_unknown_definition_version_or_draft_is_not_found(first: FlaskClient):
    step_up(first)
    for address in (
        "/definitions/nothing",
        "/definitions/tiny/versions/7",
        f"/definitions/drafts/{uuid4()}",
        "/definitions/tiny/migration?version=7",
        "/definitions/tiny/migration?version=x",
    ):
        assert first.get(address).status_code == 404
    assert "states.draft" in first.get("/definitions/tiny/versions/1").text

"""The engine speaks the language of who reads: by the titles of definitions and the words of catalogues."""

from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po
from flask import Flask

from registry.access.rules import Role
from registry.app import load_names, load_pages
from registry.cli import tell
from registry.errors import ConflictError, ForbiddenError, RegistryError
from registry.trail.entries import Actor
from registry.web.errors import told
from registry.web.language import EXTENSION
from registry.work import Registry
from registry.workflows import moving, usecases, versions
from registry.workflows.calendars.days import NO_YEAR
from registry.workflows.cases import Case, Happening, Subject
from registry.workflows.definition import parse
from registry.workflows.names import NAMES
from tests.staff.conftest import Employ, Place, app, employ, school, schools
from tests.workflows.test_sub_cases import PIECE, WHOLE
from tests.workflows.tiny import ROBOT

__all__ = ["app", "employ", "school", "schools"]
NAMES.say_dates("spoken", {"term": "последний день"})
SPOKEN = """
id = "spoken"
version = 1
languages = ["ru", "en", "bg"]
title = { ru = "Дело", en = "Matter", bg = "Дело на български" }
subject = "spoken"
dates = ["term"]

[states.open]
title = { ru = "Открыто", en = "Open", bg = "Отворено" }
kind = "start"
assignee = "director"

[states.done]
title = { ru = "Сделано", en = "Done", bg = "Готово" }
kind = "end"

[transitions.finish]
title = { ru = "Закончить", en = "Finish", bg = "Завършване" }
from = ["open"]
to = "done"
by = ["director", "system"]

[[deadlines]]
state = "open"
at = "term"
then = "finish"
"""
CATALOGUES = {
    "en": {
        "Шаг «%(step)s» могут сделать: %(roles)s.": "“%(step)s” can be done by: %(roles)s.",
        "Дело закрыто: «%(state)s».": "The case is closed: “%(state)s”.",
        "директор": "headteacher",
        "система": "the system",
        "Оставлено без отправки: %(count)s.": "Left unsent: %(count)s.",
        "последний день": "the last day",
    },
    "bg": {
        "Шаг «%(step)s» могут сделать: %(roles)s.": "„%(step)s“ може да направи: %(roles)s.",
        "Дело закрыто: «%(state)s».": "Делото е приключено: „%(state)s“.",
        "директор": "директорът",
        "система": "системата",
        "Оставлено без отправки: %(count)s.": "Неизпратени: %(count)s.",
        "последний день": "последният ден",
    },
}


@pytest.fixture
def spoken(app: Flask, registry: Registry, tmp_path: Path) -> Flask:
    """The pages in three languages, with small catalogues in the way of real ones."""
    for language, words in CATALOGUES.items():
        catalogue = Catalog(language)
        for said, meant in words.items():
            catalogue.add(said, meant)
        file = tmp_path / "translations" / language / "LC_MESSAGES" / "messages.po"
        file.parent.mkdir(parents=True)
        with file.open("wb") as opened:
            write_po(opened, catalogue)
    app.extensions["babel"].translation_directories = [str(tmp_path / "translations")]
    app.extensions[EXTENSION] = ("ru", *CATALOGUES)
    with registry.work(ROBOT) as work:
        versions.publish(work, {"spoken.toml": SPOKEN})
    return app


@pytest.fixture
def case(spoken: Flask, registry: Registry, school: Place) -> Case:
    with registry.work(ROBOT) as work:
        return usecases.start(work, "spoken", Subject("spoken", uuid4()), school.id)


def in_words(app: Flask, error: RegistryError) -> list[str]:
    said = []
    for language in ("ru", "en", "bg"):
        with app.test_request_context(headers={"Accept-Language": language}):
            said.append(told(error))
    return said


def test_who_may_not_take_a_step_reads_its_title_and_who_may_in_his_language(
    spoken: Flask, registry: Registry, case: Case
) -> None:
    clerk = Actor("staff", uuid4(), "clerk", "password", case.school_id)
    with pytest.raises(ForbiddenError) as refused, registry.work(clerk) as work:
        usecases.advance(work, case.id, "finish")
    assert in_words(spoken, refused.value) == [
        "Шаг «Закончить» могут сделать: директор, система.",
        "“Finish” can be done by: headteacher, the system.",
        "„Завършване“ може да направи: директорът, системата.",
    ]


def test_a_state_that_does_not_allow_a_step_is_named_in_the_language_of_the_reader_and_of_a_terminal(
    spoken: Flask, registry: Registry, case: Case
) -> None:
    with registry.work(ROBOT) as work:
        usecases.advance(work, case.id, "finish")
    with pytest.raises(ConflictError) as refused, registry.work(ROBOT) as work:
        usecases.advance(work, case.id, "finish")
    assert in_words(spoken, refused.value) == [
        "Дело закрыто: «Сделано».",
        "The case is closed: “Done”.",
        "Делото е приключено: „Готово“.",
    ]
    assert tell(refused.value) == str(refused.value) == "Дело закрыто: «Сделано»."


@pytest.mark.parametrize("accepts", ["text/html", "application/problem+json"])
def test_a_page_and_a_program_are_told_the_same(
    spoken: Flask, registry: Registry, case: Case, employ: Employ, accepts: str
) -> None:
    with registry.work(ROBOT) as work:
        usecases.advance(work, case.id, "finish")
    director = employ("darya", Role.DIRECTOR)
    director.client.environ_base |= {"HTTP_ACCEPT": accepts, "HTTP_ACCEPT_LANGUAGE": "bg"}
    answer = director.send(f"/processes/cases/{case.id}", f"/processes/cases/{case.id}/take", revision=2)
    assert answer.status_code == 409
    assert "Делото е приключено: „Готово“." in (answer.json["detail"] if answer.is_json else answer.text)


def test_the_page_of_a_case_says_reasons_in_words(
    spoken: Flask, registry: Registry, case: Case, employ: Employ
) -> None:
    for reason in ("skipped-3", NO_YEAR, "decided", "smtp-550"):
        with registry.work(ROBOT) as work:
            seen = usecases.look(work, case.id).case
            line = moving.Line(Happening.SKIPPED, seen.state, reason=reason)
            moving.change(work, replace(seen, revision=seen.revision + 1), line)
    director = employ("darya", Role.DIRECTOR)
    page = director.get(f"/processes/cases/{case.id}").text
    for words in (
        "Оставлено без отправки: 3.",
        "В производственном календаре нет нужного года: его надо добавить.",
        "Решение уже есть.",
        "Код причины: smtp-550.",
    ):
        assert words in page
    assert "skipped-3" not in page
    assert NO_YEAR not in page
    director.client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    assert "Left unsent: 3." in director.get(f"/processes/cases/{case.id}").text


def test_the_page_of_a_process_names_dates_and_awaited_processes(
    spoken: Flask, registry: Registry, employ: Employ
) -> None:
    with registry.work(ROBOT) as work:
        versions.publish(work, {"whole.toml": WHOLE, "piece.toml": PIECE})
    director = employ("darya", Role.DIRECTOR)
    assert "когда готовы подчинённые дела «Часть»" in director.get("/processes/whole").text
    assert "дата дела «последний день»" in director.get("/processes/spoken").text
    director.client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "bg"
    assert "последният ден" in director.get("/processes/spoken").text


def test_every_date_of_a_shipped_process_has_words() -> None:
    load_names()
    load_pages()
    read = [parse(text)[0] for text in versions.shipped().values()]
    dates = {(one.subject, name) for one in read if one is not None for name in one.dates}
    assert dates
    assert dates <= set(NAMES.dates)

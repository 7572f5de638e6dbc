"""Pages of values that two people claim: the coordinator's list and decision, the school's tasks."""

from uuid import UUID

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from registry.access.rules import Action
from registry.errors import N_, InvalidError
from registry.people.models import places
from registry.people.models.collisions import Outcome, Todo, open_tasks
from registry.people.models.persons import load_persons
from registry.people.models.places import School
from registry.people.pages.room import FIELD_WORDS, WORDS, blueprint, place_of
from registry.people.usecases import collisions
from registry.people.usecases.collisions import Collision, OpenClaim
from registry.people.usecases.same_person import Born
from registry.web import navigation
from registry.web.current import begin_reading, begin_work, can, require
from registry.web.doors import allowed
from registry.web.templating import page
from registry.work import Work

OUTCOMES = {
    Outcome.SAME_PERSON: N_(
        "Это один человек: строку списка школа загрузит снова, запись владельца останется как есть"
    ),
    Outcome.HOLDER_WRONG: N_("Ошибка у того, у кого значение записано сейчас: задание получит его школа"),
    Outcome.CLAIMANT_WRONG: N_("Ошибка у того, кому его вписывали: задание получит школа, которая вписывала"),
}
TODO_WORDS = {
    Todo.CORRECT: N_("Проверьте значение по документу и исправьте его в карточке или в списке"),
    Todo.REPEAT: N_("Решено в вашу пользу: впишите значение снова, когда оно освободится"),
    Todo.COMPARE: N_(
        "Решено: в другом списке назван этот же человек. Его запись осталась как есть: сверьте фамилию, имя, "
        "дату рождения и СНИЛС с документом. Если он у вас больше не учится, отметьте выбытие"
    ),
    Todo.UPLOAD_AGAIN: N_(
        "Решено: в вашем списке назван человек, который уже записан. Загрузите этот список снова, не меняя в "
        "строке имени, даты рождения и этого значения: строка будет принята. Его запись останется как есть, "
        "пока вы не утвердите изменения"
    ),
}
CHOOSE = N_("Выберите решение.")
BORN_WORDS = {
    Born.SAME: N_("та же"),
    Born.DIFFERENT: N_("другая"),
    Born.UNKNOWN: N_("у одного из них не записана"),
}

navigation.add(
    navigation.Entry(
        "people.collisions_home",
        N_("Совпадения"),
        N_("Номера и контакты, которые записывают двум людям."),
        Action.COLLISION_SETTLE,
        order=30,
        waiting=lambda: navigation.Waits(len(_waiting())),
    )
)


@blueprint.get("/collisions")
@allowed(Action.COLLISION_SETTLE)
def collisions_home() -> ResponseReturnValue:
    """List the open claims on which who reads may decide."""
    return page("people/collisions.html", found=_waiting(), field_words=FIELD_WORDS)


def _waiting() -> list[OpenClaim]:
    with begin_reading() as reading:
        found = collisions.list_open(reading, schools_open(reading))
    return [one for one in found if can(Action.COLLISION_SETTLE, one.place)]


@blueprint.get("/collisions/<uuid:claim_id>")
@allowed(Action.COLLISION_SETTLE)
def collision(claim_id: UUID) -> ResponseReturnValue:
    """Show both sides of a claim; that they were looked at is in the trail."""
    with begin_work() as work:
        shown = opened_collision(work, claim_id)
    return _page(shown, {}, "", None)


@blueprint.post("/collisions/<uuid:claim_id>")
@allowed(Action.COLLISION_SETTLE)
def settle_collision(claim_id: UUID) -> ResponseReturnValue:
    """Decide whose value is to be put right, or that both sides are one person."""
    reason, chosen = request.form.get("reason", ""), request.form.get("outcome", "")
    errors = {}
    with begin_work() as work:
        shown = opened_collision(work, claim_id)
        if chosen not in set(shown.outcomes):
            errors["outcome"] = str(gettext(CHOOSE))
        else:
            errors = _settled(work, shown, Outcome(chosen), reason)
    if errors:
        return _page(shown, errors, reason, chosen or None), 422
    return redirect(url_for("people.collisions_home"), 303)


@blueprint.get("/<uuid:school_id>/collision-tasks")
@allowed(Action.PERSON_EDIT)
def collision_tasks(school_id: UUID) -> ResponseReturnValue:
    """List what a school has to do about values that others claim too."""
    with begin_reading() as reading:
        school = own_school(reading, school_id)
        tasks = open_tasks(reading.connection, school_id)
        ids = {one.person_id for one in tasks if one.person_id}
        people = load_persons(reading.connection, reading.vault, ids)
    words = {"todo_words": TODO_WORDS, "field_words": FIELD_WORDS}
    return page("people/collision_tasks.html", school=school, tasks=tasks, people=people, **words)


@blueprint.post("/<uuid:school_id>/collision-tasks/<uuid:task_id>/done")
@allowed(Action.PERSON_EDIT)
def finish_collision_task(school_id: UUID, task_id: UUID) -> ResponseReturnValue:
    """Note that a task is done."""
    with begin_work() as work:
        own_school(work, school_id)
        collisions.finish_task(work, school_id, task_id)
    return redirect(url_for("people.collision_tasks", school_id=school_id), 303)


def schools_open(work: Work) -> list[School]:
    """List the schools about whose claims who asks may decide."""
    listed = places.list_schools(work.connection)
    return [one for one in listed if can(Action.COLLISION_SETTLE, place_of(one))]


def opened_collision(work: Work, claim_id: UUID) -> Collision:
    """Read both sides of a claim on which who asks may decide, and record the look.

    Raises:
        NotFoundError: there is none, or he may not.
    """
    found = collisions.find_open(work, claim_id, schools_open(work))
    require(Action.COLLISION_SETTLE, found.place)
    return collisions.view(work, found)


def _settled(work: Work, shown: Collision, outcome: Outcome, reason: str) -> dict[str, str]:
    """A missing reason is an answer here: the look at both sides before it stays in the trail."""
    try:
        collisions.settle(work, shown, outcome, reason)
    except InvalidError as error:
        return {name: str(gettext(text)) for name, text in error.fields.items()}
    return {}


def own_school(work: Work, school_id: UUID) -> School:
    """Read a school in all of which who asks may edit: a task names people of any class.

    Raises:
        NotFoundError: there is none, or he may not.
    """
    school = places.get_school(work.connection, school_id)
    require(Action.PERSON_EDIT, place_of(school))
    return school


def _page(shown: Collision, errors: dict[str, str], reason: str, chosen: str | None) -> str:
    outcomes = {one.value: str(gettext(OUTCOMES[one])) for one in shown.outcomes}
    return page(
        "people/collision.html",
        shown=shown,
        outcomes=outcomes,
        born_words=BORN_WORDS,
        errors=errors,
        reason=reason,
        chosen=chosen,
        **WORDS,
    )

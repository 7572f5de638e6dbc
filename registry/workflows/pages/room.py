"""What the pages of the engine share: the blueprint, words for roles, who asks, whose cases may be seen."""

from uuid import UUID

from flask import Blueprint, request
from flask_babel import gettext

from registry.access.rules import Action, Right, Scope, rights_for
from registry.errors import N_
from registry.web.current import require, rights, schools, signed_in
from registry.web.words import ACTOR_WORDS
from registry.work import Work
from registry.workflows.names import NAMES
from registry.workflows.tasks.shares import Asker, asker_of

blueprint = Blueprint("workflows", "registry.workflows.pages", template_folder="../templates")

ROLES = ACTOR_WORDS

DONE = {
    "taken": N_("Задача теперь у вас."),
    "freed": N_("Задача снова ждёт любого, у кого эта роль."),
    "handed": N_("Задача передана коллеге."),
    "commented": N_("Примечание добавлено."),
    "proposed": N_(
        "Просьба отправлена: теперь её должен подтвердить второй сотрудник, который ведёт описания."
    ),
    "published": N_("Новая версия опубликована: новые дела начнутся по ней."),
    "declined": N_("Просьба снята: черновик снова можно менять."),
    "dropped": N_("Черновик удалён."),
    "moved": N_("Дела переведены на новую версию."),
}
"""What was done just now, by the word that the address carries to the next page."""


def done_words() -> str | None:
    """Say what was done just now."""
    said = DONE.get(request.args.get("done", ""))
    return str(gettext(said)) if said else None


def check_place(work: Work, school_id: UUID | None, action: Action = Action.CASE_READ) -> None:
    """Let through who may read cases of this school, by a role of it, of its classes or of its branch."""
    if school_id not in schools(action):
        require(action, NAMES.place_of(work, school_id))


def check_part(work: Work, scope: Scope, place_id: UUID) -> None:
    """Let through who may read the cases of a region, a municipality or a school."""
    if scope is not Scope.SCHOOL or place_id not in schools(Action.CASE_READ):
        require(Action.CASE_READ, NAMES.atlas.place_of(work, scope, place_id))


def asker(work: Work) -> Asker:
    """Say who asks for tasks, with what he has as a deputy."""
    user_id = signed_in().session.user_id
    assert user_id is not None  # noqa: S101 - no guardian has a right that opens these pages
    return asker_of(work.connection, user_id, rights(), work.today)


def sees_all() -> bool:
    """Say whether who asks sees the cases of the whole installation."""
    return any(one.scope is Scope.INSTALLATION for one in rights_here())


def rights_here() -> tuple[Right, ...]:
    """Give the rights of who asks to look at cases."""
    return rights_for(rights(), Action.CASE_READ)

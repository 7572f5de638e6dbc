"""What the pages of documents share: the blueprint, who may come in, and words."""

from flask import Blueprint
from flask_babel import gettext

from registry.access.rules import Action, Place
from registry.errors import N_, NotFoundError
from registry.programmes.items import Problem
from registry.programmes.rules import NoticeKind, OnMajor
from registry.programmes.rules.numbers import Change
from registry.web.current import require
from registry.workflows.drafts.rules import DraftState

blueprint = Blueprint("programmes", "registry.programmes.pages", template_folder="../templates")

STATES = {
    DraftState.DRAFTING: (N_("черновик"), "yellow"),
    DraftState.PROPOSED: (N_("ждёт второго сотрудника"), "purple"),
    DraftState.PUBLISHED: (N_("опубликован"), "green"),
    DraftState.DROPPED: (N_("удалён"), "grey"),
}
CHANGES = {
    Change.MINOR: N_("мелкая правка, решать заново не нужно"),
    Change.MAJOR: N_("существенное изменение"),
}
ON_MAJOR = {
    OnMajor.LAPSE: N_(
        "Согласия, данные на прежний текст, перестанут действовать: эти семьи спросят заново. "
        "Отказы и отзывы остаются."
    ),
    OnMajor.STAND: N_(
        "Согласия, данные на прежний текст, продолжат действовать; новый текст получат те, кто ещё не решил."
    ),
}
PARTS = {"text": N_("Документ"), "plain": N_("Простыми словами"), "purpose": N_("Цель")}
ITEMS = {
    1: N_("Кто даёт согласие: имя, адрес, документ"),
    2: N_("Представитель: имя, адрес, документы"),
    3: N_("Кому: оператор и получатель"),
    4: N_("Цель"),
    5: N_("Какие данные"),
    6: N_("Кому поручена работа с данными"),
    7: N_("Какие действия и каким способом"),
    8: N_("Срок и как отозвать"),
    9: N_("Подпись"),
}
"""The items of part 4 of article 9, in short."""


def require_installation() -> None:
    """Let through only who keeps the documents of the whole installation: they are the same for all."""
    require(Action.PROGRAMME_MANAGE, Place())


def kind_of(named: str) -> NoticeKind:
    """Read a kind of document from an address.

    Raises:
        NotFoundError: there is none of this name.
    """
    if named not in set(NoticeKind):
        raise NotFoundError(N_("Такого документа нет."))
    return NoticeKind(named)


def say_problem(problem: Problem) -> str:
    """Say what is wrong with a text."""
    return str(gettext(problem.text, **problem.values) if problem.values else gettext(problem.text))

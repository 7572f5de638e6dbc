"""The page on which a signer sees who looked at his data, and at those of the children he represents."""

from flask import url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from registry.access.purposes import REASONS
from registry.access.rules import Action
from registry.consents.pages.room import blueprint
from registry.consents.pages.sitting import opened_desk
from registry.consents.usecases.own_data import people_of
from registry.errors import N_
from registry.people.models import places
from registry.people.usecases.looks import Look, What, looks_at
from registry.web.current import begin_reading
from registry.web.doors import allowed
from registry.web.templating import page

ROLES = {
    "tutor": N_("Классный руководитель"),
    "clerk": N_("Сотрудник канцелярии школы"),
    "director": N_("Директор школы"),
    "coordinator": N_("Координатор органа управления образованием"),
    "operator": N_("Оператор реестра"),
    "auditor": N_("Проверяющий"),
}
STAFF = N_("Сотрудник")
KINDS = {
    What.CARD: N_("Открыта карточка"),
    What.AUTHORITY: N_("Открыты полномочия представителя"),
    What.CONTACTS: N_("Открыты ссылки и контакты"),
    What.PAPER: N_("Открыты документы для записи с бумаги"),
    What.CONFLICT: N_("Открыты решения представителей"),
    What.ROSTER: N_("Скачан список класса или школы"),
    What.FORMS: N_("Напечатаны бланки"),
    What.PROOF: N_("Открыты доказательства решений"),
    What.DOCUMENTS: N_("Выгружены документы о решениях"),
}
OTHER = N_("Открыты данные")


@blueprint.get("/decide/looks")
@allowed(Action.DECIDE)
def who_looked() -> ResponseReturnValue:
    """Show who looked at the signer's data and at those of whom he represents: role, school, time, what."""
    with begin_reading() as reading:
        desk = opened_desk(reading)
        zone = places.get_school(reading.connection, desk.sitting.school_id).timezone
        people = {desk.signer.id: desk.signer} | {one.id: one for one in people_of(reading, desk).values()}
        shown = [
            {"name": one.full_name, "looks": [_look(look) for look in looks_at(reading, one.id)]}
            for one in people.values()
        ]
    return page("consents/looks.html", people=shown, zone=zone, back=url_for("consents.desk"))


def _look(one: Look) -> dict[str, object]:
    kinds = {what.value: words for what, words in KINDS.items()}
    reasons = {reason.value: words for reason, words in REASONS.items()}
    reason = reasons.get(one.reason)
    return {
        "at": one.at,
        "who": gettext(ROLES.get(one.role, STAFF)),
        "school": one.school,
        "what": gettext(kinds.get(one.what, OTHER)),
        "why": f"{gettext(reason)}, {one.order}" if reason else "",
    }

"""A signer settles what differs between a card and ESIA, of himself or of his child, in his own sitting."""

from uuid import UUID

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from registry.access.rules import Action
from registry.consents.pages.room import blueprint
from registry.consents.pages.sitting import opened_desk
from registry.consents.usecases.own_data import person_of
from registry.errors import N_, InvalidError
from registry.people.esia_match import FIELDS, compare
from registry.people.models.persons import Person
from registry.people.models.writing import taken
from registry.people.pages.compared import TO_SETTLE, row_of
from registry.people.usecases.accounts import held_of, keep_card, take_from_esia
from registry.web.current import begin_work
from registry.web.doors import allowed
from registry.web.errors import told
from registry.web.idempotency import once
from registry.web.templating import page
from registry.work import Work


def differing_rows(work: Work, person: Person) -> list[dict[str, object]]:
    """Lay out the fields of a person that somebody has to decide about; none without a login by ESIA."""
    held = held_of(work, [person])[person.id]
    said = held.account.said if held.account else None
    if said is None:
        return []
    rows = [row_of(person, one, {}) for one in compare(person, said) if one.match in TO_SETTLE]
    return [one for one in rows if one["to_keep"] or not one["card"]]


@blueprint.post("/decide/people/<uuid:person_id>/esia/<field>")
@allowed(Action.DECIDE)
@once
def settle_own(person_id: UUID, field: str) -> ResponseReturnValue:
    """Choose which side is right about a field of oneself or of one's child: ESIA's, or the school's."""
    if field not in FIELDS:
        raise InvalidError(N_("Такого поля нет."), code="no-field")
    with begin_work() as work:
        desk = opened_desk(work)
        person_of(work, desk, person_id)
        collided = _settled(work, (desk.sitting.school_id, person_id, field))
    address = url_for("consents.show_person", person_id=person_id)
    if not collided:
        return redirect(address, 303)
    shown = page(
        "consents/message.html",
        title=gettext("Не записано"),
        text=told(taken()),
        link=address,
        link_text=gettext("Вернуться к данным"),
    )
    return shown, 409


def _settled(work: Work, what: tuple[UUID, UUID, str]) -> bool:
    if request.form.get("side") == "esia":
        return take_from_esia(work, *what).collision is not None
    keep_card(work, *what)
    return False

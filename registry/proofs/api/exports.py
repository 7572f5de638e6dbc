"""Exports of sealed documents over the API: ordered, followed, cancelled, fetched by who ordered them."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask.typing import ResponseReturnValue

from registry.access.purposes import LONGEST_ORDER, Reason
from registry.access.rules import Action
from registry.errors import N_
from registry.proofs.exports import usecases
from registry.proofs.exports.rules import LONGEST_RECEIVER, Export, Span, State, Wanted
from registry.proofs.pages.exports import chosen_site, handed_export, opened_export, own_exports
from registry.web.api.bodies import Body, Told
from registry.web.api.fields import Choice, Id, Moment, Text, Whole, YesNo
from registry.web.api.rooms import Room
from registry.web.current import begin_reading, begin_work
from registry.web.doors import bearer, fresh_sign_in
from registry.web.idempotency import once

exports_room = Room("exports", N_("Выгрузка документов"))

ZIP = "application/zip"
_EXPORT = "/exports/<uuid:export_id>"


class ExportBody(Body):
    """Whose documents are wanted, for whom, for what and on what basis."""

    span = Choice(Span, required=True, metadata={"description": N_("Чьи документы")})
    place_id = Id(required=True, metadata={"description": N_("Школа, муниципалитет или регион")})
    programme = Text(required=True, least=1, most=60)
    bundles = YesNo(load_default=False, metadata={"description": N_("Приложить пакеты доказательств")})
    receiver = Text(required=True, least=1, most=LONGEST_RECEIVER, metadata={"description": N_("Кому")})
    reason = Choice(Reason, required=True, metadata={"description": N_("Для чего")})
    basis = Text(
        required=True,
        least=1,
        most=LONGEST_ORDER,
        metadata={"description": N_("Номер приказа или запроса")},
    )


class ExportTold(Told):
    """An export, and how far it is made."""

    id = Id()
    span = Choice(Span)
    place_id = Id()
    programme = Text()
    bundles = YesNo()
    receiver = Text()
    reason = Choice(Reason)
    basis = Text()
    state = Choice(State)
    total = Whole()
    packed = Whole()
    left_out = Whole()
    fetched = Whole()
    size = Whole(allow_none=True)
    ordered_at = Moment()
    expires_at = Moment(allow_none=True)


@exports_room.serves("GET /exports", N_("Заказанные выгрузки"))
@bearer(Action.DOCUMENT_EXPORT)
@exports_room.lists(ExportTold, key=lambda one: one.id)
def list_exports() -> Sequence[Export]:
    """List the exports of the places in which who asks may order one."""
    with begin_reading() as work:
        return own_exports(work)


@exports_room.serves("POST /exports", N_("Заказать выгрузку документов"))
@fresh_sign_in
@bearer(Action.DOCUMENT_EXPORT)
@once
@exports_room.takes(ExportBody)
@exports_room.answers(ExportTold, 201)
def order_export(said: dict[str, Any]) -> Export:
    """Take an order; the worker makes the file."""
    texts = {name: said[name] for name in ("programme", "bundles", "receiver", "reason", "basis")}
    with begin_work() as work:
        site = chosen_site(work, f"{said['span']}/{said['place_id']}")
        return usecases.order_export(work, Wanted(**texts), site)


@exports_room.serves(f"GET {_EXPORT}", N_("Выгрузка: сколько собрано"))
@bearer(Action.DOCUMENT_EXPORT)
@exports_room.answers(ExportTold)
def show_export(export_id: UUID) -> Export:
    """Tell how far an export is."""
    with begin_reading() as work:
        return opened_export(work, export_id)


@exports_room.serves(f"POST {_EXPORT}/cancel", N_("Отменить выгрузку или уничтожить её файл"))
@bearer(Action.DOCUMENT_EXPORT)
@once
@exports_room.answers(ExportTold)
def cancel_export(export_id: UUID) -> Export:
    """Stop an export, or have its file destroyed before its time."""
    with begin_work() as work:
        opened_export(work, export_id)
        return usecases.cancel_export(work, export_id)


@exports_room.serves(f"GET {_EXPORT}/file", N_("Файл выгрузки"))
@fresh_sign_in
@bearer(Action.DOCUMENT_EXPORT)
@exports_room.files(ZIP)
def fetch_export(export_id: UUID) -> ResponseReturnValue:
    """Hand the file out to who ordered it; each time is in the trail."""
    return handed_export(export_id)

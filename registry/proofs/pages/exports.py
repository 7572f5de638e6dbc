"""Taking documents of a school or a branch out: the order, how far it is, the file for who ordered it."""

from collections.abc import Iterator, Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final
from uuid import UUID

from flask import Response, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from registry.access.purposes import REASONS
from registry.access.rules import Action, Place
from registry.consents.pages.room import uuid_of
from registry.errors import N_, NotFoundError
from registry.programmes.models import latest_versions
from registry.programmes.pages.notices import title_of
from registry.proofs.exports import usecases
from registry.proofs.exports.places import Site, name_of, place_of, site_of, sites_of
from registry.proofs.exports.rules import NO_PLACE, Export, Span, State, Wanted
from registry.proofs.models import exports
from registry.proofs.models.exports import Part
from registry.proofs.pages.room import blueprint
from registry.storage.files import FileStore
from registry.web import navigation
from registry.web.current import begin_reading, begin_work, can, current_registry, require, signed_in
from registry.web.doors import allowed, fresh_sign_in
from registry.web.idempotency import once
from registry.web.templating import page
from registry.work import Work

REFRESH: Final = "5"
"""Seconds until the page of an export that is being made is shown anew."""
FIELDS: Final = ("site", "programme", "receiver", "reason", "basis", "bundles")
LONGEST: Final = 300
STATES: Final = {
    State.WAITING: N_("в очереди"),
    State.PACKING: N_("собирается"),
    State.READY: N_("готова"),
    State.CANCELLED: N_("отменена"),
    State.DESTROYED: N_("файл уничтожен"),
}
COLOURS: Final = {State.PACKING: "blue", State.READY: "green"}
SPANS: Final = {
    Span.REGION: N_("Регион: %(name)s"),
    Span.MUNICIPALITY: N_("Муниципалитет: %(name)s"),
    Span.SCHOOL: "%(name)s",
}

navigation.add(
    navigation.Entry(
        "proofs.list_exports",
        N_("Выгрузка документов"),
        N_("Документы о решениях школы, муниципалитета или региона одним файлом."),
        Action.DOCUMENT_EXPORT,
        order=76,
    )
)


@blueprint.get("/exports")
@allowed(Action.DOCUMENT_EXPORT)
def list_exports() -> ResponseReturnValue:
    """List the exports of places where who asks may order one."""
    with begin_reading() as work:
        titles = _programmes(work)
        found = [_shown(one, name_of(work, one), titles) for one in own_exports(work)]
    return page("proofs/exports.html", exports=found)


@blueprint.get("/exports/new")
@fresh_sign_in
@allowed(Action.DOCUMENT_EXPORT)
def ask_export() -> ResponseReturnValue:
    """Ask whose documents are wanted, for whom, for what and on what basis."""
    return _ask({})


@blueprint.post("/exports/new")
@fresh_sign_in
@allowed(Action.DOCUMENT_EXPORT)
@once
def order_export() -> ResponseReturnValue:
    """Take an order; the worker makes the file, whether or not somebody looks on."""
    typed = _typed()
    wrong = _faults(typed)
    if wrong:
        return _ask(wrong), HTTPStatus.UNPROCESSABLE_ENTITY
    with begin_work() as work:
        export = usecases.order_export(work, _wanted(typed), chosen_site(work, typed["site"]))
    return redirect(url_for("proofs.show_export", export_id=export.id), 303)


@blueprint.get("/exports/<uuid:export_id>")
@allowed(Action.DOCUMENT_EXPORT)
def show_export(export_id: UUID) -> ResponseReturnValue:
    """Show how far an export is."""
    with begin_reading() as work:
        export = opened_export(work, export_id)
        shown = _shown(export, name_of(work, export), _programmes(work))
    mine = export.ordered_by == signed_in().session.user_id
    answer: Response = make_response(page("proofs/export.html", export=shown, mine=mine))
    if export.state.active:
        answer.headers["Refresh"] = REFRESH
    return answer


@blueprint.post("/exports/<uuid:export_id>/cancel")
@allowed(Action.DOCUMENT_EXPORT)
@once
def cancel_export(export_id: UUID) -> ResponseReturnValue:
    """Stop an export, or have a ready file destroyed before its time."""
    with begin_work() as work:
        opened_export(work, export_id)
        usecases.cancel_export(work, export_id)
    return redirect(url_for("proofs.show_export", export_id=export_id), 303)


@blueprint.get("/exports/<uuid:export_id>/documents.zip")
@fresh_sign_in
@allowed(Action.DOCUMENT_EXPORT)
def fetch_export(export_id: UUID) -> ResponseReturnValue:
    """Hand the file out to who ordered it, piece by piece; each time is in the trail."""
    return handed_export(export_id)


def handed_export(export_id: UUID) -> Response:
    """Record that a file is handed out, and give it in pieces: it is never in memory as a whole."""
    with begin_work() as work:
        opened_export(work, export_id)
        export, parts = usecases.fetch_export(work, export_id)
    answer = Response(_pieces(current_registry().files, parts), content_type="application/zip")
    answer.content_length = sum(one.size for one in parts)
    name = f"documents-{export.ordered_at:%Y-%m-%d}-{str(export.id)[-12:]}.zip"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _pieces(files: FileStore, parts: Sequence[Part]) -> Iterator[bytes]:
    for one in parts:
        yield files.get(one.part_file)


def own_exports(work: Work) -> list[Export]:
    """List the exports of the places in which who asks may order one, the newest first."""
    found = exports.latest_exports(work.connection)
    return [one for one in found if can(Action.DOCUMENT_EXPORT, place_of(one))]


def opened_export(work: Work, export_id: UUID) -> Export:
    """Open an export of a place in which who asks may order one.

    Raises:
        NotFoundError: there is none, or he may not.
    """
    export = exports.get_export(work.connection, export_id)
    require(Action.DOCUMENT_EXPORT, place_of(export))
    return export


def chosen_site(work: Work, chosen: str) -> Site:
    """Read the place that a form or a body names, ``school/<id>``.

    Raises:
        NotFoundError: `no-place`: it is none, or who asks may take nothing out there.
    """
    span, _, place_id = chosen.partition("/")
    if span not in set(Span):
        raise NotFoundError(NO_PLACE, code="no-place")
    site = site_of(work, Span(span), uuid_of(place_id))
    require(Action.DOCUMENT_EXPORT, site.place)
    return site


def _may(place: Place) -> bool:
    return can(Action.DOCUMENT_EXPORT, place)


def _wanted(typed: dict[str, str]) -> Wanted:
    return Wanted(
        programme=typed["programme"][:60],
        bundles=typed["bundles"] == "yes",
        receiver=typed["receiver"],
        reason=typed["reason"],
        basis=typed["basis"],
    )


def _faults(typed: dict[str, str]) -> dict[str, str]:
    """Say all that is wrong in a form at once; of a place that who asks may not take out, nothing else.

    Raises:
        NotFoundError: there is no such place, or he may not.
    """
    if typed["site"]:
        with begin_reading() as work:
            chosen_site(work, typed["site"])
    found = {} if typed["site"] else {"site": NO_PLACE}
    found |= usecases.faults_of(_wanted(typed))
    return {name: gettext(words) for name, words in found.items()}


def _ask(errors: dict[str, str]) -> str:
    with begin_reading() as work:
        sites = sites_of(work, _may)
        programmes = _programmes(work)
    return page(
        "proofs/export_new.html",
        sites={f"{one.span}/{one.id}": gettext(SPANS[one.span], name=one.name) for one in sites},
        programmes=programmes,
        reasons={one.value: gettext(words) for one, words in REASONS.items()},
        typed=_typed(),
        errors=errors,
    )


def _typed() -> dict[str, str]:
    return {name: request.form.get(name, "")[:LONGEST] for name in FIELDS}


def _programmes(work: Work) -> dict[str, str]:
    return {one.programme.id: title_of(one.programme) for one in latest_versions(work.connection)}


def _shown(export: Export, name: str, programmes: Mapping[str, str]) -> dict[str, Any]:
    reasons = {one.value: words for one, words in REASONS.items()}
    return {
        "id": export.id,
        "title": gettext(SPANS[export.span], name=name),
        "programme": programmes.get(export.programme, export.programme),
        "bundles": export.bundles,
        "receiver": export.receiver,
        "why": f"{gettext(reasons.get(export.reason, export.reason))}, {export.basis}",
        "ordered_at": export.ordered_at,
        "state": gettext(STATES[export.state]),
        "colour": COLOURS.get(export.state, "grey"),
        "active": export.state.active,
        "ready": export.state is State.READY,
        "over": export.state.over,
        "total": export.total,
        "done": export.done,
        "left_out": export.left_out,
        "fetched": export.fetched,
        "mib": f"{(export.size or 0) / 1024 / 1024:.1f}".replace(".", ","),
        "expires_at": export.expires_at,
    }

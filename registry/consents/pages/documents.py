"""One document: read, decide, check, sign; and what was decided, with its receipt."""

from http import HTTPStatus
from uuid import UUID

from flask import make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from registry.access.rules import Action
from registry.consents.gate import SCHOOL_LOCK
from registry.consents.models.moment import Where
from registry.consents.pages.forms import Filled, Typed, errors_of, read_form
from registry.consents.pages.passing import passed_now, read_passed
from registry.consents.pages.room import blueprint
from registry.consents.pages.signing_code import code_page_for
from registry.consents.pages.sitting import Shown, declaration, here, opened_desk, task_of, where_of
from registry.consents.pages.texts import chosen_language, newer_of, summary_of, tongues_of
from registry.consents.pages.words import PLACES
from registry.consents.reasons import ReasonOf, choices_of
from registry.consents.rules.acts import ActKind, Standing
from registry.consents.schemas import SignForm
from registry.consents.usecases.clicking import Said
from registry.consents.usecases.lacking import lacking_of
from registry.consents.usecases.online import record_online_act
from registry.consents.usecases.presenting import keep_text, prepare_text
from registry.consents.usecases.signed_text import signed_text
from registry.consents.usecases.sitting import Desk, Task
from registry.errors import N_, ConflictError, InvalidError
from registry.programmes.rules import Means, NoticeKind
from registry.web.caller import came_from
from registry.web.current import begin_reading, begin_work
from registry.web.doors import allowed, in_one_work
from registry.web.errors import told
from registry.web.idempotency import once
from registry.web.language import language
from registry.web.templating import page
from registry.work import Work

_SIGNATURE = SignForm()
BUTTONS = {False: N_("Подписать и отправить"), True: N_("Отозвать и отправить")}
"""What stands on the button of the last click, of a withdrawal and of anything else."""
WITHOUT_TEXT = UUID(int=0)
"""Stands for the text where somebody refuses without filling in what the text would need."""


@blueprint.get("/decide/documents/<uuid:consent_id>")
@allowed(Action.DECIDE)
def read(consent_id: UUID) -> ResponseReturnValue:
    """Give a document to read; a decided one shows what was decided."""
    with begin_reading() as reading:
        desk = opened_desk(reading)
        task = task_of(desk, consent_id)
        again = task.standing is not Standing.GIVEN and request.args.get("again") == "yes"
        if task.act is not None and not again:
            return _standing(reading, desk, task)
        return _text(reading, desk, task)


def _text(reading: Work, desk: Desk, task: Task) -> str:
    shown = Shown(desk, task)
    cures = _cures(desk, task)
    if cures:
        return _incomplete(shown, cures)
    try:
        family = next(iter(desk.families), None) if shown.is_agreement else task.family
        wanted = chosen_language(desk.programme)
        prepared = prepare_text(reading, where_of(desk, task), wanted, family)
    except InvalidError as lack:
        return _incomplete(shown, [], list(lack.fields.values()))
    # Only the keeping writes: reading and rendering would keep other writers waiting.
    with begin_work() as work:
        given = keep_text(work, prepared)
    return page(
        "consents/document.html",
        document=shown,
        summary_rows=summary_of(shown, given.rendered.language),
        tongues=tongues_of(desk.programme),
        lapsed=url_for("consents.read_again", consent_id=shown.consent_id) if task.lapsed else None,
        presentation_id=given.where.presentation_id,
        text=given.rendered,
        back=url_for("consents.desk"),
    )


def _cures(desk: Desk, task: Task) -> list[dict[str, str]]:
    """Name the pages that bring what the document still needs, in the order of work."""
    cures = []
    agreement = desk.agreement
    needs_agreement = (
        task.consent.notice is not NoticeKind.CODE_AGREEMENT and Means.CODE in desk.programme.accepts
    )
    if needs_agreement and agreement is not None and agreement.standing is not Standing.GIVEN:
        address = url_for("consents.read", consent_id=agreement.consent.id, again="yes")
        cures.append({"title": gettext("Заключить соглашение о подписи"), "href": address})
    lacking = lacking_of(desk, task)
    if any(place.startswith("signer.") for place in lacking):
        address = url_for("consents.show_person", person_id=desk.signer.id)
        cures.append({"title": gettext("Заполнить мои данные"), "href": address})
    if any(place.startswith("student.") for place in lacking) and task.family is not None:
        address = url_for("consents.show_person", person_id=task.family.student.id)
        cures.append({"title": gettext("Заполнить данные ребёнка"), "href": address})
    return cures


def _incomplete(shown: Shown, cures: list[dict[str, str]], words: list[str] | None = None) -> str:
    lacking = words or [gettext(PLACES[place]) for place in lacking_of(shown.desk, shown.task)]
    refusal = url_for(
        "consents.check",
        consent_id=shown.consent_id,
        presentation_id=WITHOUT_TEXT,
        decision="refused",
    )
    return page(
        "consents/incomplete.html",
        document=shown,
        lacking=lacking,
        cures=cures,
        refusal=None if shown.is_agreement else refusal,
        back=url_for("consents.desk"),
    )


def _standing(reading: Work, desk: Desk, task: Task) -> str:
    shown = Shown(desk, task)
    return page(
        "consents/standing.html",
        document=shown,
        act=task.act,
        decision=shown.decision(task.act.kind) if task.act else "",
        can_withdraw=task.standing is Standing.GIVEN,
        signed=signed_text(reading, task.act) if task.act else None,
        newer=newer_of(desk.programme, task.act) if task.act else "",
        in_force=url_for("consents.read_in_force", consent_id=shown.consent_id),
        back=url_for("consents.desk"),
    )


@blueprint.get("/decide/documents/<uuid:consent_id>/<uuid:presentation_id>/choice")
@allowed(Action.DECIDE)
def choose(consent_id: UUID, presentation_id: UUID) -> ResponseReturnValue:
    """Ask whether he gives or not; nothing is chosen in advance."""
    return _choice_page((consent_id, presentation_id))


def _choice_page(ids: tuple[UUID, UUID], *, unanswered: bool = False) -> str:
    with begin_reading() as reading:
        desk = opened_desk(reading)
    shown = Shown(desk, task_of(desk, ids[0]))
    errors = {"decision": shown.not_chosen} if unanswered else {}
    back = url_for("consents.read", consent_id=ids[0], again="yes")
    return page("consents/choose.html", document=shown, presentation_id=ids[1], errors=errors, back=back)


@blueprint.get("/decide/documents/<uuid:consent_id>/<uuid:presentation_id>/check")
@allowed(Action.DECIDE)
def check(consent_id: UUID, presentation_id: UUID) -> ResponseReturnValue:
    """Show the declaration in full and ask for the name: the last page before the signature."""
    decision = request.args.get("decision", "")
    if decision not in {ActKind.GIVEN.value, ActKind.REFUSED.value}:
        return _choice_page((consent_id, presentation_id), unanswered=True), 422
    return _check_page((consent_id, presentation_id), decision, Typed(), {})


def _check_page(
    ids: tuple[UUID, UUID], decision: str, typed: Typed, errors: dict[str, str]
) -> ResponseReturnValue:
    with begin_reading() as reading:
        desk = opened_desk(reading)
    elsewhere = code_page_for(desk) if request.method == "GET" else None
    if elsewhere is not None:
        return elsewhere
    return page(
        "consents/check.html",
        document=Shown(desk, task_of(desk, ids[0])),
        presentation_id=ids[1],
        has_text=ids[1] != WITHOUT_TEXT,
        declaration=declaration(decision),
        button_words=gettext(BUTTONS[False]),
        passed=passed_now(here(ids[0], None if ids[1] == WITHOUT_TEXT else ids[1])),
        decision=decision,
        reasons={} if decision == ActKind.GIVEN else choices_of(ReasonOf.REFUSED, language()),
        typed=typed,
        errors=errors,
        back=url_for("consents.desk"),
    )


@blueprint.post("/decide/documents/<uuid:consent_id>/<uuid:presentation_id>/sign")
@in_one_work(SCHOOL_LOCK)
@allowed(Action.DECIDE)
def sign(consent_id: UUID, presentation_id: UUID) -> ResponseReturnValue:
    """Make the act: one request, one transaction."""
    filled = read_form(_SIGNATURE)
    if filled.errors:
        return _refused_form((consent_id, presentation_id), filled.typed, filled.errors)
    shown = None if presentation_id == WITHOUT_TEXT else presentation_id
    where = here(consent_id, shown)
    said = said_now(ActKind(filled.values["decision"]), where, filled)
    try:
        return _sign(where=where, said=said)
    except InvalidError as wrong:
        if not wrong.fields.keys() & {"full_name", "reason", "note"}:
            raise
        return _refused_form((consent_id, presentation_id), filled.typed, errors_of(wrong, "full_name"))
    except ConflictError as refused:
        return _read_again(consent_id, refused)


def _refused_form(ids: tuple[UUID, UUID], typed: Typed, errors: dict[str, str]) -> ResponseReturnValue:
    known = typed["decision"] if typed["decision"] in {"given", "refused"} else "refused"
    return make_response(_check_page(ids, known, typed, errors), HTTPStatus.UNPROCESSABLE_ENTITY)


@once
def _sign(where: Where, said: Said) -> ResponseReturnValue:
    with begin_work() as work:
        signed = record_online_act(work, where, said)
    return redirect(url_for("consents.decided", act_id=signed.act_id), 303)


def _read_again(consent_id: UUID, refused: ConflictError) -> ResponseReturnValue:
    """Say why there was no signature, and lead back to the document; nothing was written."""
    shown = page(
        "consents/message.html",
        title=gettext("Не подписано"),
        text=told(refused),
        link=url_for("consents.read", consent_id=consent_id),
        link_text=gettext("Открыть документ снова"),
    )
    return shown, HTTPStatus.CONFLICT


def said_now(kind: ActKind, where: Where, filled: Filled) -> Said:
    """Put together what the last click says, with the circumstances of the request as evidence."""
    return Said(
        kind=kind,
        typed_name=filled.values["full_name"],
        insists=filled.values.get("insists") == "yes",
        declaration=declaration(kind.value),
        button=gettext(BUTTONS[kind is ActKind.WITHDRAWN]),
        reason=filled.values["note"],
        reason_code=filled.values["reason"],
        checked_at=read_passed(where, filled.values["passed"]),
        caller=came_from(),
    )

"""What a signer decided: the confirmation, and the withdrawal."""

from uuid import UUID

from flask import make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from registry.access.rules import Action
from registry.consents.gate import SCHOOL_LOCK
from registry.consents.models.presentations import auth_of
from registry.consents.pages.desk import next_step
from registry.consents.pages.documents import BUTTONS, said_now
from registry.consents.pages.forms import Typed, read_form
from registry.consents.pages.passing import passed_now
from registry.consents.pages.room import blueprint
from registry.consents.pages.signing_code import code_page_for
from registry.consents.pages.sitting import Shown, declaration, here, opened_desk, task_of
from registry.consents.pages.words import AGREEMENT_DECISIONS, DECISIONS, IDENTIFIED, MEANS
from registry.consents.reasons import ReasonOf, choices_of
from registry.consents.rules.acts import ActKind, Standing
from registry.consents.rules.titles import NOTICES
from registry.consents.schemas import WithdrawForm
from registry.consents.usecases.online import record_online_act
from registry.consents.usecases.receipt_letters import COPY_PATH
from registry.consents.usecases.receipts import Proved, receipt_of
from registry.errors import N_, ConflictError, ForbiddenError
from registry.programmes.rules import NoticeKind
from registry.web.current import begin_reading, begin_work, current_registry, signed_in
from registry.web.doors import allowed, in_one_work
from registry.web.idempotency import once
from registry.web.language import language
from registry.web.templating import page
from registry.work import Work


@blueprint.get("/decide/acts/<uuid:act_id>")
@allowed(Action.DECIDE)
def decided(act_id: UUID) -> ResponseReturnValue:
    """Confirm what was decided, with its number and its receipt."""
    with begin_reading() as reading:
        proved = _proved(reading, act_id)
        step = next_step(reading, opened_desk(reading))
        identified = _identified(reading, proved)
    headline = _headline(proved)
    act = {
        "id": act_id,
        "headline": headline,
        "about": _about(proved),
        "title": gettext(NOTICES[proved.act.notice]),
        "number": proved.act.notice_version,
        "consent_id": proved.act.consent_id,
        "decision": headline,
        "reference": proved.reference,
        "time": proved.act.recorded_at,
        "zone": proved.school.timezone,
        "means": gettext(MEANS[proved.act.means]),
        "identified": identified,
        "proof": proved.proof,
        "document": COPY_PATH % act_id,
        "then": _then(proved),
        "next": step,
    }
    return page("consents/decided.html", act=act)


def _proved(work: Work, act_id: UUID) -> Proved:
    session = signed_in().session
    if session.person_id is None or session.school_id is None:
        raise ForbiddenError(N_("Эта страница открывается по личной ссылке из письма школы."))
    return receipt_of(work, current_registry().trail, session.school_id, act_id, session.person_id)


def _identified(work: Work, proved: Proved) -> str:
    """Say how it was found out who signed; nothing where no text was shown, as before a bare refusal."""
    found = auth_of(work.connection, proved.act.school_id, proved.act.presentation_id)
    words = IDENTIFIED.get(found)
    return str(gettext(words)) if words else ""


def _headline(proved: Proved) -> str:
    words = AGREEMENT_DECISIONS if proved.act.notice is NoticeKind.CODE_AGREEMENT else DECISIONS
    return str(gettext(words[proved.act.kind]))


def _about(proved: Proved) -> str:
    return proved.student.full_name if proved.student else proved.signer.full_name


def _then(proved: Proved) -> str:
    if proved.act.notice is NoticeKind.CODE_AGREEMENT:
        if proved.act.kind is ActKind.GIVEN:
            return str(gettext("Теперь документы этого сеанса можно подписывать кодом, который вы ввели."))
        return str(gettext("Согласие можно дать на бумаге, отказаться можно и здесь."))
    if proved.act.kind is ActKind.GIVEN:
        return str(
            gettext("Когда решат все семьи, директор утвердит список и школа передаст его одним сообщением.")
        )
    if proved.act.kind is ActKind.REFUSED:
        return str(gettext("Данные не передадут. На учёбу это не влияет."))
    return str(gettext("Если данные уже переданы, школа сообщит получателю, что их нужно уничтожить."))


@blueprint.get("/decide/documents/<uuid:consent_id>/withdrawal")
@allowed(Action.DECIDE)
def ask_withdrawal(consent_id: UUID) -> ResponseReturnValue:
    """Say what a withdrawal does, and ask for the name."""
    return _withdrawal_page(consent_id, Typed(), {})


def _withdrawal_page(consent_id: UUID, typed: Typed, errors: dict[str, str]) -> ResponseReturnValue:
    with begin_reading() as reading:
        desk = opened_desk(reading)
    elsewhere = code_page_for(desk) if request.method == "GET" else None
    if elsewhere is not None:
        return elsewhere
    task = task_of(desk, consent_id)
    if task.standing is not Standing.GIVEN and task.lapsed is None:
        raise ConflictError(N_("Отзывать нечего: действующего согласия нет."), code="nothing-given")
    back = url_for("consents.read", consent_id=consent_id)
    return page(
        "consents/withdraw.html",
        document=Shown(desk, task),
        consent_id=consent_id,
        declaration=declaration(ActKind.WITHDRAWN),
        button_words=gettext(BUTTONS[True]),
        passed=passed_now(here(consent_id, None)),
        reasons=choices_of(ReasonOf.WITHDRAWN, language()),
        typed=typed,
        errors=errors,
        back=back,
    )


@blueprint.post("/decide/documents/<uuid:consent_id>/withdrawal")
@in_one_work(SCHOOL_LOCK)
@allowed(Action.DECIDE)
@once
def withdraw(consent_id: UUID) -> ResponseReturnValue:
    """Take back what stands given."""
    filled = read_form(WithdrawForm())
    if filled.errors:
        return make_response(_withdrawal_page(consent_id, filled.typed, filled.errors), 422)
    where = here(consent_id, None)
    said = said_now(ActKind.WITHDRAWN, where, filled)
    with begin_work() as work:
        signed = record_online_act(work, where, said)
    return redirect(url_for("consents.decided", act_id=signed.act_id), 303)

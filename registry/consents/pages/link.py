"""The way in for signers: the personal link, the code, and «this is not me»."""

from collections.abc import Sequence

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from registry.access.models.sessions import Holder
from registry.access.rules import Action, Role
from registry.access.usecases.sessions import open_session
from registry.consents.models.visits import Sitting
from registry.consents.pages.forms import Typed, read_form
from registry.consents.pages.room import blueprint
from registry.consents.rules.visits import Entered
from registry.consents.schemas import CodeForm
from registry.consents.usecases.codes import Way
from registry.consents.usecases.inviting import LINK_PATH
from registry.consents.usecases.visiting import Guess, Visit, guess_code, look_at_link, may_guess, sit_down
from registry.consents.usecases.visiting import start as start_visit
from registry.consents.usecases.wrong_person import report
from registry.errors import N_
from registry.letters.rules import short_name
from registry.people.contacts import ContactKind
from registry.people.models.places import get_school
from registry.programmes.models import participation_of
from registry.web.cookies import hand_token, sent_token
from registry.web.current import begin_apart, begin_reading, begin_work
from registry.web.doors import allowed
from registry.web.idempotency import once
from registry.web.language import in_language, language
from registry.web.templating import page
from registry.work import Work

WRONG_CODE = N_("Код не подходит. Осталось попыток: %(left)s. Проверьте цифры и введите код снова.")
SPENT_CODE = N_("Этот код больше не действует. Запросите новый: он придёт через минуту.")
CHOOSE = N_("Выберите, куда прислать код.")


@blueprint.get(f"{LINK_PATH}<token>")
@allowed(Action.PUBLIC)
def start(token: str) -> ResponseReturnValue:
    """Say who asks, what for and about whom; looking changes nothing."""
    return _start_page(token, {})


def _start_page(token: str, errors: dict[str, str]) -> str:
    with begin_reading() as reading:
        visit = look_at_link(reading, token)
        shown = _shown(reading, visit)
    return page("consents/start.html", token=token, visit=shown, errors=errors, chosen=None)


def _shown(reading: Work, visit: Visit) -> dict[str, object]:
    invitation, connection = visit.invitation, reading.connection
    programme = participation_of(connection, invitation.school_id, invitation.programme).programme
    asked_about = {one.about_id for one in visit.asked}
    people = [one for one in visit.students if one.id in asked_about] or [visit.signer]
    return {
        "school": get_school(connection, invitation.school_id).full_name,
        "programme": in_language(programme.title),
        "receiver": programme.receiver.name,
        "deadline": programme.deadline,
        "signer": short_name(visit.signer.first_name, visit.signer.last_name),
        "students": sorted(short_name(one.first_name, one.last_name) for one in people),
        "contacts": contacts_of(visit),
    }


def contacts_of(visit: Visit) -> dict[str, str]:
    """Name the ways to send a code, each shown so that its owner knows it."""
    return ways_shown(visit.ways)


def ways_shown(ways: Sequence[Way]) -> dict[str, str]:
    """Put ways to send a code into words."""
    words = {ContactKind.PHONE: gettext("СМС на %(masked)s"), ContactKind.EMAIL: gettext("почта %(masked)s")}
    return {way.kind.value: words[way.kind].replace("%(masked)s", way.masked) for way in ways}


@blueprint.post(f"{LINK_PATH}<token>/start")
@allowed(Action.PUBLIC)
@once
def begin(token: str) -> ResponseReturnValue:
    """Send a code: from here on a person, not a scanner, has opened the link."""
    with begin_reading() as reading:
        visit = look_at_link(reading, token)
    ways = [way.kind.value for way in visit.ways]
    asked = request.form.get("channel", "") or (ways[0] if len(ways) == 1 else "")
    if asked not in ways:
        return _start_page(token, {"channel": gettext(CHOOSE)}), 422
    with begin_work() as work:
        start_visit(work, visit, ContactKind(asked), language())
    return redirect(url_for("consents.ask_code", token=token, channel=asked), 303)


@blueprint.get(f"{LINK_PATH}<token>/code")
@allowed(Action.PUBLIC)
def ask_code(token: str) -> ResponseReturnValue:
    """Ask for the code."""
    return _code_page(token, Typed(), {})


def _code_page(token: str, typed: Typed, errors: dict[str, str], *, spent: bool = False) -> str:
    with begin_reading() as reading:
        visit = look_at_link(reading, token)
    contacts = contacts_of(visit)
    chosen = request.values.get("channel", "")
    where = contacts.get(chosen) or next(iter(contacts.values()), "")
    return page(
        "consents/code.html",
        token=token,
        channel=chosen if chosen in contacts else "",
        where=where,
        contacts=contacts,
        typed=typed,
        errors=errors,
        spent=spent,
    )


@blueprint.post(f"{LINK_PATH}<token>/code")
@allowed(Action.PUBLIC)
@once
def enter(token: str) -> ResponseReturnValue:
    """Take the code; the right one opens a sitting."""
    filled = read_form(CodeForm())
    if filled.errors:
        return _code_page(token, filled.typed, filled.errors), 422
    visit, guess = _guess(token, filled.values["code"])
    if guess.code is None:
        typed = filled.typed if guess.result is Entered.WRONG else Typed()
        return _refused(token, guess, typed)
    with begin_work() as work:
        sitting = sit_down(work, visit, guess.code)
        if sitting is not None:
            hand_token(open_session(work, _holder(visit, sitting), sent_token(request)))
    if sitting is None:
        return _refused(token, Guess(Entered.SPENT), Typed())
    return redirect(url_for("consents.desk"), 303)


def _guess(token: str, typed: str) -> tuple[Visit, Guess]:
    """Take the guess in a transaction of its own: it counts also where an older answer is given once more."""
    with begin_reading() as reading:
        visit = look_at_link(reading, token)
        waits = may_guess(reading, visit)
    if not waits:
        return visit, Guess(Entered.SPENT)
    with begin_apart() as work:
        return visit, guess_code(work, visit, typed)


def _refused(token: str, guess: Guess, typed: Typed) -> ResponseReturnValue:
    spent = guess.result is not Entered.WRONG
    return _code_page(token, typed, {"code": refusal_of(guess)}, spent=spent), 422


def refusal_of(guess: Guess) -> str:
    """Put into words why a code did not do."""
    if guess.result is Entered.WRONG:
        return str(gettext(WRONG_CODE, left=guess.guesses_left))
    return str(gettext(SPENT_CODE))


def _holder(visit: Visit, sitting: Sitting) -> Holder:
    return Holder(
        auth=sitting.auth,
        person_id=visit.signer.id,
        role=Role(visit.role),
        sitting_id=sitting.id,
        school_id=sitting.school_id,
    )


@blueprint.get(f"{LINK_PATH}<token>/not-me")
@allowed(Action.PUBLIC)
def wrong_person(token: str) -> ResponseReturnValue:
    """Explain what happens when somebody says that the link is not his."""
    with begin_reading() as reading:
        look_at_link(reading, token)
    return page("consents/wrong_person.html", token=token)


@blueprint.post(f"{LINK_PATH}<token>/not-me")
@allowed(Action.PUBLIC)
@once
def report_wrong_person(token: str) -> ResponseReturnValue:
    """Void the link and tell the school."""
    with begin_work() as work:
        report(work, token)
    return page(
        "consents/message.html",
        title=gettext("Спасибо, ссылка закрыта"),
        text=gettext("Школа узнает, что письмо пришло не тому человеку. Больше ничего делать не нужно."),
        link=None,
        link_text="",
    )

"""The page where anybody checks a document: by the code on it, by its square, or by the file itself."""

from flask import make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from registry.access.rules import Action
from registry.consents.rules.acts import ActKind
from registry.consents.rules.titles import NOTICES
from registry.documents.marks import read_code, readable_code
from registry.documents.pades.looking import MOST_BYTES
from registry.errors import N_, InvalidError, NotFoundError
from registry.proofs.pages.room import blueprint, decision_in_words, level_in_words, moment, stamp_in_words
from registry.proofs.usecases.checking import (
    Answer,
    Standing,
    Told,
    Verdict,
    check_file,
    take_question,
    tell_of_code,
)
from registry.web.current import ANYBODY, current_registry, request_id
from registry.web.doors import allowed, takes_up_to
from registry.web.errors import told as told_error
from registry.web.filters import short_day
from registry.web.templating import page

ROOM_FOR_FORM = 64 * 1024
HEADLINES = {
    Verdict.GENUINE: N_("Документ подлинный и не изменён"),
    Verdict.CHANGED: N_("Документ изменён"),
    Verdict.FOREIGN: N_("Это не документ реестра"),
    Verdict.UNCERTAIN: N_("Файл тот самый, но печать сейчас не проверить"),
}
REASONS = {
    Verdict.GENUINE: N_("Каждый байт файла тот же, что был запечатан, и печать на нём наша."),
    Verdict.CHANGED: N_("На файле печать реестра, но это не тот файл, который был запечатан. Не верьте ему."),
    Verdict.FOREIGN: N_(
        "Печати реестра на файле нет, или файл повреждён настолько, что её не прочесть. Снимок экрана, скан и"
        " распечатка не проверяются: введите код, который на них напечатан."
    ),
    Verdict.UNCERTAIN: N_(
        "Отпечаток файла совпал с записанным. Сообщите оператору: сертификаты не на месте."
    ),
}
COLOURS = {
    Verdict.GENUINE: "green",
    Verdict.CHANGED: "red",
    Verdict.FOREIGN: "red",
    Verdict.UNCERTAIN: "yellow",
}


STANDINGS = {
    Standing.STANDS: N_("Действует: позднее этот человек ничего другого не решил"),
    Standing.LATER: N_("Больше не действует"),
    Standing.INVALID: N_("Признано недействительным %(day)s"),
    Standing.NOT_COUNTED: N_("Не засчитано: под ним нет действующего соглашения о подписи"),
    Standing.LAPSED: N_("Больше не действует: текст изменился, и нужно новое решение"),
    Standing.ENDED: N_("Больше не действует: срок согласий этой программы истёк"),
}


@blueprint.get("/verify")
@allowed(Action.PUBLIC)
def verify() -> ResponseReturnValue:
    """Ask for the code or the file."""
    return _form("", {})


@blueprint.post("/verify")
@takes_up_to(MOST_BYTES + ROOM_FOR_FORM)
@allowed(Action.PUBLIC)
def check() -> ResponseReturnValue:
    """Lead to the answer on a code, or answer on a file."""
    sent = request.files.get("file")
    if sent is not None and sent.filename:
        _count()
        with sent.stream as stream:
            data = bytes(stream.read())
        if not data:
            return make_response(_form("", {"file": gettext("Файл пуст. Выберите другой.")}), 422)
        return _of_file(check_file(current_registry(), ANYBODY, data))
    typed = request.form.get("code", "")
    if not typed.strip():
        return make_response(_form("", {"code": gettext("Введите код или выберите файл.")}), 422)
    try:
        code = read_code(typed)
    except InvalidError as wrong:
        return make_response(_form(typed[:60], {"code": told_error(wrong)}), 422)
    return redirect(url_for("proofs.verify_code", mark=readable_code(code)), 303)


@blueprint.get("/verify/<mark>")
@allowed(Action.PUBLIC)
def verify_code(mark: str) -> ResponseReturnValue:
    """Answer on the code that is printed on a document."""
    _count()
    try:
        wanted = read_code(mark)
    except InvalidError:
        raise NotFoundError(N_("Документа с таким кодом нет. Сверьте код с документом.")) from None
    with current_registry().reading(ANYBODY) as reading:
        told = tell_of_code(reading, wanted)
    said = {
        "title": gettext("Документ с этим кодом есть в реестре"),
        "why": gettext("Сверьте сведения ниже с документом. Целый ли у вас файл, покажет проверка файла."),
        "tag": "",
        "colour": "",
    }
    return page("proofs/answer.html", answer=said, rows=_rows(told), warnings=_warnings(told))


def _count() -> None:
    with current_registry().work(ANYBODY, request_id()) as work:
        take_question(work, request.remote_addr or "")


def _form(code: str, errors: dict[str, str]) -> str:
    most = MOST_BYTES // (1024 * 1024)
    return page("proofs/verify.html", code=code, errors=errors, most_mib=most)


def _of_file(answer: Answer) -> str:
    told = answer.told
    said = {
        "title": gettext(HEADLINES[answer.verdict]),
        "why": gettext(REASONS[answer.verdict]),
        "tag": gettext(HEADLINES[answer.verdict]),
        "colour": COLOURS[answer.verdict],
    }
    rows = [(gettext("SHA-256 вашего файла"), answer.sha256)]
    if told is None:
        return page("proofs/answer.html", answer=said, rows=rows, warnings=[])
    return page("proofs/answer.html", answer=said, rows=[*_rows(told), *rows], warnings=_warnings(told))


def _rows(told: Told) -> list[tuple[str, str]]:
    """Say what stands in the document anyway, and whether the decision stands now."""
    sealed, key = told.sealed, told.key
    term = ""
    if key.begins and key.ends:
        term = f", {short_day(key.begins)} – {short_day(key.ends)}"
    return [
        (gettext("Сейчас"), _standing(told)),
        (gettext("Решение"), decision_in_words(told.notice, told.decision)),
        (gettext("Внесено в реестр"), moment(told.recorded_at, told.zone)),
        (gettext("Документ"), str(gettext(NOTICES[told.notice]))),
        (gettext("Версия текста"), told.notice_version),
        (gettext("SHA-256 текста"), told.text_sha256),
        (gettext("Запечатан"), moment(sealed.made_at, told.zone)),
        (gettext("Уровень печати"), level_in_words(sealed)),
        (gettext("Штамп времени"), stamp_in_words(sealed, told.zone)),
        (gettext("Сертификат печати, SHA-256"), key.fingerprint + term),
        (gettext("SHA-256 запечатанного файла"), sealed.sha256),
    ]


def _standing(told: Told) -> str:
    since = short_day(told.since) if told.since else ""
    if told.standing is Standing.LATER and told.later is not None:
        later = decision_in_words(told.notice, told.later)
        return str(gettext("Больше не действует. Позднее, %(day)s: %(later)s", day=since, later=later))
    if told.standing is Standing.STANDS and told.decision is not ActKind.GIVEN:
        return str(gettext("Не изменилось: позднее этот человек ничего другого не решил"))
    return str(gettext(STANDINGS[told.standing], day=since))


def _warnings(told: Told) -> list[str]:
    said = []
    if not told.newest:
        said.append(gettext("Позднее в печать вошёл штамп времени: у того, кто решил, есть новая копия."))
    if not told.kept:
        said.append(gettext("Содержание документа здесь уничтожено, остались отпечатки: они и сверены."))
    return said

"""What is done with one key, after the password once more: by one person, or asked and confirmed by two."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from registry.access.rules import Action
from registry.errors import N_, InvalidError, NotFoundError
from registry.keys import usecases
from registry.keys.pages.room import blueprint, fingerprint_in_fours, name_trouble, opened_key
from registry.keys.rules import Asked, Key, State
from registry.web.current import begin_reading, begin_work, signed_in
from registry.web.doors import allowed, fresh_sign_in
from registry.web.errors import told
from registry.web.idempotency import once
from registry.web.templating import page
from registry.work import Work


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that can be done with a key.

    Attributes:
        title, about: what it is and what follows from it.
        run: does it.
        asks_why: whether a reason is typed.
    """

    title: str
    about: str
    run: Callable[[Work, UUID, str], Key]
    asks_why: bool = True


CHANGES = {
    "rotate": Change(
        N_("Заменить ключ"),
        N_(
            "Будет создан новый ключ; прежний подпишет заявление о замене. Прежний подписывает сообщения, "
            "пока новый не включат. Замену должен подтвердить второй сотрудник."
        ),
        usecases.rotate,
    ),
    "activate": Change(
        N_("Включить ключ"),
        N_(
            "Включайте, когда платформа письменно подтвердила, что новый ключ у неё есть. С этой минуты "
            "сообщения подписывает он, прежний больше ничего не подписывает."
        ),
        lambda work, key_id, _why: usecases.activate(work, key_id),
        asks_why=False,
    ),
    "retire": Change(
        N_("Снять ключ"),
        N_("Ключ больше ничего не подпишет; подписанное им раньше остаётся в силе."),
        usecases.retire,
    ),
    "revoke": Change(
        N_("Отозвать ключ"),
        N_(
            "Если ключ украден или потерян. Подписывать им перестанут сразу; отзыв станет окончательным, "
            "когда его подтвердит второй сотрудник. Подписанное до отзыва остаётся в силе, если время "
            "подписи доказывает журнал."
        ),
        usecases.revoke,
    ),
}


def changes_of(key: Key) -> list[str]:
    """Name what can be done with a key as it stands."""
    if key.asked is not None or key.state is State.REVOKED:
        return []
    possible = {
        State.PENDING: ["activate", "retire"] if key.own and key.fingerprint else ["retire"],
        State.ACTIVE: ["rotate", "retire"] if key.own else ["retire"],
        State.RETIRED: [],
    }
    return [*possible[key.state], *(["revoke"] if key.fingerprint else [])]


@blueprint.get("/keys/<uuid:key_id>/change/<what>")
@fresh_sign_in
@allowed(Action.KEY_MANAGE)
def ask_change(key_id: UUID, what: str) -> ResponseReturnValue:
    """Say what a change means, before it is done."""
    _change(what)
    with begin_reading() as work:
        key = opened_key(work, key_id)
    return _page(key, what, {})


@blueprint.post("/keys/<uuid:key_id>/change/<what>")
@fresh_sign_in
@allowed(Action.KEY_MANAGE)
@once
def make_change(key_id: UUID, what: str) -> ResponseReturnValue:
    """Do it, or ask for it where a second person has to agree."""
    change = _change(what)
    with begin_work() as work:
        key = opened_key(work, key_id)
        errors = name_trouble()
        if not errors:
            try:
                change.run(work, key.id, request.form.get("why", ""))
            except InvalidError as wrong:
                errors = {"why": told(wrong)}
        if errors:
            return _page(key, what, errors), 422
    return redirect(url_for("keys.overview"), 303)


@blueprint.get("/keys/<uuid:key_id>/answer")
@fresh_sign_in
@allowed(Action.KEY_MANAGE)
def ask_answer(key_id: UUID) -> ResponseReturnValue:
    """Show what a colleague asked for."""
    with begin_reading() as work:
        key = opened_key(work, key_id)
    return _answer_page(key, {})


@blueprint.post("/keys/<uuid:key_id>/answer")
@fresh_sign_in
@allowed(Action.KEY_MANAGE)
@once
def answer(key_id: UUID) -> ResponseReturnValue:
    """Agree to it as the second person, or drop it."""
    with begin_work() as work:
        key = opened_key(work, key_id)
        errors = name_trouble()
        if errors:
            return _answer_page(key, errors), 422
        agreed = request.form.get("answer") == "confirm"
        (usecases.confirm if agreed else usecases.decline)(work, key.id)
    return redirect(url_for("keys.overview"), 303)


def _change(what: str) -> Change:
    try:
        return CHANGES[what]
    except KeyError:
        raise NotFoundError(N_("Страница не найдена, или у вас нет к ней доступа.")) from None


def _page(key: Key, what: str, errors: dict[str, str]) -> str:
    return page(
        "keys/change.html",
        key=key,
        fingerprint=fingerprint_in_fours(key.fingerprint),
        what=what,
        change=_change(what),
        asked_name=signed_in().name,
        typed=request.form.get("typed_name", "")[:200],
        why=request.form.get("why", "")[:300],
        errors=errors,
    )


def _answer_page(key: Key, errors: dict[str, str]) -> str:
    return page(
        "keys/answer.html",
        key=key,
        fingerprint=fingerprint_in_fours(key.fingerprint),
        revoking=key.asked is Asked.REVOKE,
        own=key.asked_by == signed_in().session.user_id,
        asked_name=signed_in().name,
        typed=request.form.get("typed_name", "")[:200],
        errors=errors,
    )

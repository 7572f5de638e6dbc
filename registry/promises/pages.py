"""The page of promised jobs, for those who look after the whole registry."""

from collections.abc import Mapping
from uuid import UUID

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from registry.access.rules import Action, Place
from registry.errors import N_, InvalidError
from registry.jobs.names import about
from registry.promises import usecases
from registry.promises.rules import reason
from registry.storage.outbox_view import Standing
from registry.web import navigation
from registry.web.current import begin_reading, begin_work, require
from registry.web.doors import allowed
from registry.web.idempotency import once
from registry.web.paging import PAGE_LENGTH, asked_after, listing
from registry.web.templating import page

blueprint = Blueprint("promises", __name__, template_folder="templates")

navigation.add(
    navigation.Entry(
        "promises.overview",
        N_("Фоновые задания"),
        N_("Письма и сообщения, которые ждут отправки, не уходят или остановлены; повторить."),
        Action.INSTALLATION_READ,
        order=90,
    )
)

TITLES = {
    Standing.GIVEN_UP: N_("Остановлены"),
    Standing.FAILING: N_("Не удаются"),
    Standing.WAITING: N_("Ждут"),
}
MEANINGS = {
    Standing.GIVEN_UP: N_(
        "Все попытки исчерпаны, само больше ничего не произойдёт. Устраните причину и повторите задание."
    ),
    Standing.FAILING: N_("Последняя попытка не удалась, следующая будет сама."),
    Standing.WAITING: N_("Ещё не начаты, идут сейчас или ждут своего срока."),
}


@blueprint.get("/promises")
@allowed(Action.INSTALLATION_READ)
def overview() -> ResponseReturnValue:
    """List the promises that stand in one way: asked for, or the worst that there is."""
    require(Action.INSTALLATION_READ, Place())
    with begin_reading() as work:
        counts = usecases.overview(work)
        shown = _asked(counts)
        found = usecases.listed(work, shown, asked_after(), PAGE_LENGTH + 1)
    return page(
        "promises/overview.html",
        counts=counts,
        shown=shown,
        opened="opened" in request.args,
        promises=listing(found, lambda one: one.id),
        words={"titles": TITLES, "meanings": MEANINGS, "about": about, "reason": reason},
    )


@blueprint.post("/promises/<uuid:promise_id>/again")
@allowed(Action.PROMISE_REOPEN)
@once
def again(promise_id: UUID) -> ResponseReturnValue:
    """Try a promise once more, now."""
    require(Action.PROMISE_REOPEN, Place())
    with begin_work() as work:
        usecases.try_again(work, promise_id)
    return redirect(url_for("promises.overview", opened="yes"), 303)


def _asked(counts: Mapping[Standing, int]) -> Standing:
    given = request.args.get("show")
    if given is None:
        return next((one for one in Standing if counts[one]), Standing.GIVEN_UP)
    try:
        return Standing(given)
    except ValueError:
        raise InvalidError(N_("Адрес страницы неверен: откройте список с начала.")) from None

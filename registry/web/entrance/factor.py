"""Setting up the second factor: a square code and the secret as text, a first code, then recovery codes."""

import base64
import binascii
from uuid import UUID

from flask import request
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from registry.access.demands import BY_TOTP, Lack
from registry.access.models.users import Account
from registry.access.patience import stepped_up
from registry.access.rules import Action
from registry.access.totp import new_secret, setting_address
from registry.access.usecases import factors, sessions
from registry.documents.square_pictures import square_svg
from registry.errors import N_, InvalidError, StepUpError, TamperedError
from registry.storage.reach import AT_THE_DOOR
from registry.web.cookies import hand_token
from registry.web.current import begin_work, current_registry, known, lacking, request_id, request_time
from registry.web.doors import allowed, fresh_sign_in
from registry.web.entrance.room import arrival, as_staff, blueprint, lacking_account, own_account
from registry.web.errors import told
from registry.web.links import local_path
from registry.web.templating import page

OFFERED = "web.offered-factor"
GROUP = 4


@blueprint.get("/account/factor")
@allowed(Action.PUBLIC)
def offer_factor() -> ResponseReturnValue:
    """Show a fresh secret to be put into an application; nothing is kept before a code proves it."""
    return _page(_who_sets_up(), new_secret(), {})


@blueprint.post("/account/factor")
@allowed(Action.PUBLIC)
def set_up_factor() -> ResponseReturnValue:
    """Keep the secret when a code of it came; go on in a new session, and show the recovery codes once."""
    account = _who_sets_up()
    secret = _opened_offer(account.id)
    if secret is None:
        return _page(account, new_secret(), {"code": told(InvalidError(factors.CODE_WRONG))}), 422
    try:
        with current_registry().work(as_staff(account, BY_TOTP), request_id(), sees=AT_THE_DOOR) as work:
            codes = factors.set_up(work, account, secret, request.form.get("code", "")[:20])
            token = sessions.begin_anew(work, account, BY_TOTP, arrival())
    except InvalidError as error:
        return _page(account, secret, {"code": told(error)}), 422
    hand_token(token)
    return page("web/recovery_codes.html", codes=codes, target=local_path(request.form.get("next")))


@blueprint.post("/account/recovery-codes")
@fresh_sign_in
@allowed(Action.SIGNED_IN)
def renew_codes() -> ResponseReturnValue:
    """Make new recovery codes in the place of the old ones, and show them once."""
    account = own_account()
    if not account.totp:
        raise InvalidError(N_("Сначала настройте второй фактор."))
    with begin_work() as work:
        codes = factors.renew_codes(work, account)
    return page("web/recovery_codes.html", codes=codes, target="/account")


def _who_sets_up() -> Account:
    """Name who may set up a factor: who must before anything else, or who proved himself again just now."""
    found, here = lacking(), known()
    if found is not None and found.lack is Lack.ENROLMENT:
        return lacking_account()
    account = own_account()
    if here is None or not stepped_up(here.session.stepped_up_at, request_time()):
        raise StepUpError(N_("Для этого действия введите пароль ещё раз."))
    return account


def _page(account: Account, secret: str, errors: dict[str, str]) -> str:
    vault = current_registry().vault
    issuer = current_registry().settings.base_url.partition("://")[2]
    target = request.form.get("next") or request.args.get("next")
    return page(
        "web/factor.html",
        square=Markup(square_svg(setting_address(secret, account.login, issuer))),  # noqa: S704 - made here
        secret=" ".join(secret[at : at + GROUP] for at in range(0, len(secret), GROUP)),
        offered=base64.urlsafe_b64encode(vault.seal_shared(OFFERED, account.id, secret)).decode(),
        demanded=lacking() is not None,
        replaces=account.totp,
        target=local_path(target),
        errors=errors,
    )


def _opened_offer(user_id: UUID) -> str | None:
    """Read the secret that the page offered; the form carries it sealed for this user."""
    try:
        sealed = base64.urlsafe_b64decode(request.form.get("offered", "").encode())
        return current_registry().vault.open_shared(OFFERED, user_id, sealed).decode()
    except (binascii.Error, ValueError, TamperedError):
        return None

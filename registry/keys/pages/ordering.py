"""Ordering a key: an own one to be made, or a platform's that came with its fingerprint on paper."""

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from registry.access.rules import Action, Place
from registry.errors import N_, InvalidError, NotFoundError, RegistryError, TamperedError
from registry.keys import usecases
from registry.keys.pages.room import blueprint, name_trouble, place_of
from registry.keys.rules import OPERATOR, Kind, read_fingerprint
from registry.people.models import places
from registry.sealing.public_keys import PublicKey, read_public_key
from registry.web.current import begin_reading, begin_work, can, require, signed_in
from registry.web.doors import allowed, fresh_sign_in
from registry.web.errors import told
from registry.web.idempotency import once
from registry.web.templating import page
from registry.work import Work

FIELDS = ("owner", "receiver", "public_key", "fingerprint", "why", "typed_name")


@blueprint.get("/keys/new")
@fresh_sign_in
@allowed(Action.KEY_MANAGE)
def ask_new() -> ResponseReturnValue:
    """Ask whose key it is to be."""
    with begin_reading() as work:
        return _new_page(work, {})


@blueprint.post("/keys/new")
@fresh_sign_in
@allowed(Action.KEY_MANAGE)
@once
def create() -> ResponseReturnValue:
    """Ask for a new own key; a second person confirms it."""
    with begin_work() as work:
        owner = owner_of(work, request.form.get("owner", ""))
        errors = name_trouble()
        if not errors:
            try:
                usecases.create(work, owner, request.form.get("why", ""))
            except InvalidError as wrong:
                errors = {"why": told(wrong)}
        if errors:
            return _new_page(work, errors), 422
    return redirect(url_for("keys.overview"), 303)


@blueprint.get("/keys/pin")
@fresh_sign_in
@allowed(Action.KEY_MANAGE)
def ask_pin() -> ResponseReturnValue:
    """Ask for a platform's public key and the fingerprint on paper."""
    require(Action.KEY_MANAGE, Place())
    return page("keys/pin.html", asked_name=signed_in().name, typed=_typed(), errors={})


@blueprint.post("/keys/pin")
@fresh_sign_in
@allowed(Action.KEY_MANAGE)
@once
def pin() -> ResponseReturnValue:
    """Ask for a platform's key to be pinned; a second person confirms it with the paper in his hand."""
    require(Action.KEY_MANAGE, Place())
    errors, typed = name_trouble(), _typed()
    if not errors:
        try:
            fingerprint = read_fingerprint(typed["fingerprint"])
            given = (_read(typed["public_key"]), typed["public_key"])
            with begin_work() as work:
                usecases.pin(work, " ".join(typed["receiver"].split()), given, fingerprint, typed["why"])
        except (InvalidError, TamperedError) as wrong:
            errors = as_fields(wrong)
    if errors:
        return page("keys/pin.html", asked_name=signed_in().name, typed=typed, errors=errors), 422
    return redirect(url_for("keys.overview"), 303)


def _read(text: str) -> PublicKey:
    """Read a key in a home of its own; the key folder is not touched by the pages."""
    return read_public_key(text.encode())


def as_fields(wrong: RegistryError) -> dict[str, str]:
    """Put what is wrong with a key or its fingerprint beside its field."""
    places_of = {"key-foreign": "fingerprint", "key-unreadable": "public_key", "key-unfit": "public_key"}
    field = next(iter(wrong.fields), places_of.get(wrong.slug, "public_key"))
    return {field: told(wrong)}


def owner_of(work: Work, chosen: str) -> usecases.Owner:
    """Read whose key is meant: the operator's, or that of the school with this code.

    Raises:
        NotFoundError: there is no such school, or who asks may order no key for it.
    """
    if chosen == OPERATOR:
        require(Action.KEY_MANAGE, Place())
        return usecases.Owner(Kind.OPERATOR, OPERATOR)
    school = places.find_school(work.connection, chosen)
    if school is None:
        raise NotFoundError(N_("Такой школы нет."), code="no-school")
    require(Action.KEY_MANAGE, place_of(work, school.id))
    return usecases.Owner(Kind.SCHOOL, str(school.id))


def _new_page(work: Work, errors: dict[str, str]) -> str:
    every = places.list_schools(work.connection)
    listed = [one for one in every if can(Action.KEY_MANAGE, place_of(work, one.id))]
    return page("keys/new.html", schools=listed, asked_name=signed_in().name, typed=_typed(), errors=errors)


def _typed() -> dict[str, str]:
    return {name: request.form.get(name, "")[:70_000] for name in FIELDS}

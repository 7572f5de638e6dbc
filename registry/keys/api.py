"""The API of keys: the list, one key, what is handed over of it, and what two people do with it."""

from typing import Any
from uuid import UUID

from flask.typing import ResponseReturnValue

from registry.access.rules import Action, Place
from registry.errors import N_, ConflictError, TamperedError
from registry.keys import usecases
from registry.keys.listing import Listed, listed
from registry.keys.pages import overview
from registry.keys.pages.changing import CHANGES, changes_of
from registry.keys.pages.ordering import as_fields, owner_of
from registry.keys.pages.room import looked_up_key, opened_key, readable
from registry.keys.rules import Asked, Key, Kind, State, read_fingerprint
from registry.sealing.public_keys import read_public_key
from registry.web.api.bodies import Body, Told
from registry.web.api.fields import LINES, Choice, Id, Many, Moment, Text, Whole, YesNo
from registry.web.api.parsing import wrong_fields
from registry.web.api.rooms import Room
from registry.web.api.tags import matching, require_match, tagged
from registry.web.current import begin_reading, begin_work, require
from registry.web.doors import bearer, fresh_sign_in
from registry.web.idempotency import once

LONGEST_WHY = 300
LONGEST_KEY = 70_000

room = Room("keys", N_("Ключи подписи и шифрования"))
rooms = (room,)


class KeyTold(Told):
    """A key without its secret part, which the registry's pages and API never see."""

    id = Id()
    kind = Choice(Kind)
    owner = Text()
    state = Choice(State)
    version = Whole()
    fingerprint = Text(allow_none=True)
    valid_from = Moment(allow_none=True)
    valid_until = Moment(allow_none=True)
    follows = Id(allow_none=True)
    created_at = Moment()
    why = Text()
    asked = Choice(Asked, allow_none=True)
    asked_at = Moment(allow_none=True)
    asked_why = Text(allow_none=True)
    active_from = Moment(allow_none=True)
    ended_at = Moment(allow_none=True)
    ended_why = Text(allow_none=True)


class ListedKeyTold(Told):
    """A key in the list, with what there is to know of it."""

    id = Id(attribute="key.id")
    kind = Choice(Kind, attribute="key.kind")
    owner = Text()
    state = Choice(State, attribute="key.state")
    fingerprint = Text(attribute="key.fingerprint", allow_none=True)
    valid_until = Moment(attribute="key.valid_until", allow_none=True)
    days = Whole(allow_none=True, metadata={"description": N_("Сколько дней ключ ещё действует")})
    codes = Many(Text(), metadata={"description": N_("Предупреждения")})


class NewKeyBody(Body):
    """Whose key it is to be: ``operator``, or a school's code."""

    owner = Text(required=True, least=1, most=60, metadata={"description": N_("operator или код школы")})
    why = Text(required=True, most=LONGEST_WHY)


class PinBody(Body):
    """A platform's public key, and its fingerprint as it stands on paper."""

    receiver = Text(required=True, least=1)
    public_key = Text(required=True, least=1, most=LONGEST_KEY, pattern=LINES)
    fingerprint = Text(required=True, least=1)
    why = Text(required=True, most=LONGEST_WHY)


class ChangeBody(Body):
    """What is done with a key, and why."""

    change = Choice(tuple(CHANGES), required=True)
    why = Text(load_default="", most=LONGEST_WHY)


class ReplyBody(Body):
    """The second person's word on what a colleague asked for."""

    agreed = YesNo(required=True)


@room.serves("GET /keys", N_("Ключи"))
@bearer(Action.KEY_READ)
@room.lists(ListedKeyTold, key=lambda one: one.key.id)
def list_keys() -> list[Listed]:
    """List the keys that are open to the token's owner."""
    with begin_reading() as work:
        return [one for one in listed(work) if readable(work, one.key)]


@room.serves("GET /keys/<uuid:key_id>", N_("Ключ"))
@bearer(Action.KEY_READ)
@tagged
@room.answers(KeyTold)
def show_key(key_id: UUID) -> Key:
    """Tell of one key."""
    with begin_reading() as work:
        return looked_up_key(work, key_id)


@room.serves("GET /keys/<uuid:key_id>/public.asc", N_("Открытая часть ключа"))
@bearer(Action.KEY_READ)
@room.files("text/plain")
def public_part(key_id: UUID) -> ResponseReturnValue:
    """Hand the public part over."""
    return overview.public_part(key_id)


@room.serves("GET /keys/<uuid:key_id>/statement.txt", N_("Заявление о замене ключа"))
@bearer(Action.KEY_READ)
@room.files("text/plain")
def statement(key_id: UUID) -> ResponseReturnValue:
    """Hand the transition statement over."""
    return overview.statement(key_id)


@room.serves("POST /keys", N_("Заказать новый ключ"))
@fresh_sign_in
@bearer(Action.KEY_MANAGE)
@once
@room.takes(NewKeyBody)
@room.answers(KeyTold, 201)
def create(said: dict[str, Any]) -> Key:
    """Ask for a new own key; a second person confirms it."""
    with begin_work() as work:
        return usecases.create(work, owner_of(work, said["owner"]), said["why"])


@room.serves("POST /keys/pin", N_("Закрепить ключ платформы"))
@fresh_sign_in
@bearer(Action.KEY_MANAGE)
@once
@room.takes(PinBody)
@room.answers(KeyTold, 201)
def pin(said: dict[str, Any]) -> Key:
    """Ask for a platform's key to be pinned; a second person confirms it with the paper in his hand."""
    require(Action.KEY_MANAGE, Place())
    fingerprint = read_fingerprint(said["fingerprint"])
    try:
        given = (read_public_key(said["public_key"].encode()), said["public_key"])
        with begin_work() as work:
            return usecases.pin(work, " ".join(said["receiver"].split()), given, fingerprint, said["why"])
    except TamperedError as wrong:
        raise wrong_fields(as_fields(wrong)) from wrong


@room.serves("POST /keys/<uuid:key_id>/change", N_("Заменить, включить, снять или отозвать ключ"))
@fresh_sign_in
@bearer(Action.KEY_MANAGE)
@once
@matching
@room.takes(ChangeBody)
@room.answers(KeyTold)
def change(said: dict[str, Any], key_id: UUID) -> Key:
    """Do it, or ask for it where a second person has to agree."""
    with begin_work() as work:
        key = opened_key(work, key_id)
        require_match(KeyTold, key)
        if said["change"] not in changes_of(key):
            raise ConflictError(N_("С этим ключом так сейчас поступить нельзя."), code="key-state")
        return CHANGES[said["change"]].run(work, key.id, said["why"])


@room.serves("POST /keys/<uuid:key_id>/answer", N_("Подтвердить или отклонить то, о чём просит коллега"))
@fresh_sign_in
@bearer(Action.KEY_MANAGE)
@once
@matching
@room.takes(ReplyBody)
@room.answers(KeyTold)
def answer(said: dict[str, Any], key_id: UUID) -> Key:
    """Agree to it as the second person, or drop it."""
    with begin_work() as work:
        key = opened_key(work, key_id)
        require_match(KeyTold, key)
        return (usecases.confirm if said["agreed"] else usecases.decline)(work, key.id)

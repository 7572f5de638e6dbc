"""What the pages of this room share: the blueprint, whose key is meant, and the name that is typed."""

from uuid import UUID

from flask import Blueprint, request, url_for
from flask_babel import gettext

from registry.access.rules import Action, Place, may
from registry.errors import N_, NotFoundError
from registry.keys import models
from registry.keys.rules import Key, State
from registry.web import navigation
from registry.web.current import require, rights, signed_in
from registry.work import Work
from registry.workflows.names import NAMES

blueprint = Blueprint("keys", "registry.keys.pages", template_folder="../templates")

NAMES.page_of("key", Action.KEY_READ, lambda case: url_for("keys.show", key_id=case.subject.id))
navigation.add(
    navigation.Entry(
        "keys.overview",
        N_("Ключи"),
        N_("Ключи подписи и шифрования: чьи они, до какого дня действуют, как их заменить и отозвать."),
        Action.KEY_READ,
        order=85,
    )
)

NAME_DIFFERS = N_("Введите имя так, как оно указано в вопросе: этим вы подтверждаете, что решаете сами.")
STATES = {
    State.PENDING: (N_("ожидает"), "yellow"),
    State.ACTIVE: (N_("действует"), "green"),
    State.RETIRED: (N_("снят"), "grey"),
    State.REVOKED: (N_("отозван"), "red"),
}


def opened_key(work: Work, key_id: UUID) -> Key:
    """Read a key that who asks may change.

    Raises:
        NotFoundError: there is none, or he may not; the two read alike.
    """
    key = models.get(work.connection, key_id)
    require(Action.KEY_MANAGE, place_of(work, key.school_id))
    return key


def place_of(work: Work, school_id: UUID | None) -> Place:
    """Where a key belongs: to its school, or to the whole installation."""
    return NAMES.place_of(work, school_id) if school_id else Place()


def readable(work: Work, key: Key) -> bool:
    """Say whether who asks may look at a key: one of a school in his branch, or one that serves all."""
    return key.school_id is None or may(rights(), Action.KEY_READ, place_of(work, key.school_id))


def looked_up_key(work: Work, key_id: UUID) -> Key:
    """Read a key that who asks may look at.

    Raises:
        NotFoundError: there is none, or he may not; the two read alike.
    """
    key = models.get(work.connection, key_id)
    if not readable(work, key):
        raise NotFoundError(N_("Страница не найдена, или у вас нет к ней доступа."))
    return key


def manageable(work: Work, key: Key) -> bool:
    """Say whether who asks may change a key."""
    return may(rights(), Action.KEY_MANAGE, place_of(work, key.school_id))


def name_trouble() -> dict[str, str]:
    """Hold the typed name against the signed-in person's; empty when it fits."""
    typed, asked = request.form.get("typed_name", ""), str(signed_in().name)
    return {} if _plain(typed) == _plain(asked) else {"typed_name": gettext(NAME_DIFFERS)}


def fingerprint_in_fours(fingerprint: str | None) -> str:
    """Write a fingerprint as people compare it with paper."""
    text = fingerprint or ""
    return " ".join(text[place : place + 4] for place in range(0, len(text), 4)) or "–"


def _plain(name: str) -> str:
    """Compare names as people read them: case and blanks make no difference."""
    return " ".join(name.split()).casefold()

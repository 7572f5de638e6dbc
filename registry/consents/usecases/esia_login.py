"""A signer logs in by ESIA: begun for one browser, believed once, and it opens a sitting like a code does.

It tells who he is; it signs nothing: a code of the sitting does that, as everywhere.
"""

import secrets
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final
from uuid import UUID

from registry.access.tokens import token_hash
from registry.consents.models import esia_logins, visits
from registry.consents.models.asking import consents_of_signer
from registry.consents.models.esia_logins import Asked, Login
from registry.consents.models.visits import Invitation, Sitting
from registry.consents.rules.visits import SITTING_LASTS
from registry.consents.usecases.inviting import TOKEN_BYTES
from registry.consents.usecases.online import ESIA
from registry.consents.usecases.standing import represented
from registry.consents.usecases.visiting import look_at_link
from registry.errors import N_, ForbiddenError, RegistryError
from registry.esia import faults
from registry.esia.client import Esia
from registry.esia.rules import BASE_SCOPE, SCOPE, Identity, Level
from registry.people.esia_match import is_same_person
from registry.people.models.persons import Person, get_person
from registry.people.usecases.accounts import find_person, keep_said
from registry.programmes.rules import NoticeKind
from registry.storage.reach import EVERYTHING, Reach
from registry.trail.entries import Entry, EntryType, ObjectRef, Slot
from registry.work import Work

LOGIN_LASTS: Final = timedelta(minutes=10)
KEPT: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Place:
    """One programme of one school where a decision of the person is awaited, with those whom it concerns."""

    asked: Asked
    students: tuple[Person, ...]


@dataclass(frozen=True, slots=True)
class Arrived:
    """What came of a login: the person and where he may go on, or why not."""

    login: Login
    person: Person | None = None
    places: tuple[Place, ...] = field(default=())
    refused: RegistryError | None = None


def begin(work: Work, esia: Esia, browser: str, link: str | None) -> str:
    """Begin a login for one browser, from a personal link or from nowhere; give the address to go to.

    Raises:
        GoneError: the link is good no more.
    """
    visit = look_at_link(work, link) if link else None
    scope = BASE_SCOPE if visit and visit.role == "student" else SCOPE
    address, began = esia.begin(scope, work.now)
    login = Login(work.new_id(), scope, visit.invitation.id if visit else None, began, None, "")
    row = {
        "state_hash": token_hash(began.state),
        "browser_hash": token_hash(browser),
        "began_at": work.now,
        "ends_at": work.now + LOGIN_LASTS,
    }
    esia_logins.forget_logins(work.connection, work.now - KEPT)
    esia_logins.add_login(work.connection, work.vault, login, row)
    return address


def take(work: Work, state: str, browser: str | None) -> Login:
    """Believe a browser that comes back: its own login, once, in its time.

    Raises:
        ForbiddenError: it is another browser's, was used already, or is over.
    """
    hashes = (token_hash(state), token_hash(browser or ""))
    login = esia_logins.take_login(work.connection, work.vault, hashes, work.now)
    if login is None:
        raise faults.not_believed()
    return login


def arrive(work: Work, login: Login, identity: Identity) -> Arrived:
    """Find who logged in, keep what ESIA said of him, and where he may go on; commit whatever comes of it."""
    refused = _refusal(identity)
    if refused is not None:
        return Arrived(login, refused=refused)
    work.see(EVERYTHING)  # he is looked for among everybody, and asked by whichever school
    invitation = visits.get_invitation(work.connection, login.invitation_id) if login.invitation_id else None
    person = _person(work, identity, invitation)
    if person is None:
        if invitation is not None:
            _record(work, EntryType.ESIA_DECLINED, ObjectRef("invitation", invitation.id, 1), invitation)
        return Arrived(login, refused=_other_person() if invitation else _nobody())
    keep_said(work, person, identity.profile)
    esia_logins.note_person(work.connection, login.id, person.id, identity.entered_by)
    places = _places(work, person.id)
    if invitation is not None:
        own = Asked(invitation.school_id, invitation.programme)
        places = tuple(one for one in places if one.asked == own)
    return Arrived(login, person, places, None if places else _nothing_asked())


def _refusal(identity: Identity) -> RegistryError | None:
    if identity.level is Level.CHILD:
        return faults.of_child()
    if identity.level is not Level.CONFIRMED or identity.profile.deleted:
        return faults.unconfirmed()
    return None


def _person(work: Work, identity: Identity, invitation: Invitation | None) -> Person | None:
    """Find the person of the account: the holder of the link where one was followed, and nobody else."""
    if invitation is None:
        return find_person(work, identity.profile)
    holder = get_person(work.connection, work.vault, invitation.signer_id)
    return holder if is_same_person(holder, identity.profile) else None


def _places(work: Work, person_id: UUID) -> tuple[Place, ...]:
    found = (
        Place(one, represented(work, one.school_id, person_id))
        for one in esia_logins.asked_everywhere(work.connection, person_id)
    )
    return tuple(one for one in found if one.students)


def choose(work: Work, login_id: UUID, browser: str | None, wanted: tuple[UUID, str]) -> Sitting:
    """Open the sitting of a login in one school and programme; once.

    Raises:
        ForbiddenError: the login is another browser's, or opened its sitting, or nothing is asked there.
    """
    hashed = token_hash(browser or "")
    login = esia_logins.chosen_login(work.connection, work.vault, login_id, hashed)
    if login is None or login.person_id is None:
        raise faults.not_believed()
    asked = Asked(*wanted)
    work.see(EVERYTHING)
    if asked not in [one.asked for one in _places(work, login.person_id)]:
        raise faults.not_believed()
    if not esia_logins.mark_chosen(work.connection, login_id, hashed, work.now):
        raise faults.not_believed()
    work.see(Reach(schools=frozenset({asked.school_id}), door=True))
    return _open_sitting(work, login, login.person_id, asked)


def _open_sitting(work: Work, login: Login, person_id: UUID, asked: Asked) -> Sitting:
    sitting = Sitting(
        id=work.new_id(),
        school_id=asked.school_id,
        programme=asked.programme,
        signer_id=person_id,
        code_id=None,
        auth=ESIA,
        contact_changed=False,
        began_at=work.now,
        ends_at=work.now + SITTING_LASTS,
    )
    visits.add_sitting(work.connection, sitting)
    invitation_id = login.invitation_id or _own_invitation(work, sitting)
    esia_logins.add_identification(
        work.connection,
        {
            "school_id": sitting.school_id,
            "sitting_id": sitting.id,
            "invitation_id": invitation_id,
            "login_id": login.id,
            "level": Level.CONFIRMED.value,
            "entered_by": login.entered_by,
            "identified_at": work.now,
        },
    )
    evidence = {"sitting": str(sitting.id), "level": Level.CONFIRMED.value, "entered_by": login.entered_by}
    about = ObjectRef("esia-login", login.id, 1)
    slot = Slot(person_id, {**evidence, "invitation": str(invitation_id)})
    work.record(Entry(EntryType.ESIA_IDENTIFIED, about, {"how": ESIA}, sitting.school_id, (slot,)))
    return sitting


def _own_invitation(work: Work, sitting: Sitting) -> UUID:
    """Make the link that codes of this sitting go by: nobody holds its token; it ends with the sitting."""
    invitation_id = work.new_id()
    row = {
        "id": invitation_id,
        "school_id": sitting.school_id,
        "programme": sitting.programme,
        "signer_id": sitting.signer_id,
        "token_hash": token_hash(secrets.token_urlsafe(TOKEN_BYTES)),
        "channel": ESIA,
        "created_at": work.now,
        "created_by": None,
        "expires_at": sitting.ends_at,
    }
    visits.add_invitation(work.connection, row)
    return invitation_id


def role_in(work: Work, sitting: Sitting) -> str:
    """Tell as whom the person of a sitting acts."""
    asked = consents_of_signer(work.connection, sitting.school_id, sitting.programme, sitting.signer_id)
    own = any(one.notice is NoticeKind.STUDENT_SELF for one in asked)
    return "student" if own else "guardian"


def _record(work: Work, kind: EntryType, about: ObjectRef, invitation: Invitation) -> None:
    work.record(Entry(kind, about, None, invitation.school_id, (Slot(invitation.signer_id, None),)))


def _nobody() -> ForbiddenError:
    return ForbiddenError(
        N_(
            "В списках школ нет человека с такими СНИЛС, именем и датой рождения, как в вашей учётной записи."
            " Попросите классного руководителя сверить их с Госуслугами или решите по личной ссылке."
        ),
        code="esia-nobody",
    )


def _other_person() -> ForbiddenError:
    return ForbiddenError(
        N_(
            "Вы вошли не как тот, кому школа прислала эту ссылку, или его данные в школе записаны с ошибкой."
            " Войдите под своей учётной записью или по коду, либо попросите школу сверить ваши данные."
        ),
        code="esia-other-person",
    )


def _nothing_asked() -> ForbiddenError:
    return ForbiddenError(
        N_("Вы записаны в школе, но сейчас она ни о чём вас не спрашивает. Приглашение придёт само."),
        code="esia-nothing-asked",
    )

"""Decisions over the API: a class, a student a row, with what is awaited and missing."""

from uuid import UUID

from registry.access.rules import Action
from registry.consents.api.room import PART, consents_room, part_of
from registry.consents.decisions import Decided
from registry.consents.pages.invites import opened_class
from registry.consents.rules.decisions import State
from registry.consents.rules.families import Lack
from registry.consents.rules.parts import Reason
from registry.consents.usecases.overview import decisions_of_class
from registry.errors import N_
from registry.people.pages.looks import saw_list
from registry.programmes.rules import NoticeKind
from registry.programmes.rules import Role as FieldRole
from registry.web.api.bodies import Told
from registry.web.api.fields import Choice, Id, Many, Text, Within, YesNo
from registry.web.current import begin_reading
from registry.web.doors import bearer, shows_names


class AwaitedTold(Told):
    """Whose act is awaited, and on which document."""

    person_id = Id(attribute="person")
    notice = Choice(NoticeKind)


class MissingTold(Told):
    """A field that a complete record still needs."""

    person_id = Id(attribute="person")
    role = Choice(FieldRole)
    field = Text()
    lack = Choice(Lack)


class DecisionTold(Told):
    """What is decided about one student."""

    student_id = Id(attribute="decision.student")
    full_name = Text(attribute="family.student.full_name")
    state = Choice(State, attribute="decision.state")
    closed = YesNo(attribute="decision.state.closed")
    reasons = Many(Choice(Reason), attribute="decision.reasons")
    awaited = Many(Within(AwaitedTold), attribute="decision.awaited")
    missing = Many(Within(MissingTold), attribute="decision.missing")


@consents_room.serves(f"GET {PART}/classes/<uuid:class_id>/decisions", N_("Решения класса"))
@shows_names
@bearer(Action.CONSENT_READ)
@consents_room.lists(DecisionTold, key=lambda one: one.decision.student)
def list_decisions(school_id: UUID, programme: str, class_id: UUID) -> list[Decided]:
    """List a class's decisions of today; the look at it is in the trail."""
    with begin_reading() as reading:
        opened_class(reading, Action.CONSENT_READ, (school_id, class_id))
        part = part_of(reading, school_id, programme)
        found = decisions_of_class(reading, school_id, part.programme.id, class_id)
    saw_list(school_id, "class", class_id)
    return found

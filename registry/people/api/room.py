"""The chapters of this room's API, and the shapes that their operations share."""

from registry.errors import N_
from registry.people.contacts import ContactKind
from registry.people.models.persons import Confirmed, Source
from registry.people.relations import RelationKind
from registry.web.api.bodies import Told
from registry.web.api.fields import Choice, Day, Id, Made, Many, Moment, Text, Whole, Within, YesNo
from registry.web.api.rooms import Room

people_room = Room("people", N_("Школы, классы и люди"))
collisions_room = Room("collisions", N_("Спорные значения"))
rosters_room = Room("rosters", N_("Списки обучающихся"))
accounts_room = Room("accounts", N_("Учётные записи Госуслуг"))


class ContactTold(Told):
    """A phone or an e-mail address, and where it came from."""

    kind = Choice(ContactKind)
    value = Text()
    source = Choice(Source)
    confirmed_at = Moment(allow_none=True)
    confirmed_how = Choice(Confirmed, allow_none=True)


class PersonTold(Told):
    """A person with all that is kept of him."""

    id = Id()
    last_name = Text()
    first_name = Text()
    middle_name = Text(allow_none=True)
    birth_date = Day(allow_none=True)
    snils = Text(allow_none=True)
    address = Text(allow_none=True)
    identity_document = Text(allow_none=True)
    phone = Within(ContactTold, allow_none=True)
    email = Within(ContactTold, allow_none=True)
    version = Whole()


class GuardianTold(Told):
    """Who represents a student, by what right, and until when."""

    person_id = Made(lambda one: str(one.person.id))
    full_name = Text(attribute="person.full_name")
    relation = Choice(RelationKind)
    valid_from = Day()
    valid_until = Day(allow_none=True)
    barred = YesNo(metadata={"description": N_("Лишён права представлять обучающегося")})


class AuthorityTold(GuardianTold):
    """The same with the document that gives the right."""

    authority_document = Text(allow_none=True)


class FamilyTold(Told):
    """A student with his class and his guardians."""

    student_id = Made(lambda one: str(one.student.id))
    full_name = Text(attribute="student.full_name")
    class_id = Id()
    class_name = Made(lambda one: str(one.class_name))
    enrolled_from = Day()
    enrolled_until = Day(allow_none=True)
    guardians = Many(Within(AuthorityTold))


class CardTold(Told):
    """A person's card as one school sees it."""

    person = Within(PersonTold)
    as_student = Within(FamilyTold, allow_none=True)
    as_guardian = Many(Within(FamilyTold))

"""Seeding: region, municipality, three schools with classes, staff of every role; all of them invented."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from registry.access.passwords import Passwords
from registry.access.rules import Right, Role, Scope
from registry.access.usecases.users import NewUser, add_user, give_role
from registry.people.models import places
from registry.people.models.places import Municipality, Region, SchoolClass
from registry.trail.entries import Entry, EntryType, ObjectRef
from registry.work import Work

PASSWORD = "proba-reestra-2020"  # noqa: S105 - of invented staff in the sandbox, printed at every start
SCHOOL_YEAR = 2020
LEGAL_DAY = date(2020, 11, 2)
"""A day on which the sample classes go to school and the programme still takes consents."""
LETTERS = {10: "А", 11: "А"}
SMALL = ("1А", "5А", "9А")

SCHOOLS = (
    ("17", "МБОУ СОШ № 17", "2721000018", "г. Хабаровск, ул. Выдуманная, д. 17"),
    ("3", "МБОУ СОШ № 3", "2721000025", "г. Хабаровск, ул. Примерная, д. 3"),
    ("40", "МАОУ Гимназия № 40", "2721000032", "г. Хабаровск, пер. Образцовый, д. 40"),
)


@dataclass(frozen=True, slots=True)
class Login:
    """One account that was made, to be printed at the start."""

    login: str
    about: str


@dataclass(frozen=True, slots=True)
class _Staff:
    login: str
    name: str
    right: Right


def is_empty(work: Work) -> bool:
    """Say whether nothing was set up here yet."""
    return not places.list_regions(work.connection)


def seed(work: Work, passwords: Passwords) -> None:
    """Make the sample region; the caller has looked that there is none."""
    region = Region(work.new_id(), "27", "Хабаровский край")
    town = Municipality(work.new_id(), region.id, "Город Хабаровск")
    places.add_region(work.connection, region)
    places.add_municipality(work.connection, town)
    hashed = passwords.hash(PASSWORD)
    for school in SCHOOLS:
        _add_school(work, town, school, hashed)
    for one in _above_schools(region, town):
        _add_staff(work, one, hashed)


def _add_school(work: Work, town: Municipality, said: tuple[str, str, str, str], hashed: str) -> None:
    code, name, inn, address = said
    school_id = work.new_id()
    values = {
        "id": school_id,
        "municipality_id": town.id,
        "code": code,
        "name": name,
        "full_name": f"{_form(name)} г. Хабаровска",
        "address": address,
        "inn": inn,
        "email": f"school{code}@example.org",
        "phone": "+74212000000",
        "timezone": "Asia/Vladivostok",
        "version": 1,
    }
    places.add_school(work.connection, values)
    state = {key: str(value) for key, value in values.items()}
    work.record(Entry(EntryType.SCHOOL_ADDED, ObjectRef("school", school_id, 1), state, school_id))
    classes = _classes(work, school_id, code)
    places.add_classes(work.connection, classes)
    for one in _of_school(code, name, school_id, classes):
        _add_staff(work, one, hashed)


def _form(name: str) -> str:
    owners = {"МБОУ": "Муниципальное бюджетное", "МАОУ": "Муниципальное автономное"}
    kinds = {"СОШ": "Средняя общеобразовательная школа", "Гимназия": "Гимназия"}
    owner, kind, _, number = name.split(" ")
    return f"{owners[owner]} общеобразовательное учреждение «{kinds[kind]} № {number}»"


def _classes(work: Work, school_id: UUID, code: str) -> list[SchoolClass]:
    if code == "17":
        wanted = [(grade, letter) for grade in range(1, 12) for letter in LETTERS.get(grade, "АБВ")]
    else:
        wanted = [(int(name[:-1]), name[-1]) for name in SMALL]
    return [SchoolClass(work.new_id(), school_id, SCHOOL_YEAR, grade, letter) for grade, letter in wanted]


def _of_school(code: str, name: str, school_id: UUID, classes: list[SchoolClass]) -> list[_Staff]:
    def at_school(role: Role) -> Right:
        return Right(role, Scope.SCHOOL, school_id, school_id)

    staff = [
        _Staff(f"director-{code}", director_name(code), at_school(Role.DIRECTOR)),
        _Staff(f"clerk-{code}", f"Делопроизводитель, {name}", at_school(Role.CLERK)),
    ]
    for one in classes:
        right = Right(Role.TUTOR, Scope.CLASS, one.id, school_id)
        staff.append(
            _Staff(tutor_login(code, str(one.name)), f"Классный руководитель {one.name}, {name}", right)
        )
    return staff


def director_name(code: str) -> str:
    """Name the director of a sample school as his account does."""
    return next(f"Директор, {name}" for other, name, _, _ in SCHOOLS if other == code)


def tutor_login(code: str, class_name: str) -> str:
    """Name the login of a class's tutor: ``tutor-17-9б``."""
    return f"tutor-{code}-{class_name.casefold()}"


def _above_schools(region: Region, town: Municipality) -> list[_Staff]:
    return [
        _Staff(
            "coordinator", "Муниципальный координатор", Right(Role.COORDINATOR, Scope.MUNICIPALITY, town.id)
        ),
        _Staff("operator", "Оператор реестра", Right(Role.OPERATOR, Scope.REGION, region.id)),
        _Staff("auditor", "Аудитор", Right(Role.AUDITOR, Scope.REGION, region.id)),
        _Staff("administrator", "Администратор", Right(Role.ADMINISTRATOR, Scope.INSTALLATION)),
        _Staff("administrator-2", "Второй администратор", Right(Role.ADMINISTRATOR, Scope.INSTALLATION)),
    ]


def _add_staff(work: Work, one: _Staff, hashed: str) -> None:
    user_id = add_user(work, NewUser(one.login, one.name, hashed))
    give_role(work, user_id, one.right)


def logins() -> list[Login]:
    """List the accounts worth trying first."""
    return [
        Login("clerk-17", "делопроизводитель: список школы, приглашения, подготовка передачи"),
        Login("tutor-17-7а", "классный руководитель 7А: свой класс, бумажные согласия"),
        Login("director-17", "директор: готовность и утверждение передачи"),
        Login("coordinator", "муниципальный координатор"),
        Login("operator", "оператор реестра"),
        Login("auditor", "аудитор"),
        Login("administrator", "администратор; ключи"),
        Login("administrator-2", "второй администратор: подтверждает то, что просит первый"),
    ]

"""One row of a list as people: every field read by its rule, nothing compared with other rows yet."""

from dataclasses import dataclass, field
from datetime import date

from registry.errors import N_, InvalidError
from registry.people import dates, names
from registry.people.class_names import ClassName
from registry.people.relations import NEEDS_DOCUMENT, Relation, RelationKind, parse_relation
from registry.people.rosters.findings import Finding, Level, Place
from registry.people.rosters.headers import FULL_NAME, STUDENT
from registry.people.rosters.layout import Line
from registry.people.rosters.sheets import Cell, shown
from registry.people.rosters.values import READERS, Reader, names_none

_WORDS_MISSING = {
    "birth_date": N_("Нет даты рождения."),
    "snils": N_("Нет СНИЛС."),
    "phone": N_("Нет телефона."),
    "email": N_("Нет адреса почты."),
}


@dataclass(slots=True)
class PersonDraft:
    """A person as one row tells of him: normalised values, None where missing or refused."""

    side: str
    last_name: str | None = None
    first_name: str | None = None
    middle_name: str | None = None
    birth_date: date | None = None
    snils: str | None = None
    phone: str | None = None
    email: str | None = None
    relation: Relation | None = None
    """Who he is to the student; None for the student, and for one who by the file represents nobody."""
    _folded: tuple[str, str, str] | None = field(default=None, repr=False, compare=False)

    @property
    def named(self) -> bool:
        """Whether there is a name to call the person by."""
        return self.last_name is not None and self.first_name is not None

    @property
    def folded(self) -> tuple[str, str, str]:
        """The name in the form that is compared; asked for when the row was read, and then often."""
        if self._folded is None:
            told = (self.last_name, self.first_name, self.middle_name)
            last, first, middle = (names.fold(name or "") for name in told)
            self._folded = last, first, middle
        return self._folded


@dataclass(slots=True)
class RowDraft:
    """A row as read: the student, the guardians, and the findings so far."""

    place: Place
    class_name: ClassName | None
    student: PersonDraft
    guardians: list[PersonDraft] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    @property
    def people(self) -> list[PersonDraft]:
        """The student first, then the guardians."""
        return [self.student, *self.guardians]

    def say(self, level: Level, about: str, code: str, text: str, **shown_: str) -> None:
        """Add a finding about this row."""
        self.findings.append(self.place.found(level, about, code, text, **shown_))


def read_line(line: Line, on: date) -> RowDraft:
    """Read a row: student and guardians field by field, as of a legal day."""
    draft = RowDraft(Place(line.sheet, line.row.number), line.class_name, PersonDraft(STUDENT))
    _read_person(line, draft, draft.student, on)
    if draft.class_name is None:
        draft.say(
            Level.ERROR,
            "class",
            "class-unknown",
            N_(
                "Не видно, какой это класс: назовите по нему лист, например 9Б, или добавьте столбец «Класс»."
            ),
        )
    elif draft.student.birth_date is not None:
        _check_grade(draft, draft.class_name.grade, on)
    for side in line.header.sides:
        _read_guardian(line, draft, side, on)
    if not draft.guardians:
        draft.say(
            Level.INCOMPLETE,
            "guardian",
            "guardian-missing",
            N_("Нет ни одного родителя (законного представителя)."),
        )
    return draft


def _check_grade(draft: RowDraft, grade: int, on: date) -> None:
    born = draft.student.birth_date
    assert born is not None  # noqa: S101 - asked by the caller
    about, typed = "student.birth_date", dates.format_date(born)
    try:
        dates.check_birth_for_grade(born, grade, on)
    except InvalidError as error:
        draft.findings.append(draft.place.refused(about, error, typed))
        return
    if dates.young_for_grade(born, grade, on):
        text = N_("По дате рождения ребёнок пошёл в школу раньше 6 лет 6 месяцев: проверьте год.")
        draft.say(Level.WARNING, about, "birth-early", text, typed=typed, understood=typed)


def _read_guardian(line: Line, draft: RowDraft, side: str, on: date) -> None:
    fields = ("last_name", "first_name", FULL_NAME, "middle_name", "birth_date", "snils", "phone", "email")
    typed = [line.cell(side, name) for name in fields]
    if all(cell is None or names_none(cell) for cell in typed):
        return
    person = PersonDraft(side)
    _read_person(line, draft, person, on)
    _read_relation(line, draft, person)
    draft.guardians.append(person)


def _read_person(line: Line, draft: RowDraft, person: PersonDraft, on: date) -> None:
    for name, cell in _name_cells(line, person.side).items():
        _read_name(draft, person, name, cell)
    for name, read in READERS.items():
        cell = line.cell(person.side, name)
        about = f"{person.side}.{name}"
        if cell is None or names_none(cell):
            draft.say(Level.INCOMPLETE, about, f"{name.replace('_', '-')}-missing", _WORDS_MISSING[name])
        else:
            _read_value(draft, person, name, (cell, read, on))


def _name_cells(line: Line, side: str) -> dict[str, Cell]:
    full = line.cell(side, FULL_NAME)
    if full is None:
        return {name: line.cell(side, name) for name in ("last_name", "first_name", "middle_name")}
    parts = [*shown(full).split(maxsplit=2), None, None, None]
    return {"last_name": parts[0], "first_name": parts[1], "middle_name": parts[2]}


def _read_name(draft: RowDraft, person: PersonDraft, name: str, cell: Cell) -> None:
    about, typed = f"{person.side}.{name}", shown(cell)
    if cell is None or names_none(cell):
        _read_no_name(draft, about, name, typed)
        return
    try:
        read = names.parse_name(typed)
    except InvalidError as error:
        draft.findings.append(draft.place.refused(about, error, typed))
        return
    setattr(person, name, read.value)
    if read.repaired:
        text = N_("Принято, но исправлены прописные и строчные буквы: проверьте.")
        draft.say(Level.OK, about, "name-case", text, typed=typed, understood=read.value)
    elif read.value != typed:
        draft.say(Level.OK, about, "name-tidied", N_("Принято."), typed=typed, understood=read.value)
    if read.latin:
        text = N_("Имя написано латинскими буквами: проверьте по документу.")
        draft.say(Level.WARNING, about, "name-latin", text, typed=typed, understood=read.value)


def _read_no_name(draft: RowDraft, about: str, name: str, typed: str) -> None:
    if name != "middle_name":
        draft.say(Level.ERROR, about, "name-missing", N_("Нет фамилии или имени."), typed=typed)
    elif typed:
        draft.say(Level.OK, about, "no-middle-name", N_("Принято: отчества нет."), typed=typed)


def _read_value(draft: RowDraft, person: PersonDraft, name: str, source: tuple[Cell, Reader, date]) -> None:
    cell, read, on = source
    about, typed = f"{person.side}.{name}", shown(cell)
    try:
        value, understood = read(cell, on)
    except InvalidError as error:
        draft.findings.append(draft.place.refused(about, error, typed))
        return
    setattr(person, name, value)
    if understood != typed or (name == "birth_date" and not isinstance(cell, date)):
        draft.say(
            Level.OK,
            about,
            f"{name.replace('_', '-')}-tidied",
            N_("Принято."),
            typed=typed,
            understood=understood,
        )


def _read_relation(line: Line, draft: RowDraft, person: PersonDraft) -> None:
    about = f"{person.side}.relation"
    typed = shown(line.cell(person.side, "relation")) or line.header.relations.get(person.side, "")
    if not typed:
        draft.say(
            Level.INCOMPLETE,
            about,
            "relation-missing",
            N_("Не указано, кем представитель приходится обучающемуся."),
        )
        person.relation = Relation(RelationKind.UNSTATED)
        return
    try:
        person.relation = parse_relation(typed)
    except InvalidError as error:
        found = draft.place.refused(about, error, typed)
        draft.say(Level.INCOMPLETE, about, found.code, found.text, typed=typed)
        return
    if person.relation.kind in NEEDS_DOCUMENT and person.relation.document is None:
        text = N_("Укажите документ, по которому человек представляет ребёнка.")
        draft.say(
            Level.WARNING, about, "relation-document", text, typed=typed, understood=person.relation.shown
        )
    elif person.relation.shown != typed:
        draft.say(
            Level.OK, about, "relation-tidied", N_("Принято."), typed=typed, understood=person.relation.shown
        )

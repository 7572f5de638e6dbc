"""Lists chosen by links: of which part of a branch, which process, what alone; each choice is an address."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from flask import request, url_for

from registry.access.rules import Action, Scope
from registry.errors import N_, InvalidError, NotFoundError
from registry.web.current import schools
from registry.work import Work
from registry.workflows import models
from registry.workflows.atlas import Part
from registry.workflows.models.counting import Counted, Where
from registry.workflows.models.tasks import Place
from registry.workflows.names import NAMES
from registry.workflows.pages.room import check_part, rights_here, sees_all
from registry.workflows.tasks.shares import Whose, place_of_right
from registry.workflows.timing import moment

PARTS: Final = {"school": Scope.SCHOOL, "town": Scope.MUNICIPALITY, "region": Scope.REGION}
"""By which name of an address a part of a branch is chosen."""
NAME_OF: Final = {scope: name for name, scope in PARTS.items()}
KEPT: Final = ("whose", "late", "process", *PARTS)
DEFAULT: Final = {"whose": Whose.WAITING}
"""What a list shows anyway: no address says it."""
_WRONG: Final = N_("Адрес страницы списка неверен: откройте список с начала.")


@dataclass(frozen=True, slots=True)
class Choice:
    """One choice: its words, its address, and whether it is the one that is shown."""

    words: str
    address: str
    here: bool


def chosen_part(work: Work, said: Mapping[str, str]) -> Part | None:
    """Read the part of a branch that is asked for; none: all that who asks may see.

    Raises:
        InvalidError: it is no id.
        NotFoundError: there is no such part, or he may not look at it.
    """
    for name, scope in PARTS.items():
        if said.get(name):
            place_id = _id(said[name])
            check_part(work, scope, place_id)
            found = NAMES.atlas.part(work, scope, place_id)
            if found is None:
                raise NotFoundError(N_("Страница не найдена, или у вас нет к ней доступа."))
            return found
    return None


def part_in_address(part: Part | None) -> dict[str, str]:
    """Say which part was chosen, as addresses of other lists say it."""
    return {} if part is None else {NAME_OF[part.scope]: str(part.id)}


def where_of(part: Part | None) -> Where | None:
    """Say which schools belong to a part; none: no part was chosen."""
    if part is None:
        return None
    if part.scope is Scope.SCHOOL:
        return Where((part.id,))
    return Where(below=(NAMES.atlas.below(part.scope, part.id),))


def counts_of(work: Work, definition_id: str, part: Part | None) -> Counted:
    """Count the cases in each state in a part of a branch, or in all that who asks may see."""
    return models.counts(work.connection, definition_id, moment(work), where_of(part) or own_places())


def own_places() -> Where | None:
    """Say in which schools who asks sees cases; none: everywhere, and those of no school."""
    if sees_all():
        return None
    places = [one for right in rights_here() if (one := place_of_right(right)) is not None]
    below = tuple(one for place in places for one in place.below)
    return Where(sorted(schools(Action.CASE_READ)), below)


def choices_of_part(work: Work, part: Part | None) -> list[Choice]:
    """List what can be chosen next: everything again, the part that is shown, and what lies below it."""
    below = NAMES.atlas.parts_of(work, part.scope, part.id) if part else _tops(work)
    nothing = dict.fromkeys(PARTS)
    found = [Choice("", link(**nothing), part is None)]
    if part is not None:
        found.append(Choice(part.name, link(**nothing | part_in_address(part)), here=True))
    found += [Choice(one.name, link(**nothing | part_in_address(one)), here=False) for one in below]
    return found if len(found) > 1 else []


def _tops(work: Work) -> Sequence[Part]:
    """List what lies right below the places of who asks; his one school needs no choice."""
    found = dict[UUID, Part]()
    for right in rights_here():
        if right.scope in {Scope.INSTALLATION, Scope.REGION, Scope.MUNICIPALITY}:
            found |= {one.id: one for one in NAMES.atlas.parts_of(work, right.scope, right.place_id)}
    own = schools(Action.CASE_READ)
    if found or len(own) > 1:
        names = NAMES.atlas.names_of(work, own, ())
        found |= {one: Part(Scope.SCHOOL, one, name) for one, name in names.items()}
    return sorted(found.values(), key=lambda one: (one.name, one.id))


def link(**changes: str | None) -> str:
    """Give the address of the list that is shown with other choices; the list begins anew."""
    kept = {name: request.args[name] for name in KEPT if request.args.get(name)}
    said: dict[str, Any] = {
        name: value for name, value in (kept | changes).items() if value and value != DEFAULT.get(name)
    }
    return url_for(str(request.endpoint), **(request.view_args or {}), **said)


def asked_place() -> Place | None:
    """Read after which case the asked page begins.

    Raises:
        InvalidError: the address says something else.
    """
    given = request.args.get("after")
    return read_place(given) if given else None


def read_place(word: str) -> Place:
    """Read the place of a case in the order of lists as `word_of` wrote it.

    Raises:
        InvalidError: it is none.
    """
    late, _, case_id = word.partition("_")
    try:
        moment = datetime.fromisoformat(late)
    except ValueError:
        raise InvalidError(_WRONG) from None
    return Place(moment if moment.tzinfo else moment.replace(tzinfo=UTC), _id(case_id))


def word_of(place: Place) -> str:
    """Write the place of a case in the order of lists as a word for addresses."""
    return f"{place.late_at.astimezone(UTC).isoformat()}_{place.id}"


def _id(given: str) -> UUID:
    try:
        return UUID(given)
    except ValueError:
        raise InvalidError(_WRONG) from None

"""How far the rights of somebody reach in the database, below what the application asks of each row."""

from collections.abc import Collection
from uuid import UUID

from registry.access.rules import Right, Role, Scope
from registry.storage.reach import EVERYTHING, Reach


def reach_of_rights(rights: Collection[Right]) -> Reach:
    """Say whose rows somebody with these rights may touch: those of all their places.

    An administrator of the installation looks after accounts and keys, and at nobody's data.
    """
    wide = [one for one in rights if one.scope is Scope.INSTALLATION]
    if any(one.role is not Role.ADMINISTRATOR for one in wide):
        return EVERYTHING
    return Reach(
        schools=frozenset(one.school_id for one in rights if one.school_id),
        municipalities=_places(rights, Scope.MUNICIPALITY),
        regions=_places(rights, Scope.REGION),
        bare=bool(wide),
    )


def _places(rights: Collection[Right], scope: Scope) -> frozenset[UUID]:
    return frozenset(one.place_id for one in rights if one.scope is scope and one.place_id)

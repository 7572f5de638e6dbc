"""Where the trail keeps an act: its event and the hash of its leaf, for the receipt."""

from uuid import UUID

from sqlalchemy import Connection, bindparam, select

from registry.consents.facts import KIND
from registry.errors import N_, NotFoundError
from registry.trail.models import trail_event, trail_object

_leaf = (
    select(trail_event.c.leaf)
    .join(trail_object, trail_object.c.event_id == trail_event.c.event_id)
    .where(trail_object.c.kind == KIND, trail_object.c.id == bindparam("act"))
)


def leaf_of_act(connection: Connection, act_id: UUID) -> bytes:
    """Give the leaf that an act was written as.

    Raises:
        NotFoundError: the trail does not know the act.
    """
    leaf = connection.execute(_leaf, {"act": act_id}).scalar()
    if leaf is None:
        raise NotFoundError(N_("Такой записи нет."))
    return bytes(leaf)

"""Which part of a branch a list is asked for, over the API."""

from collections.abc import Mapping
from typing import Any, Final

from registry.errors import N_
from registry.web.api.bodies import Body
from registry.web.api.fields import Id

_NAMES: Final = {"school": "school_id", "town": "municipality_id", "region": "region_id"}


class PlaceAsked(Body):
    """Of which part of a branch; of all that the token's owner may see where none is named."""

    school_id = Id(load_default=None, metadata={"description": N_("Только эта школа")})
    municipality_id = Id(load_default=None, metadata={"description": N_("Только школы муниципалитета")})
    region_id = Id(load_default=None, metadata={"description": N_("Только школы региона")})


def said_of(said: Mapping[str, Any]) -> dict[str, str]:
    """Say the same as the address of a page says it."""
    return {name: str(said[field]) for name, field in _NAMES.items() if said[field]}

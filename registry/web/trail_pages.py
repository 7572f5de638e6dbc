"""What the trail shows outside: signed checkpoints, tiles, and proofs of single events (C2SP tlog-tiles)."""

from uuid import UUID

from flask import Blueprint, Response

from registry.access.rules import Action, Place
from registry.trail import proofs
from registry.web.assets import FOR_EVER
from registry.web.current import ANYBODY, begin_reading, current_registry, require
from registry.web.doors import allowed, machine

BINARY = "application/octet-stream"
BUNDLES = "entries/"

blueprint = Blueprint("trail", __name__)


@blueprint.get("/tlog/checkpoint")
@machine(Action.PUBLIC)
def checkpoint() -> Response:
    """Give the last signed checkpoint."""
    with current_registry().reading(ANYBODY) as reading:
        return Response(proofs.checkpoint_text(reading.connection), mimetype="text/plain")


@blueprint.get("/tlog/tile/<path:address>")
@machine(Action.PUBLIC)
def tile(address: str) -> Response:
    """Give a tile of hashes; bundles of entries have a route of their own."""
    with current_registry().reading(ANYBODY) as reading:
        return _for_ever(proofs.tile_bytes(reading.connection, address))


@blueprint.get(f"/tlog/tile/{BUNDLES}<path:address>")
@allowed(Action.TRAIL_READ)
def entries(address: str) -> Response:
    """Give a bundle of entries to those who may read the whole trail."""
    require(Action.TRAIL_READ, Place())
    with begin_reading() as reading:
        return _for_ever(proofs.tile_bytes(reading.connection, BUNDLES + address), "private")


@blueprint.get("/receipts/<uuid:event_id>.tlog-proof")
@machine(Action.PUBLIC)
def proof(event_id: UUID) -> Response:
    """Give the proof that an event stands in the trail; it holds hashes only."""
    with current_registry().reading(ANYBODY) as reading:
        return Response(proofs.tlog_proof(reading.connection, event_id), mimetype="text/plain")


def _for_ever(data: bytes, whose: str = "public") -> Response:
    response = Response(data, mimetype=BINARY)
    response.headers["Cache-Control"] = FOR_EVER.replace("public", whose)
    return response

"""The composition: rooms, their names and their pages put together; nothing else knows them all."""

import importlib
import logging
import os
import sys
from typing import Final

from flask import Flask

from registry.consents import facts as consents
from registry.keys import data_keys
from registry.keys import facts as keys
from registry.people.holds import check_owners
from registry.programmes.drafts import facts as notices
from registry.proofs import facts as proofs
from registry.proofs.exports import facts as exported
from registry.rights import facts as rights
from registry.soundness.check import sound_settings
from registry.soundness.definitions import demand_definitions
from registry.submissions import facts as submissions
from registry.trail.verify import Reader
from registry.web.create import create_app as create_base
from registry.web.doors import check_doors
from registry.web.logs import configure_logs
from registry.work import Registry
from registry.workflows import facts as workflows

ROOMS = (
    "people",
    "programmes",
    "letters",
    "keys",
    "staff",
    "consents",
    "submissions",
    "proofs",
    "rights",
    "workflows",
    "jobs",
)
OWNING_NAMES = (
    "jobs",
    "errands",
    "looking",
    "agreements",
    "steps",
    "clock",
    "purposes",
    "withdrawals",
    "holds",
    "trail",
    "leases",
    "sweep",
    "strays",
)
WITH_PAGES = (
    "registry.people.pages",
    "registry.programmes.pages",
    "registry.workflows.pages",
    "registry.promises.pages",
    "registry.keys.pages",
    "registry.staff.pages",
    "registry.consents.pages",
    "registry.submissions.pages",
    "registry.proofs.pages",
    "registry.rights.pages",
    "registry.rights.pages.ledger",
)

WITH_API: Final = (
    "registry.people.api",
    "registry.programmes.api",
    "registry.consents.api",
    "registry.submissions.api",
    "registry.proofs.api",
    "registry.rights.api",
    "registry.workflows.api",
    "registry.keys.api",
    "registry.promises.api",
    "registry.staff.api",
)
"""Modules that serve a room's part of the API, in the order of its description."""

TURN: Final = 0.0005
"""Seconds that one thread keeps the interpreter while others want it; Python's own 0.005 is too long here.
Who holds SQLite's write lock gives the interpreter away at each statement; all other writers wait with him.
"""


def load_names() -> None:
    """Import every module that owns a job, a guard, an effect, a tick or an answer to a lower room."""
    for room in ROOMS:
        for module in OWNING_NAMES:
            name = f"registry.{room}.{module}"
            if importlib.util.find_spec(name) is not None:
                importlib.import_module(name)
    check_owners()


def load_pages() -> None:
    """Import every room's pages and API, before the processes of a server part."""
    for name in (*WITH_PAGES, *WITH_API):
        importlib.import_module(name)


def present_states() -> dict[str, Reader]:
    """Gather what tells the verifier of the trail how the rooms' objects stand now."""
    rooms = (consents, keys, proofs, exported, rights, submissions, workflows)
    readers: dict[str, Reader] = {room.KIND: room.present_states for room in rooms}
    return readers | {
        consents.SETTLEMENT: consents.present_settlements,
        consents.OPT_OUT: consents.present_opt_outs,
        consents.INVALIDATION: consents.present_invalidations,
        consents.SIGNATURE: consents.present_signatures,
        data_keys.KIND: data_keys.present_states,
        **workflows.BESIDES,
        **notices.READERS,
        rights.DESTRUCTION: rights.present_destructions,
    }


def create_app(registry: Registry) -> Flask:
    """Make the application of every room; a route that does not say who may call it stops the start."""
    load_names()
    app = create_base(registry)
    for name in WITH_PAGES:
        app.register_blueprint(importlib.import_module(name).blueprint)
    for name in WITH_API:
        for room in importlib.import_module(name).rooms:
            app.register_blueprint(room)
    check_doors(app)
    return app


def from_environment() -> Flask:
    """Make the application from the process's environment; the entry point of servers."""
    sys.setswitchinterval(TURN)
    configure_logs(logging.WARNING)
    settings = sound_settings(os.environ)
    load_names()
    demand_definitions(settings)
    return create_app(Registry.open(settings))

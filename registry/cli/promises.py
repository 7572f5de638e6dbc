"""Commands of a terminal about promised jobs: `promises`, `promises again ID`."""

import argparse
import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from uuid import UUID

from registry.app import load_names
from registry.config import load_settings
from registry.errors import N_, InvalidError
from registry.jobs.names import about
from registry.promises import usecases
from registry.promises.rules import reason
from registry.storage.outbox_view import OpenPromise, Standing
from registry.trail.entries import Actor
from registry.work import Registry

AT_TERMINAL = Actor("system", None, "administrator", "terminal")
AT_ONCE = 500


def add_commands(commands: Any) -> None:  # noqa: ANN401 - argparse's own sub-command object has no public type
    """Add `promises [--json]` and `promises again ID`."""
    promises = commands.add_parser("promises", help="promised jobs that wait, fail or were given up")
    promises.add_argument("--json", action="store_true", help="one JSON object a promise")
    promises.set_defaults(command=show)
    again = promises.add_subparsers(metavar="again").add_parser("again", help="try one once more, now")
    again.add_argument("id")
    again.set_defaults(command=try_again)


def show(said: argparse.Namespace, environ: Mapping[str, str]) -> int:
    """List the open promises, those that were given up first; 1 when there are such."""
    load_names()
    registry = Registry.open(load_settings(environ))
    with registry.reading(AT_TERMINAL) as work:
        counts = usecases.overview(work)
    if not said.json:
        sys.stdout.write(", ".join(f"{standing}: {count}" for standing, count in counts.items()) + "\n")
    tell = as_json if said.json else as_line
    sys.stdout.writelines(tell(one) + "\n" for one in _every(registry))
    return 1 if counts[Standing.GIVEN_UP] else 0


def try_again(said: argparse.Namespace, environ: Mapping[str, str]) -> int:
    """Make one promise due now.

    Raises:
        RegistryError: it is no id, or there is no such promise that is not kept.
    """
    try:
        promise_id = UUID(said.id)
    except ValueError:
        raise InvalidError(
            N_("«%(given)s» не номер задания: скопируйте его из списка заданий."), given=said.id
        ) from None
    with Registry.open(load_settings(environ)).work(AT_TERMINAL) as work:
        usecases.try_again(work, promise_id)
    return 0


def as_json(one: OpenPromise) -> str:
    """One promise as one line of JSON."""
    said = {
        "id": str(one.id),
        "standing": one.standing,
        "job": one.job,
        "made_at": one.made_at.isoformat(),
        "due_at": one.due_at.isoformat() if one.due_at else None,
        "failed_at": one.failed_at.isoformat() if one.failed_at else None,
        "attempts": one.attempts,
        "error": one.last_error,
        "reason": reason(one.last_error) if one.last_error else None,
    }
    return json.dumps(said, ensure_ascii=False)


def as_line(one: OpenPromise) -> str:
    """One promise for a person."""
    why = f": {reason(one.last_error)} [{one.last_error}]" if one.last_error else ""
    title = about(one.job).title or one.job
    return f"{one.standing:<9} {one.id} {one.made_at:%Y-%m-%d %H:%M} UTC, {one.attempts}x  {title}{why}"


def _every(registry: Registry) -> Iterator[OpenPromise]:
    for standing in Standing:
        found: Iterable[OpenPromise] = ()
        after: UUID | None = None
        while found or after is None:
            with registry.reading(AT_TERMINAL) as work:
                found = usecases.listed(work, standing, after, AT_ONCE)
            yield from found
            after = max((one.id for one in found), default=UUID(int=0))

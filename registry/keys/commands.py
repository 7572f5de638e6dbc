"""Commands of a terminal about keys, for the operator of the machine: no second person is asked there."""

import argparse
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeAlias
from uuid import UUID

from registry.config import Mode, load_settings
from registry.errors import N_, InvalidError, NotFoundError, UnavailableError
from registry.keys import errands, folder, models, usecases
from registry.keys.listing import Listed, listed
from registry.keys.rules import OPERATOR, Key, Kind, State, read_fingerprint
from registry.people.models import places
from registry.sealing.public_keys import read_public_key
from registry.trail.entries import Actor
from registry.work import Registry, Work

MACHINE = Actor("system", None, "machine", "command")
"""Whoever may start commands here holds the key folder anyhow."""
WARNED = 1
Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"  # noqa: SLF001 - argparse has no public name for it


def add_commands(commands: Commands) -> Commands:
    """Add `keys list|create|rotate|...|revoke|export|pin`; give what takes more of them."""
    verbs = commands.add_parser("keys", help="OpenPGP keys and master keys").add_subparsers(
        required=True, metavar="VERB"
    )
    show = verbs.add_parser("list", help="all keys and when they end")
    show.add_argument("--check", action="store_true", help="exit status 1 when a key in use ends soon")
    show.set_defaults(command=_list)
    create = verbs.add_parser("create", help="make the first own key")
    create.add_argument("--owner", default=OPERATOR, help="operator (default), or a school's id or code")
    export = verbs.add_parser("export", help="the public part, for the platform")
    export.add_argument("--statement", action="store_true", help="the transition statement instead")
    pin = verbs.add_parser("pin", help="remember a platform's public key")
    pin.add_argument("file", type=Path, help="the public key")
    pin.add_argument("--receiver", required=True, help="name of the receiver as programmes state it")
    rest = {
        "rotate": ("make the key that comes in its place", _rotate),
        "activate": ("the platform has it: sign with it from now on", _activate),
        "confirm": ("agree to what a member of staff asked for on the pages", _confirm),
        "decline": ("drop what a member of staff asked for on the pages", _decline),
        "retire": ("sign nothing new with it", _retire),
        "revoke": ("never believe it again", _revoke),
    }
    for name, (about, run) in rest.items():
        verbs.add_parser(name, help=about).set_defaults(command=_on_a_registry(run))
    create.set_defaults(command=_on_a_registry(_create))
    export.set_defaults(command=_on_a_registry(_export))
    pin.set_defaults(command=_on_a_registry(_pin))
    for name in (*rest, "export"):
        verbs.choices[name].add_argument("key", help="fingerprint, its last digits, or the id of an order")
    for name in ("create", "rotate", "retire", "revoke", "pin"):
        verbs.choices[name].add_argument("--why", required=True, help="one line, kept in the trail")
    verbs.choices["pin"].add_argument("--fingerprint", help="as it stands on paper (asked for by default)")
    verbs.choices["revoke"].add_argument("--certificate", type=Path, help="brought back from its own place")
    return verbs


Run = Callable[[Registry, argparse.Namespace], Key | None]


def _on_a_registry(run: Run) -> Callable[[argparse.Namespace, Mapping[str, str]], int]:
    def command(said: argparse.Namespace, environ: Mapping[str, str]) -> int:
        registry = Registry.open(load_settings(environ))
        try:
            key = run(registry, said)
            if key is not None:
                _tell(_now(registry, key.id))
        finally:
            registry.engine.dispose()
        return 0

    return command


def _list(said: argparse.Namespace, environ: Mapping[str, str]) -> int:
    registry = Registry.open(load_settings(environ))
    with registry.reading(MACHINE) as work:
        found = listed(work)
    registry.engine.dispose()
    for one in found:
        _tell(one)
    return WARNED if said.check and any(one.warning is not None for one in found) else 0


def _create(registry: Registry, said: argparse.Namespace) -> Key:
    with registry.work(MACHINE) as work:
        key = usecases.create(work, _owner(work, said.owner), said.why)
    return _carry_out(registry, key)


def _rotate(registry: Registry, said: argparse.Namespace) -> Key:
    with registry.work(MACHINE) as work:
        key = usecases.rotate(work, _named(work, said.key).id, said.why)
    return _carry_out(registry, key)


def _pin(registry: Registry, said: argparse.Namespace) -> Key:
    text = _read(said.file)
    typed = said.fingerprint or _typed()
    given = (read_public_key(text), text.decode("ascii", "replace"))
    with registry.work(MACHINE) as work:
        key = usecases.pin(work, said.receiver, given, read_fingerprint(typed), said.why)
    return _carry_out(registry, key)


def _typed() -> str:
    """Ask for the fingerprint; who pipes nothing in has typed nothing."""
    try:
        return input(N_("Отпечаток с бумаги:") + " ")
    except EOFError:
        return ""


def _activate(registry: Registry, said: argparse.Namespace) -> Key:
    with registry.work(MACHINE) as work:
        return usecases.activate(work, _named(work, said.key).id)


def _confirm(registry: Registry, said: argparse.Namespace) -> Key:
    with registry.work(MACHINE) as work:
        key = usecases.confirm(work, _named(work, said.key).id)
    if key.state is State.REVOKED:
        _try(lambda: errands.publish_revocation(registry, key_id=str(key.id)))
        return key
    return _carry_out(registry, key)


def _decline(registry: Registry, said: argparse.Namespace) -> Key:
    with registry.work(MACHINE) as work:
        return usecases.decline(work, _named(work, said.key).id)


def _retire(registry: Registry, said: argparse.Namespace) -> Key:
    with registry.work(MACHINE) as work:
        return usecases.retire(work, _named(work, said.key).id, said.why)


def _revoke(registry: Registry, said: argparse.Namespace) -> Key:
    with registry.work(MACHINE) as work:
        key = _named(work, said.key)
        if key.state is not State.REVOKED:
            key = usecases.revoke(work, key.id, said.why)
    if key.own and key.fingerprint is not None:
        if said.certificate is not None:
            folder.bring_back(registry.settings, key.fingerprint, _read(said.certificate))
        _try(lambda: errands.publish_revocation(registry, key_id=str(key.id)))
    return key


def _export(registry: Registry, said: argparse.Namespace) -> None:
    with registry.reading(MACHINE) as work:
        key = _named(work, said.key)
    if said.statement:
        statement = key.statement or {}
        sys.stdout.write(
            "".join(f"{statement[name]}\n" for name in ("document", "signature") if name in statement)
        )
    else:
        sys.stdout.write(key.revoked_key or key.public_key or "")


def _carry_out(registry: Registry, key: Key) -> Key:
    """Do at once what a worker would do; what cannot be done now is still promised to it."""
    errands.make(registry, key_id=str(key.id))
    if registry.settings.mode is Mode.SANDBOX:
        _try(lambda: errands.introduce(registry, key_id=str(key.id)))
    return key


def _try(run: Callable[[], None]) -> None:
    try:
        run()
    except UnavailableError as error:
        sys.stderr.write(f"{error}\n")


def _now(registry: Registry, key_id: UUID) -> Listed:
    with registry.reading(MACHINE) as work:
        return next(one for one in listed(work) if one.key.id == key_id)


def _named(work: Work, typed: str) -> Key:
    """Find a key by what people type: 8 digits at least, or the id of an order that has no key yet."""
    text = typed.replace(" ", "").upper()
    found = [
        one
        for one in models.every(work.connection)
        if str(one.id).upper() == text or (len(text) >= 8 and (one.fingerprint or "").endswith(text))  # noqa: PLR2004 - fewer digits fit by chance
    ]
    if len(found) != 1:
        raise NotFoundError(N_("Такого ключа нет: назовите отпечаток целиком."), code="no-key")
    return found[0]


def _owner(work: Work, typed: str) -> usecases.Owner:
    if typed == OPERATOR:
        return usecases.Owner(Kind.OPERATOR, OPERATOR)
    school = places.find_school(work.connection, typed)
    if school is None:
        try:
            school = places.get_school(work.connection, UUID(typed))
        except ValueError:
            raise NotFoundError(N_("Такой школы нет."), code="no-school") from None
    return usecases.Owner(Kind.SCHOOL, str(school.id))


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise InvalidError(
            N_("Файл %(file)s не открывается: проверьте путь и права."), file=file.name
        ) from error


def _tell(one: Listed) -> None:
    key = one.key
    until = key.valid_until.date().isoformat() if key.valid_until else "-"
    said: list[Any] = [
        one.owner,
        key.fingerprint or key.id,
        key.state.value,
        N_("до %(day)s") % {"day": until},
        *one.notes,
    ]
    sys.stdout.write("  ".join(map(str, said)) + "\n")

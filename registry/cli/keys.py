"""`keys`: OpenPGP keys, and the master keys of the data in the database and in files."""

import argparse
import sys
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from registry.cli.parts import parts_told
from registry.config import load_settings
from registry.errors import N_
from registry.keys import commands as openpgp
from registry.keys import data_keys
from registry.keys.resealing import OPERATOR
from registry.proofs.usecases import renewing
from registry.soundness.ages import age_told
from registry.storage.keyring import KeyRing
from registry.work import Registry

FAILED = 1


def add_commands(commands: Any) -> None:  # noqa: ANN401 - argparse's own sub-command object has no public type
    """Offer the commands of OpenPGP keys, and `keys rotate-data|data`."""
    verbs = openpgp.add_commands(commands)
    rotate = verbs.add_parser("rotate-data", help="seal all data under a new master key while serving")
    what = rotate.add_mutually_exclusive_group()
    what.add_argument("--prepare", action="store_true", help="only make the key; nobody seals with it yet")
    what.add_argument(
        "--retire", action="store_true", help="drop older keys, if nothing is sealed under them"
    )
    rotate.add_argument("--why", default=N_("плановая замена"), help="one line, kept in the trail")
    rotate.set_defaults(command=_rotate)
    renew = verbs.add_parser("renew-seal", help="seal documents by a new key; old seals go on verifying")
    renew.set_defaults(command=_renew_seal)
    show = verbs.add_parser(
        "data", help="master keys of the data: versions, age, what stands under older ones"
    )
    show.add_argument("--check", action="store_true", help="exit status 1 when the key is too old")
    show.set_defaults(command=_data)


def _rotate(said: argparse.Namespace, environ: Mapping[str, str]) -> int:
    registry = Registry.open(load_settings(environ))
    try:
        if said.prepare:
            return _prepare(registry)
        return _retire(registry) if said.retire else _reseal(registry, said.why)
    finally:
        registry.engine.dispose()


def _renew_seal(_said: argparse.Namespace, environ: Mapping[str, str]) -> int:
    registry = Registry.open(load_settings(environ))
    try:
        fingerprint = renewing.renew(registry)
    finally:
        registry.engine.dispose()
    _say(N_("Новая печать документов, отпечаток сертификата SHA-256: %(print)s") % {"print": fingerprint})
    _say(N_("Скопируйте seal.key и seal.crt на все машины и сделайте копию ключей (backup --keys-out)."))
    return 0


def _prepare(registry: Registry) -> int:
    _say(
        N_(
            "Ключ данных версии %(version)s создан, им ещё не шифруют. Скопируйте ring.json на все машины,"
            " сделайте копию ключей (backup --keys-out), затем запустите keys rotate-data."
        )
        % {"version": data_keys.prepare(registry)}
    )
    return 0


def _retire(registry: Registry) -> int:
    dropped = ", ".join(map(str, data_keys.retire(registry)))
    _say(N_("Удалены ключи данных версий: %(versions)s.") % {"versions": dropped})
    _say(
        N_(
            "Копии данных, сделанные до замены, открываются только прежней связкой: храните её копию столько"
            " же, сколько их. Сделайте новые копии данных и ключей."
        )
    )
    return 0


def _reseal(registry: Registry, why: str) -> int:
    with parts_told() as tell:
        done = data_keys.rotate(registry, why, tell)
    _say(
        N_("Всё зашифровано ключом версии %(version)s: значений %(values)s, файлов %(files)s.")
        % {"version": done.version, "values": done.values, "files": done.files}
    )
    _say(N_("Сделайте копию ключей: в прежней копии этого ключа нет."))
    for place, number in done.damaged.items():
        _say(
            N_("Не открывается и оставлено как есть: %(place)s, %(number)s.")
            % {"place": place, "number": number}
        )
    return FAILED if done.damaged else 0


def _data(said: argparse.Namespace, environ: Mapping[str, str]) -> int:
    settings = load_settings(environ)
    registry = Registry.open(settings)
    try:
        ring = KeyRing.load(settings.keys)
        with registry.reading(OPERATOR) as work:
            since = data_keys.sealing_since(work.connection, ring.current)
        left = sum(data_keys.under_older_keys(registry, ring.current).values())
        warning = age_told(settings, since, registry.now())
    finally:
        registry.engine.dispose()
    for version in sorted(ring.masters):
        _say(f"{version}  {_standing(ring, version, since)}")
    _say(N_("Под другими ключами значений и файлов: %(number)s") % {"number": left})
    if warning:
        _say(warning)
    return FAILED if said.check and warning else 0


def _standing(ring: KeyRing, version: int, since: datetime | None) -> str:
    if version == ring.current:
        return N_("шифрует с %(day)s") % {"day": since.date().isoformat() if since else "-"}
    return N_("создан, ещё не шифрует") if version > ring.current else N_("только открывает")


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")

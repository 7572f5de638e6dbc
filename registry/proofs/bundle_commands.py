"""`proofs bundle|check|keys`: take out what proves a consent; check such a file by its own program."""

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path
from uuid import UUID

from registry.config import load_settings
from registry.errors import N_, InvalidError
from registry.proofs import check_bundle
from registry.proofs.models.bundled import consent_of_any_school
from registry.proofs.usecases.bundling import bundle_of
from registry.trail.entries import Actor
from registry.work import Registry

OPERATOR = Actor("system", None, "operator", "terminal")


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Offer `proofs bundle CONSENT --to FILE`, `proofs check FILE` and `proofs keys`."""
    proofs = commands.add_parser("proofs", help="what proves a consent to strangers")
    verbs = proofs.add_subparsers(required=True, metavar="VERB")
    bundle = verbs.add_parser("bundle", help="take out everything that proves one consent; it is recorded")
    bundle.add_argument("consent", type=UUID, help="id of the consent, as in the address of its evidence")
    bundle.add_argument("--to", type=Path, required=True, help="file to write; it must not be there yet")
    bundle.set_defaults(command=_bundle)
    check = verbs.add_parser("check", help="check a bundle by the keys of this installation")
    check.add_argument("file", type=Path)
    check.add_argument("--language", choices=["ru", "en"], default="ru")
    check.set_defaults(command=_check)
    verbs.add_parser("keys", help="print the public keys for whoever checks bundles").set_defaults(
        command=_keys
    )


def _bundle(said: argparse.Namespace, environ: Mapping[str, str]) -> int:
    registry = Registry.open(load_settings(environ))
    with registry.work(OPERATOR) as work:
        consent = consent_of_any_school(work.connection, said.consent)
        _write_new(said.to, bundle_of(work, registry.trail, consent))
    registry.engine.dispose()
    sys.stdout.write(f"{said.to}\n")
    return 0


def _write_new(path: Path, data: bytes) -> None:
    try:
        with path.open("xb") as file:
            file.write(data)
    except OSError as error:
        raise InvalidError(
            N_("Файл %(file)s не записан: он уже есть, или в эту папку нельзя писать."), file=path.name
        ) from error


def _check(said: argparse.Namespace, environ: Mapping[str, str]) -> int:
    keys = _public_keys(environ)
    return check_bundle.main([str(said.file), "--language", said.language, *keys])


def _keys(_said: argparse.Namespace, environ: Mapping[str, str]) -> int:
    sys.stdout.write(" ".join(_public_keys(environ)) + "\n")
    return 0


def _public_keys(environ: Mapping[str, str]) -> list[str]:
    """Give the public keys of every epoch, as the program that checks takes them."""
    registry = Registry.open(load_settings(environ))
    registry.engine.dispose()
    pairs = [registry.trail.of_epoch(one).verifiers for one in range(1, registry.trail.epoch + 1)]
    return [
        part
        for checkpoint, receipt in pairs
        for part in ("--checkpoint-key", str(checkpoint), "--receipt-key", str(receipt))
    ]

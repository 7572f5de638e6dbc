"""Whether documents can be sealed and signatures judged: keys, certificates and programs that are there."""

import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path

from cryptography.x509.oid import NameOID

from registry.config import SANDBOX_ORGANISATION, Settings
from registry.documents.pades.keys import CERTIFICATES, KEY, load_keys, read_certificates
from registry.errors import N_, SettingsError
from registry.soundness.faults import Fault
from registry.work import real_now


def seal_faults(settings: Settings) -> Iterator[Fault]:
    """Judge the key of seals and the time stamp authority; what is not there yet is made by the set-up."""
    if any((settings.keys / name).exists() for name in (KEY, CERTIFICATES)):
        yield from _key(settings.keys)
    if settings.tsa_url:
        yield from _authority(settings)
    yield from _verifier(settings.signature_verifier)


def _key(folder: Path) -> Iterator[Fault]:
    try:
        keys = load_keys(folder)
    except SettingsError as error:
        yield Fault(str(folder / KEY), error.text, dict(error.values))
        return
    if keys.certificate.not_valid_after_utc < real_now():
        yield Fault(
            str(folder / CERTIFICATES),
            N_("Срок сертификата печати документов истёк: python -m registry keys renew-seal"),
        )


def _authority(settings: Settings) -> Iterator[Fault]:
    if not settings.tsa_url.startswith(("https://", "http://")):
        yield Fault("REGISTRY_TSA_URL", N_("Нужен адрес вида https:// или http://."))
    try:
        certificates = read_certificates(settings.tsa_cert)
    except SettingsError as error:
        yield Fault("REGISTRY_TSA_CERT", error.text, dict(error.values))
        return
    names = {
        name.value
        for one in certificates
        for name in one.subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)
    }
    if SANDBOX_ORGANISATION in names:
        yield Fault("REGISTRY_TSA_CERT", N_("Это сертификат песочницы: укажите настоящий."))


def _verifier(command: str) -> Iterator[Fault]:
    """Judge the program that judges signatures: without it they would silently stay not verified."""
    if not command.strip():
        return
    try:
        found = shutil.which(shlex.split(command)[0])
    except ValueError:
        found = None
    if found is None:
        yield Fault("REGISTRY_SIGNATURE_VERIFIER", N_("Такой программы нет, или её нельзя запустить."))

"""Whether logins by ESIA may start for real: an address of its own, and no keys of the sandbox."""

from collections.abc import Iterator
from pathlib import Path

from cryptography.x509 import load_pem_x509_certificate
from cryptography.x509.oid import NameOID

from registry.config import SANDBOX_CLIENT, SANDBOX_ORGANISATION, Settings
from registry.errors import N_
from registry.soundness.faults import Fault


def esia_faults(settings: Settings) -> Iterator[Fault]:
    """Judge what logins by ESIA need; nothing where they are switched off."""
    if not settings.esia_url:
        return
    if not settings.esia_url.startswith("https://"):
        words = N_("Адрес %(address)s без шифрования: нужен https://.")
        yield Fault("REGISTRY_ESIA_URL", words, {"address": settings.esia_url})
    if settings.esia_client in {"", SANDBOX_CLIENT}:
        yield Fault("REGISTRY_ESIA_CLIENT", N_("Укажите мнемонику своей системы, как её записала ЕСИА."))
    yield from _certificate("REGISTRY_ESIA_TOKEN_CERT", settings.esia_token_cert)
    yield from _certificate("REGISTRY_ESIA_CERT", settings.esia_cert)
    if not settings.esia_signer:
        yield Fault(
            "REGISTRY_ESIA_SIGNER",
            N_("ЕСИА принимает только подпись по ГОСТ: укажите программу, которая подписывает."),
        )
    if not settings.esia_cert_hash:
        yield Fault(
            "REGISTRY_ESIA_CERT_HASH",
            N_("Укажите отпечаток своего сертификата по ГОСТ (client_certificate_hash)."),
        )


def _certificate(name: str, path: Path) -> Iterator[Fault]:
    try:
        subject = load_pem_x509_certificate(path.read_bytes()).subject
    except (OSError, ValueError):
        yield Fault(name, N_("Сертификата нет или он не читается: укажите файл PEM."))
        return
    organisations = {one.value for one in subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)}
    if SANDBOX_ORGANISATION in organisations:
        yield Fault(name, N_("Это сертификат песочницы: укажите настоящий."))

"""A production installation that may start, to be spoilt by one setting at a time."""

import secrets
from pathlib import Path

import pytest

from registry.documents.pades.keys import create_keys
from registry.storage.keyring import KeyRing
from registry.trail.keys import TrailKeys
from registry.work import real_now

ORIGIN = "consents.school.test/trail"


@pytest.fixture
def production(tmp_path: Path) -> dict[str, str]:
    """The environment of a production start with which nothing is wrong; SQLite, fresh keys."""
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    KeyRing.create(home / "keys")
    TrailKeys.create(home / "keys", ORIGIN)
    create_keys(home / "keys", "consents.school.test", real_now())
    passphrase = home / "keys" / "passphrase"
    passphrase.touch(0o600)
    passphrase.write_text(secrets.token_urlsafe(32))
    return {
        "REGISTRY_HOME": str(home),
        "REGISTRY_MODE": "production",
        "REGISTRY_BASE_URL": "https://consents.school.test",
        "REGISTRY_TRUSTED_PROXY": "10.1.2.3",
        "REGISTRY_PLATFORM_URL": "https://platform.test",
        "REGISTRY_SMS_URL": "https://sms.test/send",
        "REGISTRY_SMTP_HOST": "mail.school.test",
        "REGISTRY_SENDER": "consents@school.test",
        "REGISTRY_TRAIL_ORIGIN": ORIGIN,
    }

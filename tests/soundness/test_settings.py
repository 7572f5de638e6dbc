from pathlib import Path

import pytest

from registry.config import read_settings
from registry.errors import SettingsError
from registry.sandbox.esia.keys import make_keys
from registry.soundness.check import find_faults, sound_settings

GENUINE = Path(__file__).with_name("genuine.crt")
"""A certificate of nobody, and not of the sandbox."""
REAL_ESIA = {
    "REGISTRY_ESIA_URL": "https://esia.test",
    "REGISTRY_ESIA_CLIENT": "SCHOOLS27",
    "REGISTRY_ESIA_SIGNER": "/usr/bin/sign-by-gost",
    "REGISTRY_ESIA_CERT": str(GENUINE),
    "REGISTRY_ESIA_CERT_HASH": "AB12",
    "REGISTRY_ESIA_TOKEN_CERT": str(GENUINE),
}
UNFIT = {
    "a moved legal day": ({"REGISTRY_TODAY": "2020-11-02"}, "REGISTRY_TODAY"),
    "a failpoint": ({"REGISTRY_FAILPOINT": "trail.publish:kill"}, "REGISTRY_FAILPOINT"),
    "plain HTTP": ({"REGISTRY_BASE_URL": "http://consents.school.test"}, "REGISTRY_BASE_URL"),
    "no word about the proxy": ({"REGISTRY_TRUSTED_PROXY": ""}, "REGISTRY_TRUSTED_PROXY"),
    "the sandbox's platform": ({"REGISTRY_PLATFORM_URL": "http://127.0.0.1:8081"}, "REGISTRY_PLATFORM_URL"),
    "a platform by loopback's name": (
        {"REGISTRY_PLATFORM_URL": "https://localhost"},
        "REGISTRY_PLATFORM_URL",
    ),
    "a platform over plain HTTP": (
        {"REGISTRY_PLATFORM_URL": "http://platform.test"},
        "REGISTRY_PLATFORM_URL",
    ),
    "the sandbox's SMS gateway": ({"REGISTRY_SMS_URL": "http://[::1]:8082/sms"}, "REGISTRY_SMS_URL"),
    "the sandbox's mail": ({"REGISTRY_SMTP_HOST": "127.0.0.1"}, "REGISTRY_SMTP_HOST"),
    "the sample sender": ({"REGISTRY_SENDER": "registry@localhost.example"}, "REGISTRY_SENDER"),
    "a database password of ten characters": (
        {"REGISTRY_MIGRATION_URL": "postgresql+psycopg://owner:Ab1!Cd2?Ef@db.test/registry"},
        "REGISTRY_MIGRATION_URL",
    ),
    "a password made of the role's name": (
        {"REGISTRY_MIGRATION_URL": "postgresql+psycopg://schools-owner:schools-owner-2020@db.test/registry"},
        "REGISTRY_MIGRATION_URL",
    ),
    "cheap passwords": ({"REGISTRY_ARGON2_MEMORY_KIB": "64"}, "REGISTRY_ARGON2_MEMORY_KIB"),
    "passwords of one pass": ({"REGISTRY_ARGON2_PASSES": "1"}, "REGISTRY_ARGON2_PASSES"),
}


def test_an_installation_with_which_nothing_is_wrong_may_start(production: dict[str, str]) -> None:
    assert find_faults(read_settings(production)) == []
    assert sound_settings(production).base_url == "https://consents.school.test"


UNFIT_ESIA = {
    "an ESIA over plain HTTP": (REAL_ESIA | {"REGISTRY_ESIA_URL": "http://esia.test"}, "REGISTRY_ESIA_URL"),
    "the sandbox's name at ESIA": (REAL_ESIA | {"REGISTRY_ESIA_CLIENT": "REGISTRY1"}, "REGISTRY_ESIA_CLIENT"),
    "no signer by GOST": (REAL_ESIA | {"REGISTRY_ESIA_SIGNER": ""}, "REGISTRY_ESIA_SIGNER"),
    "no hash by GOST": (REAL_ESIA | {"REGISTRY_ESIA_CERT_HASH": ""}, "REGISTRY_ESIA_CERT_HASH"),
    "no certificate of ESIA": (REAL_ESIA | {"REGISTRY_ESIA_TOKEN_CERT": "/none"}, "REGISTRY_ESIA_TOKEN_CERT"),
}


@pytest.mark.parametrize("name", UNFIT_ESIA)
def test_what_a_login_by_esia_lacks_is_refused_by_name(production: dict[str, str], name: str) -> None:
    changed, setting = UNFIT_ESIA[name]
    assert [one.setting for one in find_faults(read_settings(production | changed))] == [setting]


def test_a_whole_set_of_settings_of_esia_may_start(production: dict[str, str]) -> None:
    assert find_faults(read_settings(production | REAL_ESIA)) == []


def test_keys_of_the_sandbox_are_refused(production: dict[str, str], tmp_path: Path) -> None:
    make_keys(tmp_path / "stand")
    changed = {
        "REGISTRY_ESIA_CERT": str(tmp_path / "stand" / "esia-client.crt"),
        "REGISTRY_ESIA_TOKEN_CERT": str(tmp_path / "stand" / "esia-token.crt"),
    }
    found = find_faults(read_settings(production | REAL_ESIA | changed))
    assert {one.setting for one in found} == set(changed)


def test_the_sandbox_starts_with_all_its_defaults(production: dict[str, str]) -> None:
    assert sound_settings({"REGISTRY_HOME": production["REGISTRY_HOME"]}).today is None


@pytest.mark.parametrize("name", UNFIT)
def test_a_production_start_is_refused_by_name(production: dict[str, str], name: str) -> None:
    changed, setting = UNFIT[name]
    assert [one.setting for one in find_faults(read_settings(production | changed))] == [setting]


def test_a_sample_name_of_the_trail_is_refused_in_the_settings_and_at_its_keys(
    production: dict[str, str],
) -> None:
    del production["REGISTRY_TRAIL_ORIGIN"]
    found = [one.setting for one in find_faults(read_settings(production))]
    assert found[0] == "REGISTRY_TRAIL_ORIGIN"
    assert found[1].endswith("trail.json")


def test_all_causes_are_told_at_once_each_with_its_cure(production: dict[str, str]) -> None:
    spoilt = production | {name: value for changed, _ in UNFIT.values() for name, value in changed.items()}
    with pytest.raises(SettingsError) as refused:
        sound_settings(spoilt)
    told = {name.partition(" ")[2]: text for name, text in refused.value.fields.items()}
    assert set(told) == {setting for _, setting in UNFIT.values()}
    assert all(
        any(word in text for word in ("укажите", "уберите", "нужен", "нужно", "задайте"))
        for text in told.values()
    )


def test_a_mail_server_on_the_same_machine_is_no_sandbox(production: dict[str, str]) -> None:
    local = {"REGISTRY_SMTP_HOST": "127.0.0.1", "REGISTRY_SMTP_PORT": "25"}
    assert find_faults(read_settings(production | local)) == []


def test_a_proxy_that_is_no_address_stops_every_start(production: dict[str, str]) -> None:
    with pytest.raises(SettingsError, match="REGISTRY_TRUSTED_PROXY"):
        read_settings(production | {"REGISTRY_TRUSTED_PROXY": "proxy.school.test"})

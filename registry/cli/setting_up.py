"""Bringing an installation to the point where it runs: keys, tables, definitions, a sample region."""

import json
import urllib.request
from collections.abc import Callable

from sqlalchemy import Engine, make_url

from registry.access.passwords import Passwords
from registry.app import create_app, load_names
from registry.config import Mode, Settings
from registry.errors import N_, SettingsError
from registry.programmes import usecases as programmes
from registry.sandbox.sample import region
from registry.sealing.gnupg_home import create_passphrase
from registry.sealing.openpgp import OpenPgpSealer
from registry.storage.engine import make_engine
from registry.storage.grants import let_serve
from registry.storage.keyring import KeyRing
from registry.storage.migrate import upgrade
from registry.submissions.way_out import remember_parties
from registry.trail.entries import SYSTEM
from registry.trail.fence import wholly_fenced
from registry.trail.keys import TrailKeys
from registry.work import Registry
from registry.workflows import versions

Say = Callable[[str], None]


def prepare(settings: Settings, say: Say) -> Registry:
    """Make what is missing and open the registry; a second time changes nothing.

    Args:
        settings: of the installation.
        say: told what is being done, a line each.

    Raises:
        SettingsError: the database holds data whose keys are not there.
    """
    settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    engine = make_engine(settings.migration_url)
    say(N_("База данных: обновление таблиц"))
    try:
        migrate(settings, engine)
        _keys(settings, engine, say)
    finally:
        engine.dispose()
    registry = Registry.open(settings)
    load_names()
    with registry.work(SYSTEM) as work:
        programmes.publish(work)
        versions.publish(work, versions.shipped())
    if settings.mode is Mode.SANDBOX:
        _seed(registry, say)
    if not settings.compiled.exists():
        # What the first page is made of is compiled once, here: the first start finds it done.
        say(N_("Страницы: подготовка"))
        create_app(registry).test_client().get("/sign-in", base_url=settings.base_url)
    return registry


def migrate(settings: Settings, engine: Engine) -> None:
    """Bring the tables to their present form, and let the role that serves work with them."""
    upgrade(engine)
    role = make_url(settings.database_url).username
    if settings.migration_url != settings.database_url and role:
        let_serve(engine, role, wholly_fenced())


def _keys(settings: Settings, engine: Engine, say: Say) -> None:
    if not (settings.keys / "ring.json").exists():
        _demand_no_data(engine, settings)
        say(N_("Ключи шифрования: создание"))
        KeyRing.create(settings.keys)
    if not (settings.keys / "trail.json").exists():
        _demand_no_data(engine, settings)
        TrailKeys.create(settings.keys, settings.origin)


def _demand_no_data(engine: Engine, settings: Settings) -> None:
    """New keys beside old data would lock the data away for ever."""
    with engine.connect() as connection:
        row = connection.exec_driver_sql("SELECT 1 FROM trail_event LIMIT 1").first()
    if row is not None:
        raise SettingsError(
            N_(
                "В базе есть данные, а ключей к ним в папке %(path)s нет. Восстановите папку ключей из копии."
            ),
            path=settings.keys,
        )


def _seed(registry: Registry, say: Say) -> None:
    with registry.reading(SYSTEM) as work:
        empty = region.is_empty(work)
    if empty:
        say(N_("Учебный регион: школы, классы, сотрудники (все вымышлены)"))
        with registry.work(SYSTEM) as work:
            region.seed(work, Passwords(registry.settings))


def exchange_keys(settings: Settings) -> None:
    """Swap public keys with the sandbox platform, as two organisations do on paper; once."""
    create_passphrase(settings.keys / "passphrase")
    with urllib.request.urlopen(f"{settings.platform_url}/keys", timeout=10) as answer:  # noqa: S310 - the sandbox's own loopback address
        said = json.load(answer)
    with OpenPgpSealer(settings.keys / "openpgp", settings.keys / "passphrase") as sealer:
        operator = _own_key(settings, sealer)
        sealer.pin(said["public_key"].encode(), said["fingerprint"])
        public_key = sealer.export_public(operator).decode()
    _tell_platform(settings, {"owner": "operator", "fingerprint": operator, "public_key": public_key})
    remember_parties(settings, operator=operator, platform=said["fingerprint"], receiver=said["receiver"])


def _own_key(settings: Settings, sealer: OpenPgpSealer) -> str:
    kept = settings.keys / "operator.txt"
    if kept.exists():
        return kept.read_text().strip()
    fingerprint = sealer.create_key("registry-operator")
    kept.write_text(fingerprint)
    return fingerprint


def _tell_platform(settings: Settings, said: dict[str, str]) -> None:
    asked = urllib.request.Request(  # noqa: S310 - the sandbox's own loopback address
        f"{settings.platform_url}/keys", json.dumps(said).encode(), {"Content-Type": "application/json"}
    )
    urllib.request.urlopen(asked, timeout=10).close()  # noqa: S310 - as above

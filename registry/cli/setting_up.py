"""Bringing an installation to the point where it runs: keys, tables, definitions, a sample region."""

from collections.abc import Callable
from urllib.parse import urlsplit

from sqlalchemy import Engine, make_url

from registry.access.passwords import Passwords
from registry.app import create_app, load_names
from registry.cli.processes import tsa_port
from registry.config import Mode, Settings
from registry.documents.pades import keys as seals
from registry.errors import N_, ConflictError, SettingsError
from registry.keys import errands, models, platform
from registry.keys import usecases as keys
from registry.keys.adopting import adopt_home
from registry.keys.rules import OPERATOR, Key, Kind, State
from registry.programmes import usecases as programmes
from registry.sandbox.sample import region
from registry.sandbox.tsa import CERTIFICATE
from registry.sealing.public_keys import read_public_key
from registry.storage.engine import make_engine
from registry.storage.grants import let_serve
from registry.storage.keyring import KeyRing
from registry.storage.migrate import upgrade
from registry.storage.reach import everywhere
from registry.storage.small_files import write_over
from registry.trail.entries import SYSTEM
from registry.trail.fence import wholly_fenced
from registry.trail.keys import TrailKeys
from registry.work import Registry, real_now
from registry.workflows import versions

Say = Callable[[str], None]
FIRST = N_("первый запуск")


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
    if adopt_home(registry):
        say(N_("Ключи обмена: прежние файлы перенесены в таблицу ключей"))
    if settings.mode is Mode.SANDBOX:
        _seed(registry, say)
    if not settings.compiled.exists():
        # What the first page is made of is compiled once, here: the first start finds it done.
        say(N_("Страницы: подготовка"))
        create_app(registry).test_client().get("/sign-in", base_url=settings.base_url)
    return registry


def migrate(settings: Settings, engine: Engine) -> None:
    """Bring the tables to their present form, held to reaches, and let the serving role work with them."""
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
    if not (settings.keys / seals.KEY).exists() and not (settings.keys / seals.CERTIFICATES).exists():
        say(N_("Печать документов: создание ключа"))
        seals.create_keys(settings.keys, urlsplit(settings.base_url).netloc, real_now())


def _demand_no_data(engine: Engine, settings: Settings) -> None:
    """New keys beside old data would lock the data away for ever."""
    with everywhere(engine).connect() as connection:
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


def trust_stamps(settings: Settings) -> None:
    """Believe the sandbox's time stamps: its certificate joins those that stamps must lead up to."""
    if tsa_port(settings) is None:
        return
    shown = (settings.home / "sandbox" / "tsa" / CERTIFICATE).read_text()
    known = settings.tsa_cert.read_text() if settings.tsa_cert.exists() else ""
    if shown not in known:
        settings.tsa_cert.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_over(settings.tsa_cert, known + shown)


def exchange_keys(registry: Registry, say: Say) -> None:
    """Swap public keys with the sandbox platform, as two organisations do on paper; only what is missing.

    A platform's key that is another one than the pinned is not believed: it has to be pinned by a person.
    """
    with registry.reading(SYSTEM) as work:
        found = models.every(work.connection)
    known = {one.kind for one in found}
    waiting = [one for one in found if one.state is State.PENDING and not one.asked]
    shown = platform.shown_key(registry.settings)
    if Kind.PLATFORM not in known:
        given = (read_public_key(shown.public_key.encode()), shown.public_key)
        with registry.work(SYSTEM) as work:
            waiting.append(keys.pin(work, shown.receiver, given, shown.fingerprint, FIRST))
    elif shown.fingerprint not in {one.fingerprint for one in found}:
        say(N_("Платформа показывает другой ключ: пока его не закрепят, её подтверждениям не верят"))
    if Kind.OPERATOR not in known:
        with registry.work(SYSTEM) as work:
            waiting.append(keys.create(work, keys.Owner(Kind.OPERATOR, OPERATOR), FIRST))
    for key in waiting:
        errands.make(registry, key_id=str(key.id))
        errands.introduce(registry, key_id=str(key.id))
    _tell_again(registry, [one for one in found if one.state is State.ACTIVE and one.own], say)


def _tell_again(registry: Registry, own: list[Key], say: Say) -> None:
    """Tell the platform the own keys in use: its folder may be newer than this home."""
    for key in own:
        try:
            platform.tell_key(registry.settings, key)
        except ConflictError:
            say(N_("Платформа знает другой ключ отправителя и этот не берёт: замените ключ"))

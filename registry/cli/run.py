"""`run`: everything for one machine: set-up, sandbox, worker, pages; Ctrl-C stops it, the data stay."""

import argparse
import fcntl
import signal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from registry.cli.check import told_mode
from registry.cli.processes import Processes, esia_port, own_environment, sandbox_ports, stop_in_order
from registry.cli.setting_up import exchange_keys, prepare, trust_stamps
from registry.config import SANDBOX_DAY, Mode, Settings, load_settings
from registry.errors import N_, SettingsError
from registry.sandbox.sample.region import LEGAL_DAY, PASSWORD, logins
from registry.soundness.check import sound_settings
from registry.storage.reach import everywhere
from registry.storage.small_files import write_over
from registry.trail.published import why_held
from registry.work import Registry

SANDBOX_TSA: Final = "http://127.0.0.1:8084"
FIRST_STEPS = N_(
    """Что попробовать сначала:
  1. Войдите как clerk-17 и загрузите список: samples/school-17.xlsx (вся школа, 29 классов).
  2. Примите список, присоедините школу к программе, разошлите приглашения.
  3. Откройте почтовый ящик песочницы: там приглашения и коды; решите за родителя.
  4. Откройте «Задачи» как tutor-17-7а, «Процессы», «Описания процессов» как administrator.
  5. Дальше всё то же самое само, от списка до подтверждения приёма: make demo
Остановить: Ctrl-C. Данные останутся в папке %(home)s."""
)


def add_commands(commands: Any) -> None:  # noqa: ANN401 - argparse's own sub-command object has no public type
    """Offer `run` and `install`."""
    commands.add_parser("run", help="set up and start everything on this machine").set_defaults(command=_run)
    commands.add_parser("install", help="set up keys, tables, definitions").set_defaults(command=_install)


def _install(_said: argparse.Namespace, environ: Mapping[str, str]) -> int:
    settings = sound_settings(environ, installing=True)
    print(told_mode(settings), flush=True)  # noqa: T201 - a command speaks on its terminal
    prepare(settings, print).engine.dispose()
    return 0


def _run(_said: argparse.Namespace, environ: Mapping[str, str]) -> int:
    settings = load_settings(environ)
    if settings.mode is not Mode.SANDBOX:
        raise SettingsError(
            N_(
                "Команда run поднимает песочницу и годится только для пробы."
                " В режиме production: install, затем serve и work."
            )
        )
    # By name: a shell that starts it in the background has its children pass over Ctrl-C.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop_in_order)
    with _alone(settings.home), _processes(environ) as processes:
        settings = processes.settings
        processes.start_sandbox()
        registry = prepare(settings, print)
        exchange_keys(registry, print)
        trust_stamps(processes.settings)
        _tell_if_held(registry)
        registry.engine.dispose()
        processes.start_registry()
        print(_greeting(settings), flush=True)  # noqa: T201 - a command speaks on its terminal
        try:
            processes.watch()
        except KeyboardInterrupt:
            print("\n" + N_("Останавливаю. Данные сохранены."))  # noqa: T201 - as above
    return 0


def _processes(environ: Mapping[str, str]) -> Processes:
    """Give a home that is made now the day to which the samples belong; an older one keeps the day it has.

    Seals get time stamps by the sandbox's stand-in, unless the environment says otherwise.
    """
    whole = {"REGISTRY_TSA_URL": SANDBOX_TSA, **environ}
    settings = load_settings(whole)
    if "REGISTRY_TODAY" not in environ and not (settings.keys / "ring.json").exists():
        write_over(settings.home / SANDBOX_DAY, f"{LEGAL_DAY.isoformat()}\n")
        settings = load_settings(whole)
    return Processes(settings, own_environment(settings, REGISTRY_TSA_URL=settings.tsa_url))


@contextmanager
def _alone(home: Path) -> Iterator[None]:
    """Let one `run` have a home; the lock ends with its process.

    Raises:
        SettingsError: another one has it.
    """
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (home / "run.lock").open("w") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SettingsError(
                N_("Реестр в папке %(home)s уже работает. Остановите его или задайте другую: REGISTRY_HOME."),
                home=home,
            ) from None
        yield


def _tell_if_held(registry: Registry) -> None:
    """A log that stands lets people work on, and nothing of it is sent: whoever starts it must know."""
    with everywhere(registry.engine).connect() as connection:
        why = why_held(connection, registry.trail)
    if why:
        print(f"{N_('Внимание')}: {why}", flush=True)  # noqa: T201 - a command speaks on its terminal


def _greeting(settings: Settings) -> str:
    platform, mailbox, _ = sandbox_ports(settings).values()
    addresses = {
        N_("Реестр:"): f"{settings.base_url}/",
        N_("Платформа (песочница):"): f"http://127.0.0.1:{platform}/",
        N_("Почта и СМС (песочница):"): f"http://127.0.0.1:{mailbox}/",
    }
    if esia_port(settings):
        addresses[N_("Госуслуги (песочница):")] = f"{settings.esia_url}/"
    longest = max(map(len, addresses))
    rows = [
        "",
        N_("Реестр согласий работает."),
        *(f"  {name:<{longest}} {address}" for name, address in addresses.items()),
        *_told_day(settings),
        "",
        N_("Учебные учётные записи (пароль у всех %(password)s):") % {"password": PASSWORD},
        *(f"  {one.login:<15} {one.about}" for one in logins()),
        "",
        FIRST_STEPS % {"home": settings.home},
        "",
    ]
    return "\n".join(rows)


def _told_day(settings: Settings) -> list[str]:
    """Tell that the registry believes it is another day than people do."""
    if settings.today is None:
        return []
    day = {"day": f"{settings.today:%d.%m.%Y}"}
    return [
        "",
        N_("Сегодня для реестра %(day)s: учебные классы и программа этого дня (REGISTRY_TODAY).") % day,
    ]

"""`check`: whether this installation may start for real, without starting it."""

import argparse
import sys
from collections.abc import Mapping
from typing import Any

from registry.app import load_names
from registry.config import Mode, Settings, read_settings
from registry.errors import N_
from registry.soundness.ages import age_warning
from registry.soundness.calendars import calendar_warning
from registry.soundness.check import find_faults, refuse
from registry.soundness.definitions import definition_faults
from registry.work import legal_day, real_now


def add_commands(commands: Any) -> None:  # noqa: ANN401 - argparse's own sub-command object has no public type
    """Offer `check`."""
    help_text = "would a start be refused? exit status 1 with every cause"
    commands.add_parser("check", help=help_text).set_defaults(command=_check)


def _check(_said: argparse.Namespace, environ: Mapping[str, str]) -> int:
    settings = read_settings(environ)
    sys.stdout.write(told_mode(settings) + "\n")
    if settings.mode is Mode.PRODUCTION:
        load_names()
        refuse(find_faults(settings) or list(definition_faults(settings)))
        sys.stdout.write(N_("Препятствий к запуску нет.") + "\n")
        for warning in (age_warning(settings, real_now()), calendar_warning(settings, legal_day(settings))):
            sys.stdout.write(f"{warning}\n" if warning else "")
    return 0


def told_mode(settings: Settings) -> str:
    """Tell in which mode the registry runs and what that means."""
    if settings.mode is Mode.PRODUCTION:
        return N_("Режим production: внешние системы настоящие.")
    return N_(
        "Режим sandbox (REGISTRY_MODE): письма, СМС и передачи не уходят дальше этой машины, учебные пароли"
        " общеизвестны. Настоящих людей сюда не вносите."
    )

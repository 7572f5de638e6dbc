"""`sandbox`: the stand-ins of platform, mailbox, ESIA and time stamps as a process of their own."""

import argparse
import logging
from collections.abc import Mapping
from typing import Any

from registry.config import load_settings
from registry.esia.client import BACK
from registry.esia.rules import SCOPE
from registry.sandbox.esia import Known
from registry.sandbox.serve import Around, serve
from registry.web.logs import configure_logs


def add_commands(commands: Any) -> None:  # noqa: ANN401 - argparse's own sub-command object has no public type
    """Offer `sandbox`."""
    sandbox = commands.add_parser("sandbox", help="stand-ins of platform, mailbox, ESIA and time stamps")
    for name, port in (("--platform-port", 8081), ("--mailbox-port", 8082), ("--smtp-port", 8025)):
        sandbox.add_argument(name, type=int, default=port)
    sandbox.add_argument("--esia-port", type=int)
    sandbox.add_argument("--tsa-port", type=int)
    sandbox.set_defaults(command=_sandbox)


def _sandbox(said: argparse.Namespace, environ: Mapping[str, str]) -> int:
    configure_logs(logging.WARNING)
    settings = load_settings(environ)
    known = Known(settings.esia_client, f"{settings.base_url}{BACK}", SCOPE, settings.esia_issuer)
    around = Around(settings.platform_url, said.esia_port, known, said.tsa_port)
    serve(settings.home / "sandbox", said.platform_port, said.mailbox_port, said.smtp_port, around)
    return 0

"""`sandbox`: the stand-ins of platform and mailbox as a process of their own."""

import argparse
import logging
from collections.abc import Mapping
from typing import Any

from registry.config import load_settings
from registry.sandbox.serve import serve
from registry.web.logs import configure_logs


def add_commands(commands: Any) -> None:  # noqa: ANN401 - argparse's own sub-command object has no public type
    """Offer `sandbox`."""
    sandbox = commands.add_parser("sandbox", help="stand-ins of platform and mailbox")
    for name, port in (("--platform-port", 8081), ("--mailbox-port", 8082), ("--smtp-port", 8025)):
        sandbox.add_argument(name, type=int, default=port)
    sandbox.set_defaults(command=_sandbox)


def _sandbox(said: argparse.Namespace, environ: Mapping[str, str]) -> int:
    configure_logs(logging.WARNING)
    settings = load_settings(environ)
    home, messages_at = settings.home / "sandbox", settings.platform_url
    serve(home, said.platform_port, said.mailbox_port, said.smtp_port, messages_at)
    return 0

"""The stand-in of post and telephone: takes e-mail by SMTP and SMS by HTTP, delivers nothing, shows all."""

from registry.sandbox.mailbox.app import create_mailbox
from registry.sandbox.mailbox.box import Box
from registry.sandbox.mailbox.smtp import deliver, open_smtp

__all__ = ["Box", "create_mailbox", "deliver", "open_smtp"]

"""The WSGI entry: settings from the environment, the registry opened, the application of all rooms."""

from registry.app import from_environment

application = from_environment()

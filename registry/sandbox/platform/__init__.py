"""The stand-in of a target platform: another organisation with keys, a store and rules of its own."""

from registry.sandbox.platform.app import create_platform
from registry.sandbox.platform.intake import PlatformSettings

__all__ = ["PlatformSettings", "create_platform"]

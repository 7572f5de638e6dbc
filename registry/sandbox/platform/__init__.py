"""The stand-in of a target platform: another organisation with keys, a store and rules of its own."""

from registry.sandbox.platform.app import PlatformSettings, create_platform

__all__ = ["PlatformSettings", "create_platform"]

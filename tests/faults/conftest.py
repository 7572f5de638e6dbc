"""What the tests of faults share with the rooms that they break."""

from tests.consents.conftest import town

__all__ = ["town"]

"""What a provider may answer that is no success: later, or never."""

from registry.errors import InvalidError, UnavailableError


class LaterError(UnavailableError):
    """The provider does not take the letter now: try again after a pause."""

    code = "letter-later"


class NeverError(InvalidError):
    """The provider refuses this letter for good: the address is wrong or closed."""

    code = "letter-refused"

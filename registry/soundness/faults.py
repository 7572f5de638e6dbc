"""What keeps an installation from starting: the setting that is at fault, and what to do."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Fault:
    """One cause.

    Attributes:
        setting: name of the variable, of the database's setting, or of the file.
        text: Russian msgid: what is wrong with it and the cure, with places.
        values: what fills the places; never a secret.
    """

    setting: str
    text: str
    values: dict[str, object] = field(default_factory=dict)

    @property
    def sentence(self) -> str:
        """The sentence in the source language."""
        return self.text % self.values if self.values else self.text

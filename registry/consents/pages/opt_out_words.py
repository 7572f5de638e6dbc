"""What may be opted out of, as forms and readers call it."""

from flask_babel import gettext

from registry.consents.rules.opt_outs import Matter, Wire
from registry.errors import N_, InvalidError
from registry.programmes.rules import Programme

WIRES = {Wire.SFERUM: N_("Сферум"), Wire.EMAIL: N_("электронная почта"), Wire.SMS: N_("СМС")}
WHOLE = "whole"


def matters_of(programme: Programme, language: str) -> dict[str, str]:
    """Give what a family may opt out of, by a form's value; where law demands e-learning, channels only."""
    parts = () if programme.e_learning.by_law else programme.e_learning.parts
    every = [] if programme.e_learning.by_law else [Matter(programme.id)]
    every += [Matter(programme.id, part) for part in parts] + [Matter(wire=wire) for wire in Wire]
    return {_value_of(one): said_of_matter(one, programme, language) for one in every}


def matter_of(value: str, programme: str) -> Matter:
    """Read the value of a form.

    Raises:
        InvalidError: it is none.
    """
    kind, _, name = value.partition(":")
    if value == WHOLE:
        return Matter(programme)
    if kind == "part" and name:
        return Matter(programme, name)
    if kind == "wire" and name in set(Wire):
        return Matter(wire=Wire(name))
    raise InvalidError(
        N_("Выберите, от чего отказ."), fields={"matter": N_("Выберите программу, её часть или канал.")}
    )


def said_of_matter(matter: Matter, programme: Programme, language: str) -> str:
    """Say from what somebody opts out."""
    if matter.wire is not None:
        return str(gettext("Канал связи: %(name)s", name=gettext(WIRES[matter.wire])))
    if matter.part is not None:
        titles = programme.e_learning.parts.get(matter.part, {})
        title = titles.get(language) or next(iter(titles.values()), matter.part)
        return str(gettext("Электронное обучение, часть: %(name)s", name=title))
    return str(gettext("Электронное обучение по программе целиком"))


def _value_of(matter: Matter) -> str:
    if matter.wire is not None:
        return f"wire:{matter.wire}"
    return WHOLE if matter.part is None else f"part:{matter.part}"

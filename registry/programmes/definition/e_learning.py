"""How a programme is realised with e-learning; a definition may say nothing of it."""

import re

from registry.errors import N_
from registry.programmes.definition.texts import read_by_language
from registry.programmes.reader import Reader
from registry.programmes.rules.e_learning import UNSAID, ELearning

_ID = re.compile(r"[a-z][a-z0-9-]{0,39}")


def read_e_learning(top: Reader, languages: tuple[str, ...]) -> ELearning:
    """Read whether refusals are accepted, and the parts that may be refused apart."""
    if not top.has("e_learning"):
        return UNSAID
    table = top.table("e_learning")
    parts = {}
    for one in table.tables("part"):
        part = one.text("id")
        if not _ID.fullmatch(part) or part in parts:
            one.refuse(
                "id", N_("%(file)s: ключ «%(key)s»: нужно своё имя из букв a–z, цифр и «-», до 40 знаков.")
            )
        parts[part] = read_by_language(one, "title", languages)
        one.close()
    read = ELearning(by_law=table.yes_or_no("by_law"), parts=parts)
    table.close()
    return read

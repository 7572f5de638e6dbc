"""Which deadline of which state is meant, in words: what happens at it, and when it passes."""

from registry.errors import N_
from registry.workflows.definition import Deadline, Definition
from registry.workflows.drafts.phrases import Phrase, phrases

PLACE = N_("Состояние «%(state)s», %(what)s (%(when)s)")
STEP = N_("шаг по сроку %(step)s")
ESCALATION = N_("переход по сроку к роли: %(role)s")
REMINDER = N_("напоминание")
AFTER = N_("срок – %(span)s")
AT = N_("срок – дата «%(date)s»")
BIRTHDAY = N_("срок – исполняется лет: %(years)s")
EARLIER = N_("%(when)s, заранее – %(span)s")


def place_of_line(definition: Definition, line: Deadline) -> Phrase:
    """Name a deadline by its state, by what happens at it, and by when it passes."""
    state = definition.state(line.state).title
    return Phrase(PLACE, {"state": state, "what": _what(definition, line), "when": _when(definition, line)})


def _what(definition: Definition, line: Deadline) -> Phrase:
    if line.then is not None:
        return Phrase(STEP, {"step": phrases(definition, "then", line.then)[0]})
    if line.escalate is not None:
        return Phrase(ESCALATION, {"role": phrases(definition, "escalate", line.escalate)[0]})
    return Phrase(REMINDER)


def _when(definition: Definition, line: Deadline) -> Phrase:
    if line.after is not None:
        return Phrase(AFTER, {"span": phrases(definition, "after", line.after)[0]})
    when = Phrase(AT, {"date": line.at}) if line.at else Phrase(BIRTHDAY, {"years": line.birthday or 0})
    if line.before is None:
        return when
    return Phrase(EARLIER, {"when": when, "span": phrases(definition, "before", line.before)[0]})

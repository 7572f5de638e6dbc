"""The JSON Schema of a definition, for editors that complete and underline while one types.

It says the shape only; whether the whole makes sense, `checks` says. The file
`definitions/schema.json` is what `python -m registry.workflows.definition.schema` writes; a
test holds it to that.
"""

import json
import sys
from collections.abc import Collection, Mapping
from typing import Any, Final, TypeAlias

from registry.workflows.definition.parse import (
    DEADLINE,
    LANGUAGES,
    MOST_DEADLINES,
    MOST_STATES,
    MOST_TRANSITIONS,
    MOST_TURNS,
    MOST_VERSIONS,
    OLDEST,
    STATE,
    TOP,
    TRANSITION,
    WAITS_FOR,
)
from registry.workflows.definition.reader import LONGEST_TEXT, MOST_NAMES, NAME, OWNED_NAME
from registry.workflows.definition.shape import StateKind

Schema: TypeAlias = Mapping[str, Any]

_NAME: Final = {"type": "string", "pattern": f"^{NAME.pattern}$"}
_OWNED: Final = {"type": "string", "pattern": f"^{OWNED_NAME.pattern}$"}
_SPAN: Final = {
    "type": "string",
    "pattern": "^[1-9][0-9]{0,3} (hours?|days?|working days?)$",
    "description": 'A length of time: "48 hours", "3 days" or "10 working days".',
}
_TEXTS: Final = {
    "type": "object",
    "properties": {
        language: {"type": "string", "minLength": 1, "maxLength": LONGEST_TEXT} for language in LANGUAGES
    },
    "required": ["ru"],
    "additionalProperties": False,
}

_WORDS: Final[Mapping[str, Schema]] = {
    "after": {"description": "So long after the state was entered; exactly one of after, at and birthday."},
    "at": {"description": "At the end of this date of the case, which stands in dates."},
    "before": {"description": "So long before the date or the birthday."},
    "birthday": {"description": "When the subject gets so many years old."},
    "by": {"description": 'Roles that may take the step; "system" for deadlines and jobs.'},
    "calendar": {"description": "Production calendar for working days; by default the installation's."},
    "dates": {"description": "Names of dates that each case brings, for deadlines."},
    "every": {"description": "The reminder or escalation comes again each time so much later, with most."},
    "guards": {"description": "Conditions of rooms; the step is possible when none refuses."},
    "immediate": {"description": "The engine takes the step by itself as soon as nothing refuses."},
    "in": {"description": "All sub-cases, and at least one, must stand in one of these states."},
    "most": {"description": "How many times in all, with every."},
    "waits_for": {"description": "The step is possible when the sub-cases of a process stand where it says."},
}


def schema() -> Schema:
    """The schema of a whole definition (JSON Schema, draft 2020-12)."""
    parts = {
        "states": {"type": "object", "additionalProperties": _state(), "maxProperties": MOST_STATES},
        "transitions": {
            "type": "object",
            "additionalProperties": _transition(),
            "maxProperties": MOST_TRANSITIONS,
        },
        "deadlines": {"type": "array", "items": _deadline(), "maxItems": MOST_DEADLINES},
    }
    top: dict[str, Schema] = {
        "id": _NAME,
        "version": {"type": "integer", "minimum": 1, "maximum": MOST_VERSIONS},
        "title": _TEXTS,
        "languages": {**_names({"enum": list(LANGUAGES)}), "contains": {"const": "ru"}},
        "subject": _NAME,
        "dates": _names(_NAME),
        "calendar": _NAME,
        **parts,
    }
    head = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Definition of a process",
    }
    return {**head, **_table(TOP, top, ("id", "version", "title", "subject", "states"))}


def written() -> str:
    """The schema as its file holds it."""
    return json.dumps(schema(), ensure_ascii=False, indent=2) + "\n"


def _state() -> Schema:
    kinds = {"enum": [str(kind) for kind in StateKind]}
    return _table(STATE, {"title": _TEXTS, "kind": kinds, "assignee": _NAME}, ("title",))


def _transition() -> Schema:
    waits_for = _table(WAITS_FOR, {"process": _NAME, "in": _some(_NAME)}, WAITS_FOR)
    values: dict[str, Schema] = {
        "title": _TEXTS,
        "from": _some(_NAME),
        "to": _NAME,
        "by": _names(_NAME),
        "guards": _names(_OWNED),
        "effects": _names(_OWNED),
        "jobs": _names(_OWNED),
        "immediate": {"type": "boolean"},
        "waits_for": waits_for,
    }
    return _table(TRANSITION, values, ("title", "from", "to"))


def _deadline() -> Schema:
    spans = dict.fromkeys(("after", "before", "every"), _SPAN)
    names = dict.fromkeys(("state", "at", "then", "escalate"), _NAME)
    counts = {"birthday": OLDEST, "most": MOST_TURNS}
    values: dict[str, Schema] = {
        **spans,
        **names,
        "remind": _OWNED,
        **{key: {"type": "integer", "minimum": 1, "maximum": most} for key, most in counts.items()},
    }
    return {
        **_table(DEADLINE, values, ("state",)),
        "oneOf": [{"required": [key]} for key in ("after", "at", "birthday")],
        "anyOf": [{"required": [key]} for key in ("then", "escalate", "remind")],
        "dependentRequired": {"every": ["most"], "most": ["every"]},
    }


def _table(keys: Collection[str], values: Mapping[str, Schema], required: Collection[str]) -> Schema:
    """A table with exactly the keys that the reader knows, each with its words."""
    return {
        "type": "object",
        "properties": {key: {**_WORDS.get(key, {}), **values[key]} for key in keys},
        "required": list(required),
        "additionalProperties": False,
    }


def _names(one: Schema) -> Schema:
    return {"type": "array", "items": one, "uniqueItems": True, "maxItems": MOST_NAMES}


def _some(one: Schema) -> Schema:
    return {**_names(one), "minItems": 1}


if __name__ == "__main__":
    sys.stdout.write(written())

"""Random definitions: refused only for a true reason, accepted only when every case can reach an end."""

import json
from itertools import product
from random import Random

from hypothesis import event, given
from hypothesis import strategies as st

from registry.workflows.definition import Definition, Known, StateKind, check

NAMES = ("a", "b", "c", "d", "e")
KNOWN = Known(frozenset({"t.g"}), frozenset(), frozenset(), frozenset({"system", "boss"}))

Arrow = tuple[list[str], str, bool, bool]

kinds = st.lists(st.sampled_from(["start", "step", "end", "step"]), min_size=1, max_size=5)
arrows = st.lists(
    st.tuples(
        st.lists(st.sampled_from(NAMES), min_size=1, max_size=3, unique=True),
        st.sampled_from(NAMES),
        st.sampled_from([False, False, False, True]),
        st.booleans(),
    ),
    max_size=8,
)


@st.composite
def likely(draw: st.DrawFn) -> tuple[list[str], list[Arrow]]:
    """A chain from a start to an end, with arrows added: most of these hold."""
    size = draw(st.integers(2, 5))
    kinds = ["start", *["step"] * (size - 2), "end"]
    chain: list[Arrow] = [([NAMES[n]], NAMES[n + 1], False, False) for n in range(size - 1)]
    more = draw(arrows)
    inside = [
        ([name for name in sources if name in NAMES[: size - 1]], target, *rest)
        for sources, target, *rest in more
    ]
    fit = [one for one in inside if one[0] and one[1] in NAMES[:size]]
    return kinds, chain + fit  # type: ignore[operator]


def written(kinds: list[str], arrows: list[Arrow]) -> str:
    lines = ['id = "random"', "version = 1", 'title = { ru = "т" }', 'subject = "thing"']
    for name, kind in zip(NAMES, kinds, strict=False):
        lines += [f"[states.{name}]", 'title = { ru = "т" }', f'kind = "{kind}"']
    for number, (sources, target, immediate, guarded) in enumerate(arrows):
        lines += [f"[transitions.t{number}]", 'title = { ru = "т" }']
        lines += [f"from = {json.dumps(sources)}", f'to = "{target}"']
        lines.append("immediate = true" if immediate else 'by = ["boss"]')
        lines.append('guards = ["t.g"]' if guarded else "")
    return "\n".join(lines)


def walks(edges: set[tuple[str, str]], names: list[str]) -> set[tuple[str, str]]:
    """Which state leads to which in any number of steps, by squaring: slow, and plain to see."""
    closed = set(edges) | {(name, name) for name in names}
    for _ in names:
        closed |= {(one, four) for (one, two), (three, four) in product(closed, closed) if two == three}
    return closed


def naive_faults(kinds: list[str], arrows: list[Arrow]) -> set[str]:
    """A second, slow statement of what a definition must hold."""
    held = dict(zip(NAMES, kinds, strict=False))
    if kinds.count("start") != 1 or "end" not in kinds:
        return {"ends"}
    if any(
        target not in held or any(held.get(source, "end") == "end" for source in sources)
        for sources, target, _, _ in arrows
    ):
        return {"arrows"}
    edges = {(source, target) for sources, target, _, _ in arrows for source in sources}
    at_once = {(source, target) for sources, target, now, _ in arrows if now for source in sources}
    far = walks(edges, list(held))
    ends = {name for name, kind in held.items() if kind == "end"}
    faults = {
        "unreachable": any((NAMES[kinds.index("start")], name) not in far for name in held),
        "trap": any(not any((name, end) in far for end in ends) for name in held),
        "circle": circles(at_once, list(held)),
        "pointless": any(pointless(name, arrows) for name in held),
    }
    return {name for name, found in faults.items() if found}


def circles(edges: set[tuple[str, str]], names: list[str]) -> bool:
    far = walks(edges, names)
    return any((target, source) in far for source, target in edges)


def pointless(state: str, arrows: list[Arrow]) -> bool:
    """Whether an arrow out of the state can never be taken: play every answer of the guards."""
    ways = [(number, arrow) for number, arrow in enumerate(arrows) if state in arrow[0]]
    takeable = set()
    for answers in product([True, False], repeat=len(ways)):
        for (number, (_, _, immediate, guarded)), answer in zip(ways, answers, strict=True):
            if immediate and (answer or not guarded):
                takeable.add(number)
                break
        else:
            takeable |= {number for number, arrow in ways if not arrow[2]}
    return any(number not in takeable for number, _ in ways)


def agree(kinds: list[str], arrows: list[Arrow]) -> Definition | None:
    checked = check(written(kinds, arrows), KNOWN)
    faults = naive_faults(kinds, arrows)
    assert bool(checked.findings) == bool(faults), (checked.findings, faults)
    event("held" if not faults else "refused: " + ", ".join(sorted(faults)))
    return None if faults else checked.definition


@given(kinds, arrows)
def test_a_random_definition_is_refused_exactly_when_a_second_check_finds_a_reason(
    kinds: list[str], arrows: list[Arrow]
):
    agree(kinds, arrows)


@given(likely(), st.randoms(use_true_random=False))
def test_from_wherever_a_case_of_an_accepted_definition_strays_an_end_is_ahead(
    drawn: tuple[list[str], list[Arrow]], random: Random
):
    definition = agree(*drawn)
    if definition is None:
        return
    state = definition.start.id
    for _ in range(20):
        ways = definition.ways_out(state)
        if not ways:
            break
        state = random.choice(ways).target
        assert state in saved(definition)
    assert definition.ways_out(state) or definition.state(state).kind is StateKind.END


def saved(definition: Definition) -> set[str]:
    found = {state.id for state in definition.states if state.kind is StateKind.END}
    for _ in definition.states:
        found |= {
            source for step in definition.transitions for source in step.sources if step.target in found
        }
    return found
